"""What dispatch and escalation ask of the staff files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.alerts.registries import DUTY_SOURCES
from staff import services
from staff.factories import (
    CertificateFactory,
    CertificateTypeFactory,
    DutyFactory,
    RosterPeriodFactory,
    SkillFactory,
    StaffMemberFactory,
    StaffSkillFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 14)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.fixture
def team() -> Any:
    return DepartmentFactory(kind="team")


@pytest.fixture
def week(team: Any) -> Any:
    return RosterPeriodFactory(team=team, first_day=DAY, last_day=DAY + timedelta(days=6))


def test_the_newest_level_of_a_trade_counts_even_when_lower() -> None:
    member, pipes, drains = StaffMemberFactory(), SkillFactory(trade="plumbing"), SkillFactory(trade="plumbing")
    StaffSkillFactory(staff=member, skill=pipes, level=4, assessed_on=date(2026, 1, 10))
    StaffSkillFactory(staff=member, skill=pipes, level=2, assessed_on=date(2026, 6, 10))
    StaffSkillFactory(staff=member, skill=drains, level=3, assessed_on=date(2026, 3, 1))
    other = StaffMemberFactory()
    assert services.levels([member.pk, other.pk], "plumbing") == {member.pk: 3}
    assert services.level_of(member, "plumbing", date(2026, 2, 1)) == 4
    assert services.level_of(member, "electric") == services.level_of(other, "plumbing") == 0


def test_levels_and_certificates_of_many_people_cost_one_statement_each(django_assert_num_queries: Any) -> None:
    members, kind = StaffMemberFactory.create_batch(8), CertificateTypeFactory()
    ids = [member.pk for member in members]
    with django_assert_num_queries(2):
        services.levels(ids, "plumbing")
        services.certificates_covering(ids, [kind], DAY, DAY)


def test_two_certificates_that_follow_each_other_cover_the_days_together() -> None:
    member, kind = StaffMemberFactory(), CertificateTypeFactory()
    CertificateFactory(staff=member, type=kind, valid_from=date(2025, 9, 16), valid_until=date(2026, 9, 15))

    def covers(first: date, last: date) -> set[int]:
        return services.certificates_covering([member.pk], [kind], first, last).get(member.pk, set())

    assert covers(date(2026, 9, 14), date(2026, 9, 15)) == {kind.pk}
    assert covers(date(2026, 9, 15), date(2026, 9, 16)) == set()
    renewed = CertificateFactory(
        staff=member,
        type=kind,
        valid_from=date(2026, 9, 16),
        valid_until=date(2027, 9, 15),
        state="pending",
        verified_by=None,
        verified_at=None,
    )
    assert covers(date(2026, 9, 15), date(2026, 9, 16)) == set(), "a pending one changes nothing"
    type(renewed).objects.filter(pk=renewed.pk).update(
        state="valid", verified_by=PersonFactory(), verified_at=datetime(2026, 9, 1, tzinfo=UTC)
    )
    assert covers(date(2026, 9, 15), date(2026, 9, 16)) == {kind.pk}


def test_the_person_of_the_night_that_began_yesterday_is_on_duty_at_ten_past_two(team: Any, week: Any) -> None:
    night = DutyFactory(period=week, start=at(DAY, 22), end=at(DAY + timedelta(days=1), 6))
    called = DutyFactory(period=week, kind="on_call", start=at(DAY, 18), end=at(DAY + timedelta(days=1), 8))
    moment = at(DAY + timedelta(days=1), 2, 10)
    assert services.on_duty(team, moment) == [night.staff]
    assert services.on_call(team, moment) == [called.staff]
    assert services.on_duty(team.parent or team, at(DAY + timedelta(days=1), 6)) == []
    assert DUTY_SOURCES["staff.rosters"].people(team, None, moment) == [called.staff.person_id]
    called.state = "absent"
    called.save()
    assert DUTY_SOURCES["staff.rosters"].people(team, None, moment) == [night.staff.person_id]


def test_a_team_answers_for_the_teams_below_it(team: Any) -> None:
    below = DepartmentFactory(kind="team", parent=team)
    duty = DutyFactory(period=RosterPeriodFactory(team=below, first_day=DAY, last_day=DAY), start=at(DAY, 8), end=at(DAY, 18))
    assert services.on_duty(team, at(DAY, 9)) == [duty.staff]


def test_drafts_do_not_count_and_a_day_without_a_roster_leaves_it_to_the_calendar(team: Any, week: Any) -> None:
    assert services.people_on_duty([team.pk], at(DAY, 9)) == set()
    week.state, week.published_at = "draft", None
    week.save()
    duty = DutyFactory(period=week, start=at(DAY, 8), end=at(DAY, 18))
    assert services.people_on_duty([team.pk], at(DAY, 9)) is None
    assert services.on_duty(team, at(DAY, 9)) == []
    week.state, week.published_at = "published", at(DAY, 1)
    week.save()
    assert services.people_on_duty([team.pk], at(DAY, 9)) == {duty.staff_id}
    assert services.people_on_duty([team.pk], at(DAY + timedelta(days=7), 9)) is None


def test_minutes_of_work_are_cut_to_the_span_asked_for(week: Any) -> None:
    duty = DutyFactory(period=week, start=at(DAY, 8), end=at(DAY, 18))
    DutyFactory(period=week, staff=duty.staff, start=at(DAY + timedelta(days=1), 8), end=at(DAY + timedelta(days=1), 18))
    DutyFactory(period=week, staff=duty.staff, kind="on_call", start=at(DAY, 18), end=at(DAY + timedelta(days=1), 8))
    assert services.on_duty_minutes([duty.staff_id, 0], at(DAY, 16), at(DAY + timedelta(days=1), 9, 30)) == {duty.staff_id: 210}


def test_nobody_judges_the_own_file_not_even_by_sql() -> None:
    member = StaffMemberFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffSkillFactory(staff=member, assessor=member.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(staff=member, verified_by=member.person)
    officer = PersonFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(staff=member, added_by=officer, verified_by=officer)


def test_an_assessment_is_never_rewritten() -> None:
    row = StaffSkillFactory()
    for act in (lambda: type(row).objects.filter(pk=row.pk).update(level=5), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
