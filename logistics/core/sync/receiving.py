"""Receiving facts: stored first, then worked through in the order of the phone, each once, whatever arrives twice or out of order.

1. `receive` measures the phone's clock and stores what is new, in one transaction: from here on nothing is lost.
2. `work_through` takes the facts that wait, by their number on the phone, up to the first that has not arrived. What they do and what is
   written about them commit together; a process killed in between leaves them waiting, and the next contact goes on.

So the same facts give the same rows in any order, cut into any batches, sent any number of times.
"""
from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import place_path
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.judged import judge
from logistics.core.limits.declared import in_force
from logistics.core.models import IdempotencyKey, SyncConflict, SyncDevice, SyncFact, kind_of
from logistics.core.resources import RESOURCES, resource_of
from logistics.core.sync.kinds import SYNC_KINDS, WORKED_ON, Given, SyncKind, uploads_of
from logistics.core.sync.limits import LONGEST_OFFLINE, MOST_SKEW, STALE_AFTER
from logistics.core.workflow import ONE_STEP, perform, write_event

MOST_FACTS = 200
GAP = timedelta(hours=1)  # so long a fact waits for an earlier one that has not arrived
AT_ONCE = 40  # facts that commit together
OPEN = (SyncFact.State.WAITING, SyncFact.State.CONFLICT)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """One fact as it was sent."""

    client_uid: UUID
    seq: int
    fact: str
    kind: str = ""
    object_id: int | None = None
    record_uid: UUID | None = None
    label: str = ""
    occurred_at: datetime | None = None
    captured_at: datetime | None = None
    data: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """What became of one fact: applied, duplicate (it was here already), conflict, or waiting for one that has not arrived."""

    client_uid: UUID
    result: str
    fact: SyncFact | None = None
    reason: str = ""


# 1: the phone ----------------------------------------------------------------------------------------------------------
def contact(*, by: Any, device: UUID, sent_at: datetime | None) -> SyncDevice:
    """The phone, locked, with the measurement of this contact: its clock minus ours. A phone belongs to one person."""
    now = clock.now()
    SyncDevice.objects.bulk_create([SyncDevice(uid=device, person=by, first_at=now)], ignore_conflicts=True)
    row = SyncDevice.objects.select_for_update().get(uid=device)
    if row.person_id != by.pk:
        raise NotAllowed(_("This phone keeps the entries of somebody else."))
    if sent_at is not None:
        row.skew_s, row.measured_at = (sent_at - now).total_seconds(), now
        row.save(update_fields=["skew_s", "measured_at"])
    return row


# 2: the batch ----------------------------------------------------------------------------------------------------------
def receive(*, by: Any, device: UUID, sent_at: datetime | None, facts: list[Sent]) -> list[Answer]:
    """Store a batch, work through all that can be, and say what became of each."""
    if len(facts) > MOST_FACTS:
        raise ValidationError(_("At most %(n)s entries at once.") % {"n": MOST_FACTS})
    with transaction.atomic():
        phone = contact(by=by, device=device, sent_at=sent_at)
        known = set(SyncFact.objects.filter(client_uid__in=[one.client_uid for one in facts]).values_list("client_uid", flat=True))
        fresh = {one.client_uid: one for one in facts if one.client_uid not in known}
        stale_h, skew_s = in_force(STALE_AFTER, MOST_SKEW) if fresh else (0, 0)
        rule = {"max_offline": timedelta(hours=stale_h), "max_skew_s": skew_s}
        SyncFact.objects.bulk_create([_row(one, phone, rule) for one in fresh.values()], ignore_conflicts=True)
    if fresh or SyncFact.objects.filter(device=phone, state=SyncFact.State.WAITING).exists():
        work_through(phone.pk)
    rows = {row.client_uid: row for row in SyncFact.objects.filter(client_uid__in=[one.client_uid for one in facts])}
    return [_answer(one, rows[one.client_uid], by, new=one.client_uid in fresh) for one in facts]


def _row(sent: Sent, phone: SyncDevice, rule: dict[str, Any]) -> SyncFact:
    now = clock.now()
    verdict = judge(sent.occurred_at, sent.captured_at, now, phone.skew_s, **rule)
    kind = SYNC_KINDS.get(sent.fact)
    return SyncFact(
        client_uid=sent.client_uid, device=phone, person_id=phone.person_id, seq=sent.seq, fact=sent.fact[:60],
        kind=sent.kind or (kind.record if kind else ""), object_id=sent.object_id, record_uid=sent.record_uid, label=sent.label[:200],
        occurred_at=sent.occurred_at, captured_at=sent.captured_at, recorded_at=now, judged_at=verdict.at, skew_s=phone.skew_s,
        flags=sorted(verdict.flags), data=sent.data or {},
    )


def _answer(sent: Sent, row: SyncFact, by: Any, *, new: bool) -> Answer:
    if row.person_id != by.pk or (row.fact, row.captured_at, row.data) != (sent.fact[:60], sent.captured_at, sent.data or {}):
        return Answer(sent.client_uid, "conflict", None, _("The same entry was sent before with other content."))
    result = {"waiting": "waiting", "conflict": "conflict"}.get(row.state, "applied" if new else "duplicate")
    return Answer(sent.client_uid, result, row, row.why)


# 3: in the order of the phone ------------------------------------------------------------------------------------------
def work_through(device_id: int, *, over_gaps: bool = False) -> None:
    """Do what waits, part by part; each part commits as a whole.

    Losing a deadlock is tried again. A part goes through without a savepoint for each fact; when one is refused in the middle of its
    move, or a fault of ours stops it, nothing of the part stands, and it is gone through once more, fact by fact: the one that fails
    goes to the inbox.
    """
    tries, careful, longest = 0, False, timedelta(hours=LONGEST_OFFLINE.value())
    while True:
        try:
            if not _part(device_id, longest, over_gaps, careful):
                return
            careful = False
        except OperationalError:
            tries += 1
            if tries > 3:
                raise
        except Undone:
            careful = True
        except Exception:
            if careful:
                raise
            log.exception("a fact from phone %s failed", device_id)
            careful = True


@transaction.atomic
def _part(device_id: int, longest: timedelta, over_gaps: bool, careful: bool) -> bool:
    phone = SyncDevice.objects.select_for_update(of=("self",)).select_related("person").get(pk=device_id)
    waiting = SyncFact.objects.filter(device=phone, state=SyncFact.State.WAITING).order_by("seq", "pk")[:AT_ONCE]
    ready: list[SyncFact] = []
    for fact in waiting:
        if fact.seq > phone.next_seq and not over_gaps:
            break
        if fact.seq > phone.next_seq:
            fact.cause = "gap"
        ready.append(fact)
        phone.next_seq = max(phone.next_seq, fact.seq + 1)
    if not ready:
        return False
    _Part(phone, ready, longest, careful).work()
    phone.save(update_fields=["next_seq"])
    return True


class Undone(Exception):
    """A move was refused that had no savepoint: the part has to be gone through fact by fact."""


class _Part:
    """Facts of one phone that commit together, with what they need read and locked at once."""

    def __init__(self, phone: SyncDevice, facts: list[SyncFact], longest: timedelta, careful: bool = False):
        self.phone, self.person, self.facts, self.longest, self.careful = phone, phone.person, facts, longest, careful
        self.begun = self._begun()
        for fact in facts:
            if fact.object_id is None and fact.record_uid in self.begun:
                fact.object_id = self.begun[fact.record_uid]
        self.elsewhere = self._claim()
        open_ = SyncConflict.objects.select_for_update(of=("self",)).open().filter(device=phone).order_by("pk")
        self.conflicts = {self._key(row): row for row in open_}
        self.records, self.sees = self._records()
        self.uploads = uploads_of(facts, self.person)
        self.drafts: list[tuple[SyncFact, SyncKind, Any, models.Model]] = []  # made, to be written together
        self.announced: set[int] = set()  # photos on their way that the database knows of

    @staticmethod
    def _key(row: SyncFact | SyncConflict) -> tuple[Any, ...]:
        return (row.kind, row.object_id) if row.object_id else (row.kind, row.record_uid)

    def _begun(self) -> dict[UUID | None, int]:
        """Records that this person's phone began earlier: their own number by the phone's."""
        uids = [fact.record_uid for fact in self.facts if fact.record_uid]
        makers = SyncFact.objects.filter(record_uid__in=uids, person=self.person, made_id__isnull=False, object_id=models.F("made_id"))
        return dict(makers.values_list("record_uid", "made_id")) if uids else {}  # type: ignore[arg-type]

    def _records(self) -> tuple[dict[tuple[str, int], models.Model], set[tuple[str, int]]]:
        """Every record that is named and in reach, locked in the one order, and which of them the person sees."""
        wanted: dict[str, set[int]] = {}
        for fact in self.facts:
            if fact.object_id and fact.kind in RESOURCES:
                wanted.setdefault(fact.kind, set()).add(fact.object_id)
        rows: dict[tuple[str, int], models.Model] = {}
        sees: set[tuple[str, int]] = set()
        for kind in sorted(wanted, key=lambda kind: (getattr(apps.get_model(kind), "lock_rank", 50), kind)):
            ids, worked = wanted[kind], WORKED_ON.get(kind)
            seen = set(resource_of(kind).rows(self.person).filter(pk__in=ids).values_list("pk", flat=True))
            reach = seen | (set(worked(self.person, ids - seen)) if worked and ids - seen else set())
            found = apps.get_model(kind)._base_manager.select_for_update(of=("self",)).filter(pk__in=reach).order_by("pk")
            rows |= {(kind, row.pk): row for row in found}
            sees |= {(kind, pk) for pk in seen}
        return rows, sees

    def _claim(self) -> set[UUID]:
        """Take the keys of these facts; those taken before were done by the page itself, whose answer the phone never got."""
        makers = [fact for fact in self.facts if fact.declared and fact.declared.makes]
        rows = IdempotencyKey.objects.filter(key__in=[fact.client_uid for fact in makers], person=self.person, object_id__isnull=False)
        made = {row.key: row for row in rows} if makers else {}
        for fact in makers:
            if fact.client_uid in made:
                fact.object_id = fact.made_id = made[fact.client_uid].object_id
                fact.made_kind = made[fact.client_uid].kind
        keys = [str(fact.client_uid) for fact in self.facts if not (fact.declared and fact.declared.makes)]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_idempotencykey (key, person_id, fingerprint, kind, at) SELECT unnest(%s::uuid[]), %s, 'sync', '', %s "
                "ON CONFLICT (key) DO NOTHING RETURNING key", [sorted(keys), self.person.pk, clock.now()])
            taken = {str(row[0]) for row in cursor.fetchall()}
        return {*made, *(fact.client_uid for fact in self.facts if str(fact.client_uid) in keys and str(fact.client_uid) not in taken)}

    def work(self) -> None:
        one_step = ONE_STEP.set(not self.careful)
        try:
            for fact in self.facts:
                self._one(fact)
            self._write_drafts()
        finally:
            ONE_STEP.reset(one_step)
        SyncFact.objects.bulk_update(self.facts, ["state", "cause", "detail", "flags", "object_id", "conflict", "made_kind", "made_id"])

    def _one(self, fact: SyncFact) -> None:
        kind, record = fact.declared, self.records.get((fact.kind, fact.object_id or 0))
        late, fact.cause = fact.cause == "gap", ""
        conflict = self.conflicts.get(self._key(fact))
        if fact.client_uid in self.elsewhere:
            fact.state = SyncFact.State.REPEATED
        elif kind is None or kind.record not in ("", fact.kind):
            self._refuse(fact, record, "unknown")
        elif record is None and not kind.makes:
            self._refuse(fact, record, "gone")
        elif kind.move and _age(fact) > self.longest:
            self._refuse(fact, record, "too_old")
        elif kind.move and late:
            self._refuse(fact, record, "gap")
        elif kind.move and conflict and not kind.redeems:
            self._refuse(fact, record, "blocked")
        else:
            self._try(fact, kind, record, conflict)

    def _try(self, fact: SyncFact, kind: SyncKind, record: Any, conflict: SyncConflict | None) -> None:
        before = self._refused_before(conflict) if conflict and kind.redeems else []
        earlier = [one for one in before if one.declared and one.declared.move]
        stood = [(one, one.state, one.flags) for one in earlier]
        given = Given(fact, record, self.person, (fact.kind, fact.object_id or 0) in self.sees, earlier, uploads=self.uploads)
        fact.state = SyncFact.State.APPLIED
        if kind.move:
            self._announce_photos()
        try:
            with nullcontext() if kind.whole and not self.careful else transaction.atomic():
                made = kind.apply(given)
                if made is not None and kind.together and self.careful:
                    kind.together([(record, made)])
        except (Conflict, PermissionDenied, ValidationError) as refusal:
            if connection.needs_rollback:
                raise Undone from refusal
            for one, state, flags in stood:  # what was redone for it is undone with it
                one.state, one.flags = state, flags
            if kind.move and self._pressed_twice(fact):
                fact.state = SyncFact.State.REPEATED
                return
            code = getattr(refusal, "code", None)
            self._refuse(fact, record, code if code in ("bad_photo",) else "refused", _in_words(refusal))
            return
        except OperationalError:
            raise
        except Exception:
            if not self.careful:
                raise
            log.exception("fact %s failed", fact.pk)
            self._refuse(fact, record, "fault")
            return
        if made is not None and kind.together and not self.careful:
            self.drafts.append((fact, kind, record, made))
        elif made is not None:
            self._took(fact, kind, made)
        if earlier:
            SyncFact.objects.bulk_update(earlier, ["state", "cause", "detail", "flags"])
        if earlier and all(one.state != SyncFact.State.CONFLICT for one in before) and conflict is not None:
            perform(conflict, "redeem", by=None)
            del self.conflicts[self._key(fact)]

    def _announce_photos(self) -> None:
        """The finish that comes next may need the proof that photos are on their way."""
        fresh = [one for one in self.facts if one.state == SyncFact.State.EXPECTING and one.pk not in self.announced]
        if fresh:
            SyncFact.objects.bulk_update(fresh, ["state", "object_id"])
            self.announced |= {one.pk for one in fresh}

    def _write_drafts(self) -> None:
        """What the facts of this part have made and no later one needs is written in one step for each kind."""
        by_kind: dict[str, list[tuple[SyncFact, SyncKind, Any, models.Model]]] = {}
        for draft in self.drafts:
            by_kind.setdefault(draft[1].code, []).append(draft)
        for drafts in by_kind.values():
            write = drafts[0][1].together
            assert write is not None
            write([(record, made) for _fact, _kind, record, made in drafts])
            for fact, kind, _record, made in drafts:
                self._took(fact, kind, made)

    def _refused_before(self, conflict: SyncConflict) -> list[SyncFact]:
        """What of this conflict still waits for a decision, from earlier parts and from this one."""
        here = [one for one in self.facts if one.conflict_id == conflict.pk and one.state == SyncFact.State.CONFLICT]
        stored = conflict.facts.filter(state=SyncFact.State.CONFLICT).exclude(pk__in=[one.pk for one in self.facts])
        return sorted([*stored, *here], key=lambda one: (one.seq, one.pk))

    def _took(self, fact: SyncFact, kind: SyncKind, made: models.Model) -> None:
        fact.made_kind, fact.made_id = kind_of(made), made.pk
        if kind.makes:
            fact.object_id = made.pk
            self.records[fact.kind, made.pk] = made
            self.sees.add((fact.kind, made.pk))
            for later in self.facts:
                if later.record_uid == fact.record_uid and later.object_id is None:
                    later.object_id = made.pk
        elif kind.move:
            self.records[fact.kind, made.pk] = made

    def _pressed_twice(self, fact: SyncFact) -> bool:
        """Is it the same as the last move of this record on this phone, and was that one done? Then the first one stands."""
        moves = [kind.code for kind in SYNC_KINDS if kind.move]
        stored = SyncFact.objects.filter(device=self.phone, kind=fact.kind, object_id=fact.object_id, fact__in=moves, seq__lt=fact.seq)
        here = [one for one in self.facts if self._key(one) == self._key(fact) and one.fact in moves and one.seq < fact.seq]
        before = here[-1] if here else stored.order_by("seq", "pk").last()
        done = (SyncFact.State.APPLIED, SyncFact.State.REPEATED)
        return before is not None and before.state in done and (before.fact, before.data) == (fact.fact, fact.data)

    def _refuse(self, fact: SyncFact, record: models.Model | None, cause: str, detail: str = "") -> None:
        """Nothing is lost: the fact stays as it was sent, and a person decides."""
        fact.state, fact.cause, fact.detail = SyncFact.State.CONFLICT, cause, detail[:500]
        self.conflicts[self._key(fact)] = fact.conflict = open_conflict(
            fact, record, self.conflicts.get(self._key(fact)))


def open_conflict(fact: SyncFact, record: models.Model | None, known: SyncConflict | None = None) -> SyncConflict:
    """The open conflict of this phone about this record; a new one starts with the reason of its first fact."""
    if known is None:
        found = SyncConflict.objects.open().filter(device_id=fact.device_id, kind=fact.kind, object_id=fact.object_id)
        known = found.filter(record_uid=fact.record_uid).first()
    if known is not None:
        return known
    with translation.override(settings.SCHOOL_LANGUAGE):  # whoever decides reads it, not whoever sent it
        label = str(record) if record is not None else fact.label
    row = SyncConflict.objects.create(
        device_id=fact.device_id, person_id=fact.person_id, kind=fact.kind, object_id=fact.object_id, record_uid=fact.record_uid,
        label=label[:200], cause=fact.cause, detail=fact.detail,
        ancestors=place_path(record) if record is not None else [], opened_at=clock.now(),
    )
    write_event(row, "arrived", by=fact.person, to_state="open", text=fact.detail)
    return row


def _age(fact: SyncFact) -> timedelta:
    """How long the fact lay on the phone, by the phone's own clock."""
    if fact.captured_at is None:
        return timedelta(0)
    return fact.recorded_at - claimed_at(fact)


def claimed_at(fact: SyncFact) -> datetime:
    """When it was captured, with the measured error of the phone's clock taken out. It decides who was where, never what was on time."""
    if fact.captured_at is None:
        return fact.recorded_at
    return min(fact.captured_at - timedelta(seconds=fact.skew_s or 0), fact.recorded_at)


def _in_words(refusal: Exception) -> str:
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    return str(refusal)


# what never came -------------------------------------------------------------------------------------------------------
def go_on(now: datetime | None = None) -> int:
    """Phones whose facts wait: go on after a crash, and over a gap that has lasted an hour; how many phones."""
    now = now or clock.now()
    stuck = list(SyncFact.objects.filter(state=SyncFact.State.WAITING).values("device").annotate(since=models.Min("recorded_at")))
    for row in stuck:
        work_through(row["device"], over_gaps=row["since"] <= now - GAP)
    return len(stuck)
