"""Setting a figure from a day on."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.limits.declared import LIMITS
from logistics.core.models import Limit

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def set_limit(*, code: str, value: int, reason: str, by: Any, since: datetime | None = None) -> Limit:
    """The figure holds from an instant on (now at the earliest: what was judged stays judged), until the next planned one.

    Errors: ValidationError for an unknown figure, a value out of its bounds, or a day that is over.
    """
    now = clock.now()
    since = since or now
    declared = LIMITS.get(code)
    if declared is None:
        raise ValidationError({"code": _("There is no such figure.")})
    if not declared.low <= value <= declared.high:
        raise ValidationError({"value": _("From %(low)s to %(high)s.") % {"low": declared.low, "high": declared.high}})
    if since < now:
        raise ValidationError({"since": _("A figure can be set from now on, not for days that are over.")})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"limit:{code}"])
        later = Limit.objects.filter(code=code, during__startswith__gt=since).order_by("during").first()
        for row in Limit.objects.filter(code=code, during__contains=since):
            if row.during.lower == since:
                row.delete()
            else:
                row.during = DateTimeTZRange(row.during.lower, since)
                row.save(update_fields=["during"])
        until = later.during.lower if later else None
        return Limit.objects.create(code=code, value=value, reason=reason, made_by=by, during=DateTimeTZRange(since, until))


def deliver(**_signal: Any) -> None:
    """Figures that no row speaks of yet get the one they are delivered with."""
    known = set(Limit.objects.values_list("code", flat=True).distinct())
    Limit.objects.bulk_create([Limit(code=declared.code, value=declared.shipped, during=DateTimeTZRange(ALWAYS, None))
                               for declared in LIMITS if declared.code not in known], ignore_conflicts=True)
