"""Working time over the API: what lies between two instants, and when so many seconds are used up."""
from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from logistics.campus.models import Place, WorkCalendar
from logistics.campus.services.calendars import calendar_clock, resolve_version
from logistics.campus.worktime import NoWorkingTime, WorkTime
from logistics.core.api import REFUSALS

PARAMETERS = [
    OpenApiParameter("place", int, required=True), OpenApiParameter("purpose", str, enum=WorkCalendar.Purpose.values, default="duty"),
    OpenApiParameter("from", {"type": "string", "format": "date-time"}, required=True),
]


class Asked(serializers.Serializer):
    """What every question names."""

    place = serializers.IntegerField()
    purpose = serializers.ChoiceField(WorkCalendar.Purpose.choices, default="duty")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateTimeField()}


class AskedSeconds(Asked):
    seconds = serializers.IntegerField(min_value=0, max_value=10**9)


class AskedBetween(Asked):
    to = serializers.DateTimeField()


class Instant(serializers.Serializer):
    """An instant; provisional when days that are not confirmed helped to find it."""

    at = serializers.DateTimeField()
    provisional = serializers.BooleanField()
    calendar_version = serializers.IntegerField(allow_null=True)


class Seconds(serializers.Serializer):
    seconds = serializers.IntegerField()
    calendar_version = serializers.IntegerField(allow_null=True)


class WorkingTimeView(APIView):
    """Base: reads the question, finds the calendar."""

    asked: type[Asked]

    def question(self, request: Request) -> tuple[dict[str, Any], WorkTime, int | None]:
        asked = self.asked(data=request.query_params)
        if not asked.is_valid():
            raise ValidationError({name: [str(word) for word in words] for name, words in asked.errors.items()})
        data = asked.validated_data
        place = get_object_or_404(Place.objects.visible_to(request.user), pk=data["place"])
        version = resolve_version(place, data["purpose"])
        return data, calendar_clock(version), version.pk if version else None


class WorkingTime(WorkingTimeView):
    """The instant at which so many working seconds after `from` are used up."""

    asked = AskedSeconds

    @extend_schema(
        tags=["campus"],
        operation_id="campus_working_time",
        responses={200: Instant, **{k: REFUSALS[k] for k in (401, 404, 422)}},
        parameters=[*PARAMETERS, OpenApiParameter("seconds", int, required=True)],
    )
    def get(self, request: Request) -> Response:
        data, clock, version = self.question(request)
        try:
            found = clock.add_business(data["from"], data["seconds"])
        except NoWorkingTime:
            raise ValidationError({"seconds": _("There is not enough working time within three years.")}) from None
        return Response(Instant({"at": found.at, "provisional": found.provisional, "calendar_version": version}).data)


class WorkingTimeBetween(WorkingTimeView):
    """The working seconds between `from` and `to`."""

    asked = AskedBetween

    @extend_schema(
        tags=["campus"],
        operation_id="campus_working_time_between",
        responses={200: Seconds, **{k: REFUSALS[k] for k in (401, 404, 422)}},
        parameters=[*PARAMETERS, OpenApiParameter("to", {"type": "string", "format": "date-time"}, required=True)],
    )
    def get(self, request: Request) -> Response:
        data, clock, version = self.question(request)
        if data["to"] < data["from"]:
            raise ValidationError({"to": _("The end lies before the start.")})
        try:
            seconds = clock.business_seconds(data["from"], data["to"])
        except NoWorkingTime:
            raise ValidationError({"from": _("Choose instants between 2000 and 2099.")}) from None
        return Response(Seconds({"seconds": seconds, "calendar_version": version}).data)
