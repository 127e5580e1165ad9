"""The monthly repair report: figures with target and verdict, what they come from, and what is late, ready to sign."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from logistics.core import clock
from logistics.core.templatetags import ui
from maintenance.dashboard.repairs import allowed, figures_of, months
from maintenance.models import WorkOrder
from maintenance.words import face

MOST_LATE = 200


@login_required
@require_GET
def monthly(request: HttpRequest) -> HttpResponse:
    """The report of a month (?month=2026-10; the last full one when none is named) as PDF."""
    from logistics.core.pdf.report import Drawing, Facts, Report, Table, Words, heading  # heavy: loaded when something is printed

    allowed(request.user)
    first = month_asked(request.GET.get("month", ""))
    after = (first + timedelta(days=32)).replace(day=1)
    last = min(after, clock.today() + timedelta(days=1))
    until = clock.midnight(last)
    found = figures_of(request.user, until, until - clock.midnight(first))
    charts, late = found["charts"], late_orders(request.user)
    # Translators: a date pattern of Django
    name = date_format(first, _("F Y"))
    sections = [
        Facts([(_("Month"), name), (_("Days"), _("%(first)s to %(last)s") % {
            "first": ui.paper_day(first), "last": ui.paper_day(last - timedelta(days=1))})], columns=2),
        Table(
            [_("Figure"), _("Value"), _("Target and verdict"), _("Against the time before"), _("Counted")],
            [[one["name"], f"{one['value']} {one['unit']}", one["foot"] or "–", change(one), one["n"]] for one in found["cards"]]
            + [[one["title"], f"{one['value']} {one['unit']}", "–", "–", one["n"]] for one in found["more"]],
            title=_("Key figures"), numbers=(1, 4),
        ),
        Drawing([charts["on_time"]]),
        Drawing([charts["places"], charts["kinds"]]),
        Drawing([charts["backlog"]]),
    ]
    sections.append(
        Table(
            [_("Number"), _("Problem and place"), _("Prio."), _("Technician"), _("Late by")],
            [[order.number, _(", ").join((str(order.title), order.place_label)), order.priority,
              order.lead.name if order.lead_id else "–", words] for order, words in late], title=_("Late at the time of printing"), name=1)
        if late else Words(_("No open order is late."), title=_("Late at the time of printing"))
    )
    report = Report(
        _("Monthly repair report"), sections, number=f"{first:%Y-%m}", signatures=[_("Facilities manager"), _("Logistics director")],
        footnote=_("How each figure is counted stands below the figures in the system."), **heading(request),
    )
    response = HttpResponse(report.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="repairs-{first:%Y-%m}.pdf"'
    return response


def month_asked(text: str) -> date:
    """The first day of the month that is named, the last full one when none is; 404 for what is no month of the past."""
    if not text:
        return months()[1]
    try:
        first = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise Http404 from None
    if first > clock.today() or first.year < 2000:
        raise Http404
    return first


def change(one: dict[str, Any]) -> str:
    """How a figure moved against the span before."""
    delta = one["delta"]
    if not delta:
        return "–"
    sign = {"arrow-up-right": "+", "arrow-down-right": "−"}.get(delta["icon"], "±")
    return f"{sign}{delta['words']}"


def late_orders(person: Any) -> list[tuple[Any, str]]:
    """Open orders whose time has passed, most urgent first, with by how much."""
    rows = (WorkOrder.objects.visible_to(person).late().select_related("lead").prefetch_related("clocks__calendar_version__calendar")
            .order_by("priority", "reported_at")[:MOST_LATE])
    found = []
    for order in rows:
        shown = face(next((row for row in order.clocks.all() if row.kind == "resolve"), None))
        found.append((order, str(shown.words) if shown else "–"))
    return found
