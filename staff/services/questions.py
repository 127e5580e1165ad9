"""Questions that dispatch and escalation ask, each answered for many people in one statement."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from staff.models import Duty, RosterPeriod, StaffMember
from staff.querysets import PUBLISHED

LEVELS = """
SELECT staff_id, max(level) FROM (
    SELECT DISTINCT ON (h.staff_id, h.skill_id) h.staff_id, h.level
    FROM staff_staffskill h JOIN staff_skill s ON s.id = h.skill_id
    WHERE h.staff_id = ANY(%s) AND s.trade = %s AND h.assessed_on <= %s
    ORDER BY h.staff_id, h.skill_id, h.assessed_on DESC, h.id DESC
) newest GROUP BY staff_id
"""
COVERING = """
SELECT staff_id, type_id FROM staff_certificate
WHERE state = 'valid' AND staff_id = ANY(%s) AND type_id = ANY(%s)
GROUP BY staff_id, type_id
HAVING range_agg(daterange(valid_from, valid_until, '[]')) @> daterange(%s, %s, '[]')
"""


def levels(staff_ids: Iterable[int], trade: str, at: date | datetime | None = None) -> dict[int, int]:
    """Level 1–5 of each person in a trade: the newest of each of its skills, the best of those; who was never assessed is left out."""
    day = timezone.localdate(at) if isinstance(at, datetime) else at
    return dict(_rows(LEVELS, [list(staff_ids), trade, day or date.max]))


def level_of(staff: StaffMember, trade: str, at: date | datetime | None = None) -> int:
    """The same for one person; 0 when never assessed."""
    return levels([staff.pk], trade, at).get(staff.pk, 0)


def certificates_covering(staff_ids: Iterable[int], types: Iterable[Any], first: date, last: date) -> dict[int, set[int]]:
    """Ids of the certificate types that each person holds, verified, on every day from first to last.

    Two certificates that follow each other may cover the days together.
    """
    type_ids = [getattr(kind, "pk", kind) for kind in types]
    found: dict[int, set[int]] = defaultdict(set)
    for staff_id, type_id in _rows(COVERING, [list(staff_ids), type_ids, first, last]):
        found[staff_id].add(type_id)
    return dict(found)


def _rows(statement: str, values: list[Any]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def rostered(team_ids: Iterable[int], day: date) -> bool:
    """Does a published roster of one of these teams cover the day?"""
    return RosterPeriod.objects.filter(team_id__in=list(team_ids), state__in=PUBLISHED, first_day__lte=day, last_day__gte=day).exists()


def people_on_duty(team_ids: Iterable[int], at: datetime) -> set[int] | None:
    """Staff ids at work by the published rosters of these teams; None when none covers the day (then the calendar decides)."""
    teams = list(team_ids)
    if not rostered(teams, timezone.localdate(at)):
        return None
    return set(Duty.objects.published().live().at(at).filter(kind="work", period__team_id__in=teams).values_list("staff_id", flat=True))


def on_duty(team: Any, at: datetime) -> list[StaffMember]:
    """Who works for a team, or a team below it, at an instant; without a team: anybody at work."""
    return _there(team, at, "work")


def on_call(team: Any, at: datetime) -> list[StaffMember]:
    """Who is on call for a team at an instant; without a team: anybody on call."""
    return _there(team, at, "on_call")


def _there(team: Any, at: datetime, kind: str) -> list[StaffMember]:
    duties = Duty.objects.published().live().at(at).filter(kind=kind)
    if team is not None:
        duties = duties.of_team(team)
    return list(StaffMember.objects.filter(pk__in=duties.values("staff_id")).select_related("person").order_by("staff_no"))


def on_duty_minutes(staff_ids: Iterable[int], start: datetime, end: datetime) -> dict[int, int]:
    """Minutes of published work between two instants, by person; who has none is left out."""
    found: dict[int, timedelta] = defaultdict(timedelta)
    rows = Duty.objects.published().live().between(start, end).of(list(staff_ids)).filter(kind="work")
    for staff_id, first, last in rows.values_list("staff_id", "start", "end"):
        found[staff_id] += min(last, end) - max(first, start)
    return {staff_id: int(span.total_seconds() // 60) for staff_id, span in found.items()}
