"""People, departments and roles for tests."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from logistics.accounts.models import ApiToken, Delegation, Department, Membership, Organisation, Person, RoleGrant
from logistics.core import clock


def since_long() -> DateTimeTZRange:
    """A span that began a year ago and has no end."""
    return DateTimeTZRange(clock.now() - timedelta(days=365), None)


class DepartmentFactory(factory.django.DjangoModelFactory):
    code = factory.Sequence(lambda n: f"D{n:04}")
    name_zh = factory.Sequence(lambda n: f"部门{n}")
    name_en = factory.Sequence(lambda n: f"Department {n}")
    kind = "office"

    class Meta:
        model = Department
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        made = super()._create(model_class, *args, **kwargs)
        made.refresh_from_db()  # the trigger wrote the ancestors
        return made


class OrganisationFactory(factory.django.DjangoModelFactory):
    code = factory.Sequence(lambda n: f"O{n:04}")
    name_zh = factory.Sequence(lambda n: f"单位{n}")
    name_en = factory.Sequence(lambda n: f"Company {n}")
    kind = "contractor"

    class Meta:
        model = Organisation


class PersonFactory(factory.django.DjangoModelFactory):
    """A member of staff without a password; `roles="dispatcher auditor"` grants school-wide, `member_of` is the main department."""

    number = factory.Sequence(lambda n: f"S{n:05}")
    name_zh = factory.Sequence(lambda n: f"张{n}")
    name_en = factory.Sequence(lambda n: f"Zhang {n}")
    kinds = ["staff"]
    password = "!"

    class Meta:
        model = Person
        skip_postgeneration_save = True

    @factory.post_generation
    def roles(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        for code in (extracted or "").split():
            RoleGrant.objects.create(person=self, role=code, during=since_long())

    @factory.post_generation
    def member_of(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not None:
            Membership.objects.create(person=self, department=extracted, during=since_long())
            self.refresh_from_db()


class MembershipFactory(factory.django.DjangoModelFactory):
    person = factory.SubFactory(PersonFactory)
    department = factory.SubFactory(DepartmentFactory)
    during = factory.LazyFunction(since_long)

    class Meta:
        model = Membership


class RoleGrantFactory(factory.django.DjangoModelFactory):
    person = factory.SubFactory(PersonFactory)
    role = "department_head"
    during = factory.LazyFunction(since_long)

    class Meta:
        model = RoleGrant


class DelegationFactory(factory.django.DjangoModelFactory):
    from_person = factory.SubFactory(PersonFactory, roles="department_head")
    to_person = factory.SubFactory(PersonFactory)
    during = factory.LazyFunction(lambda: DateTimeTZRange(clock.now() - timedelta(days=1), clock.now() + timedelta(days=6)))

    class Meta:
        model = Delegation


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A token that reads; `secret` is what its owner was shown."""

    owner = factory.SubFactory(PersonFactory)
    name = factory.Sequence(lambda n: f"Script {n}")
    scopes = ["read"]
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=30))

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.Sequence(lambda n: f"hq_{n:08}_{'s' * 32}")

    prefix = factory.LazyAttribute(lambda made: made.secret[:11])
    hash = factory.LazyAttribute(lambda made: ApiToken.digest(made.secret))
