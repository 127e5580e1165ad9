"""Any list as PDF: exactly what is filtered, in the order and with the columns shown."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core.columns import joins_of
from logistics.core.pages import ListPage, chosen_columns, filtered_rows, ordered
from logistics.core.resources import Resource
from logistics.core.templatetags import ui

MOST = 1000
WIDE = 6  # more columns lay the paper on its side


class PrintPage(ListPage):
    """The list on paper; more than a thousand rows are for Excel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        declared = self.resource
        if not (declared.may(request.user, "export") or declared.may_list(request.user)):
            raise self.refuse(_("You may not export this list."), "export")
        content, _n = paper(declared, request)
        if content is None:
            words = _("More than %(n)s rows match. Narrow the filter, or take the Excel file.") % {"n": f"{MOST:,}"}
            return self.show("core/note.html", {}, status=422, message=words)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{declared.slug}.pdf"'
        return response


def paper(declared: type[Resource], request: Any, title: str = "") -> tuple[bytes | None, int]:
    """The list that a request (its GET and user) asks for as PDF, and how many rows; None when they are too many for paper."""
    from logistics.core.pdf.report import Facts, Report, Table, heading  # the compiler is heavy: loaded when something is printed

    filtered, columns = filtered_rows(declared, request), chosen_columns(declared, request.GET)
    joins = list(dict.fromkeys([*joins_of(columns), *declared.list_joins]))
    rows = ordered(declared, filtered.rows, request.GET.get("sort", ""))
    found = list((rows.select_related(*joins) if joins else rows)[: MOST + 1])
    if len(found) > MOST:
        return None, len(found)
    chosen = _(", ").join(str(chip["label"]) for chip in filtered.chips if chip["on"])
    facts = [(_("Rows"), ngettext("%(n)s row", "%(n)s rows", len(found)) % {"n": len(found)})]
    if chosen:
        facts.append((_("Filtered by"), chosen))
    table = Table(
        [column.label for column in columns], [[in_words(column.plain(row)) for column in columns] for row in found],
        numbers=[n for n, column in enumerate(columns) if column.kind in ("number", "money")],
        name=next((n for n, column in enumerate(columns) if column.heading), 0),
    )
    report = Report(title or str(declared.label_plural).capitalize(), [Facts(facts), table], wide=len(columns) >= WIDE, **heading(request))
    return report.pdf(), len(found)


def in_words(value: Any) -> str:
    """A cell's plain value as paper says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return ui.paper_time(value)
    if isinstance(value, date):
        return ui.paper_day(value)
    if isinstance(value, Decimal | int | float):
        return ui.number(value)
    return str(value)
