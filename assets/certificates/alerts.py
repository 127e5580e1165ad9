"""Certificates that end, have ended, or were never entered; and the duty to apply for the next inspection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from celery.schedules import crontab
from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assets.certificates.limits import FIRST_DAYS, LAST_DAYS, SECOND_DAYS
from assets.certificates.models import ACTIONS, Requirement
from assets.certificates.services.lapsing import APPLY
from logistics.alerts.duties import Act, obligation
from logistics.alerts.registries import alert
from logistics.campus.models import Place
from logistics.core.bilingual import in_both
from logistics.core.limits.declared import in_force

Found = Iterator[tuple[Any, ...]]
AT_MIDNIGHT = crontab(hour=0, minute=5)


def told(rows: Any) -> Found:
    """Each for itself; schemes counted by building as one line for each building and action."""
    gathered: dict[tuple[int, str, int], list[Requirement]] = {}
    for row in rows.select_related("scheme", "equipment", "place", "stands_at").order_by("next_due_on", "pk"):
        if row.scheme.gathered:
            building = row.stands_at.ancestors[min(2, len(row.stands_at.ancestors) - 1)]
            gathered.setdefault((row.scheme_id, row.action, building), []).append(row)
        else:
            yield row, f"{row.scheme_id}:{row.action}:{row.equipment_id or 0}:{row.place_id or 0}", row.stands_at, words(row, row.target, 1)
    places = Place.objects.in_bulk({building for _scheme, _action, building in gathered})
    for (scheme, action, building), some in gathered.items():
        yield some[0], f"{scheme}:{action}:at:{building}", places[building], words(some[0], places[building], len(some))


def words(row: Requirement, what: Any, n: int) -> dict[str, Any]:
    return {
        "name": {"zh": what.name_zh, "en": what.name_en},
        "scheme": {"zh": row.scheme.name_zh, "en": row.scheme.name_en},
        "action": in_both(lambda: dict(ACTIONS)[row.action]),
        "day": {"day": row.next_due_on.isoformat()} if row.next_due_on else "",
        "n": n,
    }


KEEPERS = "equipment_keeper facilities_manager"


@alert(
    "assets.certificate_due",
    _("%(name)s: %(scheme)s ends on %(day)s"),
    1,
    every=AT_MIDNIGHT,
    roles=KEEPERS,
    hint=_("Apply for the next inspection. On the day after its end the thing may be locked."),
)
def certificate_due(now: datetime) -> Found:
    """Within 60 days; graver within 30, and again within 7."""
    today = timezone.localdate(now)
    first, second, last = in_force(FIRST_DAYS, SECOND_DAYS, LAST_DAYS, at=now)
    for subject, key, place, params in told(Requirement.objects.certificates().due_within(first, today)):
        left = (subject.next_due_on - today).days
        yield subject, key, place, params, 3 if left <= last else 2 if left <= second else 1


@alert(
    "assets.certificate_expired",
    _("%(name)s: %(scheme)s ended on %(day)s"),
    4,
    every=AT_MIDNIGHT,
    roles=f"{KEEPERS} safety_officer",
    chain="late",
    hint=_("It must not be used. Recording a passed inspection lifts the lock."),
)
def certificate_expired(now: datetime) -> Found:
    """Over, and no passing successor."""
    yield from told(Requirement.objects.certificates().expired(timezone.localdate(now)))


@alert(
    "assets.certificate_missing",
    _("No record of %(scheme)s, %(action)s: %(n)s"),
    2,
    roles=KEEPERS,
    settle_s=0,
    hint=_("The law asks for it. Enter the papers that you have, or have it inspected."),
)
def certificate_missing(now: datetime) -> Found:
    """The first one is due by the first day in use, and none was ever entered: one line for each scheme and action."""
    rows = Requirement.objects.certificates().unrecorded(timezone.localdate(now))
    found = rows.values("scheme", "action", zh=F("scheme__name_zh"), en=F("scheme__name_en")).annotate(n=Count("pk"))
    for row in found.order_by("scheme", "action"):
        params = {
            "scheme": {"zh": row["zh"], "en": row["en"]},
            "action": in_both(lambda row=row: dict(ACTIONS)[row["action"]]),
            "n": row["n"],
        }
        yield None, f"{row['scheme']}:{row['action']}", None, params


# the duty to apply -----------------------------------------------------------------------------------------------------
def ends(row: Any, person: Any) -> tuple[str, str]:
    """Until when the certificate holds, at the moment of applying."""
    return f"现有证书到 {row.period_key}", f"The present certificate holds until {row.period_key}"


obligation(
    APPLY,
    _("Apply for the next inspection"),
    "event",
    role="equipment_keeper",
    severity=3,
    clause=_("as the scheme of the certificate says"),
    evidence=Act(_("Applied"), icon="send", finding=ends, see=lambda row: reverse("assets:statutoryrecord-detail", args=[row.subject_id])),
    due=1,
    missed=2,
)
