"""Many acts in one go: each has its own key, stands or falls alone, and says what became of it.

Each item is a transaction of its own. One transaction around all of them would hold the rows of the first while it waits for the key of
the last, against the one order of locking; and a number of a series would make everybody wait for the whole batch. When the line breaks
in the middle, the same batch is sent again: what is done answers as done.
"""
from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _

from logistics.core import resources
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.workflow import Move, may_move, who_may

REFUSED = (Conflict, PermissionDenied, ValidationError, IntegrityError, DataError)


@dataclass
class Outcome:
    """What became of one item: the record, or the refusal."""

    record: models.Model | None = None
    made: bool = False
    error: Exception | None = None


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
