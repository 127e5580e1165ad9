"""Permits as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from maintenance.models import Permit
from maintenance.permits import filters, forms, services


def span(permit: Permit) -> str:
    return f"{ui.paper_time(permit.during.lower)} – {ui.paper_time(permit.during.upper)}"


@resource
class Permits(Resource):
    model = Permit
    slug = "permits"
    icon = "flame"
    menu = ("upkeep", 45)
    photos = True
    form = add_form = forms.PermitForm
    filterset = filters.PermitFilters
    list_joins = ("order", "place")
    detail_joins = ("order", "place", "applicant", "watcher", "issued_by")
    columns = (
        NameColumn("get_kind_display", gettext_lazy("Kind"), second="place.place_label", export=str, width=26),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide hq-num"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("order.number", gettext_lazy("Work order"), css="hq-num"),
        Column("span", gettext_lazy("From–to"), sort="during", show=span, export=span, width=34),
    )
    facts = (
        Column("order", gettext_lazy("Work order")),
        Column("place", gettext_lazy("Place")),
        Column("span", gettext_lazy("From–to"), show=span),
        Column("measures", gettext_lazy("Safety measures")),
        Column("readings", gettext_lazy("Readings")),
        Column("applicant.name", gettext_lazy("Asked by")),
        Column("watcher.name", gettext_lazy("Watcher")),
        Column("issued_by.name", gettext_lazy("Issued by")),
    )
    api_fields = ("number", "order", "kind", "place", "during", "measures", "readings", "applicant", "watcher", "issued_by", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.ask_for_permit(by=by, **data)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return str(gettext_lazy("A permit stands as it was asked for: refuse it and ask anew."))

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{record.number} · {span(record)}"
