"""What deciding on a conflict does to the facts in it."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from logistics.core.errors import Conflict
from logistics.core.models import SyncConflict, SyncFact, kind_of
from logistics.core.sync.kinds import Given, uploads_of


def waiting(conflict: SyncConflict) -> Any:
    return conflict.facts.filter(state=SyncFact.State.CONFLICT).select_related("person").order_by("seq", "pk")


def locks(conflict: SyncConflict, data: dict[str, Any]) -> list[Any]:
    record = conflict.record
    return [record] if record is not None else []


def apply(conflict: SyncConflict, *, by: Any, at: datetime, **data: Any) -> None:
    """Do all facts of the conflict in their order, as if they fitted; the one that still does not says why, and nothing is done."""
    record: Any = conflict.record
    facts = list(waiting(conflict))
    photos = uploads_of(facts, conflict.person)
    for fact in facts:
        kind = fact.declared
        if kind is None or (record is None and not kind.makes):
            raise Conflict(_("There is no record to apply this to."))
        made = kind.apply(Given(fact, record, fact.person, sees=False, vouched_by=by, uploads=photos))
        if made is not None and kind.together:
            kind.together([(record, made)])
        fact.state = SyncFact.State.BY_HAND if fact.state == SyncFact.State.CONFLICT else fact.state
        if made is not None:
            fact.made_kind, fact.made_id = kind_of(made), made.pk
            if kind.makes:
                fact.object_id = made.pk
            if kind.makes or kind.move:
                record = made
        fact.save(update_fields=["state", "flags", "made_kind", "made_id", "object_id"])
    settle(conflict, by=by, at=at)


def set_aside(conflict: SyncConflict, *, by: Any, at: datetime, reason: str = "", **data: Any) -> None:
    conflict.reason = reason
    conflict.facts.filter(state=SyncFact.State.CONFLICT).update(state=SyncFact.State.SET_ASIDE)
    settle(conflict, by=by, at=at)


def settle(conflict: SyncConflict, *, by: Any, at: datetime, **data: Any) -> None:
    conflict.settled_at, conflict.settled_by = at, by
