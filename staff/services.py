"""Questions that dispatch asks of the staff files, each answered for many people in one statement."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from staff.models import Certificate, Duty, RosterPeriod, StaffMember


def levels(staff_ids: Iterable[int], trade: str) -> dict[int, int]:
    """Newest assessed level (1–5) of each person in any skill of a trade; who was never assessed is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT staff_id, max(level) FROM (SELECT DISTINCT ON (h.staff_id, h.skill_id) h.staff_id, h.level FROM staff_staffskill h "
            "JOIN staff_skill s ON s.id = h.skill_id WHERE h.staff_id = ANY(%s) AND s.trade = %s "
            "ORDER BY h.staff_id, h.skill_id, h.assessed_on DESC, h.id DESC) newest GROUP BY staff_id",
            [list(staff_ids), trade],
        )
        return dict(cursor.fetchall())


def certificates_covering(staff_ids: Iterable[int], types: Iterable[Any], first: date, last: date) -> dict[int, set[int]]:
    """Ids of the certificate types of which each person holds a valid one on every day from first to last."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Certificate.objects.filter(staff_id__in=list(staff_ids), type__in=list(types), state="valid", valid_from__lte=first, valid_until__gte=last)
    for staff_id, type_id in rows.values_list("staff_id", "type_id"):
        found[staff_id].add(type_id)
    return found


def _at_work(team_ids: Iterable[int], kind: str, at: datetime) -> Any:
    return Duty.objects.filter(staff__team_id__in=list(team_ids), period__state="published", kind=kind, start__lte=at, end__gt=at).exclude(
        state__in=["absent", "cancelled"]
    )


def people_on_duty(team_ids: Iterable[int], at: datetime) -> set[int] | None:
    """Staff ids on duty by the published roster; None when no roster covers the day (then the calendar decides)."""
    teams, day = list(team_ids), timezone.localdate(at)
    if not RosterPeriod.objects.filter(team_id__in=teams, state="published", first_day__lte=day, last_day__gte=day).exists():
        return None
    return set(_at_work(teams, "work", at).values_list("staff_id", flat=True))


def on_duty(team: Any, at: datetime) -> list[StaffMember]:
    """Who works for the team at an instant, by roster."""
    return list(StaffMember.objects.filter(pk__in=_at_work([team.pk], "work", at).values("staff_id")).select_related("person"))


def on_call(team: Any, at: datetime) -> list[StaffMember]:
    """Who is on call for the team at an instant."""
    return list(StaffMember.objects.filter(pk__in=_at_work([team.pk], "on_call", at).values("staff_id")).select_related("person"))


def on_duty_minutes(staff_ids: Iterable[int], start: datetime, end: datetime) -> dict[int, int]:
    """Minutes of published duty of each person between two instants."""
    found: dict[int, timedelta] = defaultdict(timedelta)
    rows = Duty.objects.filter(staff_id__in=list(staff_ids), period__state="published", kind="work", start__lt=end, end__gt=start).exclude(
        state__in=["absent", "cancelled"]
    )
    for staff_id, first, last in rows.values_list("staff_id", "start", "end"):
        found[staff_id] += min(last, end) - max(first, start)
    return {staff_id: int(span.total_seconds() // 60) for staff_id, span in found.items()}
