"""Who should do it: ranked technicians with the reasons in words (facilities.md 5.4)."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from maintenance.fitness import reasons
from maintenance.models import Assignment, Clock, Technician, WorkOrder
from maintenance.presence import Presence
from maintenance.querysets import OPEN_STATES
from staff.services import levels

WEIGHTS = {"skill": 40, "near": 25, "free": 25, "known": 10}


@dataclass
class Candidate:
    """A technician with the parts of the score (0–100), or the first reason against."""

    technician: Technician
    level: int = 0
    near: float = 0.0
    free: float = 0.0
    known: bool = False
    reason: str = ""
    barred: bool = False  # not fit at all; otherwise the reason only advises against it
    minutes: int = 0  # at work until it is due
    load: int = 0  # % of these minutes that own open work takes
    score: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def person(self) -> Any:
        return self.technician.staff.person

    @property
    def words(self) -> str:
        """The reason in one sentence."""
        said = [_("level %(n)s") % {"n": self.level}]
        said.append(_("in the same building") if self.near == 1 else _("on the same campus") if self.near else _("on another campus"))
        if self.known:
            said.append(_("knows it"))
        said.append(_("%(n)s%% busy until it is due") % {"n": self.load} if self.minutes else _("not at work before it is due"))
        return _(", ").join(said)

    def weigh(self) -> None:
        self.parts = {
            "skill": WEIGHTS["skill"] * self.level / 5, "near": WEIGHTS["near"] * self.near,
            "free": WEIGHTS["free"] * self.free, "known": WEIGHTS["known"] * float(self.known),
        }
        self.score = round(sum(self.parts.values()), 2)


def suggest(order: WorkOrder, at: datetime) -> list[Candidate]:
    """All technicians of the team: the fit ones ranked, then the others with the first reason against; ≤ 8 statements."""
    homes = Q(home_places__isnull=False)
    lately = Assignment.objects.filter(person=OuterRef("staff__person"), offered_at__gte=at - timedelta(days=7), offered_at__lte=at)
    team = list(
        Technician.objects.filter(staff__team_id=order.team_id, active=True)
        .select_related("staff__person")
        .order_by("staff__staff_no")
        .annotate(
            buildings=ArrayAgg("home_places__ancestors__2", filter=homes, default=[]),
            sites=ArrayAgg("home_places__ancestors__1", filter=homes, default=[]),
            recent=Coalesce(Subquery(lately.order_by().values("person").annotate(n=Count("pk")).values("n")), 0),
            due=Subquery(Clock.objects.filter(order=order.pk or 0, kind="resolve").values("due_at")[:1]),  # a draft has no clock
        )
    )
    if not team:
        return []
    staff_ids = [one.staff_id for one in team]
    due = max(team[0].due or at + timedelta(days=1), at + timedelta(minutes=1))
    first, last = span(order, at)
    presence = Presence(team, order.place, at, max(due, last))
    work, known = _work(order, [one.staff.person_id for one in team], at)
    held = levels(staff_ids, order.category.trade)
    against = reasons(order, team, held)
    found = []
    for one in team:
        person_id = one.staff.person_id
        own = [row for row in work if row.lead_id == person_id]
        candidate = Candidate(one, level=held.get(one.staff_id, 0), near=_near(order, one, own), known=person_id in known)
        candidate.minutes, taken = presence.seconds(one, at, due) // 60, sum(row.estimate_s for row in own) / 60
        share = min(1.0, taken / candidate.minutes) if candidate.minutes else 1.0
        candidate.free, candidate.load = 1 - share, round(share * 100) if candidate.minutes or taken else 0
        off = "" if presence.on(one, first, last) else _("Off duty.")
        full = _("Already %(n)s open orders.") % {"n": len(own)} if len(own) >= one.max_open else ""
        candidate.barred = one.pk in against
        candidate.reason = against.get(one.pk) or off or full
        candidate.weigh()
        found.append(candidate)
    return sorted(found, key=lambda one: (bool(one.reason), -one.score, one.technician.recent, one.technician.staff.staff_no))  # type: ignore[attr-defined]


def span(order: WorkOrder, at: datetime) -> tuple[datetime, datetime]:
    """When it is to be done, as far as that still lies ahead: the planned time, else now."""
    first = max(order.planned_start or at, at)
    effort = timedelta(seconds=order.estimate_s) if order.planned_start else timedelta()
    return first, max(order.planned_end or first + effort, first)


def _near(order: WorkOrder, one: Any, own: list[WorkOrder]) -> float:
    """1 in the same building (current job or home), 0.5 on the same campus, else 0. Ancestors: school, campus, building, …"""
    path = order.place.ancestors
    site, building = path[1] if len(path) > 1 else None, path[2] if len(path) > 2 else None
    at_work = [row.place.ancestors for row in own if row.state == "in_progress"]
    if building and (building in one.buildings or any(spot[2:3] == [building] for spot in at_work)):
        return 1.0
    return 0.5 if site and (site in one.sites or any(spot[1:2] == [site] for spot in at_work)) else 0.0


def _work(order: WorkOrder, people: list[int], at: datetime) -> tuple[list[WorkOrder], set[int]]:
    """Open orders of these people; and who closed work on this equipment, or here in this category, in 24 months."""
    same = Q(place_id=order.place_id, category_id=order.category_id)
    if order.equipment_id:
        same |= Q(equipment_id=order.equipment_id)
    rows = WorkOrder.objects.filter(
        Q(state__in=OPEN_STATES) | Q(same, state="closed", closed_at__gte=at - timedelta(days=730)), lead_id__in=people
    ).exclude(pk=order.pk).select_related("place")
    found = list(rows)
    return [row for row in found if row.state != "closed"], {row.lead_id for row in found if row.state == "closed" and row.lead_id}
