"""The outage desk: what is off and will be, live, with one tap for what is done most; and the notice on paper."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.asked import HtmxRequest
from logistics.core.errors import NotAllowed
from logistics.core.templatetags import ui
from maintenance.models import Outage, RepairRequest
from maintenance.outages import desk as live
from maintenance.outages import services
from maintenance.outages.limits import QUICK_MIN

PERMISSION = "maintenance.outage"
NAMES = 12  # of who was not reached


@login_required
@require_safe
def desk(request: HtmxRequest) -> HttpResponse:
    """Going on, announced, to prepare; renews itself every minute."""
    access = access_of(request.user)
    if not access.has(f"{PERMISSION}:view") and "technician" not in access.roles:
        raise NotAllowed(_("The outage desk is for those who manage outages."))
    rows = list(
        Outage.objects.visible_to(request.user)
        .filter(state__in=["ongoing", "announced", "draft", "approved"])
        .select_related("contact", "work_order", "place")
        .prefetch_related("places__place", "loads__load__place", "loads__load__equipment", "loads__load__contact", "updates")
        .order_by("planned", "pk")
    )
    now, coming = clock.now(), [row for row in rows if row.state in ("ongoing", "announced")]
    reached = live.reach(coming)
    page = {
        "title": _("Outage desk"),
        "sentence": said(rows),
        "running": [card(row, request.user, reached[row.pk], now) for row in coming if row.state == "ongoing"],
        "announced": [card(row, request.user, reached[row.pk], now) for row in coming if row.state == "announced"],
        "drafts": [(row, row.workflow.state(row)) for row in rows if row.state in ("draft", "approved")],
        "add_url": reverse("maintenance:outage-add") if access.has(f"{PERMISSION}:add") else "",
        "at": now,
        "empty": {
            "kind": "done",
            "icon": "plug",
            "title": _("Water, electricity, heating and network are on everywhere"),
            "text": _("What is reported or planned appears here."),
        },
    }
    template = "maintenance/_outage_desk.html" if request.htmx else "maintenance/outage_desk.html"
    return render(request, template, {"page": page})


def said(rows: list[Outage]) -> str:
    """The finding on top."""
    now = sum(row.state == "ongoing" for row in rows)
    soon = sum(row.state == "announced" for row in rows)
    if not now:
        return ngettext("Nothing is off; %(n)s outage is announced.", "Nothing is off; %(n)s outages are announced.", soon) % {"n": soon}
    return ngettext("%(n)s outage is going on.", "%(n)s outages are going on.", now) % {"n": now}


def card(outage: Any, person: Any, reach: live.Reach, now: Any) -> dict[str, Any]:
    """One outage as the desk shows it."""
    left = live.left(outage, now)
    offered = {move.name: why for move, why in outage.workflow.offered(outage, person)}
    reports = live.waiting(outage, person)
    step, manages = QUICK_MIN.value(), access_of(person).may(f"{PERMISSION}:change", outage)
    ends = []
    if "extend" in offered and outage.state == "ongoing":
        ends = [(minutes, live.later(outage, minutes, now)) for minutes in (step, 2 * step)]
    return {
        "outage": outage,
        "state": outage.workflow.state(outage),
        "late": left is not None and left < 0,
        "clock": words_left(outage, left),
        "places": list(outage.places.all()),
        "loads": sorted(outage.loads.all(), key=lambda row: row.answered_at is not None),
        "news": next(iter(outage.updates.all()), None),
        "reach": reach,
        "lost": reach.failed[:NAMES],
        "lost_more": max(0, len(reach.failed) - NAMES),
        "reports": reports[:8],
        "reports_n": len(reports),
        "joined": live.joined(outage),
        "may_join": bool(reports) and manages,
        "may_call": manages,
        "quick": [
            {"minutes": minutes, "value": timezone.localtime(end).strftime("%Y-%m-%dT%H:%M"), "end": end, "uid": uuid4()}
            for minutes, end in ends
        ],
        "moves": offered,
        "uid": uuid4(),
    }


def words_left(outage: Outage, left: int | None) -> str:
    if left is None:
        return _("Nobody knows yet until when")
    length = ui.duration(abs(left))
    if outage.state == "announced":
        return _("Begins in %(time)s") % {"time": length} if left >= 0 else _("Should have begun %(time)s ago") % {"time": length}
    return _("%(time)s left") % {"time": length} if left >= 0 else _("%(time)s longer than said") % {"time": length}


@login_required
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the reports that wait into the work order of the outage, each reporter is told."""
    outage = get_object_or_404(Outage.objects.visible_to(request.user), pk=pk)
    if not access_of(request.user).may(f"{PERMISSION}:change", outage):
        raise NotAllowed(_("Reports are joined by those who manage outages."))
    asked = [int(one) for one in request.POST.getlist("report") if one.isdigit()]
    known: list[RepairRequest] = [row for row in live.waiting(outage, request.user) if row.pk in asked]
    if known:
        order = services.join_reports(outage=outage, requests=known, by=request.user)
        words = ngettext("%(n)s report is now in %(order)s", "%(n)s reports are now in %(order)s", len(known))
        messages.success(request, words % {"n": len(known), "order": order.number})
    else:
        messages.info(request, _("They were decided on meanwhile."))
    return redirect("maintenance:outage-desk")


@login_required
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The announcement of an outage as PDF, to hang up at the door; to whoever may see it."""
    from logistics.core.pdf.report import Facts, Report, heading  # the compiler is heavy: loaded when something is printed

    outage = get_object_or_404(Outage.objects.visible_to(request.user).select_related("contact"), pk=pk)
    places = _(", ").join(row.place.place_label for row in outage.places.select_related("place").order_by("place__code"))
    facts = [(_("What is off"), outage.get_utility_display()), (_("Where"), places)]
    if outage.begins:
        facts.append((_("From"), ui.paper_time(outage.begins)))
    facts.append((_("Until"), ui.paper_time(outage.ends) if outage.ends else _("We tell you when it is back.")))
    facts += [(_("Reason"), outage.reason), (_("Substitute"), outage.substitute or "–"), (_("Who answers questions"), outage.contact.name)]
    title = _("Notice: %(utility)s off") % {"utility": outage.get_utility_display()}
    response = HttpResponse(Report(title, [Facts(facts)], **heading(request)).pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{outage.number}.pdf"'
    return response
