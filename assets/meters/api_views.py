"""Many readings at once over the API: from a building system, a spreadsheet, a phone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assets.meters.models import Meter, Quantity
from assets.meters.services import Entry, Refusal, read_many
from logistics.core.access import access_of
from logistics.core.api import REFUSALS
from logistics.core.errors import NotAllowed

MOST_ROWS = 2000


class ReadingRow(serializers.Serializer):
    """One reading of the meter of a thing."""

    equipment = serializers.IntegerField()
    quantity = serializers.ChoiceField(Quantity.choices)
    value = serializers.DecimalField(max_digits=14, decimal_places=3)
    read_at = serializers.DateTimeField()
    confirmed = serializers.BooleanField(default=False)
    rolled_over = serializers.BooleanField(default=False)
    client_uid = serializers.UUIDField(required=False, allow_null=True)


class ReadingRows(serializers.Serializer):
    rows = ReadingRow(many=True, allow_empty=False, max_length=MOST_ROWS)


class ReadingAnswer(serializers.Serializer):
    """What became of one row: its reading, or why it was refused; `unlikely` ones pass when confirmed."""

    reading = serializers.IntegerField(allow_null=True)
    cumulative = serializers.DecimalField(max_digits=16, decimal_places=3, allow_null=True)
    refused = serializers.CharField()
    unlikely = serializers.BooleanField()


class ReadingAnswers(serializers.Serializer):
    taken = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = ReadingAnswer(many=True)


class ManyReadings(APIView):
    """Up to 2,000 readings; each stands or falls alone. What is sent again is answered as before and stored once."""

    @extend_schema(
        tags=["assets"],
        operation_id="assets_readings",
        request=ReadingRows,
        responses={200: ReadingAnswers, **{k: REFUSALS[k] for k in (401, 403, 409, 422)}},
    )
    def post(self, request: Request) -> Response:
        from django.core.exceptions import ValidationError

        access = access_of(request.user)
        if request.auth is not None:
            request.auth.demand("assets", "assets.meterreading", "add")
        if not access.has("assets.meterreading:add"):
            raise NotAllowed(_("You may not enter readings."), [])
        asked = ReadingRows(data=request.data)
        if not asked.is_valid():
            raise ValidationError(
                {"rows": _("Send up to %(most)s rows, each with equipment, quantity, value and read_at.") % {"most": MOST_ROWS}}
            )
        rows = asked.validated_data["rows"]
        meters = self.meters(request.user, rows)
        entries = [
            Entry(
                meters[row["equipment"], row["quantity"]],
                row["value"],
                row["read_at"],
                row["confirmed"],
                row["rolled_over"],
                row.get("client_uid"),
            )
            for row in rows
            if (row["equipment"], row["quantity"]) in meters
        ]
        answers = iter(read_many(entries, by=request.user, source="device" if request.auth is not None else "import"))
        results: list[dict[str, Any]] = []
        for row in rows:
            if (row["equipment"], row["quantity"]) not in meters:
                results.append({"reading": None, "cumulative": None, "refused": _("No such meter."), "unlikely": False})
                continue
            made = next(answers)
            if isinstance(made, Refusal):
                results.append({"reading": None, "cumulative": None, "refused": made.words, "unlikely": made.confirmable})
            else:
                results.append({"reading": made.pk, "cumulative": made.cumulative, "refused": "", "unlikely": False})
        taken = sum(one["reading"] is not None for one in results)
        return Response(ReadingAnswers({"taken": taken, "refused": len(results) - taken, "results": results}).data)

    @staticmethod
    def meters(person: Any, rows: list[dict[str, Any]]) -> dict[tuple[int, str], Meter]:
        """The meters that this person may read off, by thing and quantity."""
        found = Meter.objects.readable_by(person).filter(equipment_id__in={row["equipment"] for row in rows})
        return {(meter.equipment_id, meter.quantity): meter for meter in found}
