"""Who is told of an outage, and in which words; nobody hears the same change twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from logistics.alerts.services import notify
from logistics.campus.services.places import people_by_place
from logistics.core import clock
from logistics.core.bilingual import in_both
from maintenance.models import Outage, OutagePerson, OutagePlace

ANNOUNCED, OFF = "maintenance.outage_announced", "maintenance.outage_off"


def instant(at: datetime | None) -> dict[str, str] | str:
    return {"at": at.isoformat()} if at else ""


def about(outage: Outage, **more: Any) -> dict[str, Any]:
    """What every notice about it may say."""
    return {
        "utility": in_both(outage.get_utility_display),
        "place": {"zh": outage.place_zh, "en": outage.place_en},
        "begin": instant(outage.begins),
        "end": instant(outage.ends),
        "reason": {"zh": outage.reason_zh, "en": outage.reason_en or outage.reason_zh},
        "substitute": outage.substitute,
        "number": outage.number or "",
        **more,
    }


def audience(outage: Outage) -> dict[int, list[int]]:
    """Id of each place of the outage -> ids of the people there; each person once, at the first place that names him."""
    known: set[int] = set()
    found: dict[int, list[int]] = {}
    rows = list(OutagePlace.objects.filter(outage=outage).select_related("place").order_by("pk"))
    people = people_by_place([row.place for row in rows])
    for row in rows:
        here = [person.pk for person, _why in people[row.place_id] if person.pk not in known]
        known.update(here)
        found[row.pk] = here
    return found


def tell(outage: Outage, code: str, people: Iterable[int], key: str = "", importance: str = "normal", **more: Any) -> int:
    """One notice each about one change; how many were newly told."""
    return notify(
        people=people,
        code=code,
        params=about(outage, **more),
        link=outage.get_absolute_url(),
        source=outage,
        dedupe_key=f"{code}:{outage.pk}:{key}",
        importance=importance,
    )


def announce(outage: Outage) -> int:
    """Tell everybody there who does not know yet; a second run tells nobody. How many were told."""
    here, now = audience(outage), clock.now()
    everybody = [pk for people in here.values() for pk in people]
    knowing = set(OutagePerson.objects.filter(outage=outage).values_list("person_id", flat=True))
    new = [pk for pk in everybody if pk not in knowing]
    OutagePerson.objects.bulk_create([OutagePerson(outage=outage, person_id=pk) for pk in new], ignore_conflicts=True)
    rows = list(OutagePlace.objects.filter(pk__in=here))
    for row in rows:
        row.people, row.told_at = max(row.people, len(here[row.pk])), row.told_at or now
    OutagePlace.objects.bulk_update(rows, ["people", "told_at"])
    Outage.objects.filter(pk=outage.pk).update(people=len(knowing | set(everybody)))
    planned = outage.kind == Outage.Kind.PLANNED
    return tell(outage, ANNOUNCED if planned else OFF, new, importance="normal" if planned else "urgent")


def told(outage: Outage) -> list[int]:
    return list(OutagePerson.objects.filter(outage=outage).values_list("person_id", flat=True))
