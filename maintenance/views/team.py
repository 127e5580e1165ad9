"""The team board 班组看板: who has how much today, what lies in the pool, what waits to be verified."""
from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.models import Attachment
from logistics.core.photos import photo_cards
from maintenance.models import RepairRequest, Technician, WorkOrder
from maintenance.presence import Presence

MOST = 20
IN_HAND = ("assigned", "accepted", "in_progress", "on_hold")
VERIFIERS, ASSIGNERS = {"team_leader", "facilities_manager", "safety_officer"}, {"team_leader", "facilities_manager", "dispatcher"}


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """One team; whoever sees several chooses. The same number of statements however many people and orders it has."""
    access = access_of(request.user)
    if not access.has("maintenance.technician:view"):
        raise NotAllowed(_("This page is for those who lead a team."), [_("Team leader"), _("Facilities manager")])
    everybody = list(Technician.objects.visible_to(request.user).filter(active=True, staff__team__isnull=False)
                     .select_related("staff__person", "staff__team").order_by("staff__team__name_zh", "staff__staff_no"))
    teams = {one.staff.team_id: one.staff.team for one in everybody}
    asked = request.GET.get("team", "")
    team = teams.get(int(asked) if asked.isdigit() else 0) or next(iter(teams.values()), None)
    people = [one for one in everybody if team is not None and one.staff.team_id == team.pk]
    rows = WorkOrder.objects.visible_to(request.user).filter(team=team) if team else WorkOrder.objects.none()
    lines, pool = lines_of(people), list(rows.filter(state="open").order_by("priority", "reported_at")[:MOST])
    waiting = to_verify(rows)
    page = {
        "title": _("Team board"),
        "sentence": sentence(lines, rows) if team else _("You lead no team yet."),
        "chips": [{"label": one.name, "url": f"?team={one.pk}", "on": one == team} for one in teams.values()] if len(teams) > 1 else [],
        "here": f"{request.path}?team={team.pk}" if team else request.path,
    }
    return render(request, "maintenance/team.html", {
        "page": page, "team": team, "lines": lines, "pool": pool, "waiting": waiting,
        "may_assign": not access.roles.isdisjoint(ASSIGNERS), "may_verify": not access.roles.isdisjoint(VERIFIERS)})


def sentence(lines: list[dict[str, Any]], rows: Any) -> str:
    pool, done = rows.filter(state="open").count(), rows.filter(state="done").count()
    here = sum(line["here"] for line in lines)
    people = ngettext("%(n)s of %(all)s at work now", "%(n)s of %(all)s at work now", here) % {"n": here, "all": len(lines)}
    return _("%(people)s, %(pool)s to assign, %(done)s to verify.") % {"people": people, "pool": pool, "done": done}


def lines_of(people: list[Technician]) -> list[dict[str, Any]]:
    """Each person with the orders of today, the effort estimated for them, and the time at work today."""
    now, root = clock.now(), Place.objects.filter(parent__isnull=True).first()
    if not people or root is None:
        return []
    begin = clock.midnight(clock.today())
    end = begin + timedelta(days=1)
    presence = Presence(people, root, begin, end)
    today: dict[int, list[WorkOrder]] = defaultdict(list)
    orders = WorkOrder.objects.filter(Q(planned_start__isnull=True) | Q(planned_start__lt=end), state__in=IN_HAND,
                                      lead__in=[one.staff.person_id for one in people])
    for order in orders.order_by("priority", "planned_start", "reported_at"):
        today[order.lead_id or 0].append(order)
    found = []
    for one in people:
        own, there = today[one.staff.person_id], presence.seconds(one, begin, end)
        work = sum(order.estimate_s for order in own)
        found.append({"person": one.staff.person, "orders": own, "work_s": work, "there_s": there, "here": presence.on(one, now, now),
                      "load": round(100 * work / there) if there else 100 if work else 0})
    for line in found:
        line["bar"] = min(line["load"], 100)
    return found


def to_verify(rows: Any) -> list[dict[str, Any]]:
    """Finished orders, oldest first, each with a photo of before and of after; what the reporter sent stands for before."""
    orders = list(rows.filter(state="done").select_related("lead", "contractor").order_by("done_at")[:MOST])
    owners: dict[tuple[str, int], int] = {("maintenance.workorder", order.pk): order.pk for order in orders}
    for pk, order_id in RepairRequest.objects.filter(work_order__in=[order.pk for order in orders]).values_list("pk", "work_order"):
        owners["maintenance.repairrequest", pk] = order_id
    photos = Attachment.objects.filter(
        Q(kind="maintenance.workorder", role__in=["before", "after"], object_id__in=[order.pk for order in orders])
        | Q(kind="maintenance.repairrequest", object_id__in=[pk for kind, pk in owners if kind == "maintenance.repairrequest"])
    ).select_related("by").order_by("kind", "pk")
    found: dict[int, dict[str, Attachment]] = defaultdict(dict)
    for photo in photos:  # reports come first, so that a photo of before by the technician replaces theirs
        found[owners[photo.kind, photo.object_id]]["after" if photo.role == "after" else "before"] = photo
    pairs = []
    for order in orders:
        before, after = found[order.pk].get("before"), found[order.pk].get("after")
        pairs.append({"order": order, "uid": uuid.uuid4(), "before": photo_cards([before])[0] if before else None,
                      "after": photo_cards([after])[0] if after else None})
    return pairs
