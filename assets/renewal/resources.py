"""Renewal items, grades, weights and prices as lists, pages and API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.renewal import filters, forms, services
from assets.renewal.models import ConditionGrade, PriceIndex, RenewalItem, RenewalWeights
from assets.renewal.words import bars
from logistics.core import menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import RESOURCES, Resource, resource
from logistics.core.spans import DURING

READERS = "facilities_manager asset_officer department_head logistics_director principal auditor"


def project_link(row: RenewalItem) -> Any:
    """The project, or the proposal, that it is part of."""
    if row.project_id is None:
        return row.project_label
    return format_html(
        '<a href="{}">{}</a>', reverse(RESOURCES[row.project_kind].url_name("detail"), args=[row.project_id]), row.project_label
    )


@resource
class RenewalItems(Resource):
    model = RenewalItem
    slug = "renewal-items"
    icon = "refresh"
    add_form = forms.ItemForm
    form = forms.ItemEditForm
    filterset = filters.RenewalItemFilters
    order = ("-score", "id")
    comments = files = photos = links = True
    list_joins = ("equipment", "place", "stands_at")
    columns = (
        NameColumn("target", gettext_lazy("Thing or place"), second="stands_at.place_label", width=30, export=str, show=str),
        Column("year", gettext_lazy("Planned year"), sort="year"),
        Column("score", gettext_lazy("Score"), sort="score", kind="number", css="hq-end"),
        Column(
            "coverage", gettext_lazy("Known"), sort="coverage", kind="number", css="hq-end c-hide", show=lambda row: f"{row.coverage:.0%}"
        ),
        Column("cost", gettext_lazy("Estimated cost (yuan)"), sort="cost", kind="money", css="hq-end"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("project_label", gettext_lazy("Project"), css="c-hide"),
        Column("risk_note", gettext_lazy("What happens if it waits"), css="c-hide", default=False),
    )
    facts = (
        Column("target", gettext_lazy("Thing or place")),
        Column("what", gettext_lazy("What has to be done")),
        Column("year", gettext_lazy("Planned year")),
        Column("score", gettext_lazy("Score")),
        Column("cost", gettext_lazy("Estimated cost (yuan)")),
        Column("price_year", gettext_lazy("At prices of"), show=lambda row: str(row.price_year or "–")),
        Column("risk_note", gettext_lazy("What happens if it waits")),
        Column("defer_reason", gettext_lazy("Why it waits")),
        Column("project", gettext_lazy("Applied for in"), show=project_link),
        Column("replacement", gettext_lazy("Replaced by"), joins=("replacement",)),
    )
    api_fields = (
        "equipment",
        "place",
        "what",
        "year",
        "score",
        "coverage",
        "cost",
        "price_year",
        "risk_note",
        "state",
        "project_label",
        "replacement",
    )

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.put_on_list(**data, by=by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state in ("proposed", "deferred") else _("It is applied for; what was applied for stays.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if not record.parts:
            return []
        row = services.weights_at(record.created_at)
        parts = {part: None if points is None else Decimal(points) for part, points in record.parts.items()}
        return [
            (_("Why so high"), fragment("assets/renewal/_bars.html", bars=bars(parts, services.as_weights(row)), known=record.coverage))
        ]

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        found = [{"label": _("Proposals handed in"), "url": reverse("assets:renewalproposal-list"), "icon": "send"}]
        if access_of(person).has("assets.renewalproposal:add"):
            found.append({"label": _("Hand in together"), "url": reverse("assets:renewal-propose"), "icon": "wallet"})
        return found if access_of(person).has("assets.renewalproposal:view") else []


@resource
class ConditionGrades(Resource):
    model = ConditionGrade
    slug = "condition-grades"
    icon = "heart-rate-monitor"
    menu = ("registers", 38)
    add_form = forms.GradeForm
    filterset = filters.ConditionGradeFilters
    photos = files = True
    order = ("-graded_on", "-id")
    list_joins = ("equipment", "place", "stands_at")
    columns = (
        NameColumn(
            "pk",
            gettext_lazy("Thing or building"),
            second="stands_at.place_label",
            width=30,
            show=lambda row: str(row.equipment or f"{row.place} · {row.get_system_display()}"),
            export=lambda row: str(row.equipment or f"{row.place} · {row.get_system_display()}"),
        ),
        Column("get_grade_display", gettext_lazy("Grade"), sort="grade"),
        Column("graded_on", gettext_lazy("Graded on"), sort="graded_on", kind="date"),
        Column("note", gettext_lazy("Note"), css="c-full"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment")),
        Column("place", gettext_lazy("Building")),
        Column("get_system_display", gettext_lazy("System of the building")),
        Column("get_grade_display", gettext_lazy("Grade")),
        Column("graded_on", gettext_lazy("Graded on")),
        Column("by", gettext_lazy("Graded by"), joins=("by",)),
        Column("note", gettext_lazy("Note")),
    )
    api_fields = ("equipment", "place", "system", "grade", "graded_on", "note")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.grade(**data, by=by)

    @classmethod
    def title(cls, record: Any) -> str:
        return f"{record.equipment or record.place} · {record}"


@resource
class Weights(Resource):
    model = RenewalWeights
    slug = "renewal-weights"
    icon = "scale"
    menu = ("system", 46)
    add_form = forms.WeightsForm
    order = ("-during",)
    columns = (
        NameColumn("pk", gettext_lazy("Weights"), show=str, export=str),
        DURING,
        Column("reason", gettext_lazy("Why it was changed"), css="c-full"),
    )
    facts = (
        *(Column(name, RenewalWeights._meta.get_field(name).verbose_name) for name in forms.WEIGHTS),
        DURING,
        Column("made_by", gettext_lazy("Set by"), joins=("made_by",)),
        Column("reason", gettext_lazy("Why it was changed")),
    )
    api_fields = (*forms.WEIGHTS, "reason")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        values = {name: data[name] for name in forms.WEIGHTS}
        return services.set_weights(values=values, reason=data["reason"], since=data.get("since"), by=by)


@resource
class PriceIndexes(Resource):
    model = PriceIndex
    slug = "price-index"
    icon = "trending-up"
    menu = ("system", 47)
    form = forms.PriceIndexForm
    order = ("-year",)
    columns = (
        NameColumn("year", gettext_lazy("Price year"), sort="year", show=lambda row: str(row.year)),
        Column("factor", gettext_lazy("Factor"), sort="factor", kind="number", css="hq-end"),
        Column("note", gettext_lazy("Note"), css="c-full"),
    )
    facts = (
        Column("year", gettext_lazy("Price year"), show=lambda row: str(row.year)),
        Column("factor", gettext_lazy("Factor")),
        Column("note", gettext_lazy("Note")),
    )
    api_fields = ("year", "factor", "note")


menu.item("assets.renewal", "registers", 36, gettext_lazy("Renewal"), "refresh", "assets:renewal", roles=READERS)
