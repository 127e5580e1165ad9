"""Transfers as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Transfer
from assets.transfers import filters, forms, services
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.timeline import note

note("transferred", gettext_lazy("transferred it to %(to)s"), "transfer", "info")


@resource
class Transfers(Resource):
    model = Transfer
    slug = "transfers"
    icon = "transfer"
    form = forms.TransferForm
    filterset = filters.TransferFilters
    comments = files = photos = True
    follows = ("asked_by", "to_keeper")
    list_joins = ("from_department", "to_department", "to_place")
    detail_joins = ("to_keeper", "asked_by")
    columns = (
        NameColumn("number", gettext_lazy("Number"), sort="number", second="reason", width=24),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("from_department.name", gettext_lazy("From department")),
        Column("to_department.name", gettext_lazy("To department")),
        Column("to_place.place_label", gettext_lazy("To place"), css="c-hide"),
    )
    facts = (
        Column("number", gettext_lazy("Number")),
        Column("from_department", gettext_lazy("From department")),
        Column("to_department", gettext_lazy("To department")),
        Column("to_place", gettext_lazy("To place")),
        Column("to_keeper", gettext_lazy("New keeper")),
        Column("reason", gettext_lazy("Reason")),
        Column("asked_by", gettext_lazy("Asked by")),
        Column("differences", gettext_lazy("Differences")),
        Column("refused_reason", gettext_lazy("Why it was refused")),
    )
    api_fields = ("number", "from_department", "to_department", "to_place", "to_keeper", "reason", "differences", "received_at", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.draft(**data, by=by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        things, pieces = data.pop("things", None), data.pop("pieces", None)
        if things:
            services.put(record, things, pieces if isinstance(pieces, dict) else {})
        return super().update(record, data, by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state == "draft" else _("It is asked for already; its content stands.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        lines = list(record.lines.select_related("equipment__place"))
        return [(_("What goes"), fragment("assets/_lines.html", lines=lines, received=record.state == "received"))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Print"), "icon": "printer", "url": reverse("assets:transfer-paper", args=[record.pk])}]
