"""Who should do it: ranked technicians with the reasons in words (facilities.md 5.4)."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from staff.services import levels, on_duty_minutes, people_on_duty

from maintenance.fitness import reasons
from maintenance.models import Assignment, Clock, Technician, WorkOrder
from maintenance.models.order import OPEN_STATES

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
    load: int = 0  # % of the time until due that own open work takes
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
        said.append(_("%(n)s%% busy until it is due") % {"n": self.load})
        return _(", ").join(said)

    def weigh(self) -> None:
        self.parts = {
            "skill": WEIGHTS["skill"] * self.level / 5, "near": WEIGHTS["near"] * self.near,
            "free": WEIGHTS["free"] * self.free, "known": WEIGHTS["known"] * float(self.known),
        }
        self.score = round(sum(self.parts.values()), 2)


def suggest(order: WorkOrder, at: datetime) -> list[Candidate]:
    """All technicians of the team: the fit ones ranked, then the others with the first reason against; ≤ 8 statements."""
    team = list(
        Technician.objects.filter(staff__team_id=order.team_id, active=True)
        .select_related("staff__person").prefetch_related("home_places").order_by("staff__staff_no")
    )
    if not team:
        return []
    people = [one.staff.person_id for one in team]
    staff_ids = [one.staff_id for one in team]
    work = list(WorkOrder.objects.filter(lead_id__in=people, state__in=OPEN_STATES).exclude(pk=order.pk).select_related("place"))
    on_duty = people_on_duty([order.team_id], at)
    held = levels(staff_ids, order.category.trade)
    against = reasons(order, team)
    due = _due(order, at)
    minutes = on_duty_minutes(staff_ids, at, due)
    known, recent = _experience(order, people, at)
    found = []
    for one in team:
        person_id = one.staff.person_id
        own = [row for row in work if row.lead_id == person_id]
        candidate = Candidate(one, level=held.get(one.staff_id, 0), known=person_id in known)
        candidate.near = _near(order, one, own)
        available = minutes.get(one.staff_id, 0)
        taken = sum(row.estimate_s for row in own) / 60
        share = min(1.0, taken / available) if available else 1.0
        candidate.free, candidate.load = 1 - share, round(share * 100)
        candidate.reason = (
            against.get(one.pk) or _off_duty(one, on_duty, at)
            or (_("Already %(n)s open orders.") % {"n": len(own)} if len(own) >= one.max_open else "")
        )
        candidate.weigh()
        found.append(candidate)
    return sorted(found, key=lambda one: (bool(one.reason), -one.score, recent[one.person.pk], one.technician.staff.staff_no))


def _due(order: WorkOrder, at: datetime) -> datetime:
    due = Clock.objects.filter(order=order, kind="resolve").values_list("due_at", flat=True).first()
    return max(due or at + timedelta(days=1), at + timedelta(minutes=1))


def _off_duty(one: Technician, on_duty: set[int] | None, at: datetime) -> str:
    if one.duty_override != "none" and one.override_until and one.override_until > at:
        return "" if one.duty_override == "on" else _("Off duty.")
    return "" if on_duty is None or one.staff_id in on_duty else _("Off duty.")


def _near(order: WorkOrder, one: Technician, own: list[WorkOrder]) -> float:
    """1 in the same building (current job or home), 0.5 on the same campus, else 0. Ancestors: school, campus, building, …"""
    here = order.place.ancestors
    at_work = [row.place.ancestors for row in own if row.state == "in_progress"]
    spots = [*at_work, *[place.ancestors for place in one.home_places.all()]]
    if any(len(here) > 2 and here[:3] == spot[:3] for spot in spots):
        return 1.0
    return 0.5 if any(here[:2] == spot[:2] for spot in spots) else 0.0


def _experience(order: WorkOrder, people: list[int], at: datetime) -> tuple[set[int], Counter]:
    """Who closed work on this equipment, or at this place in this category, in 24 months; orders got in 7 days per person."""
    same = Q(place_id=order.place_id, category_id=order.category_id)
    if order.equipment_id:
        same |= Q(equipment_id=order.equipment_id)
    known = set(
        WorkOrder.objects.filter(same, lead_id__in=people, state="closed", closed_at__gte=at - timedelta(days=730)).values_list("lead_id", flat=True)
    )
    rows = Assignment.objects.filter(person_id__in=people, offered_at__gte=at - timedelta(days=7), offered_at__lte=at)
    return known, Counter(dict(rows.values_list("person_id").annotate(n=Count("pk"))))
