"""Other systems hear what happens: in the same transaction, signed, tried again for a day, only what their account may see."""
from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from assets.factories import EquipmentFactory
from assets.services import open_lock
from logistics.accounts.models import RoleGrant
from logistics.alerts.delivery import Dispatcher, hooks
from logistics.alerts.factories import AlertFactory, WebhookSubscriptionFactory
from logistics.alerts.models import Notification, WebhookDelivery, WebhookSubscription
from logistics.alerts.services import raise_alert
from logistics.campus.factories import CampusFactory
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.services.reporting import report
from tests.alerts.hub import Hub
from tests.alerts.processes import manage, wait_for
from tests.maintenance.scene import scene

pytestmark = pytest.mark.django_db(transaction=True)


def account(place: Any = None) -> Any:
    """A service account that may see alerts, everywhere or at a place."""
    person = person_with("duty_officer", place=place) if place else person_with("duty_officer")
    person.kinds = ["service"]
    person.save()
    return person


def subscription(hub: Hub, kinds: str = "alerts.alert.ack", **fields: Any) -> WebhookSubscription:
    return WebhookSubscriptionFactory(url=hub.url, kinds=kinds.split(), **{"account": fields.pop("account", None) or account(), **fields})


def send(seconds: float = 0) -> None:
    with clock.standing_at(clock.now() + timedelta(seconds=seconds)):
        Dispatcher().once()


def test_a_move_is_told_signed_and_the_receiver_can_verify_it(hub: Hub) -> None:
    row = subscription(hub)
    alert, keeper = AlertFactory(), person_with("duty_leader")
    perform(alert, "ack", by=keeper)
    send()
    (request,) = hub.requests
    headers, body = request["headers"], json.loads(request["body"])
    key = base64.b64decode(row.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request["body"]
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (body["type"], body["from"], body["to"], body["record"]["id"]) == ("alerts.alert.ack", "open", "open", alert.pk)
    assert body["record"]["url"] == f"/api/v1/alerts/alerts/{alert.pk}/"
    assert WebhookDelivery.objects.get().state == "delivered"


def test_an_event_and_what_is_told_of_it_commit_together(hub: Hub) -> None:
    subscription(hub)

    class Undone(Exception):
        pass

    def act() -> None:
        with transaction.atomic():
            perform(AlertFactory(), "ack", by=person_with("duty_leader"))
            assert WebhookDelivery.objects.count() == 1
            raise Undone

    with pytest.raises(Undone):
        act()
    assert WebhookDelivery.objects.count() == Event.objects.count() == 0


def test_a_kind_of_alert_can_be_asked_for_and_nothing_else_comes(hub: Hub) -> None:
    subscription(hub, "alert:alerts.handler_failed")
    raise_alert(kind="alerts.handler_failed", key="a", params={"deadline": "x", "error": "y"})
    raise_alert(kind="alerts.check_failed", key="b", params={"check": "x", "error": "y"})
    send()
    assert [json.loads(request["body"])["type"] for request in hub.requests] == ["alert:alerts.handler_failed"]


def test_what_the_account_may_not_see_is_not_sent(hub: Hub) -> None:
    here, elsewhere = CampusFactory(), CampusFactory()
    row = subscription(hub, account=account(here))
    keeper = person_with("duty_leader")
    for place in (here, elsewhere):
        perform(AlertFactory(place=place), "ack", by=keeper)
    send()
    states = dict(WebhookDelivery.objects.values_list("event__object_id", "state"))
    assert sorted(states.values()) == ["delivered", "hidden"] and len(hub.requests) == 1
    assert json.loads(hub.requests[0]["body"])["record"]["place"] == here.pk
    RoleGrant.objects.all().delete()
    row.account.status = "suspended"
    row.account.save()
    perform(AlertFactory(place=here), "ack", by=person_with("duty_leader"))
    send()
    assert len(hub.requests) == 1, "a closed account sees nothing"


def test_after_500s_it_is_tried_again_with_growing_waits_until_it_is_taken(hub: Hub) -> None:
    assert [hooks.wait(n).total_seconds() for n in range(1, 9)] == [5, 20, 80, 320, 1280, 5120, 7200, 7200]
    subscription(hub)
    hub.mode = lambda n, body: 500 if n < 4 else 200
    perform(AlertFactory(), "ack", by=person_with("duty_leader"))
    asked, at = [], 0
    for step in (0, 4, 2, 19, 2, 79, 2):
        at += step
        send(at)
        asked.append(hub.asked)
    assert asked == [1, 1, 2, 2, 3, 3, 4]
    row = WebhookDelivery.objects.get()
    assert (row.state, row.tries, row.status) == ("delivered", 4, 200)
    assert WebhookSubscription.objects.get().failing_since is None


def test_after_24_hours_it_is_given_up_switched_off_with_words_and_can_be_sent_again(hub: Hub) -> None:
    manager = person_with("system_manager")
    row = subscription(hub)
    hub.mode = lambda n, body: 500
    perform(AlertFactory(), "ack", by=person_with("duty_leader"))
    for hours in range(0, 26):
        send(hours * 3600)
        send(hours * 3600 + 1800)
    row.refresh_from_db()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, row.state) == ("failed", "active"), "the last try lies before the 24 hours are full"
    perform(AlertFactory(), "ack", by=person_with("duty_leader"))
    send(26 * 3600)
    row.refresh_from_db()
    assert row.state == "disabled" and "HTTP 500" in row.why_off
    assert Notification.objects.filter(person=manager, code="alerts.webhook_off").count() == 1
    browser = client_of(manager)
    page = browser.get(row.get_absolute_url()).content.decode()
    assert "HTTP 500" in page
    hub.mode = lambda n, body: 200
    assert browser.post(f"/alerts/webhooks/{row.pk}/move/resume/").status_code == 302
    assert browser.post(f"/alerts/webhooks/deliveries/{delivery.pk}/resend/").status_code == 302
    before = delivery.uid
    send(26 * 3600 + 60)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.uid) == ("delivered", before)


def test_gone_for_good_switches_off_at_once(hub: Hub) -> None:
    row = subscription(hub)
    hub.mode = lambda n, body: 410
    perform(AlertFactory(), "ack", by=person_with("duty_leader"))
    send()
    row.refresh_from_db()
    assert row.state == "disabled" and "410" in row.why_off


def test_a_private_address_is_refused_when_typed_and_when_its_network_is_closed_later(hub: Hub, settings: Any) -> None:
    manager, service = person_with("system_manager"), account()
    row = subscription(hub, account=service)
    settings.OUTSIDE_NETWORKS = []
    fields = {"name": "x", "url": "http://169.254.169.254/latest/", "kinds": ["alerts.alert.ack"], "account": service.pk}
    answer = client_of(manager).post("/alerts/webhooks/add/", fields)
    assert answer.status_code == 422 and "169.254.169.254" in answer.content.decode()
    perform(AlertFactory(), "ack", by=person_with("duty_leader"))
    send()
    assert hub.asked == 0 and WebhookDelivery.objects.get(subscription=row).state == "queued"


def test_a_test_event_goes_the_same_way_and_the_secret_is_shown_once(hub: Hub) -> None:
    row, browser = subscription(hub), client_of(person_with("system_manager"))
    assert browser.post(f"/alerts/webhooks/{row.pk}/test/").status_code == 302
    send()
    assert json.loads(hub.requests[0]["body"])["test"] is True
    shown = browser.post(f"/alerts/webhooks/{row.pk}/secret/").content.decode()
    row.refresh_from_db()
    assert row.secret in shown and row.secret not in browser.get(row.get_absolute_url()).content.decode()
    api = browser.get(f"/api/v1/alerts/webhooks/{row.pk}/").json()
    assert row.secret not in json.dumps(api) and row.url not in json.dumps(api)


def test_a_sender_that_died_is_replaced_and_the_receiver_gets_the_same_id(hub: Hub) -> None:
    subscription(hub)
    perform(AlertFactory(), "ack", by=person_with("duty_leader"))
    hooks.claim(clock.now())  # and dies
    send()
    assert hub.asked == 0
    send(61)
    assert hub.requests[0]["headers"]["webhook-id"] == str(WebhookDelivery.objects.get().uid)


@pytest.mark.slow
def test_the_process_sends_an_event_within_seconds(hub: Hub) -> None:
    subscription(hub)
    process = manage("dispatch")
    try:
        perform(AlertFactory(), "ack", by=person_with("duty_leader"))
        wait_for(lambda: len(hub.requests) == 1, 60, "the first event")
        perform(AlertFactory(), "ack", by=person_with("duty_leader"))
        assert wait_for(lambda: len(hub.requests) == 2, 10, "the second event") < 5
    finally:
        process.kill()


def test_the_first_word_of_a_report_of_a_danger_and_of_a_lock_can_be_chosen_and_is_sent(hub: Hub) -> None:
    """By the form: the event with which such records really begin, or everything that happens to them."""
    here, manager = scene(), person_with("system_manager")
    form = {"name": "Partner", "url": hub.url, "account": account().pk}
    page = client_of(manager).get("/alerts/webhooks/add/").content.decode()
    offers = ("maintenance.repairrequest.report", "maintenance.workorder.made", "maintenance.finding.open", "assets.equipment.locked")
    for offered in offers:
        assert f'value="{offered}"' in page
    for never in ("maintenance.repairrequest.create", "maintenance.workorder.create", "maintenance.finding.create"):
        assert f'value="{never}"' not in page
    seer = person_with("facilities_manager")
    seer.kinds = ["service"]
    seer.save()
    kinds = ["maintenance.repairrequest.report", "assets.equipment.*"]
    assert client_of(manager).post("/alerts/webhooks/add/", form | {"account": seer.pk, "kinds": kinds}).status_code == 302
    report(place=here.room, by=here.people[0], symptom=here.drip)
    open_lock(equipment=EquipmentFactory(place=here.room), level="locked", cause="manual", reason="坏了", by=person_with("safety_officer"))
    send()
    types = {json.loads(one["body"])["type"] for one in hub.requests}
    assert types == {"maintenance.repairrequest.report", "assets.equipment.locked"}
