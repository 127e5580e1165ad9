"""Who should do it: ranked technicians with the reasons in words (facilities.md 5.4)."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maintenance.fitness import reasons
from maintenance.models import Assignment, Clock, Technician, WorkOrder
from maintenance.querysets import OPEN_STATES
from staff.models import Duty
from staff.services import levels
from staff.services.questions import rostered

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
    homes = Q(home_places__isnull=False)
    team = list(
        Technician.objects.filter(staff__team_id=order.team_id, active=True)
        .select_related("staff__person")
        .order_by("staff__staff_no")
        .annotate(
            buildings=ArrayAgg("home_places__ancestors__2", filter=homes, default=[]),
            sites=ArrayAgg("home_places__ancestors__1", filter=homes, default=[]),
        )
    )
    if not team:
        return []
    staff_ids = [one.staff_id for one in team]
    work, known = _work(order, [one.staff.person_id for one in team], at)
    minutes, on_duty = _duty(order, staff_ids, at, _due(order, at))
    held = levels(staff_ids, order.category.trade)
    against = reasons(order, team, held)
    recent = _recent([one.staff.person_id for one in team], at)
    found = []
    for one in team:
        person_id = one.staff.person_id
        own = [row for row in work if row.lead_id == person_id]
        candidate = Candidate(one, level=held.get(one.staff_id, 0), near=_near(order, one, own), known=person_id in known)
        available, taken = minutes.get(one.staff_id, 0), sum(row.estimate_s for row in own) / 60
        share = min(1.0, taken / available) if available else 1.0
        candidate.free, candidate.load = 1 - share, round(share * 100)
        full = _("Already %(n)s open orders.") % {"n": len(own)} if len(own) >= one.max_open else ""
        candidate.barred = one.pk in against
        candidate.reason = against.get(one.pk) or _off_duty(one, on_duty, at) or full
        candidate.weigh()
        found.append(candidate)
    return sorted(found, key=lambda one: (bool(one.reason), -one.score, recent[one.person.pk], one.technician.staff.staff_no))


def _due(order: WorkOrder, at: datetime) -> datetime:
    due = (
        Clock.objects.filter(order=order.pk, kind="resolve").values_list("due_at", flat=True).first() if order.pk else None
    )  # a draft has no clock
    return max(due or at + timedelta(days=1), at + timedelta(minutes=1))


def _off_duty(one: Technician, on_duty: set[int] | None, at: datetime) -> str:
    if one.duty_override != "none" and one.override_until and one.override_until > at:
        return "" if one.duty_override == "on" else _("Off duty.")
    return "" if on_duty is None or one.staff_id in on_duty else _("Off duty.")


def _near(order: WorkOrder, one: Any, own: list[WorkOrder]) -> float:
    """1 in the same building (current job or home), 0.5 on the same campus, else 0. Ancestors: school, campus, building, …"""
    path = order.place.ancestors
    site, building = path[1] if len(path) > 1 else None, path[2] if len(path) > 2 else None
    at_work = [row.place.ancestors for row in own if row.state == "in_progress"]
    if building and (building in one.buildings or any(spot[2:3] == [building] for spot in at_work)):
        return 1.0
    return 0.5 if site and (site in one.sites or any(spot[1:2] == [site] for spot in at_work)) else 0.0


def _duty(order: WorkOrder, staff_ids: list[int], at: datetime, due: datetime) -> tuple[dict[int, int], set[int] | None]:
    """Minutes on duty until due, and who is on duty now (None: no roster says, so the calendar decides)."""
    minutes: Counter[int] = Counter()
    here = set()
    rows = list(Duty.objects.published().live().between(at, due).of(staff_ids).filter(kind="work").values_list("staff_id", "start", "end"))
    for staff_id, first, last in rows:
        minutes[staff_id] += int((min(last, due) - max(first, at)).total_seconds() // 60)
        if first <= at < last:
            here.add(staff_id)
    if rows or rostered([order.team_id], timezone.localdate(at)):
        return minutes, here
    return minutes, None


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


def _recent(people: list[int], at: datetime) -> Counter[int]:
    """Orders that each got in 7 days: ties go to who got fewest."""
    rows = Assignment.objects.filter(person_id__in=people, offered_at__gte=at - timedelta(days=7), offered_at__lte=at)
    return Counter(dict(rows.values_list("person_id").annotate(n=Count("pk"))))
