"""Stops as list, page, form and API; and what the page of a thing says about them."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.downtime import filters, forms, services
from assets.models import Downtime
from logistics.core.columns import Column, NameColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.timeline import note

note("stopped", gettext_lazy("entered a stop"), "player-pause", "late")


def until(row: Downtime) -> Any:
    return ui.when(row.during.upper) if row.during.upper else ui.state("late", _("stands still"), "player-pause", sprite=True)


def hours(row: Downtime) -> float:
    return round(row.lasted.total_seconds() / 3600, 1)


@resource
class Stops(Resource):
    model = Downtime
    slug = "stops"
    icon = "player-pause"
    menu = ("registers", 45)
    filterset = filters.DowntimeFilters
    form = forms.DowntimeForm
    list_joins = ("equipment",)
    detail_joins = ("equipment__place",)
    columns = (
        NameColumn("equipment.name", gettext_lazy("Equipment"), joins=("equipment__place",), second="equipment.place.place_label",
                   export=lambda row: str(row.equipment), width=32),
        Column("get_cause_display", gettext_lazy("Cause"), sort="cause", css="c-state"),
        Column("begin", gettext_lazy("Stood still from"), sort="during", show=lambda row: ui.when(row.during.lower),
               export=lambda row: row.during.lower, kind="datetime"),
        Column("end", gettext_lazy("Runs again since"), show=until, export=lambda row: row.during.upper, kind="datetime"),
        Column("hours", gettext_lazy("Hours"), show=lambda row: f"{hours(row):.1f}", export=hours, kind="number", css="hq-end"),
        Column("note", gettext_lazy("Note"), css="c-hide"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment")),
        Column("get_cause_display", gettext_lazy("Cause")),
        Column("begin", gettext_lazy("Stood still from"), show=lambda row: ui.when(row.during.lower)),
        Column("end", gettext_lazy("Runs again since"), show=until),
        Column("hours", gettext_lazy("Hours"), show=lambda row: f"{hours(row):.1f}"),
        Column("note", gettext_lazy("Note")),
    )
    api_fields = ("equipment", "during", "cause", "work_kind", "work_id", "note")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.record(by=by, **data)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        now = {"begin": record.during.lower, "end": record.during.upper, "cause": record.cause, "note": record.note}
        return services.change(row=record, by=by, **{**now, **{key: value for key, value in data.items() if key in now}})

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.by_hand else _("It follows its work order or lock and is not changed by hand.")

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        n = Downtime.objects.visible_to(person).running().order_by().values("pk")[:1001].count()
        return ngettext("%(n)s thing stands still.", "%(n)s things stand still.", n) % {"n": n} if n else _("Nothing stands still.")

    @classmethod
    def title(cls, record: Any) -> str:
        return _("Stop of %(name)s") % {"name": record.equipment.name}

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        place = record.equipment.place
        return " · ".join(part for part in (record.equipment.number or "", place.place_label if place else "") if part)
