"""Rows for tests."""
from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from logistics.core import clock
from staff.models import Certificate, CertificateType, Duty, Leave, RosterPeriod, Skill, StaffMember, StaffSkill


class StaffMemberFactory(DjangoModelFactory):
    class Meta:
        model = StaffMember

    person = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    staff_no = factory.Sequence(lambda n: f"S{n:05d}")
    team = factory.SubFactory("logistics.accounts.factories.DepartmentFactory", kind="team")
    joined_on = factory.LazyFunction(lambda: clock.today() - timedelta(days=400))


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill

    code = factory.Sequence(lambda n: f"skill-{n}")
    name_zh = factory.Sequence(lambda n: f"技能{n}")
    name_en = factory.Sequence(lambda n: f"Skill {n}")
    trade = "plumbing"


class StaffSkillFactory(DjangoModelFactory):
    class Meta:
        model = StaffSkill

    staff = factory.SubFactory(StaffMemberFactory)
    skill = factory.SubFactory(SkillFactory)
    level = 3
    assessor = factory.SubFactory("logistics.accounts.factories.PersonFactory")


class CertificateTypeFactory(DjangoModelFactory):
    class Meta:
        model = CertificateType

    code = factory.Sequence(lambda n: f"certificate-{n}")
    name_zh = factory.Sequence(lambda n: f"证书{n}")
    name_en = factory.Sequence(lambda n: f"Certificate {n}")


class CertificateFactory(DjangoModelFactory):
    """A verified one, valid for a year around today."""

    class Meta:
        model = Certificate

    staff = factory.SubFactory(StaffMemberFactory)
    type = factory.SubFactory(CertificateTypeFactory)
    number = factory.Sequence(lambda n: f"Z{n:06d}")
    valid_from = factory.LazyFunction(lambda: clock.today() - timedelta(days=180))
    valid_until = factory.LazyFunction(lambda: clock.today() + timedelta(days=180))
    state = "valid"
    verified_by = factory.SubFactory("logistics.accounts.factories.PersonFactory")
    verified_at = factory.LazyFunction(clock.now)


class RosterPeriodFactory(DjangoModelFactory):
    """The published roster of this week and the next."""

    class Meta:
        model = RosterPeriod

    team = factory.SubFactory("logistics.accounts.factories.DepartmentFactory", kind="team")
    first_day = factory.LazyFunction(lambda: clock.today() - timedelta(days=clock.today().weekday()))
    last_day = factory.LazyAttribute(lambda period: period.first_day + timedelta(days=13))
    state = "published"
    published_at = factory.LazyFunction(clock.now)


class DutyFactory(DjangoModelFactory):
    """A duty that runs now."""

    class Meta:
        model = Duty

    period = factory.SubFactory(RosterPeriodFactory)
    staff = factory.SubFactory(StaffMemberFactory, team=factory.SelfAttribute("..period.team"))
    start = factory.LazyFunction(lambda: clock.now() - timedelta(hours=1))
    end = factory.LazyFunction(lambda: clock.now() + timedelta(hours=7))


class LeaveFactory(DjangoModelFactory):
    class Meta:
        model = Leave

    staff = factory.SubFactory(StaffMemberFactory)
    first_day = factory.LazyFunction(lambda: clock.today() + timedelta(days=3))
    last_day = factory.LazyFunction(lambda: clock.today() + timedelta(days=5))
