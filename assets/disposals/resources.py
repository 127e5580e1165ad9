"""Disposals as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.disposals import filters, forms, services
from assets.models import Disposal
from logistics.core.approvals.cards import sections as approval_sections
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource


@resource
class Disposals(Resource):
    model = Disposal
    slug = "disposals"
    icon = "trash"
    form = forms.DisposalForm
    filterset = filters.DisposalFilters
    comments = files = photos = True
    follows = ("asked_by", "appraiser_a", "appraiser_b")
    list_joins = ("department",)
    detail_joins = ("asked_by", "appraiser_a", "appraiser_b")
    columns = (
        NameColumn("number", gettext_lazy("Number"), sort="number", second="reason", width=24),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("department.name", gettext_lazy("Department")),
        Column("get_way_display", gettext_lazy("How it goes"), sort="way"),
        Column("cost", gettext_lazy("Cost when bought (yuan)"), sort="cost", kind="money", css="hq-end"),
        Column("executed_on", gettext_lazy("Taken away on"), sort="executed_on", kind="date", css="c-hide"),
    )
    facts = (
        Column("number", gettext_lazy("Number")),
        Column("department", gettext_lazy("Department")),
        Column("get_way_display", gettext_lazy("How it goes")),
        Column("reason", gettext_lazy("Reason")),
        Column("asked_by", gettext_lazy("Asked by")),
        Column("appraiser_a", gettext_lazy("First appraiser")),
        Column("appraiser_b", gettext_lazy("Second appraiser")),
        Column("cost", gettext_lazy("Cost when bought (yuan)")),
        Column("executed_on", gettext_lazy("Taken away on")),
        Column("receipt_no", gettext_lazy("Receipt number")),
        Column("residual_value", gettext_lazy("Received for it (yuan)")),
        Column("finance_ref", gettext_lazy("Reference of the finance office")),
        Column("refused_reason", gettext_lazy("Why it was refused")),
    )
    api_fields = (
        "number",
        "department",
        "way",
        "reason",
        "appraiser_a",
        "appraiser_b",
        "cost",
        "residual_value",
        "receipt_no",
        "finance_ref",
        "executed_on",
        "state",
    )

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
        return "" if record.state == "draft" and not record.appraisals.exists() else _("It was appraised; its content stands.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        lines = list(record.lines.select_related("equipment__place"))
        said = list(record.appraisals.select_related("person__department"))
        found = [(_("What goes"), fragment("assets/_lines.html", lines=lines, money=True))]
        if said:
            found.append((_("Appraisals"), fragment("assets/_appraisals.html", rows=said)))
        return found + approval_sections(record, request)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Print"), "icon": "printer", "url": reverse("assets:disposal-paper", args=[record.pk])}]
