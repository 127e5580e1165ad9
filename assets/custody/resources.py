"""Custody and use as list, page, form and API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.custody import filters, forms, services
from assets.models import Custody, UsageEntry
from logistics.core import clock
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui


def due(row: Custody) -> Any:
    """When it has to be back; late is said beside it."""
    if row.state == "out" and row.due_on is not None and row.due_on < clock.today():
        late = (clock.today() - row.due_on).days
        return ui.state("late", ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}, "clock-exclamation", sprite=True)
    return ui.day(row.due_on) if row.due_on else _("no day agreed")


def begin(row: Any) -> Any:
    return ui.when(row.during.lower)


def end(row: Any) -> Any:
    return ui.when(row.during.upper) if row.during.upper else "–"


@resource
class Custodies(Resource):
    model = Custody
    slug = "custodies"
    icon = "user-check"
    order = ("state", "-id")
    form = None
    add_form = forms.CustodyForm
    filterset = filters.CustodyFilters
    list_joins = ("equipment__place", "holder", "holder_department")
    detail_joins = ("equipment__department", "signed_by")
    follows = ("holder",)
    photos = True
    columns = (
        NameColumn("equipment.name", gettext_lazy("Equipment"), second="equipment.number", export=str, width=30),
        Column("holder_name", gettext_lazy("Holder of the thing"), width=24),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("begin", gettext_lazy("Since"), sort="during", show=begin, export=lambda row: row.during.lower, kind="datetime"),
        Column("due_on", gettext_lazy("To be back on"), sort="due_on", show=due, kind="date", css="c-full"),
        Column("purpose", gettext_lazy("What for"), css="c-hide"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment")),
        Column("holder_name", gettext_lazy("Holder of the thing")),
        Column("begin", gettext_lazy("Since"), show=begin),
        Column("due_on", gettext_lazy("To be back on"), show=due),
        Column("end", gettext_lazy("Brought back"), show=end),
        Column("purpose", gettext_lazy("What for")),
        Column("condition_out", gettext_lazy("Condition when handed out")),
        Column("condition_in", gettext_lazy("Condition when back")),
        Column("signed_at", gettext_lazy("Signed for")),
    )
    api_fields = (
        "equipment",
        "holder",
        "holder_department",
        "during",
        "due_on",
        "purpose",
        "condition_out",
        "condition_in",
        "signed_at",
        "state",
    )

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.hand_out(**data, by=by)

    @classmethod
    def title(cls, record: Any) -> str:
        return _("%(thing)s with %(who)s") % {"thing": record.equipment.name, "who": record.holder_name}

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        late = Custody.objects.visible_to(person).overdue().order_by().values("pk")[:1001].count()
        return (
            ngettext("%(n)s thing should be back.", "%(n)s things should be back.", late) % {"n": late} if late else _("Nothing is late.")
        )


@resource
class Uses(Resource):
    model = UsageEntry
    slug = "uses"
    icon = "notes"
    form = None
    add_form = forms.UsageForm
    filterset = filters.UsageFilters
    list_joins = ("equipment", "person")
    columns = (
        NameColumn("equipment.name", gettext_lazy("Equipment"), second="equipment.number", export=str, width=30),
        Column("begin", gettext_lazy("From"), sort="during", show=begin, export=lambda row: row.during.lower, kind="datetime"),
        Column("end", gettext_lazy("To"), show=end, export=lambda row: row.during.upper, kind="datetime"),
        Column("person.name", gettext_lazy("Who used it")),
        Column("purpose", gettext_lazy("What for")),
        Column("get_source_display", gettext_lazy("Known from"), sort="source", css="c-hide"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment")),
        Column("begin", gettext_lazy("From"), show=begin),
        Column("end", gettext_lazy("To"), show=end),
        Column("person", gettext_lazy("Who used it")),
        Column("purpose", gettext_lazy("What for")),
        Column("get_source_display", gettext_lazy("Known from")),
    )
    api_fields = ("equipment", "person", "during", "purpose", "source")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.note_use(**data, source="log", source_key=uuid4().hex, by=by)

    @classmethod
    def crumbs(cls, record: Any) -> list[tuple[str, str]]:
        return [(str(record.equipment), reverse("assets:equipment-detail", args=[record.equipment_id]))] if record else []
