"""Making, publishing and reading rosters; leave; verifying certificates; who sees what."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.alerts.models import Alert, Notification
from logistics.alerts.services import run_check
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from staff import services
from staff.factories import CertificateFactory, DutyFactory, LeaveFactory, RosterPeriodFactory, StaffMemberFactory
from staff.models import Certificate, Duty, RosterPeriod, StaffMember
from tests.races import together

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 14)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.fixture
def team() -> Any:
    return DepartmentFactory(kind="team")


@pytest.fixture
def leader(team: Any) -> Any:
    return person_with("team_leader", department=team)


@pytest.fixture
def week(team: Any) -> Any:
    return RosterPeriodFactory(team=team, first_day=MONDAY, last_day=MONDAY + timedelta(days=6))


def assign(period: Any, staff: Any, start: datetime, end: datetime, by: Any = None) -> Duty:
    return services.assign_duty(period=period, staff=staff, kind="work", start=start, end=end, by=by)


def test_nobody_has_two_duties_at_once_by_service_or_by_sql(week: Any, team: Any) -> None:
    member = StaffMemberFactory(team=team)
    assign(week, member, at(MONDAY, 22), at(MONDAY + timedelta(days=1), 6))
    with pytest.raises(Conflict):
        assign(week, member, at(MONDAY + timedelta(days=1), 5), at(MONDAY + timedelta(days=1), 13))
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyFactory(period=week, staff=member, start=at(MONDAY + timedelta(days=1), 5), end=at(MONDAY + timedelta(days=1), 13))
    assign(week, member, at(MONDAY + timedelta(days=1), 6), at(MONDAY + timedelta(days=1), 13))
    assert Duty.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_twelve_overlapping_assignments_at_once_one_wins_and_eleven_hear_why(week: Any, team: Any) -> None:
    member = StaffMemberFactory(team=team)

    said = together(*[lambda n=n: assign(week, member, at(MONDAY, 8, n), at(MONDAY, 18)) for n in range(12)])
    assert sum(isinstance(one, Conflict) for one in said) == 11
    assert Duty.objects.count() == 1


def test_a_duty_outside_the_roster_on_leave_or_after_the_last_day_is_refused(week: Any, team: Any) -> None:
    member, gone = StaffMemberFactory(team=team), StaffMemberFactory(team=team, left_on=MONDAY)
    LeaveFactory(staff=member, first_day=MONDAY + timedelta(days=2), last_day=MONDAY + timedelta(days=2), state="approved")
    for person, day in ((member, MONDAY - timedelta(days=1)), (member, MONDAY + timedelta(days=2)), (gone, MONDAY + timedelta(days=1))):
        with pytest.raises(ValidationError):
            assign(week, person, at(day, 8), at(day, 18))
    assert not Duty.objects.exists()


def test_a_week_is_made_after_the_week_before_and_leaves_out_who_is_away(team: Any, leader: Any) -> None:
    first, second = StaffMemberFactory(team=team, staff_no="A1"), StaffMemberFactory(team=team, staff_no="A2")
    made = services.make_week(team=team, first_day=MONDAY, by=leader)
    nights = Duty.objects.filter(period=made, kind="on_call").order_by("start")
    assert [duty.staff_id for duty in nights[:3]] in ([first.pk, second.pk, first.pk], [second.pk, first.pk, second.pk])
    assert nights.count() == 7
    assert Duty.objects.filter(period=made, kind="work").count() == 10
    LeaveFactory(staff=second, first_day=MONDAY + timedelta(days=7), last_day=MONDAY + timedelta(days=8), state="approved")
    after = services.make_week(team=team, first_day=MONDAY + timedelta(days=7), by=leader)
    assert Duty.objects.filter(period=after, staff=first).count() == Duty.objects.filter(period=made, staff=first).count()
    assert Duty.objects.filter(period=after, staff=second, start__lt=at(MONDAY + timedelta(days=9), 0)).count() == 0
    with pytest.raises(Conflict):
        services.make_week(team=team, first_day=MONDAY, by=leader)


def test_publishing_tells_everybody_in_it_once(team: Any, leader: Any) -> None:
    members = StaffMemberFactory.create_batch(3, team=team)
    period = services.make_week(team=team, first_day=MONDAY, by=leader)
    with pytest.raises(NotAllowed):
        services.publish_roster(period=period, by=members[0].person)
    services.publish_roster(period=period, by=leader)
    assert set(Notification.objects.values_list("person_id", flat=True)) == {member.person_id for member in members}
    with pytest.raises(Conflict):
        services.publish_roster(period=period, by=leader)


def test_an_empty_roster_is_not_published(week: Any, leader: Any) -> None:
    RosterPeriod.objects.filter(pk=week.pk).update(state="draft", published_at=None)
    with pytest.raises(ValidationError):
        services.publish_roster(period=week, by=leader)


def test_rosters_of_a_team_never_share_a_day(week: Any, team: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterPeriodFactory(team=team, first_day=MONDAY + timedelta(days=6), last_day=MONDAY + timedelta(days=8))
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterPeriodFactory(first_day=MONDAY, last_day=MONDAY + timedelta(days=42))


def test_a_person_checks_in_and_out_of_the_own_duty_only(team: Any) -> None:
    duty = DutyFactory(period__team=team)
    stranger = StaffMemberFactory(team=team).person
    with pytest.raises(NotAllowed):
        perform(duty, "start", by=stranger)
    assert perform(duty, "start", by=duty.staff.person).state == "started"
    assert perform(duty, "finish", by=duty.staff.person).state == "done"
    early = DutyFactory(period=duty.period, start=clock.now() + timedelta(hours=3), end=clock.now() + timedelta(hours=5))
    with pytest.raises(ValidationError):
        perform(early, "start", by=early.staff.person)


def test_approved_leave_takes_the_person_off_the_roster_and_nobody_approves_the_own(team: Any, leader: Any) -> None:
    member = StaffMemberFactory(team=team)
    day = clock.today() + timedelta(days=3)
    period = RosterPeriodFactory(team=team, first_day=day - timedelta(days=7), last_day=day + timedelta(days=7))
    inside = DutyFactory(period=period, staff=member, start=at(day, 8), end=at(day, 18))
    outside = DutyFactory(period=period, staff=member, start=at(day + timedelta(days=4), 8), end=at(day + timedelta(days=4), 18))
    leave = LeaveFactory(staff=member, first_day=day, last_day=day + timedelta(days=2))
    own = StaffMemberFactory(team=team, person=leader)
    with pytest.raises(ValidationError):
        perform(LeaveFactory(staff=own), "approve", by=leader)
    perform(leave, "approve", by=leader)
    states = dict(Duty.objects.values_list("pk", "state"))
    assert (states[inside.pk], states[outside.pk]) == ("cancelled", "planned")
    assert Notification.objects.filter(person=member.person, code="staff.leave_approved").count() == 1


def test_a_certificate_is_verified_by_another_officer_than_the_one_who_entered_it() -> None:
    officer, second = person_with("staff_officer"), person_with("staff_officer")
    paper = CertificateFactory(state="pending", verified_by=None, verified_at=None, added_by=officer)
    with pytest.raises(ValidationError):
        perform(paper, "verify", by=officer)
    own = CertificateFactory(staff=StaffMemberFactory(person=second), state="pending", verified_by=None, verified_at=None)
    with pytest.raises(ValidationError):
        perform(own, "verify", by=second)
    assert perform(paper, "verify", by=second).state == "valid"


def test_papers_that_end_are_told_until_a_successor_is_verified() -> None:
    soon = CertificateFactory(valid_until=clock.today() + timedelta(days=20))
    CertificateFactory(valid_until=clock.today() + timedelta(days=31))
    over = CertificateFactory(valid_until=clock.today() - timedelta(days=1))
    assert (run_check("staff.certificate_expiring"), run_check("staff.certificate_expired")) == (1, 1)
    CertificateFactory(staff=soon.staff, type=soon.type, valid_until=clock.today() + timedelta(days=400))
    CertificateFactory(staff=over.staff, type=over.type, valid_until=clock.today() + timedelta(days=400))
    assert (run_check("staff.certificate_expiring"), run_check("staff.certificate_expired")) == (0, 0)
    assert set(Alert.objects.values_list("state", flat=True)) == {"cleared"}


# who sees what -------------------------------------------------------------------------------------------------------
def test_a_staff_file_makes_a_staff_member_of_the_team_until_the_last_midnight(team: Any) -> None:
    member = StaffMemberFactory(team=team, left_on=clock.today())
    assert "staff_member" in access_of(member.person).roles
    with clock.standing_at(clock.midnight(clock.today() + timedelta(days=1))):
        fresh = type(member.person).objects.get(pk=member.person_id)
        assert "staff_member" not in access_of(fresh).roles


def test_files_are_for_the_person_the_team_leader_and_the_officer(team: Any, leader: Any) -> None:
    mine, colleague, elsewhere = StaffMemberFactory(team=team), StaffMemberFactory(team=team), StaffMemberFactory()

    def files(person: Any) -> set[StaffMember]:
        return set(StaffMember.objects.visible_to(person))

    assert files(mine.person) == {mine}
    assert files(leader) == {mine, colleague}
    assert files(person_with("staff_officer")) == {mine, colleague, elsewhere}
    assert files(PersonFactory()) == set()
    CertificateFactory(staff=mine)
    assert Certificate.objects.visible_to(mine.person).count() == 1
    assert not Certificate.objects.visible_to(colleague.person).exists()
    assert client_of(colleague.person).get(mine.get_absolute_url()).status_code == 404


def test_the_team_sees_published_duties_and_only_the_leader_sees_drafts(team: Any, leader: Any, week: Any) -> None:
    duty = DutyFactory(period=week, start=at(MONDAY, 8), end=at(MONDAY, 18))
    colleague, outsider = StaffMemberFactory(team=team).person, StaffMemberFactory().person
    assert Duty.objects.visible_to(colleague).count() == 1
    assert not Duty.objects.visible_to(outsider).exists()
    RosterPeriod.objects.filter(pk=week.pk).update(state="draft", published_at=None)
    assert not Duty.objects.visible_to(colleague).exists()
    assert not RosterPeriod.objects.visible_to(duty.staff.person).exists()
    assert Duty.objects.visible_to(leader).count() == 1


# pages ---------------------------------------------------------------------------------------------------------------
def test_the_leader_makes_and_reads_the_week_and_another_leader_may_not(team: Any, leader: Any, django_assert_max_num_queries: Any) -> None:
    members = StaffMemberFactory.create_batch(12, team=team)
    data = {"team": team.pk, "week": MONDAY.isoformat()}
    other = person_with("team_leader", department=DepartmentFactory(kind="team"))
    assert client_of(other).post(reverse("staff:roster-make"), data).status_code == 403
    assert not RosterPeriod.objects.exists()
    browser = client_of(leader)
    assert browser.post(reverse("staff:roster-make"), data).status_code == 302
    with django_assert_max_num_queries(20):
        page = browser.get(reverse("staff:roster") + f"?team={team.pk}&week={MONDAY}").content.decode()
    assert all(str(member) in page for member in members)
    assert "08:00–18:00" in page
    assert client_of(PersonFactory()).get(reverse("staff:roster")).status_code == 403


def test_my_duties_offer_the_button_to_check_in(team: Any) -> None:
    duty = DutyFactory(period__team=team)
    page = client_of(duty.staff.person).get(reverse("staff:my-duties")).content.decode()
    assert reverse("staff:duty-move", args=[duty.pk, "start"]) in page
    assert client_of(PersonFactory()).get(reverse("staff:my-duties")).status_code == 200


def test_the_board_sorts_papers_by_the_days_they_have_left() -> None:
    for days in (-2, 5, 25, 50, 100):
        CertificateFactory(valid_until=clock.today() + timedelta(days=days))
    CertificateFactory(state="pending", verified_by=None, verified_at=None)
    page = client_of(person_with("staff_officer")).get(reverse("staff:certificate-board"))
    lanes = page.context["page"]["lanes"]
    assert [len(lane["papers"]) for lane in lanes] == [1, 1, 1, 1, 1]
    assert client_of(PersonFactory()).get(reverse("staff:certificate-board")).status_code == 403
