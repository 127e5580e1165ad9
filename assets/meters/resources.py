"""Meters and readings as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.meters import filters, forms, services
from assets.meters.charts import amount, drawn, latest
from assets.meters.models import Meter, MeterReading
from logistics.core.columns import Column, NameColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.timeline import note
from logistics.core.transfer.declaration import Transfer

note("meter_replaced", gettext_lazy("replaced the counter: the old one showed %(was)s, the new one %(now)s"), "replace")


@resource
class Meters(Resource):
    model = Meter
    slug = "meters"
    icon = "gauge"
    menu = ("registers", 37)
    filterset = filters.MeterFilters
    form = forms.MeterForm
    add_form = forms.NewMeterForm
    list_joins = ("equipment",)
    columns = (
        NameColumn(
            "equipment.name",
            gettext_lazy("Equipment"),
            sort="equipment__name_zh",
            second="equipment.number",
            joins=("equipment",),
            width=30,
        ),
        Column("get_quantity_display", gettext_lazy("Quantity"), sort="quantity"),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind", css="c-hide"),
        Column(
            "last_value", gettext_lazy("Last reading"), css="hq-end", show=lambda row: last_words(row), export=lambda row: row.last_value
        ),
        Column("last_at", gettext_lazy("Read"), kind="datetime", css="c-hide"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment"), joins=("equipment__place",)),
        Column("get_quantity_display", gettext_lazy("Quantity")),
        Column("get_kind_display", gettext_lazy("Kind")),
        Column("max_rate_per_day", gettext_lazy("Most in a day")),
        Column("read_every_days", gettext_lazy("Read every (days)")),
    )
    api_fields = ("equipment", "quantity", "kind", "decimals", "max_rate_per_day", "read_every_days")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        last = MeterReading.objects.valid().filter(meter=models.OuterRef("pk")).order_by("-read_at")
        return (
            super()
            .rows(person, action)
            .annotate(last_value=models.Subquery(last.values("value")[:1]), last_at=models.Subquery(last.values("read_at")[:1]))
        )

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        fields = {name: value for name, value in data.items() if value is not None or name in ("max_rate_per_day", "rolls_over_at")}
        return services.make_meter(by=by, **fields)

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = latest(record)
        chart = drawn(record, rows)
        every = MeterReading.objects.filter(meter=record).select_related("by", "void").order_by("-read_at")[:12]
        lines = [
            {"row": row, "value": amount(row.value, record), "counted": amount(row.cumulative, record), "void": getattr(row, "void", None)}
            for row in every
        ]
        may_void = cls.may(request.user, "void", record)
        all_url = f"{reverse('assets:meterreading-list')}?meter={record.pk}"
        page = {"meter": record, "chart": chart, "lines": lines, "may_void": may_void, "all_url": all_url}
        return [(_("Meter readings"), fragment("assets/_meter.html", **page))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = []
        if Readings.may(person, "add", record):
            found.append({"label": _("Enter a reading"), "icon": "pencil-plus", "url": reverse("assets:meter-read", args=[record.pk])})
        if record.counts_up and cls.may(person, "change", record):
            found.append({"label": _("Replace the counter"), "icon": "replace", "url": reverse("assets:meter-replace", args=[record.pk])})
        return found


def last_words(row: Any) -> str:
    return amount(row.last_value, row) if row.last_value is not None else _("never read")


def value_words(row: MeterReading) -> Any:
    shown = amount(row.value, row.meter)
    return format_html("<s>{}</s>", shown) if row.voided_why else shown


@resource
class Readings(Resource):
    model = MeterReading
    slug = "meter-readings"
    icon = "gauge"
    order = ("-read_at", "-id")
    filterset = filters.ReadingFilters
    add_form = forms.ReadingForm
    transfer = Transfer(
        key="client_uid", examples=({"equipment": "ZC-2026-000123", "quantity": "hours", "value": "1262", "read_at": "2026-07-20 09:00"},)
    )
    list_joins = ("meter__equipment",)
    columns = (
        NameColumn(
            "meter.equipment.name", gettext_lazy("Equipment"), second="meter.equipment.number", joins=("meter__equipment",), width=30
        ),
        Column("meter.get_quantity_display", gettext_lazy("Quantity")),
        Column("value", gettext_lazy("Reading"), kind="number", css="hq-end", show=value_words),
        Column("cumulative", gettext_lazy("Counted so far"), kind="number", css="hq-end c-hide"),
        Column("read_at", gettext_lazy("Read at"), sort="read_at", kind="datetime"),
        Column("by.name", gettext_lazy("Read by"), joins=("by",), css="c-hide"),
        Column("get_source_display", gettext_lazy("Source"), css="c-hide"),
        Column("voided_why", gettext_lazy("Why voided"), css="c-hide"),
    )
    facts = (
        Column("meter", gettext_lazy("Meter"), joins=("meter__equipment",)),
        Column("value", gettext_lazy("Reading")),
        Column("cumulative", gettext_lazy("Counted so far")),
        Column("read_at", gettext_lazy("Read at")),
        Column("by", gettext_lazy("Read by"), joins=("by",)),
        Column("get_source_display", gettext_lazy("Source")),
    )
    api_fields = ("meter", "value", "cumulative", "rolled_over", "read_at", "recorded_at", "source", "confirmed")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return super().rows(person, action).annotate(voided_why=models.functions.Coalesce("void__reason", models.Value("")))

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.read(
            meter=data["meter"],
            value=data["value"],
            read_at=data.get("read_at"),
            confirmed=bool(data.get("confirmed")),
            rolled_over=bool(data.get("rolled_over")),
            by=by,
        )

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        raise ValidationError(_("A reading is not rewritten: void it and enter the right one."))

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        return [ui.state("off", _("Voided"), "ban")] if record.voided_why else []

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if record.voided_why or not Meters.may(person, "void", record.meter):
            return []
        return [{"label": _("Void it"), "icon": "ban", "url": reverse("assets:reading-void", args=[record.pk])}]
