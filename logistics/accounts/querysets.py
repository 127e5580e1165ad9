"""Questions about people and departments, and who may see them."""
from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Func, Q, Value

from logistics.core import clock
from logistics.core.access import EVERYTHING, Access, either
from logistics.core.scoping import ScopedQuerySet

SCHOOL_KINDS = frozenset({"teacher", "staff"})  # who may know the names of everybody at the school


def in_standing(today: date) -> Q:
    """People who may act on a day."""
    return Q(status__in=["active", "invited"]) & (Q(left_on__isnull=True) | Q(left_on__gte=today))


class PersonQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Yourself; for teachers and staff everybody who is here; otherwise by permission."""
        if action != "view":
            return super().scope(access, action)
        person = access.person
        rules = [super().scope(access, action), Q(pk=getattr(person, "pk", None) or 0)]
        if getattr(person, "is_active", False) and not SCHOOL_KINDS.isdisjoint(person.kinds):
            rules.append(in_standing(clock.today()))
        return either(*rules)

    def active(self) -> Self:
        """People who may act today."""
        return self.filter(in_standing(clock.today()))


class OpenToAll(ScopedQuerySet):
    """Rows that every signed-in person may read; changing them needs a permission."""

    def scope(self, access: Access, action: str) -> Q:
        if action == "view" and getattr(access.person, "is_active", False):
            return EVERYTHING
        return super().scope(access, action)


class DatedQuerySet(ScopedQuerySet):
    """Rows that hold `during` a span of time."""

    def live(self, at: datetime | None = None) -> Self:
        return self.filter(during__contains=at or clock.now())

    def not_over(self) -> Self:
        """Rows that hold now or will."""
        return self.filter(during__isempty=False).exclude(during__fully_lt=DateTimeTZRange(clock.now(), None))

    def end_at(self, instant: datetime) -> int:
        """Cut the spans off at an instant; what would begin later becomes empty."""
        until = Value(DateTimeTZRange(None, instant), output_field=DateTimeRangeField())
        cut = Func(F("during"), until, template="%(expressions)s", arg_joiner=" * ", output_field=DateTimeRangeField())
        return self.filter(during__overlap=DateTimeTZRange(instant, None)).update(during=cut)


class OwnQuerySet(DatedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """What belongs to oneself; otherwise by permission."""
        own = Q(person_id=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)


class DelegationQuerySet(DatedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """What one gave or was given; otherwise by permission."""
        me = getattr(access.person, "pk", None) or 0
        own = Q(from_person_id=me) | Q(to_person_id=me) if action == "view" else Q(from_person_id=me)
        return either(super().scope(access, action), own)


class DepartmentQuerySet(OpenToAll):
    def teams(self) -> Self:
        return self.filter(kind="team")


class OrganisationQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """The own one of an outside person; who may read them anywhere reads all, for they stand nowhere; otherwise by permission."""
        if action == "view" and access.has("accounts.organisation:view"):
            return EVERYTHING
        own = Q(pk=getattr(access.person, "organisation_id", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)


class TokenQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """The own ones; otherwise by permission."""
        own = Q(owner_id=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)
