"""Nobody is waited for without end: a reminder after the route's working hours, then the higher role may decide as well."""
from __future__ import annotations

import pytest

from logistics.alerts.models import Deadline, Notification
from logistics.alerts.services import scan_deadlines
from logistics.core import clock
from logistics.core.workflow import perform
from tests.approvals.conftest import ask, holder, order_of, route
from tests.maintenance.scene import at


def told(code):
    return sorted(Notification.objects.filter(code=code).values_list("person__name_en", flat=True))


def scan(instant: str) -> None:
    with clock.standing_at(at(instant)):
        scan_deadlines()


def test_after_4_working_hours_a_reminder_and_after_4_more_the_principal(here, tech, zhou, ma):
    route(5000, None, "logistics_director", remind_h=4, higher_role="principal")
    with clock.standing_at(at("2026-09-29 15:30")):  # Tuesday; 2 h are left until 17:30
        approval = ask(order_of(here, tech, 6000), tech)
    assert told("approval.waits") == ["Zhou"]
    scan("2026-09-30 09:59")
    assert told("approval.reminded") == []
    scan("2026-09-30 10:00")
    assert told("approval.reminded") == ["Zhou"]
    scan("2026-09-30 15:29")
    assert told("approval.passed_on") == []
    scan("2026-09-30 15:30")
    assert told("approval.passed_on") == ["Ma"]
    approval.refresh_from_db()
    assert approval.roles_now == ["logistics_director", "principal"]
    with clock.standing_at(at("2026-09-30 16:00")):
        assert perform(approval, "approve", by=ma).state == "approved"
    assert not Deadline.objects.armed().exists()
    assert approval.steps.get().raised_to == "principal"


def test_before_the_reminder_the_higher_role_does_not_decide(here, tech, zhou, ma):
    route(5000, None, "logistics_director", higher_role="principal")
    approval = ask(order_of(here, tech, 6000), tech)
    from logistics.core.errors import Conflict

    with pytest.raises(Conflict):
        perform(approval, "approve", by=ma)


def test_a_decision_ends_the_reminders(here, routes, tech, zhou):
    with clock.standing_at(at("2026-09-29 09:00")):
        approval = ask(order_of(here, tech, 6000), tech)
        perform(approval, "send_back", by=zhou, reason="Which pump?")
    scan("2026-10-20 09:00")
    assert told("approval.reminded") == []
    assert told("approval.sent_back") == ["Chen"]


def test_without_a_higher_role_the_reminder_is_repeated(here, tech, zhou):
    route(5000, None, "logistics_director", remind_h=4)
    with clock.standing_at(at("2026-09-29 08:00")):
        ask(order_of(here, tech, 6000), tech)
    scan("2026-09-29 12:00")
    scan("2026-09-29 12:00")
    assert told("approval.reminded") == ["Zhou"]
    scan("2026-09-29 17:30")
    assert told("approval.reminded") == ["Zhou", "Zhou"]


def test_a_step_whose_only_holder_asked_himself_goes_to_the_higher_role_at_once(here, tech, ma):
    route(5000, None, "logistics_director", higher_role="principal")
    from logistics.accounts.models import RoleGrant
    from tests.maintenance.scene import EVER

    boss = holder("logistics_director", "Boss")
    RoleGrant.objects.create(person=boss, role="dispatcher", during=EVER)
    approval = ask(order_of(here, tech, 6000), boss)
    assert approval.roles_now == ["logistics_director", "principal"]
    assert told("approval.waits") == ["Ma"]
    assert perform(approval, "approve", by=ma).state == "approved"


def test_the_next_step_tells_those_whose_turn_it_is_and_the_end_tells_who_asked(here, routes, tech, zhou, ma):
    approval = ask(order_of(here, tech, 30000), tech)
    assert told("approval.waits") == ["Zhou"]
    perform(approval, "approve", by=zhou)
    assert told("approval.waits") == ["Ma", "Zhou"]
    perform(approval, "approve", by=ma)
    assert told("approval.approved") == ["Chen"]
