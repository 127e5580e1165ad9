"""Many acts in one go, for API and list page alike: each has its own key, stands or falls alone, and says what became of it.

Each item is a transaction of its own. One transaction around all of them would hold the rows of the first while it waits for the key of
the last, against the one order of locking; and a number of a series would make everybody wait for the whole batch. When the line breaks
in the middle, the same batch is sent again: what is done answers as done.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core import resources
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.resources import Resource
from logistics.core.workflow import Move, may_move, who_may

REFUSED = (Conflict, PermissionDenied, ValidationError, IntegrityError, DataError)


@dataclass
class Outcome:
    """What became of one item: the record, or the refusal."""

    record: models.Model | None = None
    made: bool = False
    error: Exception | None = None
    name: str = ""  # how the page names a refused record


@dataclass
class Tally:
    """How many went and why others did not."""

    went: list[Outcome] = field(default_factory=list)
    stayed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        (self.stayed if outcome.error else self.went).append(outcome)


def alone(act: Callable[[], tuple[models.Model, bool]]) -> Outcome:
    """Do one item so that its refusal undoes nothing else."""
    try:
        with transaction.atomic():
            record, made = act()
    except REFUSED as error:
        return Outcome(error=error)
    return Outcome(record, made)


def make_move(record: models.Model, name: str, data: Any, files: Any = None, *, by: Any, client_uid: Any = None,
              row_version: Collection[str] | None = None) -> models.Model:
    """One move from raw data: permission, form, act."""
    step: Move = record.workflow.moves[name]
    if not may_move(step, record, by)[0]:
        raise NotAllowed(_("You may not do this: %(move)s.") % {"move": step.label}, who_may(step))
    form = resources.move_form(record, name, by, data, files)
    if form is not None and not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return resources.move(record, name, form.cleaned_data if form else {}, by=by, client_uid=client_uid, row_version=row_version)


def by_role(declared: type[Resource], person: Any) -> list[Move]:
    """The moves of a kind of record that this person's roles may make somewhere: whether a list offers tick boxes."""
    flow = getattr(declared.model, "workflow", None)
    held = access_of(person).roles
    return [step for step in flow or () if in_bulk(step) and any(who in held for who in step.who if isinstance(who, str))]


def in_bulk(step: Move) -> bool:
    """Moves with a page of their own, or that ask for files, are made one at a time."""
    if step.hidden or not step.by_people:
        return False
    form = step.form_class
    return form is None or not any(field.widget.needs_multipart_form for field in form.base_fields.values())


def legal_for_all(records: Iterable[models.Model], person: Any) -> list[Move]:
    """The moves that every one of these records offers this person now, guards included."""
    found: list[Move] | None = None
    for record in records:
        flow = getattr(record, "workflow", None)
        offered = {step.name for step, why in flow.offered(record, person) if not why} if flow else set()
        candidates = found if found is not None else [step for step in sorted(flow or (), key=lambda step: step.weight) if in_bulk(step)]
        found = [step for step in candidates if step.name in offered]
    return found or []


def words_of(error: Exception) -> str:
    """A refusal in one line."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IntegrityError | DataError):
        return _("Somebody was faster, or this contradicts what is already there.")
    return str(error)


def summary(tally: Tally, label: Any) -> str:
    """ "Cancel: 12 done, 2 not" as a sentence."""
    went = ngettext("%(n)s done", "%(n)s done", len(tally.went)) % {"n": len(tally.went)}
    if not tally.stayed:
        return _("%(move)s: %(went)s") % {"move": label, "went": went}
    return _("%(move)s: %(went)s, %(n)s not") % {"move": label, "went": went, "n": len(tally.stayed)}
