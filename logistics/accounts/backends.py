"""Who stands at the door: sign-in by number, e-mail or phone with a password."""
from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest

from logistics.accounts.models import Person


def person_named(name: str) -> Person | None:
    """The person whose number, e-mail or phone this is, in that order when several fit."""
    typed = name.strip()
    if not typed:
        return None
    number, email, phone = Q(number__in=[typed, typed.upper()]), Q(email=typed.lower()), Q(phone=plain_phone(typed))
    fits = Person.objects.filter(number | (email & ~Q(email="")) | (phone & ~Q(phone="")))
    return fits.order_by(Case(When(number, then=Value(0)), When(email, then=Value(1)), default=Value(2))).first()


def plain_phone(typed: str) -> str:
    """A phone number without blanks and dashes, as it is stored."""
    return re.sub(r"[\s\-()]", "", typed)


class PersonBackend(BaseBackend):
    """Signs people in and reads them back at every request; somebody who left or was suspended is nobody."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **other: Any
    ) -> Person | None:
        """The person, or None; an unknown name costs as much time as a wrong password."""
        if username is None or password is None:
            return None
        person = person_named(username)
        if person is None:
            make_password(password)
            return None
        return person if person.check_password(password) and self.user_can_authenticate(person) else None

    def user_can_authenticate(self, person: Person) -> bool:
        return person.is_active

    def get_user(self, user_id: int) -> Person | None:
        person = Person.objects.select_related("department", "organisation").filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None
