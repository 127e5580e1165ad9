"""The pages of whoever watches: one tap in the inbox, silences, chains tried without telling anybody; and stale tokens."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from logistics.accounts.factories import PersonFactory
from logistics.accounts.models import ApiToken
from logistics.alerts.factories import AlertFactory, ChainFactory, ChainStepFactory
from logistics.alerts.models import Alert, ChainStep, Notification, Silence
from logistics.alerts.services import raise_alert, run_check
from logistics.campus.factories import RoomFactory
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db


def test_one_tap_in_the_inbox_takes_an_alert_on_and_leads_back() -> None:
    officer = person_with("duty_officer")
    alert, _created = raise_alert(kind="signal.water_leak", key="302", params={"device": "302"})
    page = client_of(officer).get("/alerts/inbox/")
    address = f"/alerts/alerts/{alert.pk}/move/ack/"
    assert page.status_code == 200 and f'action="{address}"' in page.content.decode()
    answer = client_of(officer).post(address, {"next": "/alerts/inbox/?tab=mine"})
    assert (answer.status_code, answer.url) == (302, "/alerts/inbox/?tab=mine")
    alert.refresh_from_db()
    assert alert.acked_by == officer


def test_each_tab_shows_its_own_alerts_with_the_same_number_of_statements(django_assert_max_num_queries: object) -> None:
    officer, room = person_with("duty_officer"), RoomFactory()
    rows = {name: AlertFactory(place=room, params={"check": name}) for name in ("plain", "gone", "ended", "called", "quiet")}
    now = clock.now()
    Alert.objects.filter(pk=rows["gone"].pk).update(state="cleared", cleared_at=now)
    Alert.objects.filter(pk=rows["ended"].pk).update(state="resolved", resolved_at=now, resolution="fixed")
    Notification.objects.create(dedupe_key="x", person=officer, code="alert:alerts.check_failed", source_kind="alerts.alert",
                                source_id=rows["called"].pk)
    client = client_of(officer)
    client.post("/alerts/silences/add/", {"about": rows["quiet"].pk, "length": "60", "reason": "Known."})
    shown = {tab: {name for name in rows if f"check {name} failed" in client.get(f"/alerts/inbox/?tab={tab}").content.decode()}
             for tab in ("mine", "open", "silenced", "cleared", "ended", "flapping")}
    assert shown == {"mine": {"called"}, "open": {"plain", "gone", "called", "quiet"}, "silenced": {"quiet"}, "cleared": {"gone"},
                     "ended": {"ended"}, "flapping": set()}
    for _n in range(20):
        AlertFactory(place=room)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        client.get("/alerts/inbox/")


def test_a_silence_of_one_alert_is_made_by_its_number_and_keeps_only_that_one_quiet() -> None:
    officer = person_with("duty_officer")
    alert = AlertFactory()
    answer = client_of(officer).post("/alerts/silences/add/", {"about": alert.pk, "length": "30", "reason": "Known."})
    quiet = Silence.objects.get()
    assert (answer.status_code, quiet.dedup_key, quiet.place, quiet.state) == (302, alert.dedup_key, alert.place, "active")
    assert quiet.during.upper - quiet.during.lower == timedelta(minutes=30)


@pytest.mark.parametrize(("data", "field"), [
    ({"kind": "silence", "length": "1440"}, "length"), ({"kind": "works", "length": "480", "place": ""}, "place"),
    ({"kind": "silence", "length": "60", "life_safety": "on"}, "length"),
    ({"kind": "silence", "length": "60", "alert_kind": "signal.smoke"}, "life_safety"),
])
def test_a_silence_that_is_too_long_or_matches_nothing_is_refused_beside_its_field(data: dict[str, str], field: str) -> None:
    officer, room = person_with("duty_officer"), RoomFactory()
    answer = client_of(officer).post("/alerts/silences/add/", {"place": room.pk, "reason": "Works.", **data})
    assert (answer.status_code, Silence.objects.count()) == (422, 0)
    assert field in answer.context["page"]["form"].errors


def test_trying_a_chain_shows_who_would_be_called_and_tells_nobody() -> None:
    manager, leader = person_with("system_manager"), person_with("duty_leader")
    chain = ChainFactory()
    ChainStepFactory(chain=chain, order=1, target="duty")
    ChainStepFactory(chain=chain, order=2, target="person", person=leader)
    sunday = timezone.localtime(clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT03:00")
    page = client_of(manager).get(f"/alerts/chains/{chain.pk}/preview/?at={sunday}")
    assert page.status_code == 200 and leader.name in page.content.decode()
    assert [line["step"].why for line in page.context["lines"]] == ["empty", ""]
    assert not Notification.objects.exists() and not Event.objects.filter(kind="alerts.alert").exists()


def test_steps_stand_in_one_order_without_gaps_however_they_are_put_in_moved_and_taken_out() -> None:
    manager, chain = person_with("system_manager"), ChainFactory()
    client = client_of(manager)
    step = {"chain": chain.pk, "action": "notify", "target": "role", "hours": "any"}
    for minutes, position in ((1, ""), (2, ""), (3, "1"), (4, "2")):
        assert client.post("/alerts/chain-steps/add/", {**step, "wait_min": minutes, "position": position}).status_code == 302

    def waits() -> list[tuple[int, int]]:
        return list(ChainStep.objects.filter(chain=chain).order_by("order").values_list("order", "wait_s"))

    assert waits() == [(1, 180), (2, 240), (3, 60), (4, 120)]
    last = ChainStep.objects.get(chain=chain, order=4)
    assert client.post(f"/alerts/chain-steps/{last.pk}/edit/", {**step, "wait_min": 2, "position": 1}).status_code == 302
    assert waits() == [(1, 120), (2, 180), (3, 240), (4, 60)]
    client.post(f"/alerts/chain-steps/{ChainStep.objects.get(chain=chain, order=2).pk}/remove/")
    assert waits() == [(1, 120), (2, 240), (3, 60)]


def test_a_token_that_nobody_uses_and_one_that_ends_while_in_use_are_alerts_and_their_owners_are_told_once() -> None:
    now, owner, other = clock.now(), PersonFactory(), PersonFactory()

    def token(name: str, owner: object, used: int | None, made: int, left: int) -> ApiToken:
        return ApiToken.objects.create(
            owner=owner, created_by=owner, name=name, prefix=name, hash=ApiToken.digest(name), scopes=["read"],
            created_at=now - timedelta(days=made), expires_at=now + timedelta(days=left),
            last_used_at=now - timedelta(days=used) if used is not None else None)

    token("unused", owner, None, 91, 100)
    token("busy", owner, 1, 91, 100)
    token("ending", other, 2, 200, 13)
    token("fresh", other, None, 3, 30)
    for _n in range(2):
        run_check("accounts.token_stale")
    assert sorted(Alert.objects.values_list("params__name", flat=True)) == ["ending", "unused"]
    assert sorted(Notification.objects.values_list("person", "params__name")) == sorted([(owner.pk, "unused"), (other.pk, "ending")])
