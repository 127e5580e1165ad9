"""Verbs of custody and use: handing out, noting a use, how much a thing is used, and what lies idle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.custody.limits import IDLE_DAYS
from assets.models import Custody, Equipment, EquipmentCategory, UsageEntry
from assets.services import equipment_usable
from logistics.campus.models import Place
from logistics.campus.services.calendars import business_seconds
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.registry import Registry
from logistics.core.templatetags import ui
from logistics.core.workflow import lock_all, write_event

# What shows that a thing is used: (since) -> ids of equipment. Other topics add theirs, such as a meter that runs.
SIGNS: Registry[Callable[[datetime], models.QuerySet]] = Registry("sign of use")
sign_of_use = SIGNS.decorate(lambda function, code: function)


@transaction.atomic
def hand_out(
    *,
    equipment: Equipment,
    holder: Any = None,
    holder_department: Any = None,
    due_on: date | None = None,
    purpose: str = "",
    condition_out: str = "",
    by: Any,
) -> Custody:
    """Hand a thing to a person or a department. Refused while it is locked, not in use, or with somebody else. Conflict on a lost race."""
    thing: Equipment = lock_all([equipment])[0]
    refused = why_not(thing)
    if refused:
        raise ValidationError(refused)
    if (holder is None) == (holder_department is None):
        raise ValidationError(_("Name either a person or a department."))
    now = clock.now()
    if due_on is not None and due_on < clock.today():
        raise ValidationError({"due_on": _("This day is over.")})
    try:
        with transaction.atomic():
            row = Custody.objects.create(
                equipment=thing,
                holder=holder,
                holder_department=holder_department,
                during=(now, None),
                due_on=due_on,
                purpose=purpose,
                condition_out=condition_out,
            )
    except IntegrityError as error:
        if "custody_one_at_a_time" not in str(error):
            raise
        raise Conflict(_("Somebody has it already.")) from error
    if thing.status == "idle":
        Equipment.objects.filter(pk=thing.pk).update(status="in_service")
        write_event(thing, "resume", by=by, from_state="idle", to_state="in_service")
    write_event(row, "create", by=by)
    return row


def why_not(thing: Equipment) -> str:
    """Why a thing cannot be handed out now; "" when it can."""
    if thing.use_state == "locked":
        reason = equipment_usable(thing)[1] if thing.status == "in_service" else ""
        return _("It must not be used: %(reason)s") % {"reason": reason or thing.get_use_state_display()}
    if thing.status not in ("in_service", "idle"):
        return _("It is not in use: %(state)s.") % {"state": thing.get_status_display()}
    if thing.transfer_lines.filter(open=True).exists():
        return _("It is on its way to another department.")
    held = Custody.objects.open().filter(equipment=thing).select_related("holder", "holder_department").first()
    if not held:
        return ""
    since = ui.day_words(timezone.localdate(held.during.lower))
    return _("%(who)s has it since %(day)s.") % {"who": held.holder_name, "day": since}


@transaction.atomic
def note_use(
    *,
    equipment: Equipment,
    begin: datetime,
    end: datetime,
    source: str,
    source_key: str,
    person: Any = None,
    purpose: str = "",
    by: Any = None,
) -> UsageEntry:
    """Keep that a thing was used from then to then; the same key of a source counts once."""
    if end <= begin:
        raise ValidationError(_("The end lies before the beginning."))
    if end > clock.now() + timedelta(minutes=5):
        raise ValidationError(_("This time is not over yet."))
    entry, _made = UsageEntry.objects.get_or_create(
        source=source,
        source_key=source_key,
        defaults={"equipment": equipment, "person": person, "during": (begin, end), "purpose": purpose},
    )
    return entry


def seconds_used(ids: Iterable[int], begin: datetime, end: datetime) -> dict[int, int]:
    """Seconds within a window in which each thing was used: the union of all entries and running custodies, however they overlap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, sum(extract(epoch FROM upper(part) - lower(part)))::bigint FROM ("
            "  SELECT id, unnest(range_agg(span * tstzrange(%(begin)s, %(end)s))) AS part FROM ("
            "    SELECT equipment_id AS id, during AS span FROM assets_usageentry"
            "      WHERE equipment_id = ANY(%(ids)s) AND during && tstzrange(%(begin)s, %(end)s)"
            "    UNION ALL SELECT equipment_id, during FROM assets_custody"
            "      WHERE equipment_id = ANY(%(ids)s) AND state = 'out' AND during && tstzrange(%(begin)s, %(end)s)"
            "  ) spans GROUP BY id) parts GROUP BY id",
            {"ids": list(ids), "begin": begin, "end": end},
        )
        return dict(cursor.fetchall())


def use_share(thing: Equipment, begin: datetime, end: datetime) -> float | None:
    """Time used ÷ time in which the school is open where it stands; None when it stands nowhere or the school is closed throughout."""
    if thing.place is None:
        return None
    open_s = business_seconds(thing.place, "duty", begin, end)
    return seconds_used([thing.pk], begin, end).get(thing.pk, 0) / open_s if open_s else None


def idle(at: datetime | None = None) -> models.QuerySet[Equipment]:
    """Things set idle by hand, and those without any sign of use for as long as the school calls idle.

    Of a kind of which no use was ever noted nobody can say so, unless the kind says that its use is noted.
    """
    at = at or clock.now()
    since = at - timedelta(days=IDLE_DAYS.value(at))
    used = models.Q(pk__in=[])
    for ids in SIGNS:
        used |= models.Q(pk__in=ids(clock.midnight(date(2000, 1, 1))))
    told = models.Q(category__use_noted=True) | models.Q(category__in=Equipment.objects.filter(used).order_by().values("category"))
    unused = models.Q(told, status="in_service", commissioned_on__lt=since.date())
    for ids in SIGNS:
        unused &= ~models.Q(pk__in=ids(since))
    return Equipment.objects.filter(models.Q(status="idle") | unused)


@sign_of_use("assets.usage")
def entries(since: datetime) -> models.QuerySet:
    return UsageEntry.objects.filter(during__endswith__gt=since).values("equipment_id")


@sign_of_use("assets.custody")
def custodies(since: datetime) -> models.QuerySet:
    return Custody.objects.filter(models.Q(state="out") | models.Q(during__endswith__gt=since)).values("equipment_id")


def find_idle(*, category: EquipmentCategory, place: Place | None = None, at: datetime | None = None) -> list[Equipment]:
    """Idle things of a category or below, nearest first: the same place, the same campus, elsewhere; at most 50.

    Asked before anything is bought.
    """
    rows = list(
        idle(at)
        .filter(category__ancestors__contains=[category.pk])
        .exclude(use_state="locked")
        .select_related("place", "category", "department")
        .order_by("-commissioned_on", "pk")[:200]
    )
    path = list(place.ancestors) if place else []

    def near(thing: Equipment) -> int:
        return -len([pk for pk in (thing.place.ancestors if thing.place else []) if pk in path])

    return sorted(rows, key=near)[:50]
