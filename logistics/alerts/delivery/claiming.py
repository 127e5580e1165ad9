"""Taking from the outbox what is due and nobody else holds, and deciding what becomes of it."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet

from logistics.alerts.delivery import breaker
from logistics.alerts.delivery.hours import next_hour, quiet_ends
from logistics.alerts.delivery.ladder import Decision, Steps, Try, decide
from logistics.alerts.messages import MESSAGES
from logistics.alerts.models import Channel, DeliveryAttempt, Importance, Notification
from logistics.alerts.silencing import quiet_until
from logistics.alerts.ways import Habit, Way, Ways, ways_of

BATCH = 50
LEASE = timedelta(seconds=120)
BUNDLING = timedelta(minutes=2)
PROBE_WAIT = timedelta(seconds=3)  # until a gateway that is being tried is asked for again
CROWDED_WAIT = timedelta(seconds=1)  # until a dispatcher whose lanes are full is asked for again
LIFE = 3  # the weight of what is never held back

Result = DeliveryAttempt.Result


@dataclass
class Order:
    """One try to make: the row that was written for it, and what the letter needs."""

    attempt: DeliveryAttempt
    notification: Notification
    bundled: list[Notification]
    channel: Channel
    way: Way
    more: bool  # other ways are left after this one


@dataclass
class Claimed:
    """What one claim found. `seen`: whether there was anything at all."""

    seen: int = 0
    orders: list[Order] = field(default_factory=list)


@transaction.atomic
def claim(now: datetime, room: Mapping[str, int] | None = None, limit: int = BATCH) -> Claimed:
    """Look at notices that are due: each is sent (a leased try is written), put off to an hour, or ended.

    With them come all others that would ride in their letters, so that what waits for a person about one thing is one letter however
    many they are. `room`: so many further letters this dispatcher can take for a channel; channels that are not named have room enough.
    """
    rows = list(Notification.objects.due(now).select_for_update(skip_locked=True, of=("self",)).select_related("person")[:limit])
    if not rows:
        return Claimed()
    rows += _companions(rows, now)
    late = [row for row in rows if row.expires_at and row.expires_at <= now]
    _end(late, "expired", "too_late", now)
    quiet = _quiet(rows, now)
    _end(quiet, "expired", "silenced", now)
    over = {row.pk for row in (*late, *quiet)}
    live = [row for row in rows if row.pk not in over]
    ways = ways_of({row.person_id: row.person for row in live}.values())
    tries = _tries(live, now)
    riders: dict[int, list[Notification]] = defaultdict(list)
    for row in Notification.objects.filter(bundle__in=live):
        riders[row.bundle_id].append(row)
    live = _hold_back(live, ways, tries, riders, now)
    gates = Gates(ways.channels, now, room or {})
    claimed = Claimed(len(rows))
    try:
        for row in live:
            _decide(row, ways, tries.get(row.pk, []), riders.get(row.pk, []), gates, claimed, now)
    finally:
        gates.close()
    Notification.objects.bulk_update(live, ["state", "next_at", "attempts", "why_failed"])
    DeliveryAttempt.objects.bulk_create([order.attempt for order in claimed.orders])
    return claimed


def _companions(rows: list[Notification], now: datetime) -> list[Notification]:
    """All further notices that are due for the same people about the same things, or for information: they may ride in one letter.

    Nobody is waited for: what another dispatcher holds at this instant is looked at again.
    """
    light = [row for row in rows if row.weight < LIFE and not row.attempts]
    about = {(row.source_kind, row.source_id) for row in light if row.source_kind}
    summed = {row.person_id for row in light if row.importance == Importance.INFO}
    if not about and not summed:
        return []
    same = Q(person__in={row.person_id for row in light}, source_kind__in={kind for kind, _id in about},
             source_id__in={object_id for _kind, object_id in about})
    more = Notification.objects.due(now).filter(same | Q(person__in=summed, importance=Importance.INFO),
                                                       state="queued", weight__lt=LIFE, attempts=0)
    return list(more.exclude(pk__in=[row.pk for row in rows]).select_for_update(skip_locked=True, of=("self",)).select_related("person"))


def _quiet(rows: list[Notification], now: datetime) -> list[Notification]:
    """Those about alerts that a silence or works window keeps quiet at this instant, whatever their state."""
    about = {row.source_id for row in rows if row.source_kind == "alerts.alert" and row.source_id}
    silenced = quiet_until(about, now)
    return [row for row in rows if row.source_kind == "alerts.alert" and row.source_id in silenced]


def _end(rows: list[Notification], state: str, why: str, now: datetime) -> None:
    """No message goes out any more; one that was read stays read."""
    ids = [row.pk for row in rows]
    ended = Notification.objects.filter(pk__in=ids) | Notification.objects.filter(bundle__in=ids)
    ended.filter(state__in=["queued", "sending"]).update(state=state, next_at=None, why_failed=why)
    Notification.objects.filter(pk__in=ids, next_at__isnull=False).update(next_at=None)


def _tries(rows: list[Notification], now: datetime) -> dict[int, list[Try]]:
    """Earlier tries of these notices; those whose lease is over count as unknown from now on."""
    if not any(row.attempts for row in rows):
        return {}
    mine = DeliveryAttempt.objects.filter(notification__in=[row for row in rows if row.attempts])
    mine.filter(result=Result.PENDING, lease_until__lte=now).update(
        result=Result.UNKNOWN, ended_at=F("lease_until"), error="its sender died")
    found: dict[int, list[Try]] = defaultdict(list)
    for one in mine.order_by("no"):
        found[one.notification_id].append(Try(one.channel_id, one.result, one.started_at, one.ended_at, one.lease_until))
    return found


# what waits for an hour, or rides with another -------------------------------------------------------------------------
def _hold_back(rows: list[Notification], ways: Ways, tries: dict[int, list[Try]], riders: dict[int, list[Notification]],
               now: datetime) -> list[Notification]:
    """Put off what falls into quiet hours, waits for the summary or would be the second message within two minutes; bundle the rest."""
    held: list[Notification] = []
    fresh: list[Notification] = []
    going: list[Notification] = []
    for row in rows:
        habit = ways.habit(row.person_id, row.importance)
        until = quiet_ends(now, habit.quiet_from, habit.quiet_until)
        if habit.digest_hour is not None and not tries.get(row.pk):
            summary = next_hour(max(row.created_at, row.not_before), habit.digest_hour)
            until = max(until or summary, summary) if summary > now else until
        if until:
            row.next_at = until
            held.append(row)
        elif row.state == "queued" and row.weight < LIFE and not tries.get(row.pk) and not riders.get(row.pk):
            fresh.append(row)
        else:
            going.append(row)
    mine = _tied_here({row.person_id for row in fresh if row.source_kind or row.importance == Importance.INFO})
    recent = _told_lately(fresh, now)
    groups: dict[tuple, list[Notification]] = defaultdict(list)
    for row in fresh:
        habit = ways.habit(row.person_id, row.importance)
        again = [at for weight, at in recent.get((row.person_id, row.source_kind, row.source_id), []) if weight >= row.weight]
        if (row.source_kind or habit.digest_hour is not None) and row.person_id not in mine:
            row.next_at = now + CROWDED_WAIT
            held.append(row)
        elif habit.digest_hour is not None:
            groups[row.person_id, "digest"].append(row)
        elif row.source_kind and again:
            row.next_at = max(again) + BUNDLING
            held.append(row)
        elif row.source_kind:
            groups[row.person_id, row.source_kind, row.source_id].append(row)
        else:
            going.append(row)
    Notification.objects.bulk_update(held, ["next_at"])
    riding: list[Notification] = []
    for group in groups.values():
        lead, *others = sorted(group, key=lambda row: (-row.weight, row.pk))
        going.append(lead)
        riders[lead.pk] = others
        for row in others:
            row.bundle, row.next_at, row.state = lead, None, "sending"
        riding += others
    Notification.objects.bulk_update(riding, ["bundle", "next_at", "state"])
    return going


def _tied_here(people: set[int]) -> set[int]:
    """Those of these people whose letters no other dispatcher is tying at this instant; none does until this transaction ends."""
    if not people:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM unnest(%s::bigint[]) AS id WHERE pg_try_advisory_xact_lock(hashtext('alerts.bundle:' || id))",
                       [sorted(people)])
        return {pk for (pk,) in cursor.fetchall()}


def _told_lately(rows: list[Notification], now: datetime) -> dict[tuple[int, str, int | None], list[tuple[int, datetime]]]:
    """(person, source) → [(weight, when)] of messages about the same source within the last two minutes."""
    about = [row for row in rows if row.source_kind]
    if not about:
        return {}
    sent = (
        Notification.objects.filter(
            source_kind__in={row.source_kind for row in about}, source_id__in={row.source_id for row in about},
            person__in={row.person_id for row in about}, deliveries__started_at__gt=now - BUNDLING,
        )
        .exclude(deliveries__result=Result.RELEASED)
        .values_list("person_id", "source_kind", "source_id", "weight")
        .annotate(at=Max("deliveries__started_at"))
    )
    found: dict[tuple[int, str, int | None], list[tuple[int, datetime]]] = defaultdict(list)
    for person, kind, object_id, weight, at in sent:
        found[person, kind, object_id].append((weight, at))
    return found


# gates -----------------------------------------------------------------------------------------------------------------
class Gates:
    """Which channels can be used in this claim: breaker, limit per minute, and room in the lanes of this dispatcher."""

    def __init__(self, channels: dict[str, Channel], now: datetime, room: Mapping[str, int]):
        self.channels, self.now = channels, now
        self.room = dict(room)
        self.probes: dict[str, bool] = {}  # channel → its probe is used
        self.left: dict[str, int] = {}
        self.limit_ends: dict[str, datetime] = {}

    def free_at(self, code: str) -> datetime | None:
        """None when the channel can take a letter now, else when to ask again."""
        channel = self.channels[code]
        if self.room.get(code, 1) <= 0:
            return self.now + CROWDED_WAIT
        if channel.breaker != "closed":
            return self._probe(channel)
        return self._limit(channel) if channel.per_minute else None

    def _probe(self, channel: Channel) -> datetime | None:
        assert channel.open_until
        if channel.code not in self.probes:
            if channel.open_until > self.now:
                soon = self.now + PROBE_WAIT if channel.breaker == "half_open" else channel.open_until
                return min(soon, channel.open_until)
            if not breaker.take_probe(channel.code, self.now, self.now + LEASE / 2):
                return self.now + PROBE_WAIT
            self.probes[channel.code] = False
        return self.now + PROBE_WAIT if self.probes[channel.code] else None

    def _limit(self, channel: Channel) -> datetime | None:
        """Counted under a lock of the channel, so that several dispatchers together stay within it."""
        code = channel.code
        if code not in self.left:
            Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
            minute = started_since(code, self.now - timedelta(seconds=60))
            self.left[code] = (channel.per_minute or 0) - minute.count()
            oldest = minute.order_by("started_at").values_list("started_at", flat=True).first()
            self.limit_ends[code] = (oldest or self.now) + timedelta(seconds=60)
        return None if self.left[code] > 0 else max(self.limit_ends[code], self.now + CROWDED_WAIT)

    def used(self, code: str) -> None:
        if code in self.probes:
            self.probes[code] = True
        if code in self.left:
            self.left[code] -= 1
        if code in self.room:
            self.room[code] -= 1

    def close(self) -> None:
        for code, used in self.probes.items():
            if not used:
                breaker.give_probe_back(code, self.now)


def started_since(code: str, since: datetime) -> QuerySet[DeliveryAttempt]:
    return DeliveryAttempt.objects.filter(channel=code, started_at__gt=since).exclude(result=Result.RELEASED)


# the decision ----------------------------------------------------------------------------------------------------------
def _decide(row: Notification, ways: Ways, tries: list[Try], bundled: list[Notification], gates: Gates, claimed: Claimed,
            now: datetime) -> None:
    habit = ways.habit(row.person_id, row.importance)
    decision = decide(_ladder(row, ways, habit), tries, Steps(habit.step, habit.at_once), now, gates.free_at)
    if decision.failed:
        _give_up(row, habit, decision, now)
        return
    for code in decision.send:
        gates.used(code)
        earlier = [one for one in tries if one.channel == code]
        row.attempts += 1
        attempt = DeliveryAttempt(
            notification=row, channel=ways.channels[code], no=row.attempts, idem_key=f"notice-{row.pk}-{code}", lease_until=now + LEASE,
            started_at=now, maybe_twice=any(one.result in ("unknown", "timeout") or one.result == "" for one in earlier),
        )
        claimed.orders.append(Order(attempt, row, bundled, ways.channels[code], ways.of(row.person_id)[code], decision.more))
    if decision.send:
        row.next_at = min(decision.next_at or now + LEASE, now + LEASE)
        row.state = "sending" if row.state == "queued" else row.state
    else:
        row.next_at = decision.next_at
        if row.state == "sending" and not any(one.result == "" for one in tries):
            row.state = "queued"


def _ladder(row: Notification, ways: Ways, habit: Habit) -> tuple[str, ...]:
    """The person's own ladder, unless the message goes by one kind of channel only and the person is reached by it."""
    declared = MESSAGES.get(row.code)
    only = tuple(code for code in ways.of(row.person_id) if ways.channels[code].driver == declared.via) if declared and declared.via else ()
    return only or habit.ladder


def _give_up(row: Notification, habit: Habit, decision: Decision, now: datetime) -> None:
    """Nothing is left to try. What is not urgent stands in the app all the same; what is urgent has not reached the person."""
    row.next_at = None
    if row.state in ("queued", "sending"):
        quietly = decision.failed == "no_way" and row.weight < 2
        row.state = "accepted" if quietly else "failed"
        row.why_failed = "" if quietly else decision.failed
    Notification.objects.filter(bundle=row, state__in=["queued", "sending"]).update(state=row.state if row.state != "read" else "accepted",
                                                                                   why_failed=row.why_failed)
