"""Quotes, visits and papers of firms as lists, pages, forms and API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from maintenance.contracting import filters, forms, services
from maintenance.models import FirmCertificate, Quote, Visit


def span(visit: Visit) -> str:
    return f"{ui.paper_time(visit.span.lower)} – {ui.paper_time(visit.span.upper)}"


class OfOrders(Resource):
    """What hangs on an order and a firm."""

    list_joins = detail_joins = ("order", "organisation")

    @classmethod
    def opens(cls, record: Any, person: Any) -> bool:
        return True

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return cls.may_list(person)

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{record.order.number} · {record.order.place_label}"

    @classmethod
    def title(cls, record: Any) -> str:
        return f"{record.organisation.name} · {record.order.title}"


ORDER = Column("order", gettext_lazy("Work order"))
FIRM = Column("organisation.name", gettext_lazy("Firm"))


@resource
class Quotes(OfOrders):
    model = Quote
    slug = "quotes"
    icon = "wallet"
    menu = ("system", 71)
    files = True
    form = add_form = forms.QuoteForm
    filterset = filters.QuoteFilters
    columns = (
        NameColumn("order.title", gettext_lazy("Work order"), second="order.number", export=lambda row: row.order.number or "", width=30),
        FIRM,
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("amount", gettext_lazy("Amount in CNY"), sort="amount", kind="money", css="hq-end"),
        Column("valid_until", gettext_lazy("Valid until"), sort="valid_until", kind="date", css="c-hide"),
    )
    facts = (
        ORDER,
        FIRM,
        Column("amount", gettext_lazy("Amount in CNY")),
        Column("valid_until", gettext_lazy("Valid until")),
        Column("note", gettext_lazy("What it covers")),
        Column("warranty_reason", gettext_lazy("Why paid although under warranty")),
    )
    api_fields = ("order", "organisation", "amount", "valid_until", "note", "warranty_reason", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.ask_for_quote(by=by, **data)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state == "asked" else str(gettext_lazy("An offer was made: it stands as it is."))


@resource
class Visits(OfOrders):
    model = Visit
    slug = "visits"
    icon = "calendar"
    menu = ("system", 72)
    form = forms.VisitForm
    filterset = filters.VisitFilters
    columns = (
        NameColumn("order.title", gettext_lazy("Work order"), second="order.number", export=lambda row: row.order.number or "", width=30),
        FIRM,
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("span", gettext_lazy("From–to"), sort="span", show=span, export=span, width=34),
    )
    facts = (
        ORDER,
        FIRM,
        Column("span", gettext_lazy("From–to"), show=span),
        Column("people", gettext_lazy("Who comes"), show=lambda row: ", ".join(str(one) for one in row.people.all())),
        Column("arrived_at", gettext_lazy("Came")),
        Column("left_at", gettext_lazy("Went")),
    )
    api_fields = ("order", "organisation", "span", "people", "arrived_at", "left_at", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.plan_visit(by=by, **data)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        record.span = (data.pop("begin", None) or record.span.lower, data.pop("end", None) or record.span.upper)
        return super().update(record, data, by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state == "planned" else str(gettext_lazy("The visit has begun."))


@resource
class FirmCertificates(Resource):
    model = FirmCertificate
    slug = "firm-certificates"
    icon = "certificate"
    menu = ("system", 73)
    files = True
    form = forms.FirmCertificateForm
    filterset = filters.FirmCertificateFilters
    list_joins = detail_joins = ("person__organisation", "type", "seen_by")
    columns = (
        NameColumn("person.name", gettext_lazy("Person"), second="person.organisation.name", export=lambda row: str(row.person), width=26),
        Column("type", gettext_lazy("Kind"), export=lambda row: str(row.type)),
        Column("number", gettext_lazy("Number"), css="c-hide"),
        Column("valid_until", gettext_lazy("Valid until"), sort="valid_until", kind="date"),
    )
    facts = (
        Column("person", gettext_lazy("Person")),
        Column("person.organisation.name", gettext_lazy("Firm")),
        Column("type", gettext_lazy("Kind")),
        Column("number", gettext_lazy("Number")),
        Column("valid_from", gettext_lazy("Valid from")),
        Column("valid_until", gettext_lazy("Valid until")),
        Column("seen_by", gettext_lazy("Seen by")),
    )
    api_fields = ("person", "type", "number", "valid_from", "valid_until")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.enter_paper(by=by, **data)
