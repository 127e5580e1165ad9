"""The wallboard: how repairs, rounds and outages stand, read at five metres."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.accounts.models import Department
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.templatetags import ui
from maintenance.models import Outage, RepairRequest, Round, WorkOrder
from maintenance.querysets import LIVE_STATES
from maintenance.views.dispatch import live_orders
from maintenance.words import face
from staff.services import people_on_duty

AT_RISK, NEW, LINES = 5, 4, 2  # as much as the screen holds in letters that can be read


@login_required
def wallboard(request: HttpRequest) -> HttpResponse:
    """Five figures, what is late or nearly, what is new, today's rounds, what is off; renews itself."""
    if not access_of(request.user).has("maintenance.workorder:view"):
        raise NotAllowed(_("The wallboard is for those who lead repairs."))
    now = clock.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    live = list(live_orders(request.user).filter(state__in=LIVE_STATES[:-1]).order_by("priority", "reported_at")[:500])
    faces = [(order, face(next(iter(order.clocks.all()), None))) for order in live]
    late = [(order, shown) for order, shown in faces if shown and shown.kind == "is-danger"]
    nearly = [(order, shown) for order, shown in faces if shown and shown.kind == "is-late"]
    rest = [(order, shown) for order, shown in faces if shown and shown.kind == ""]
    reports = RepairRequest.objects.visible_to(request.user).waiting()
    to_assign = sorted((order for order, _shown in faces if order.state == "open"), key=lambda order: order.reported_at, reverse=True)
    teams = list(Department.objects.filter(kind="team", pk__in={order.team_id for order in live if order.team_id}))
    on_duty = people_on_duty([team.pk for team in teams], now) or set()
    figures = [
        (_("Open orders"), len(live), _("orders"), False),
        (_("Late"), len(late), _("orders"), bool(late)),
        (_("Finished today"), WorkOrder.objects.visible_to(request.user).filter(done_at__gte=midnight).count(), _("orders"), False),
        (_("To decide"), reports.count(), _("reports"), False),
        (_("On duty"), len(on_duty), _("people"), False),
    ]
    return render(
        request,
        "maintenance/wallboard.html",
        {
            "now": now,
            "rows": [(near(order), shown) for order, shown in [*late, *nearly, *rest][:AT_RISK]],
            "school": Place.objects.filter(parent__isnull=True).first(),
            "kpis": [{"name": name, "value": value, "unit": unit, "bad": bad} for name, value, unit, bad in figures],
            "new": new_lines([*reports.roots().order_by("-submitted_at")[:NEW]], to_assign[:NEW]),
            "rounds": rounds(request.user, now),
            "outages": [near(one) for one in Outage.objects.visible_to(request.user).coming().order_by("-state", "planned", "pk")[:LINES]],
        },
    )


def new_lines(reports: list[RepairRequest], orders: list[Any]) -> list[tuple[Any, str, str]]:
    """(record, what waits for it, since when): newest reports that nobody has decided on, and orders that nobody has; half of each."""
    some = reports[: NEW - min(len(orders), NEW // 2)]
    found = [(one, _("to decide"), ui.when_words(one.submitted_at)) for one in some]
    found += [(one, _("to assign"), ui.when_words(one.reported_at)) for one in orders]
    return [(near(one), what, since) for one, what, since in found[:NEW]]


def near(record: Any) -> Any:
    """Without the campus, a place can be read from further away."""
    steps = record.place_label.split(" / ")
    record.where = " / ".join(steps[1:] if len(steps) > 1 else steps)
    return record


def rounds(person: Any, now: Any) -> dict[str, Any]:
    """How today's rounds stand, and those to look at: missed first, then those whose time runs."""
    rows = list(Round.objects.visible_to(person).today().exclude(state="void").select_related("inspector").order_by("window_to", "pk"))
    missed = [row for row in rows if row.state == "missed"]
    left = [row for row in rows if row.state in ("due", "started")]
    shown = [*missed, *(row for row in left if row.window_from <= now), *(row for row in left if row.window_from > now)][:LINES]
    return {"all": len(rows), "missed": len(missed), "done": len(rows) - len(missed) - len(left), "lines": shown}
