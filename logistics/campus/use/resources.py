"""Uses of places and exemptions of idle rooms as lists, pages and API."""
from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.columns import span_words
from logistics.campus.models import IdleExemption, PlaceUse
from logistics.campus.use import filters, forms
from logistics.core import menu
from logistics.core.columns import Column, NameColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui


def hours_words(row: Any) -> str:
    """From and to of a use, with its day."""
    return _("%(first)s to %(last)s") % {"first": ui.when_words(row.during.lower), "last": ui.when_words(row.during.upper)}


@resource
class Uses(Resource):
    model = PlaceUse
    slug = "uses"
    icon = "calendar-time"
    columns = (
        NameColumn("place.place_label", gettext_lazy("Place"), sort="place__code", joins=("place",), second="get_kind_display",
                   export=lambda row: str(row.place), width=36),
        Column("get_kind_display", gettext_lazy("Kind"), css="c-hide", default=False),
        Column("during", gettext_lazy("During"), show=hours_words, export=hours_words, sort="during", width=24),
        Column("heads", gettext_lazy("People"), css="hq-end c-hide", kind="number",
               show=lambda row: "–" if row.heads is None else row.heads),
    )
    facts = (
        Column("place", gettext_lazy("Place"), joins=("place",)), Column("get_kind_display", gettext_lazy("Kind")),
        Column("during", gettext_lazy("During"), show=hours_words), Column("heads", gettext_lazy("People")),
    )
    filterset = filters.UseFilters
    list_joins = ("place",)
    api_fields = ("place", "during", "kind", "heads")

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": _("Use of rooms"), "url": reverse("campus:use-map"), "icon": "grid-dots"}]


@resource
class Exemptions(Resource):
    model = IdleExemption
    slug = "idle-exemptions"
    icon = "zzz"
    columns = (
        NameColumn("place.place_label", gettext_lazy("Room"), sort="place__code", joins=("place",), second="reason",
                   export=lambda row: str(row.place), width=36),
        Column("during", gettext_lazy("During"), show=span_words, export=span_words, width=24),
    )
    facts = (Column("place", gettext_lazy("Room"), joins=("place",)), Column("during", gettext_lazy("During"), show=span_words),
             Column("reason", gettext_lazy("Reason")))
    filterset = filters.ExemptionFilters
    form = forms.ExemptionForm
    list_joins = ("place",)
    api_fields = ("place", "during", "reason")


menu.item("campus.use", "registers", 130, gettext_lazy("Use of rooms"), "grid-dots", "campus:use-map", permission="campus.placeuse:view")
