"""What follows when a day passes: requirements worked out anew, things whose certificate is over locked, applications called for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.utils.translation import gettext as _

from assets.certificates.limits import FIRST_DAYS
from assets.certificates.models import Requirement, SchemeVersion, StatutoryRecord
from assets.models import UseLock
from assets.services import open_lock
from logistics.alerts.duties import Subject
from logistics.alerts.services import Happening, schedule
from logistics.core import clock
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict
from logistics.core.models import kind_of
from logistics.core.templatetags import ui

APPLY = "assets.certificate_application"


def refresh_requirements(at: datetime | None = None) -> None:
    """Work out all requirements anew: one statement, however many things. What has not changed is not written.

    After many things came in at once the planner guesses far too few duties, and compared each with each: 41 s for 12,000. So it plans
    anew, and for many.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL plan_cache_mode = force_custom_plan")
        cursor.execute("SELECT assets_refresh_requirements(NULL, NULL, NULL, %s)", [at or clock.now()])
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL plan_cache_mode = auto")  # what follows in a transaction around it


def lock_lapsed(today: date | None = None) -> int:
    """Things whose certificate ended before today, and whose scheme says so, are locked from the midnight after its last day.

    A thing of which no certificate was ever entered is not locked: that is a gap in the papers, and an alert. How many locks are new.
    """
    today = today or clock.today()
    known = UseLock.objects.live().filter(source_kind=kind_of(StatutoryRecord)).values("source_id")
    rows = Requirement.objects.expired(today).filter(equipment__isnull=False, scheme__on_expiry="lock").exclude(basis__in=known)
    done = 0
    for row in rows.select_related("equipment", "scheme", "basis").order_by("equipment_id", "pk"):
        assert row.next_due_on is not None and row.basis is not None and row.equipment is not None
        told = ended(row.scheme, row.next_due_on)
        try:
            with transaction.atomic():
                why = {"reason": told["zh"], "reason_en": told["en"]}
                lock = open_lock(equipment=row.equipment, level="locked", cause="certificate", **why, source=row.basis, by=None)
                UseLock.objects.filter(pk=lock.pk).update(opened_at=clock.midnight(row.next_due_on + timedelta(days=1)))
                done += 1
        except Conflict:
            continue  # somebody else was at it in the same instant
    return done


def ended(scheme: Any, day: date) -> dict[str, str]:
    """Why a thing is locked whose certificate is over, in both languages."""
    return in_both(lambda: _("%(scheme)s ended on %(day)s") % {"scheme": scheme.name, "day": ui.paper_day(day)})


def apply_by(version: SchemeVersion, end: date) -> date | None:
    """The last day on which to apply for the next inspection."""
    if version.apply_before is None:
        return None
    unit = {"months" if version.apply_unit == "month" else "days": version.apply_before}
    return end - relativedelta(**unit)


def call_for_applications(rows: Iterable[Requirement] | None = None, at: datetime | None = None) -> int:
    """Lay the duty to apply on whoever looks after the thing, once for each certificate. How many are new."""
    now = at or clock.now()
    ahead = FIRST_DAYS.value(now)
    versions = {row.scheme_id: row for row in SchemeVersion.objects.live(now).filter(apply_before__isnull=False)}
    if rows is None:
        rows = (
            Requirement.objects.met(clock.today())
            .filter(scheme__in=versions)
            .select_related("scheme", "equipment", "place", "stands_at", "basis")
        )
    found = []
    for row in rows:
        version = versions.get(row.scheme_id)
        day = apply_by(version, row.next_due_on) if version and row.next_due_on and row.basis_id else None
        if day is None or row.next_due_on is None or row.basis is None or day <= row.basis.performed_on:
            continue
        found.append(
            Happening(
                subject=subject_of(row),
                at=now,
                period=row.next_due_on.isoformat(),
                opens=clock.midnight(min(row.next_due_on - timedelta(days=ahead), day)),
                due=clock.midnight(day + timedelta(days=1)) - timedelta(minutes=1),
                missed=clock.midnight(row.next_due_on + timedelta(days=1)),
            )
        )
    return schedule(APPLY, found)


def subject_of(row: Requirement) -> Subject:
    """The certificate that ends, by the name of its thing; its keeper is called first."""
    thing: Any = row.target
    names = (f"{thing.name_zh} {row.scheme.name_zh}", f"{thing.name_en or thing.name_zh}: {row.scheme.name_en or row.scheme.name_zh}")
    return Subject(row.basis, place=row.stands_at, department=getattr(thing, "department", None), names=names)
