"""Counts of the equipment as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.census import filters, forms, services
from assets.census.seen import WORDS, result, tally
from assets.models import Census, CensusLine
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.timeline import note

note("counted", gettext_lazy("found it at %(at)s in a count"), "clipboard-list", "info")


@resource
class Counts(Resource):
    model = Census
    slug = "counts"
    icon = "clipboard-list"
    form = forms.CensusForm
    filterset = filters.CensusFilters
    comments = files = True
    list_joins = ("place", "department", "category")
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name", second="number", width=30),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("place", gettext_lazy("Place"), export=lambda row: str(row.place or "")),
        Column("begins_on", gettext_lazy("From"), sort="begins_on", kind="date"),
        Column("ends_on", gettext_lazy("Until"), sort="ends_on", kind="date", css="c-hide"),
    )
    facts = (
        Column("number", gettext_lazy("Number")),
        Column("place", gettext_lazy("Place"), show=lambda row: row.place or _("everywhere")),
        Column("department", gettext_lazy("Department"), show=lambda row: row.department or _("all")),
        Column("category", gettext_lazy("Category"), show=lambda row: row.category or _("all")),
        Column("begins_on", gettext_lazy("From")),
        Column("ends_on", gettext_lazy("Until")),
        Column("frozen_at", gettext_lazy("List frozen")),
        Column("closed_at", gettext_lazy("Closed")),
    )
    api_fields = ("number", "name", "place", "department", "category", "begins_on", "ends_on", "frozen_at", "closed_at", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.set_up(**data, by=by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state == "draft" else _("The list is frozen; its scope stands.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if record.frozen_at is None:
            return []
        lines = f"{reverse('assets:censusline-list')}?census={record.pk}"
        return [(_("Result of the count"), fragment("assets/_tally.html", tally=tally(record), census=record, lines=lines))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = []
        if record.state == "counting":
            found.append({"label": _("Go counting"), "icon": "scan", "url": reverse("assets:count", args=[record.pk])})
        if record.frozen_at:
            found.append({"label": _("Print"), "icon": "printer", "url": reverse("assets:census-paper", args=[record.pk])})
        return found


@resource
class Lines(Resource):
    model = CensusLine
    slug = "count-lines"
    icon = "list-check"
    form = forms.DecideForm
    filterset = filters.LineFilters
    bulk_fields = ("decision",)
    photos = True
    list_joins = ("equipment", "expected_place", "seen_place", "census")
    detail_joins = ("seen_by", "category")
    columns = (
        NameColumn("__str__", gettext_lazy("Equipment"), second="equipment.number", export=str, width=30),
        Column(
            "result",
            gettext_lazy("Result"),
            sort="result",
            css="c-state",
            show=result,
            export=lambda row: str(WORDS.get(row.result, "")),
        ),
        Column("expected_place.place_label", gettext_lazy("Should be at"), sort="expected_place__code"),
        Column("seen_place.place_label", gettext_lazy("Seen at"), sort="seen_place__code"),
        Column("expected_quantity", gettext_lazy("Pieces expected"), kind="number", css="hq-end c-hide"),
        Column("seen_quantity", gettext_lazy("Pieces seen"), kind="number", css="hq-end c-hide"),
        Column("get_decision_display", gettext_lazy("Decision"), sort="decision", css="c-full"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment")),
        Column("found_name", gettext_lazy("What was found")),
        Column("census", gettext_lazy("Count of equipment")),
        Column("expected_place", gettext_lazy("Should be at")),
        Column("seen_place", gettext_lazy("Seen at")),
        Column("expected_quantity", gettext_lazy("Pieces expected")),
        Column("seen_quantity", gettext_lazy("Pieces seen")),
        Column("seen_by", gettext_lazy("Noted by")),
        Column("seen_at", gettext_lazy("Seen")),
        Column("result", gettext_lazy("Result"), show=result),
        Column("get_decision_display", gettext_lazy("Decision")),
        Column("note", gettext_lazy("Note")),
    )
    api_fields = (
        "census",
        "equipment",
        "found_name",
        "expected_place",
        "expected_quantity",
        "seen_place",
        "seen_quantity",
        "seen_at",
        "result",
        "decision",
        "note",
    )

    @classmethod
    def may(cls, person: Any, action: str, record: Any = None) -> bool:
        return action != "add" and super().may(person, action, record.census if isinstance(record, CensusLine) else record)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        return services.decide(line=record, decision=data["decision"], category=data.get("category"), note=data.get("note") or "", by=by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.census.state == "reviewed" else _("Decisions are made after the counting and before the count is closed.")

    @classmethod
    def crumbs(cls, record: Any) -> list[tuple[str, str]]:
        return [(str(record.census), record.census.get_absolute_url())] if record else []
