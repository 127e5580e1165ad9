"""One unresolved alert per key; acknowledging, clearing and ending; checks; who is called."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from logistics.accounts.factories import PersonFactory
from logistics.alerts.factories import AlertFactory
from logistics.alerts.kinds import KINDS, alert_kind
from logistics.alerts.models import Alert, Notification
from logistics.alerts.registries import CHECKS, DUTY_SOURCES, Check, DutySource
from logistics.alerts.services import clear_alert, raise_alert, run_check, settle
from logistics.campus.factories import PlaceFactory
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Event
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.races import at_once

pytestmark = pytest.mark.django_db

if "test.leak" not in KINDS:
    alert_kind("test.leak", "Leak in %(room)s", 3, roles="duty_officer duty_leader")
    alert_kind("test.flood", "Flood in %(room)s", 4, roles="duty_officer duty_leader", ack_valid_s=7200, signal=True)
    alert_kind("test.smoke", "Smoke in %(room)s", 5, True, roles="duty_leader")
    alert_kind("test.check", "Wrong: %(n)s", 2)


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_raising_one_key_make_one_alert_counted_twenty() -> None:
    answers = at_once(20, lambda n: raise_alert(kind="test.leak", key="302", params={"room": "302"}))
    alert = Alert.objects.get()
    assert alert.count == 20
    assert [created for _alert, created in answers].count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_threads_raising_fifty_keys_make_fifty_alerts_and_count_every_signal() -> None:
    at_once(8, lambda n: [raise_alert(kind="test.leak", key=str((n * 7 + k) % 50), params={"room": str(k)}) for k in range(50)])
    assert Alert.objects.count() == 50
    assert sum(Alert.objects.values_list("count", flat=True)) == 400


def test_clearing_and_acknowledging_are_two_things() -> None:
    officer = person_with("duty_officer")
    alert, _created = raise_alert(kind="test.leak", key="302", params={"room": "302"})
    perform(alert, "ack", by=officer)
    assert clear_alert(kind="test.leak", key="302")
    assert not clear_alert(kind="test.leak", key="302")
    alert.refresh_from_db()
    assert (alert.state, alert.acked_by) == ("cleared", officer)
    with pytest.raises(ValidationError):
        perform(alert, "ack", by=officer)
    again, created = raise_alert(kind="test.leak", key="302", params={"room": "302"})
    assert (again.pk, created, again.state, again.count, again.acked_by) == (alert.pk, False, "open", 2, officer)


def test_a_graver_signal_asks_for_a_new_acknowledgement() -> None:
    alert, _created = raise_alert(kind="test.leak", key="302")
    perform(alert, "ack", by=person_with("duty_officer"))
    again, _created = raise_alert(kind="test.leak", key="302", severity=4)
    assert (again.severity, again.acked_at, again.acked_by_id) == (4, None, None)
    milder, _created = raise_alert(kind="test.leak", key="302", severity=1)
    assert milder.severity == 4


def test_after_the_end_the_next_signal_opens_a_new_alert() -> None:
    alert, _created = raise_alert(kind="test.leak", key="302")
    officer = person_with("duty_officer")
    done = perform(alert, "resolve", by=officer, resolution="fixed", reason="Valve closed")
    assert (done.state, done.resolved_by, done.resolution) == ("resolved", officer, "fixed")
    with pytest.raises(Conflict):
        perform(alert, "ack", by=officer)
    _again, created = raise_alert(kind="test.leak", key="302")
    assert created
    assert Alert.objects.count() == 2


def test_what_stayed_away_ends_by_itself_except_danger_to_life() -> None:
    raise_alert(kind="test.leak", key="302")
    raise_alert(kind="test.smoke", key="302")
    clear_alert(kind="test.leak", key="302")
    clear_alert(kind="test.smoke", key="302")
    assert settle(clock.now() + timedelta(seconds=590)) == 0
    assert settle(clock.now() + timedelta(seconds=601)) == 1
    assert dict(Alert.objects.values_list("kind", "state")) == {"test.leak": "resolved", "test.smoke": "open"}
    assert settle(clock.now() + timedelta(seconds=601)) == 0


def test_the_alert_reads_in_words_and_its_timeline_tells_the_story() -> None:
    alert, _created = raise_alert(kind="test.leak", key="302", params={"room": "302"})
    clear_alert(kind="test.leak", key="302")
    assert str(alert) == "Leak in 302"
    assert list(Event.objects.filter(kind="alerts.alert", object_id=alert.pk).order_by("pk").values_list("move", "to_state")) == [
        ("raise", "open"), ("clear", "cleared")]


# checks --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def check() -> Iterator[dict[str, Any]]:
    """A check whose findings the test chooses."""
    world: dict[str, Any] = {"keys": [], "error": None}

    def ask(now: Any) -> Any:
        for key in world["keys"]:
            yield None, key, None, {"n": key}
        if world["error"]:
            raise world["error"]

    CHECKS._items["test.check"] = Check(ask, "test.check")
    yield world
    del CHECKS._items["test.check"]


def states() -> dict[str, str]:
    return {alert.dedup_key.removeprefix("test.check:"): alert.state for alert in Alert.objects.filter(kind="test.check")}


def test_a_check_opens_what_it_finds_and_clears_what_is_gone(check: dict[str, Any]) -> None:
    check["keys"] = ["a", "b"]
    assert run_check("test.check") == 2
    assert states() == {"a": "open", "b": "open"}
    check["keys"] = ["b"]
    run_check("test.check")
    run_check("test.check")
    assert states() == {"a": "cleared", "b": "open"}
    assert Alert.objects.get(dedup_key="test.check:b").count == 1, "the same finding asked again is not a new signal"
    check["keys"] = ["a", "b"]
    run_check("test.check")
    assert states() == {"a": "open", "b": "open"}
    assert Alert.objects.get(dedup_key="test.check:a").count == 2


def test_a_check_that_fails_clears_nothing_and_says_so(check: dict[str, Any]) -> None:
    check["keys"] = ["a", "b"]
    run_check("test.check")
    check.update(keys=["a"], error=RuntimeError("the meter is silent"))
    assert run_check("test.check") == 0
    assert states() == {"a": "open", "b": "open"}
    failed = Alert.objects.get(kind="alerts.check_failed")
    assert failed.state == "open"
    assert "the meter is silent" in failed.hint
    check["error"] = None
    run_check("test.check")
    failed.refresh_from_db()
    assert (failed.state, states()["b"]) == ("cleared", "cleared")


def test_a_check_over_200_things_costs_as_many_statements_as_over_2(check: dict[str, Any], django_assert_max_num_queries: Any) -> None:
    check["keys"] = [str(n) for n in range(200)]
    with django_assert_max_num_queries(14):
        run_check("test.check")
    assert Alert.objects.filter(kind="test.check").count() == 200


# who is called -------------------------------------------------------------------------------------------------------
@pytest.fixture
def on_call(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The duty roster says who is on call."""
    called: list[int] = []
    monkeypatch.setattr(DUTY_SOURCES, "_items", {"test": DutySource(lambda team, place, at: list(called), "test")})
    return called


def test_an_alert_calls_the_people_on_call_urgently(on_call: list[int]) -> None:
    electrician, officer = PersonFactory(), person_with("duty_officer")
    on_call.append(electrician.pk)
    raise_alert(kind="test.flood", key="302", params={"room": "302"})
    raise_alert(kind="test.flood", key="302", params={"room": "302"})
    notice = Notification.objects.get()
    assert (notice.person, notice.importance, str(notice)) == (electrician, "urgent", "Flood in 302")
    assert not Notification.objects.filter(person=officer).exists()


def test_stewards_are_called_before_holders_of_the_role(on_call: list[int]) -> None:
    school = PlaceFactory()
    campus = PlaceFactory(kind="campus", parent=school)
    building = PlaceFactory(kind="building", parent=campus)
    leader = person_with("duty_leader")
    raise_alert(kind="test.flood", key="1", place=building)
    assert [row.person for row in Notification.objects.all()] == [leader], "nobody on call, nobody entrusted: the holders of the roles"
    far, near = person_with("duty_officer", place=campus), person_with("duty_officer", place=building)
    second, _created = raise_alert(kind="test.flood", key="2", place=building)
    assert [row.person for row in Notification.objects.filter(source_id=second.pk)] == [near]
    assert far.pk != near.pk


def test_danger_to_life_is_told_as_such(on_call: list[int]) -> None:
    leader = person_with("duty_leader")
    raise_alert(kind="test.smoke", key="302")
    assert Notification.objects.get(person=leader).importance == "life"


# who sees and acts ---------------------------------------------------------------------------------------------------
def test_whoever_was_called_sees_and_acknowledges_the_alert_and_others_do_not(on_call: list[int]) -> None:
    electrician, stranger = PersonFactory(kinds=["staff"]), PersonFactory(kinds=["staff"])
    on_call.append(electrician.pk)
    alert, _created = raise_alert(kind="test.flood", key="302", params={"room": "302"})
    assert list(Alert.objects.visible_to(electrician)) == [alert]
    assert not Alert.objects.visible_to(stranger).exists()
    assert client_of(stranger).get(alert.get_absolute_url()).status_code == 404
    assert client_of(electrician).post(reverse("alerts:alert-move", args=[alert.pk, "ack"])).status_code == 302
    alert.refresh_from_db()
    assert alert.acked_by == electrician
    with pytest.raises(NotAllowed):
        perform(alert, "resolve", by=stranger, resolution="fixed", reason="x")


def test_a_check_may_not_be_raised_or_cleared_by_hand() -> None:
    officer = person_with("duty_officer")
    alert = AlertFactory(place=None)
    for move in ("raise", "clear", "settle"):
        assert client_of(officer).post(reverse("alerts:alert-move", args=[alert.pk, move])).status_code == 404


def test_the_list_tells_how_many_wait() -> None:
    officer = person_with("duty_officer")
    AlertFactory.create_batch(2, place=None)
    page = client_of(officer).get(reverse("alerts:alert-list") + "?unresolved=true").content.decode()
    assert "2 alerts wait" in page
