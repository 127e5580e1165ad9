"""Safety units, what is away and what stands in, as lists, pages and API."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.models import Equipment
from assets.safety import filters, forms, services
from assets.safety.models import SafetyGroup, Substitution, TakenOut
from assets.safety.querysets import protecting
from assets.safety.workflow import KEEPERS
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.spans import DURING
from logistics.core.templatetags import ui


def standing(row: Any, sprite: bool = True) -> Any:
    """Is enough of it there? `sprite` on the page of a list, which has the signs of the usual icons."""
    if row.unfit > row.allowed:
        return ui.state("danger", standing_words(row), "alert-octagon", sprite=sprite)
    if row.unfit:
        return ui.state("late", ngettext("%(n)s missing", "%(n)s missing", row.unfit) % {"n": row.unfit}, "truck", sprite=sprite)
    return ui.state("done", _("complete"), sprite=sprite)


def standing_words(row: Any) -> str:
    return _("%(n)s missing, %(allowed)s may be") % {"n": row.unfit, "allowed": int(row.allowed)}


@resource
class SafetyGroups(Resource):
    model = SafetyGroup
    slug = "safety-groups"
    icon = "shield-check"
    menu = ("registers", 33)
    form = forms.SafetyGroupForm
    filterset = filters.SafetyGroupFilters
    order = ("name_zh", "id")
    comments = True
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", second="place.place_label", joins=("place",), width=30),
        Column("size", gettext_lazy("Members"), sort="size", kind="number", css="hq-end"),
        Column("away", gettext_lazy("Taken away"), sort="away", kind="number", css="hq-end"),
        Column(
            "allowed",
            gettext_lazy("May be away"),
            kind="number",
            css="hq-end",
            show=lambda row: int(row.allowed),
            export=lambda row: int(row.allowed),
        ),
        Column("unfit", gettext_lazy("Standing"), sort="unfit", show=standing, export=standing_words, css="c-state"),
    )
    facts = (
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("scheme", gettext_lazy("By the rule of"), joins=("scheme",)),
        Column("size", gettext_lazy("Members")),
        Column("away", gettext_lazy("Taken away")),
        Column("allowed", gettext_lazy("May be away"), show=lambda row: int(row.allowed)),
    )
    api_fields = ("name_zh", "name_en", "place", "scheme", "max_out_share")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return super().rows(person, action).counted()  # type: ignore[attr-defined]

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        members = data.pop("members", ())
        group = super().create(data, by)
        Equipment.objects.filter(pk__in=[row.pk for row in members]).update(safety_group=group)
        return group

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        chosen = {row.pk for row in data.pop("members", ())}
        group = super().update(record, data, by)
        known = set(Equipment.objects.filter(safety_group=group).values_list("pk", flat=True))
        Equipment.objects.filter(pk__in=known - chosen).update(safety_group=None)
        Equipment.objects.filter(pk__in=chosen - known).update(safety_group=group)
        return group

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        return [standing(record, sprite=False)]

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        n = SafetyGroup.objects.visible_to(person).short().count()
        if not n:
            return _("Every unit has enough in its place.")
        return ngettext("In %(n)s unit more is missing than may be.", "In %(n)s units more is missing than may be.", n) % {"n": n}

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        members = (
            Equipment.objects.filter(safety_group=record)
            .exclude(status="disposed")
            .annotate(away=Exists(TakenOut.objects.filter(equipment=OuterRef("pk"), state="out")), stood_in=Exists(protecting()))
            .order_by("number", "pk")[:200]
        )
        may = access_of(request.user).grant_over(KEEPERS, record) is not None
        return [(_("What belongs to it"), fragment("assets/safety/_members.html", members=members, may=may))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Cards"), "icon": "printer", "url": reverse("assets:safety-cards", args=[record.pk])}]

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": str(other.label_plural).capitalize(), "url": reverse(other.url_name("list"))}
                for other in (TakenOuts, Substitutions) if other.may_list(person)]


@resource
class TakenOuts(Resource):
    model = TakenOut
    slug = "taken-out"
    icon = "truck"
    add_form = forms.TakeOutForm
    filterset = filters.TakenOutFilters
    list_joins = ("equipment", "group")
    columns = (
        NameColumn("equipment", gettext_lazy("Equipment"), second="group.name", export=str),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        DURING,
        Column("reason", gettext_lazy("Why"), css="c-full"),
    )
    facts = (
        Column("equipment", gettext_lazy("Equipment")),
        Column("group", gettext_lazy("Safety unit")),
        DURING,
        Column("reason", gettext_lazy("Why")),
        Column("taken_by", gettext_lazy("Taken by"), joins=("taken_by",)),
    )
    api_fields = ("equipment", "group", "reason", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.take_out(**data, by=by)


@resource
class Substitutions(Resource):
    model = Substitution
    slug = "substitutions"
    icon = "replace"
    add_form = forms.StandInForm
    filterset = filters.SubstitutionFilters
    list_joins = ("original", "substitute")
    columns = (
        NameColumn("original", gettext_lazy("Original"), export=lambda row: str(row.original)),
        Column("substitute", gettext_lazy("Stands in"), export=lambda row: str(row.substitute)),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        DURING,
    )
    facts = (
        Column("original", gettext_lazy("Original")),
        Column("substitute", gettext_lazy("Stands in")),
        DURING,
        Column("by", gettext_lazy("Placed by"), joins=("by",)),
    )
    api_fields = ("original", "substitute", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.stand_in(**data, by=by)
