"""The facilities dashboard, and its month as PDF and Excel."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from logistics.core import clock
from maintenance.dashboard import keeping
from maintenance.dashboard.board import Board, Shown, board, sentence
from maintenance.dashboard.repairs import allowed, kept_page
from maintenance.dashboard.report import month_asked
from maintenance.spans import Span


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """How the facilities stand: clocks, backlog, upkeep, dangers, vital equipment, outages, costs."""
    allowed(request.user)
    return kept_page(request, "facilities", _("Facilities"), "maintenance/dashboard.html")


@login_required
@require_safe
def home_figures(request: HttpRequest, card: str) -> HttpResponse:
    """A card of the home page, for whom nobody has worked it out before."""
    allowed(request.user)
    page = keeping.PAGES.get(card)
    if page is None or keeping.USUAL not in page.spans:
        raise Http404
    body = keeping.shown(card, request.user, keeping.USUAL, wait=True)
    html = body["html"] if body else ""
    return HttpResponse(html or format_html('<p class="hq-small hq-muted">{}</p>', _("Nothing to report.")))


def month_of(request: HttpRequest) -> tuple[date, Span]:
    first = month_asked(request.GET.get("month", ""))
    after = (first + timedelta(days=32)).replace(day=1)
    last = min(after, clock.today() + timedelta(days=1))
    return first, (clock.midnight(first), clock.midnight(last))


def figure_rows(made: Board) -> list[tuple[str, Shown]]:
    return [(_("At a glance"), one) for one in made.cards] + [(title, one) for title, rows in made.groups for one in rows]


@login_required
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The month as PDF."""
    from logistics.core.pdf.report import Drawing, Facts, Report, Table, heading  # the compiler is heavy: loaded when something is printed

    allowed(request.user)
    first, span = month_of(request)
    made = board(request.user, span, compared=True)
    # Translators: a date pattern of Django
    sections: list[Any] = [Facts([(_("Month"), date_format(first, _("F Y"))), (_("Finding"), sentence(made))], columns=1)]
    for title, rows in [(_("At a glance"), made.cards), *made.groups]:
        sections.append(
            Table(
                [_("Figure"), _("Value"), _("Month before"), _("Target and verdict"), _("Counted")],
                [[one.title, told(one), number(one.before), one.foot or one.beside or "–", one.n] for one in rows],
                title=title,
                numbers=(1, 2, 4),
            )
        )
    drawn = list(made.charts.values())
    sections += [Drawing(drawn[:1]), *[Drawing(drawn[n : n + 1]) for n in range(1, len(drawn))]]
    report = Report(
        _("Facilities report"),
        sections,
        number=f"{first:%Y-%m}",
        signatures=[_("Facilities manager"), _("Logistics director")],
        footnote=_("How each figure is counted stands below the figures in the system."),
        **heading(request),
    )
    response = HttpResponse(report.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="facilities-{first:%Y-%m}.pdf"'
    return response


def told(one: Shown) -> str:
    """The value with its unit; what could not be counted has none."""
    return one.value if one.number is None else f"{one.value} {one.unit}".strip()


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


@login_required
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The month as Excel: each figure with its definition, in full precision."""
    from logistics.core import sheets

    allowed(request.user)
    first, span = month_of(request)
    made = board(request.user, span, compared=True)
    columns = [
        sheets.SheetColumn(_("Group"), width=22),
        sheets.SheetColumn(_("Figure"), width=30),
        sheets.SheetColumn(_("Value"), "number"),
        sheets.SheetColumn(_("Unit"), width=10),
        sheets.SheetColumn(_("Month before"), "number"),
        sheets.SheetColumn(_("Target"), "number"),
        sheets.SheetColumn(_("Verdict"), width=24),
        sheets.SheetColumn(_("Counted"), "number"),
        sheets.SheetColumn(_("How it is counted"), width=80),
    ]
    rows = [
        [group, one.title, rounded(one.number), one.unit, rounded(one.before), one.aim, one.foot or one.beside, one.n, one.definition]
        for group, one in figure_rows(made)
    ]
    name = f"{first:%Y-%m}"
    response = HttpResponse(sheets.workbook(rows, columns, name), content_type=sheets.CONTENT_TYPES[".xlsx"])
    response["Content-Disposition"] = f'attachment; filename="facilities-{name}.xlsx"'
    return response


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
