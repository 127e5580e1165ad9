"""Joining, leaving, suspending, and the keys of the door."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from logistics.accounts.models import Department, Membership, Person, SignInEvent
from logistics.accounts.publishing import HAND_OVERS
from logistics.accounts.services.grants import grantable_roles
from logistics.core import clock
from logistics.core.access import access_of, grants_of
from logistics.core.errors import NotAllowed
from logistics.core.publishing import Waiting
from logistics.core.workflow import perform, write_event

SIGN_INS_KEPT = timedelta(days=180)
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look alike on paper


def open_duties(person: Person) -> list[tuple[str, list[Waiting]]]:
    """What somebody else must take over when this person leaves: (kind, rows), only kinds that have some."""
    return [(str(topic.title), rows) for topic in HAND_OVERS if (rows := list(topic.find(person)))]


def leave(*, person: Person, last_day: date, by: Person | None, reason: str = "") -> list[tuple[str, list[Waiting]]]:
    """Set the last day: at the midnight after it everything that hangs on the person ends. Returns the duties to hand over first."""
    perform(person, "leave", by=by, last_day=last_day, reason=reason)
    return open_duties(person)


def suspend(*, person: Person, by: Person | None, reason: str) -> Any:
    """Close an account at once; grants stay and sleep."""
    return perform(person, "suspend", by=by, reason=reason)


def reactivate(*, person: Person, by: Person | None) -> Any:
    """Open a suspended account again."""
    return perform(person, "reactivate", by=by)


def let_leavers_go() -> int:
    """Move everybody whose last day is over to "left"; they cannot act since midnight anyway."""
    gone = Person.objects.filter(left_on__lt=clock.today(), status__in=["invited", "active", "suspended"])
    for person in gone:
        perform(person, "depart", by=None)
    return len(gone)


@transaction.atomic
def join_department(
    *, person: Person, department: Department, first_day: date | None = None, title: str = "", main: bool = True
) -> Membership:
    """Put a person into a department; a new main one ends the main one before."""
    Person.objects.select_for_update().get(pk=person.pk)
    begin = clock.midnight(first_day or clock.today())
    if main:
        Membership.objects.filter(person=person, main=True).end_at(begin)
    membership = Membership(person=person, department=department, title=title, main=main, during=DateTimeTZRange(begin, person.ends_at))
    membership.full_clean()
    membership.save()
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, last_day: date | None, title: str | None = None) -> Membership:
    """Let a membership end at the midnight after a day, or at once; a changed title is kept with it."""
    if title is not None and title != membership.title:
        membership.title = title
        membership.save(update_fields=["title"])
    Membership.objects.filter(pk=membership.pk).end_at(clock.midnight(last_day + timedelta(days=1)) if last_day else clock.now())
    membership.refresh_from_db(fields=["during"])
    return membership


def follow_main_memberships() -> int:
    """Bring `Person.department` up to the main memberships of today; the trigger knows only of writes, not of midnights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person p SET department_id = now_in.department_id "
            "FROM (SELECT q.id, m.department_id FROM accounts_person q LEFT JOIN accounts_membership m "
            "ON m.person_id = q.id AND m.main AND m.during @> %s) now_in "
            "WHERE p.id = now_in.id AND p.status IN ('invited', 'active', 'suspended') "
            "AND p.department_id IS DISTINCT FROM now_in.department_id",
            [clock.now()],
        )
        return cursor.rowcount


def forget_old_sign_ins() -> int:
    """Sign-ins are kept half a year."""
    return SignInEvent.objects.filter(at__lt=clock.now() - SIGN_INS_KEPT).delete()[0]


def change_password(*, person: Person, password: str) -> None:
    """A new password of one's own choice; every other session ends."""
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])


def sign_out_everywhere(*, person: Person) -> None:
    """End all sessions of a person, in one statement."""
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    person.refresh_from_db(fields=["session_round"])


def may_set_password(person: Person, by: Person) -> bool:
    """A password opens all roles of a person, so it is set only by somebody who could grant them all."""
    held = {grant.role for grant in grants_of(person.pk, clock.now())}
    return access_of(by).may("accounts.person:password", person) and held <= set(grantable_roles(by))


@transaction.atomic
def set_start_password(*, person: Person, by: Person) -> str:
    """A password that the office hands over in person, returned once; every session ends."""
    if by.pk == person.pk:
        raise ValidationError(_("Change your own password on your profile page."))
    if not may_set_password(person, by):
        raise NotAllowed(_("Only the school office may set a start password, and only for people whose roles it could grant."))
    password = get_random_string(12, READABLE)
    person.set_password(password)
    person.session_round += 1
    person.save(update_fields=["password", "session_round"])
    write_event(person, "password_set", by=by)
    return password
