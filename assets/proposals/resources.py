"""Proposals of renewals as list, page and API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import RenewalProposal
from assets.proposals import filters
from assets.proposals.evidence import reasons
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui


def figure(name: str, unit: str = "") -> Any:
    """One figure of the day on which it was handed in."""

    def shown(row: RenewalProposal) -> str:
        value = row.figures.get(name)
        if value is None:
            return ""
        return f"{Decimal(value):.2f}%" if unit == "%" else ui.money(Decimal(value))

    return shown


@resource
class Proposals(Resource):
    model = RenewalProposal
    slug = "renewal-proposals"
    icon = "send"
    filterset = filters.ProposalFilters
    comments = files = photos = True
    follows = ("made_by",)
    detail_joins = ("place", "made_by")
    columns = (
        NameColumn("title", gettext_lazy("Title"), sort="title", second="number", width=36),
        Column("year", gettext_lazy("Planned year"), sort="year", show=lambda row: str(row.year)),
        Column("total", gettext_lazy("Cost then (yuan)"), sort="total", kind="money", css="hq-end"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("handed_in_at", gettext_lazy("Handed in at"), sort="handed_in_at", kind="datetime", css="c-hide"),
        Column("decision", gettext_lazy("Decision"), css="c-hide", default=False),
    )
    facts = (
        Column("number", gettext_lazy("Number")),
        Column("year", gettext_lazy("Planned year"), show=lambda row: str(row.year)),
        Column("place", gettext_lazy("Place")),
        Column("total", gettext_lazy("Cost at the prices of that year"), show=lambda row: ui.money(row.total)),
        Column("budget", gettext_lazy("Budget"), show=lambda row: ui.money(row.budget)),
        Column("made_by", gettext_lazy("Handed in by")),
        Column("handed_in_at", gettext_lazy("Handed in at")),
        Column("figures", gettext_lazy("Condition index of the buildings then"), show=figure("now", "%")),
        Column("figures", gettext_lazy("Condition index if all of it is renewed"), show=figure("with", "%")),
        Column("figures", gettext_lazy("Condition index if nothing is renewed"), show=figure("without", "%")),
        Column("note", gettext_lazy("Why")),
        Column("decision", gettext_lazy("Decision")),
    )
    api_fields = (
        "number",
        "title",
        "year",
        "note",
        "budget",
        "total",
        "figures",
        "place",
        "handed_in_at",
        "decision",
        "state",
        "project_label",
    )

    @classmethod
    def title(cls, record: Any) -> str:
        return str(record.title)

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return str(record.project_label)

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        if not cls.may(person, "add"):
            return []
        return [{"label": _("Propose renewals"), "url": reverse("assets:renewal-propose"), "icon": "plus", "primary": True}]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [
            {"label": _("Print with the evidence"), "icon": "printer", "url": reverse("assets:renewal-proposal-paper", args=[record.pk])},
            {"label": _("As Excel file"), "icon": "file-spreadsheet", "url": reverse("assets:renewal-proposal-book", args=[record.pk])},
        ]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        return [(_("What is to be renewed"), fragment("assets/proposals/_lines.html", lines=lines(record), total=record.total))]


def lines(proposal: RenewalProposal) -> list[dict[str, Any]]:
    """Its lines as they were handed in, with where their items stand now."""
    rows = proposal.lines.select_related("item__equipment", "item__place", "item__stands_at")
    return [
        {
            "line": row,
            "item": row.item,
            "state": row.item.workflow.state(row.item),
            "reasons": reasons(row.evidence),
            "score": row.evidence.get("score"),
        }
        for row in rows
    ]
