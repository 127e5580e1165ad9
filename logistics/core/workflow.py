"""Workflows: the legal moves of a record as one readable table, and the only way to change its state."""
from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pghistory
from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.dispatch import Signal
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import ROLES, access_of
from logistics.core.bilingual import in_both
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Event, kind_of
from logistics.core.registry import Registry
from logistics.core.versions import check_version

transitioned = Signal()  # sender=model, record, move, event; sent after commit
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Relation:
    """Somebody by what he is to this record (its reporter, its technician), not by a role.

    `for_whom(record, person)` gives the id of the person in whose name he acts, None in his own. Holders of `roles` are offered the move
    for many rows of a list; which of them it fits is seen row by row.
    """

    name: str
    label: Any
    test: Callable[[Any, Any], bool]
    for_whom: Callable[[Any, Any], int | None] = lambda record, person: None
    roles: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.label)


SYSTEM = Relation("system", "system", lambda record, person: False)
Who = str | Relation


@dataclass(frozen=True)
class Times:
    """When a fact happened, was captured on the phone, and is judged to have happened."""

    judged_at: datetime
    occurred_at: datetime | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True)
class Move:
    """One legal step. `guard(record, person)` returns a translated reason against it, or None.

    `effect(record, *, by, at, **data)` changes the record before it is saved and may return what the event shall keep besides the data of
    the move; `after(record, *, by, at, event, **data)` writes other rows, in the same transaction. `told` is the sentence of the timeline:
    "put it on hold".
    """

    name: str
    label: Any
    sources: frozenset[str]
    target: str  # "" keeps the state
    who: tuple[Who, ...]
    told: Any
    form: type[forms.Form] | str = ""  # asks what the move needs; a dotted path where the forms lie above ("maintenance.forms.AssignForm")
    guard: Callable[[Any, Any], Any] | None = None
    effect: Callable[..., Any] | None = None
    after: Callable[..., Any] | None = None
    icon: str = "arrow-right"
    weight: int = 50  # the lowest possible one is the primary button
    danger: bool = False
    question: Any = ""  # asked before it is done, when it touches other people or cannot be undone
    hidden: bool = False  # offered by a page of its own, not among the buttons
    when: Callable[[Any, Any], bool] | None = None  # (record, person): offered only then; elsewhere it would be noise
    locks: Callable[[Any, dict[str, Any]], Iterable[models.Model]] | None = None  # other rows to lock, before any check

    @property
    def form_class(self) -> type[forms.Form] | None:
        return import_string(self.form) if isinstance(self.form, str) and self.form else self.form or None

    @property
    def by_people(self) -> bool:
        return any(who is not SYSTEM for who in self.who)


@dataclass(frozen=True)
class State:
    """One state: its word, its kind of look (design README 4) and icon."""

    code: str
    label: Any
    kind: str
    icon: str = ""


@dataclass
class Workflow:
    """All moves of a model. Made once, in the `workflow` room; found as `Model.workflow`."""

    model: type[models.Model]
    states: tuple[State, ...]
    moves: dict[str, Move] = field(default_factory=dict)
    field: str = "state"

    def __post_init__(self) -> None:
        self.model.workflow = self
        self._states = {state.code: state for state in self.states}
        WORKFLOWS.add(kind_of(self.model), self)

    def move(self, name: str, label: Any, sources: str, target: str, who: tuple[Who, ...] | Who, told: Any, **options: Any) -> Workflow:
        """Add a move; `sources` are state codes separated by spaces."""
        people = who if isinstance(who, tuple) else (who,)
        self.moves[name] = Move(name, label, frozenset(sources.split()), target, people, told, **options)
        return self

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves.values())

    def state(self, record: models.Model) -> State:
        return self._states[getattr(record, self.field)]

    def offered(self, record: models.Model, person: Any) -> list[tuple[Move, str]]:
        """Moves that lead on from here and that this person may make, with the reason against each ("" when possible)."""
        return [(step, str(step.guard(record, person) or "") if step.guard else "") for step in self._open_to(record, person)]

    def leads_on(self, record: models.Model, person: Any) -> bool:
        """Is a move of this person's open here, possible now or not? No guard is asked."""
        return any(True for _step in self._open_to(record, person))

    def _open_to(self, record: models.Model, person: Any) -> Iterator[Move]:
        current = getattr(record, self.field)
        for step in sorted(self, key=lambda move: move.weight):
            if current in step.sources and may_move(step, record, person)[0] and (step.when is None or step.when(record, person)):
                yield step

    def mermaid(self) -> str:
        """The table as a state diagram for docs/."""
        lines = ["stateDiagram-v2"]
        lines += [
            f"    {source} --> {move.target or source}: {move.name}"
            for move in self for source in (state.code for state in self.states) if source in move.sources
        ]
        return "\n".join(lines)


WORKFLOWS: Registry[Workflow] = Registry("workflow")


def may_move(move: Move, record: models.Model, person: Any) -> tuple[bool, int | None]:
    """(allowed, id of the person on whose behalf). `person` None is the system, which may do everything."""
    if person is None:
        return True, None
    access = access_of(person)
    if not access.grants and not getattr(person, "is_active", False):
        return False, None
    relation = next((who for who in move.who if isinstance(who, Relation) and who.test(record, person)), None)
    if relation is not None:
        return True, relation.for_whom(record, person)
    grant = access.grant_over([who for who in move.who if isinstance(who, str)], record)
    return grant is not None, grant.on_behalf_of if grant else None


def who_may(move: Move) -> list[str]:
    """The words for those who may make a move."""
    return [str(ROLES[who].label) if isinstance(who, str) else str(who.label) for who in move.who if who is not SYSTEM]


M = TypeVar("M", bound=models.Model)

# Whoever makes many moves in one transaction and does it all anew when one of them is refused needs no savepoint around each.
ONE_STEP: ContextVar[bool] = ContextVar("one_step", default=False)


def perform(record: M, name: str, *, by: Any, times: Times | None = None, row_version: Collection[str] | None = None,
            vouched_by: Any = None, **data: Any) -> M:
    """Make one move: lock the row, check state, permission and guard, run the effect, save, write the event, announce after commit.

    `by` None is the system. `row_version` are the versions that the mover has seen (None: whichever). `vouched_by` answers for a `by` who
    may not do it (any more): what was done without a network before the order went to somebody else, applied by hand. Errors: Stale
    (another version), Conflict (wrong state now), NotAllowed, ValidationError (guard or data). Returns the fresh record.
    """
    model = type(record)
    flow: Workflow = model.workflow
    move = flow.moves[name]
    times = times or Times(clock.now())
    act = uuid4()
    with transaction.atomic(savepoint=not ONE_STEP.get()), pghistory.context(user=getattr(by, "pk", None), move=name, act=str(act)):
        wanted: list[models.Model] = [record, *(move.locks(record, data) if move.locks else ())]
        fresh: Any = lock_all(wanted)[0]
        check_version(fresh, row_version)
        before = getattr(fresh, flow.field)
        if before not in move.sources:
            raise Conflict(
                _("“%(move)s” is not possible any more: the record is now “%(state)s”.")
                % {"move": move.label, "state": flow.state(fresh).label}
            )
        allowed, on_behalf_of = may_move(move, fresh, by)
        if not allowed and vouched_by is None:
            raise NotAllowed(_("You may not do this: %(move)s.") % {"move": move.label}, who_may(move))
        reason = move.guard(fresh, by) if move.guard else None
        if reason:
            raise ValidationError(reason, code="guard")
        if move.target:
            setattr(fresh, flow.field, move.target)
        kept = move.effect(fresh, by=by, at=times.judged_at, **data) if move.effect else None
        fresh.save()
        event = write_event(
            fresh, name, by=by, from_state=before, to_state=getattr(fresh, flow.field), on_behalf_of=on_behalf_of, times=times,
            text=str(data.get("reason") or data.get("note") or ""), data=_plain({**data, **(kept or {})}), act=act,
        )
        if move.after:
            move.after(fresh, by=by, at=times.judged_at, event=event, **data)
        transaction.on_commit(lambda: _announce(model, fresh, move, event))
    return fresh


def lock_all(records: Iterable[M]) -> list[M]:
    """Lock rows in the one global order (`lock_rank` of the model, then id) and return them fresh, in the order given."""
    wanted = list(records)
    kinds = sorted({type(row) for row in wanted}, key=lambda model: (getattr(model, "lock_rank", 50), kind_of(model)))
    fresh: dict[tuple[type[M], Any], M] = {}
    for model in kinds:
        ids = sorted({row.pk for row in wanted if type(row) is model})
        for row in model._base_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
            fresh[model, row.pk] = row
    try:
        return [fresh[type(row), row.pk] for row in wanted]
    except KeyError:
        raise Conflict(_("The record is not there any more.")) from None


def write_event(record: models.Model, move: str, *, by: Any, from_state: str = "", to_state: str = "", on_behalf_of: int | None = None,
                times: Times | None = None, text: str = "", text_en: str = "", data: dict[str, Any] | None = None, act: UUID | None = None
                ) -> Event:
    """One line of the timeline of a record; `act` is the name under which the history rows of the same act go. Words that the system
    itself gives stand in both languages."""
    times = times or Times(clock.now())
    return Event.objects.create(
        kind=kind_of(record), object_id=record.pk, move=move, from_state=from_state, to_state=to_state, by=by,
        on_behalf_of_id=on_behalf_of, at=times.judged_at, occurred_at=times.occurred_at, captured_at=times.captured_at,
        recorded_at=clock.now(), text=text, data={**(data or {}), **({"text_en": text_en} if text_en else {})}, act=act,
    )


def named(record: models.Model) -> dict[str, Any]:
    """A record in the data of an event, called as each reader calls it: {"id", "zh", "en"}."""
    return {"id": record.pk, **in_both(lambda: record)}


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """What a move was given, fit for JSON: records become their id and name; files are left to their own rows."""
    plain: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, models.Model):
            plain[key] = named(value)
        elif isinstance(value, str | int | float | bool) or value is None:
            plain[key] = value
        elif isinstance(value, Decimal):
            plain[key] = str(value)
        elif isinstance(value, datetime) or hasattr(value, "isoformat"):
            plain[key] = value.isoformat()
    return plain


def _announce(model: type[models.Model], record: models.Model, move: Move, event: Event) -> None:
    for receiver, answer in transitioned.send_robust(model, record=record, move=move, event=event):
        if isinstance(answer, Exception):
            log.error("receiver %s of %s failed", receiver, move.name, exc_info=answer)
