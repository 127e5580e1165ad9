"""Why somebody may, or may not, do something to a record: the same rules that decide, in words."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from logistics.accounts.models import Person
from logistics.accounts.services.holding import HeldRole, held_roles, role_label
from logistics.core import clock
from logistics.core.access import roles_with
from logistics.core.models import kind_of
from logistics.core.resources import resource_of
from logistics.core.workflow import Move, Relation, may_move


@dataclass(frozen=True)
class Explanation:
    """The verdict, and the sentences that lead to it; the first one decides."""

    allowed: bool
    sentences: list[str]


def explain(person: Person, action: str, record: Model, at: datetime | None = None) -> Explanation:
    """May this person view, change, ... the record (or make the move of that name), and why?

    The verdict is asked from the scope and the workflow themselves; the sentences name the clauses that allow, or those that refuse.
    """
    at = at or clock.now()
    with clock.standing_at(at):
        fresh = Person.objects.get(pk=person.pk)  # an access that nobody has read yet, as of that instant
        if not fresh.is_active:
            return Explanation(False, [_standing_words(fresh)])
        flow = getattr(record, "workflow", None)
        move = flow.moves.get(action) if flow else None
        roles = {who for who in move.who if isinstance(who, str)} if move else set(roles_with(f"{kind_of(record)}:{action}"))
        held = [entry for entry in held_roles(fresh, at) if entry.grant.role in roles]
        allowed = may_move(move, record, fresh)[0] if move else _in_scope(fresh, action, record)
        if not allowed:
            return Explanation(False, _refusals(held, roles))
        reasons = [_allowing(entry) for entry in held if entry.grant.covers(record)] + _relations(move, record, fresh)
        hindrance = _hindrance(move, record, fresh) if move else ""
        if hindrance:
            return Explanation(False, [hindrance, *reasons])
        return Explanation(True, reasons or [_("yes: the record belongs to this person or is open to people of this kind")])


def _in_scope(person: Person, action: str, record: Model) -> bool:
    visible = type(record)._default_manager.visible_to(person, action).filter(pk=record.pk).exists()  # type: ignore[attr-defined]
    return visible and (action == "view" or resource_of(record).may(person, action, record))


def _standing_words(person: Person) -> str:
    if person.status == Person.Status.SUSPENDED:
        return _("no: the account is suspended")
    if person.left_on and person.left_on < clock.today():
        return _("no: the last day was %(day)s") % {"day": person.left_on.isoformat()}
    return _("no: this person does not sign in")


def _allowing(entry: HeldRole) -> str:
    words = {"role": _inside(entry.label), "where": entry.where, "origin": entry.origin}
    return _("yes: role %(role)s at %(where)s. %(origin)s") % words if entry.origin else _("yes: role %(role)s at %(where)s") % words


def _relations(move: Move | None, record: Model, person: Person) -> list[str]:
    who = move.who if move else ()
    held = [one for one in who if isinstance(one, Relation) and one.test(record, person)]
    return [_("yes: is %(relation)s of this record") % {"relation": one.label} for one in held]


def _hindrance(move: Move, record: Any, person: Person) -> str:
    if getattr(record, record.workflow.field) not in move.sources:
        return _("not now: the record is “%(state)s”") % {"state": record.workflow.state(record).label}
    reason = move.guard(record, person) if move.guard else None
    return _("not now: %(reason)s") % {"reason": reason} if reason else ""


def _refusals(held: list[HeldRole], roles: set[str]) -> list[str]:
    if held:
        return [_("no: role %(role)s at %(where)s only") % {"role": _inside(entry.label), "where": entry.where} for entry in held]
    if not roles:
        return [_("no: nobody may do this by a role")]
    needed = ", ".join(_inside(role_label(code)) for code in sorted(roles))
    return [_("no: none of the roles held allows this; it needs one of: %(roles)s") % {"roles": needed}]


def _inside(label: str) -> str:
    """A role inside a sentence."""
    return label[:1].lower() + label[1:]
