"""The work order sheet, for the clipboard and the file."""
from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.templatetags import ui
from maintenance import costs, orders
from maintenance.contracting.checks import from_outside
from maintenance.models import RepairRequest, WorkOrder


@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of an order as PDF, to whoever may see the order."""
    from logistics.core.pdf import render as render_pdf  # the compiler is heavy: loaded when a sheet is asked for

    rows = WorkOrder.objects.visible_to(request.user).select_related(
        "category__parent", "equipment", "lead", "team", "cause", "remedy", "place"
    )
    order = get_object_or_404(rows, pk=pk)
    response = HttpResponse(render_pdf("work_order", sheet_data(order, request)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{order.number}.pdf"'
    return response


def told(request: RepairRequest) -> str:
    """What a reporter said and answered."""
    return "\n".join([*([request.description] if request.description else []), *(_("%(question)s %(answer)s") % {
        "question": question, "answer": answer} for question, answer in request.answered)])


def sheet_data(order: Any, request: HttpRequest) -> dict[str, Any]:
    """What the sheet shows, in the order of the page: to a firm nothing of the reporter, and costs only to who sees them on the page."""
    person: Any = request.user
    firm, books = from_outside(person), costs.may_book(order, person)
    requests = list(order.requests.select_related("reporter").order_by("submitted_at"))
    reporter = requests[0].reporter.name if requests and requests[0].reporter_id else _("Guest") if requests else "–"
    who = _("%(name)s and %(n)s more") % {"name": reporter, "n": len(requests) - 1} if len(requests) > 1 else reporter
    entries = list(order.labour.filter(voided_by__isnull=True).select_related("person"))
    lines = list(order.costs.all())
    flow = type(order).workflow
    school = Place.objects.filter(parent__isnull=True).first()
    return {
        "school": school.name if school else "",
        "title": _("Work order"),
        "number": order.number,
        "url": request.build_absolute_uri(order.get_absolute_url()),
        "printed": _("Printed %(time)s by %(name)s") % {"time": ui.paper_time(clock.now()), "name": person.name},
        "page_words": _("Page {n} of {total}"),
        "facts": [
            [_("Place"), order.place_label],
            [_("Problem"), order.title],
            *([] if firm else [[_("Reported by"), who]]),
            [_("Priority"), order.priority],
            [_("Technician"), order.lead.name if order.lead_id else _("not assigned")],
            [_("Equipment"), str(order.equipment) if order.equipment_id else "–"],
            [_("Cause"), order.cause.name if order.cause_id else "–"],
            [_("Remedy"), order.remedy.name if order.remedy_id else "–"],
            [_("State"), str(flow.state(order).label)],
            [_("Reported"), ui.paper_time(order.reported_at)],
            [_("Finished"), ui.paper_time(order.done_at) if order.done_at else "–"],
            [_("Category"), str(order.category)],
        ],
        "words": [words for request_ in requests if (words := told(request_))][:3],
        "note": order.completion_note,
        "tables": [] if firm or not books else [
            {
                "title": _("Hours and costs"),
                "heads": [_("Item"), _("Quantity"), _("Rate (CNY)"), _("Amount (CNY)")],
                "numbers": [1, 2, 3],
                "rows": [
                    [
                        _("Labour, %(name)s") % {"name": one.person.name},
                        ui.duration(one.minutes * 60),
                        f"{one.rate:.2f}",
                        f"{one.amount:.2f}",
                    ]
                    for one in entries
                ]
                + [[line.note, "1", f"{line.amount:.2f}", f"{line.amount:.2f}"] for line in lines],
                "total": [_("Total"), "", "", f"{orders.cost_of(order):.2f}"],
            }
        ],
        "signatures": [_("Technician"), _("Verified by"), _("Reporter")],
        "footnote": _("Made by the system; scan the code to check."),
    }
