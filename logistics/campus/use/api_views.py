"""The door by which a timetable or booking program records what places are used for; the same key twice is one use."""
from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from logistics.campus.models import Place, PlaceUse
from logistics.campus.use import services
from logistics.core.access import access_of
from logistics.core.api import REFUSALS
from logistics.core.errors import NotAllowed

MOST = 1000


class UseItem(serializers.Serializer):
    """One use: where, from when until when, what for; `key` is the caller's own name for it. `withdrawn` takes it back."""

    key = serializers.CharField(max_length=100)
    place = serializers.CharField(max_length=40, help_text="Code of the place.")
    kind = serializers.ChoiceField(PlaceUse.Kind.choices, default="lesson")
    heads = serializers.IntegerField(min_value=0, max_value=100_000, required=False, allow_null=True)
    withdrawn = serializers.BooleanField(default=False)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateTimeField(), "until": serializers.DateTimeField()}


class UseInput(serializers.Serializer):
    items = UseItem(many=True, min_length=1, max_length=MOST)


class UseOutput(serializers.Serializer):
    recorded = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class RecordUse(APIView):
    """Records up to 1,000 uses in one go, all or none. Keys are the caller's: the same key again changes its use."""

    @extend_schema(tags=["campus"], operation_id="campus_record_use", request=UseInput,
                   responses={200: UseOutput, **{k: REFUSALS[k] for k in (401, 403, 422)}})
    def post(self, request: Request) -> Response:
        access = access_of(request.user)
        if not access.has("campus.placeuse:add"):
            raise NotAllowed(_("You do not record the use of places."))
        asked = UseInput(data=request.data)
        if not asked.is_valid():
            raise ValidationError({"items": [_("Each item needs key, place, from and until.")]})
        items = asked.validated_data["items"]
        found = {row.code: row for row in Place.objects.visible_to(request.user).filter(code__in={item["place"] for item in items})}
        source, rows, gone = f"api:{request.user.pk}", {}, 0
        for n, item in enumerate(items, 1):
            place = found.get(item["place"])
            if place is None or not access.may("campus.placeuse:add", place):
                raise ValidationError({"items": [_("Item %(n)s: no such place: %(code)s.") % {"n": n, "code": item["place"]}]})
            if item["from"] >= item["until"]:
                raise ValidationError({"items": [_("Item %(n)s: begins after it ends.") % {"n": n}]})
            if item["withdrawn"]:
                continue
            during = DateTimeTZRange(item["from"], item["until"])
            rows[item["key"]] = PlaceUse(place=place, during=during, kind=item["kind"], heads=item.get("heads"), source_app=source,
                                         source_key=item["key"])
        recorded = services.record_uses(list(rows.values()))
        for item in items:
            if item["withdrawn"]:
                gone += services.withdraw_use(source_app=source, source_key=item["key"])
        return Response(UseOutput({"recorded": recorded, "withdrawn": gone}).data)
