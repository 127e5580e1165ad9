"""Acting for somebody who is away: dated, named, never passed on."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from logistics.accounts.models import Delegation, Person
from logistics.core import clock
from logistics.core.access import access_of, grants_of
from logistics.core.errors import NotAllowed
from logistics.core.workflow import named, write_event

LONGEST = timedelta(days=366)


def own_roles(person: Person) -> list[str]:
    """Codes of the roles that a person holds himself and may hand over; what he holds for another is not his to give."""
    return sorted({grant.role for grant in grants_of(person.pk, clock.now()) if grant.on_behalf_of is None}) if person.is_active else []


@transaction.atomic
def delegate(*, from_person: Person, to_person: Person, first_day: date, last_day: date, by: Person | None, roles: Iterable[str] = (),
             reason: str = "") -> Delegation:
    """Let another act with one's roles (all, or some) from a day to the end of another. `by` None is the system."""
    if by is not None and by.pk != from_person.pk:
        raise NotAllowed(_("Everybody hands over the own duties only."))
    span, wanted = _checked_span(first_day, last_day), sorted(set(roles))
    people = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[from_person.pk, to_person.pk]).order_by("pk")}
    deputy = people[to_person.pk]
    held = own_roles(people[from_person.pk])
    if not held:
        raise ValidationError(_("You hold no role of your own that somebody else could act with."))
    if unknown := [role for role in wanted if role not in held]:
        words = _("You can hand over only roles that you hold yourself, not: %(roles)s.")
        raise ValidationError({"roles": words % {"roles": ", ".join(unknown)}})
    if to_person.pk == from_person.pk:
        raise ValidationError({"to_person": _("Choose somebody else.")})
    if not deputy.is_active or (deputy.left_on and deputy.left_on < last_day):
        raise ValidationError({"to_person": _("%(name)s is not here for the whole time.") % {"name": deputy}})
    _refuse_chain(people[from_person.pk], deputy, span)
    delegation = Delegation(from_person=from_person, to_person=to_person, roles=wanted, during=span, reason=reason)
    delegation.full_clean()
    delegation.save()
    write_event(from_person, "delegated", by=by, text=reason, data={"deputy": named(deputy)})
    return delegation


def _checked_span(first_day: date, last_day: date) -> DateTimeTZRange:
    if last_day < max(first_day, clock.today()):
        raise ValidationError({"last_day": _("Choose a last day that is not before the first one and not over.")})
    if last_day - first_day > LONGEST:
        raise ValidationError({"last_day": _("Choose at most one year.")})
    begin = clock.midnight(first_day) if first_day > clock.today() else clock.now()
    return DateTimeTZRange(begin, clock.midnight(last_day + timedelta(days=1)))


def _refuse_chain(absent: Person, deputy: Person, span: DateTimeTZRange) -> None:
    """In words what the trigger `no_chain` holds for every door."""
    away = Delegation.objects.filter(from_person=deputy, during__overlap=span).select_related("to_person").first()
    if away:
        raise ValidationError(
            {"to_person": _("%(name)s is away in that time and represented by %(deputy)s.") % {"name": deputy, "deputy": away.to_person}}
        )
    held = Delegation.objects.filter(to_person=absent, during__overlap=span).select_related("from_person").first()
    if held:
        raise ValidationError(_("You act for %(name)s in that time. A deputy has no deputy.") % {"name": held.from_person})


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Person | None, last_day: date | None = None) -> Delegation:
    """Take the duties back at the midnight after a day, or at once."""
    if by is not None and by.pk != delegation.from_person_id and not access_of(by).has("accounts.delegation:change"):
        raise NotAllowed(_("Only the person who handed the duties over may take them back."))
    Delegation.objects.filter(pk=delegation.pk).end_at(clock.midnight(last_day + timedelta(days=1)) if last_day else clock.now())
    delegation.refresh_from_db(fields=["during"])
    write_event(delegation.from_person, "delegation_ended", by=by,
                data={"deputy": named(delegation.to_person)})
    return delegation
