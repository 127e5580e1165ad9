"""How one is told: quiet hours, summary and bundles with exact times; addresses that are verified; receipts; acknowledgements."""
from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from logistics.accounts.factories import PersonFactory
from logistics.alerts.delivery import Dispatcher
from logistics.alerts.factories import AlertFactory, ContactPointFactory
from logistics.alerts.models import Alert, Channel, ContactPoint, DeliveryAttempt, Notification, Preference
from logistics.alerts.services import acknowledge, mark_read, notify
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.alerts.gateway import Gateway
from tests.alerts.hub import Hub

pytestmark = pytest.mark.django_db(transaction=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00+08:00")


def tell(person: Any, when: datetime, key: str = "k", **options: Any) -> None:
    with clock.standing_at(when):
        notify(people=[person.pk], code="test.message", dedupe_key=key, params={"what": key}, **options)


def send(when: datetime) -> int:
    with clock.standing_at(when):
        return Dispatcher().once()


def reader(**fields: Any) -> Any:
    return PersonFactory(email=f"r{fields.get('number', '')}@school.example", language="en", **fields)


def sms(hub: Hub, **fields: Any) -> Channel:
    return Channel.objects.create(code="sms", driver="sms", name_zh="短信", name_en="SMS", address=hub.url, **fields)


# hours -----------------------------------------------------------------------------------------------------------------
def test_quiet_hours_hold_ordinary_notices_until_7_sharp_and_never_urgent_ones(gateway: Gateway) -> None:
    person = reader()
    Preference.objects.create(person=person, importance="normal", quiet_from="22:00", quiet_until="07:00")
    tell(person, at("26T22:00"), "ordinary")
    tell(person, at("26T22:00"), "urgent", importance="urgent")
    assert send(at("26T22:00")) == 1
    assert "urgent" in gateway.mails[0].get_content()
    assert Notification.objects.get(dedupe_key__startswith="ordinary").next_at == at("27T07:00")
    assert send(at("27T06:59")) == 0
    assert send(at("27T07:00")) == 1


def test_the_summary_goes_out_once_at_the_chosen_hour_with_everything_in_it(gateway: Gateway) -> None:
    person, other = reader(), PersonFactory(email="o@school.example")
    Preference.objects.create(person=person, importance="info", ladder=["email"], digest_hour=18)
    for n, hour in enumerate(("09", "12", "17")):
        tell(person, at(f"26T{hour}:00"), f"paper-{n}", importance="info")
        send(at(f"26T{hour}:01"))
    tell(other, at("26T09:00"), "nothing chosen", importance="info")
    assert send(at("26T17:59")) == 0 and not gateway.mails
    assert send(at("26T18:00")) == 1
    (mail,) = gateway.mails
    assert mail["Subject"] == "3 notices for you"
    assert all(f"paper-{n}" in mail.get_content() for n in range(3))
    assert set(Notification.objects.values_list("state", flat=True)) == {"accepted"}
    tell(person, at("26T18:01"), "tomorrow", importance="info")
    assert send(at("27T17:59")) == 0
    assert send(at("27T18:00")) == 1


def test_several_notices_about_one_thing_within_2_minutes_are_one_message_but_life_is_never_held(gateway: Gateway) -> None:
    person, alert = reader(), AlertFactory()
    start = at("26T10:00")
    tell(person, start, "first", source=alert)
    assert send(start) == 1, "the first goes at once"
    for n, seconds in enumerate((10, 40, 90)):
        tell(person, start + timedelta(seconds=seconds), f"more-{n}", source=alert)
        assert send(start + timedelta(seconds=seconds)) == 0
    tell(person, start + timedelta(seconds=95), "fire", source=alert, importance="life")
    assert send(start + timedelta(seconds=95)) == 1, "life at once"
    tell(person, start + timedelta(seconds=96), "another thing", source=AlertFactory())
    assert send(start + timedelta(seconds=96)) == 1
    assert send(start + timedelta(seconds=215)) == 1, "two minutes after the message before"
    assert gateway.mails[-1]["Subject"] == "Notices, and 2 more"
    assert Notification.objects.filter(state="accepted").count() == 6 and len(gateway.mails) == 4


def test_a_rider_whose_leader_is_read_before_it_went_out_goes_its_own_way(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    person, alert, start = reader(), AlertFactory(), at("26T10:00")
    tell(person, start, "leader", source=alert)
    tell(person, start, "rider", source=alert)
    leader, rider = Notification.objects.order_by("pk")
    Notification.objects.filter(pk=rider.pk).update(bundle=leader, next_at=None, state="sending")
    with clock.standing_at(start):
        mark_read(notification=leader)
    assert send(start) == 1 and "rider" in gateway.mails[0].get_content()


# the ladder over real gateways -----------------------------------------------------------------------------------------
def test_unread_for_10_minutes_the_next_way_is_taken_and_a_read_one_is_sent_no_further(gateway: Gateway, hub: Hub) -> None:
    sms(hub)
    person, start = reader(phone="13800000001"), at("26T10:00")
    Preference.objects.create(person=person, importance="normal", ladder=["email", "sms"])
    tell(person, start, "unread")
    tell(person, start, "read")
    send(start)
    with clock.standing_at(start + timedelta(minutes=5)):
        mark_read(notification=Notification.objects.get(dedupe_key__startswith="read"))
    send(start + timedelta(seconds=599))
    assert hub.asked == 0
    send(start + timedelta(seconds=600))
    assert hub.asked == 1 and b"unread" in hub.requests[0]["body"]


def test_a_receipt_ends_the_ladder_and_a_bad_one_sends_the_next_way_at_once(gateway: Gateway, hub: Hub) -> None:
    channel, start = sms(hub, answer_id="msg"), at("26T10:00")
    hub.answer = {"msg": "M-1"}
    person = reader(phone="13800000001")
    Preference.objects.create(person=person, importance="urgent", ladder=["sms", "email"])
    tell(person, start, "one", importance="urgent")
    send(start)
    browser, url = client_of(None), "/api/v1/channels/sms/receipts"
    good = {"HTTP_AUTHORIZATION": f"Bearer {channel.receipt_token}"}
    report = {"id": "M-1", "state": "delivered"}
    assert browser.post(url, report, content_type="application/json").status_code == 401
    assert browser.post(url, report, content_type="application/json", HTTP_AUTHORIZATION="Bearer ").status_code == 401
    assert browser.post("/api/v1/channels/fax/receipts", report, content_type="application/json", **good).status_code == 401
    assert browser.post(url, {"id": "M-1", "state": "eaten"}, content_type="application/json", **good).status_code == 400
    for _twice in range(2):
        answer = browser.post(url, [report, {"id": "M-9", "state": "failed"}], content_type="application/json", **good)
        assert answer.json() == {"matched": 1, "unknown": 1}
    notice = Notification.objects.get()
    assert (notice.state, notice.next_at) == ("delivered", None)
    hub.answer = {"msg": "M-2"}
    tell(person, start, "two", importance="urgent")
    send(start + timedelta(seconds=1))
    with clock.standing_at(start + timedelta(seconds=2)):
        browser.post(f"{url}?token={channel.receipt_token}", {"receipts": [{"id": "M-2", "state": "bounced", "reason": "no such number"}]},
                     content_type="application/json")
    assert send(start + timedelta(seconds=2)) == 1 and len(gateway.mails) == 1
    assert ContactPoint.objects.get().bounce == "no such number"


@pytest.mark.parametrize(("driver", "query", "address", "sent_to"), [
    ("wecom", "?key=group-robot-key-1234", "13800000001", b'"mentioned_mobile_list": ["13800000001"]'),
    ("dingtalk", "?access_token=abcdef0123456789", "13800000001", b'"atMobiles": ["13800000001"]'),
])
def test_robots_of_a_group_mention_the_person_and_refusals_with_200_are_refusals(hub: Hub, driver: str, query: str, address: str,
                                                                                sent_to: bytes) -> None:
    names = {"code": driver, "driver": driver, "name_zh": driver, "name_en": driver}
    channel = Channel.objects.create(**names, address=hub.url + query, secret="SECabc123")
    person, start = PersonFactory(), at("26T10:00")
    ContactPointFactory(person=person, channel=channel, address=address)
    Preference.objects.create(person=person, importance="normal", ladder=[driver])
    tell(person, start, "one")
    assert send(start) == 1
    assert sent_to in hub.requests[0]["body"]
    assert ("&sign=" in hub.requests[0]["path"]) == (driver == "dingtalk")
    hub.answer = {"errcode": 45009, "errmsg": "too fast"}
    tell(person, start, "two")
    assert send(start + timedelta(seconds=1)) == 0
    assert DeliveryAttempt.objects.order_by("-id")[0].error == "errcode 45009: too fast"


def test_a_robot_of_ones_own_is_reached_under_its_own_key_and_a_dead_one_is_not_used_again(hub: Hub) -> None:
    group = hub.url + "?key=group-robot-key-1234"
    channel = Channel.objects.create(code="wecom", driver="wecom", name_zh="企", name_en="W", address=group)
    person, start = PersonFactory(), at("26T10:00")
    point = ContactPointFactory(person=person, channel=channel, address="my-own-robot-key-5678")
    Preference.objects.create(person=person, importance="normal", ladder=["wecom"])
    tell(person, start, "one")
    assert send(start) == 1 and hub.requests[0]["path"] == "/send?key=my-own-robot-key-5678"
    hub.answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
    tell(person, start, "two")
    send(start + timedelta(seconds=1))
    point.refresh_from_db()
    assert point.bounced_at and "93000" in point.bounce
    assert Channel.objects.get(code="wecom").breaker == "closed", "one dead robot says nothing about the gateway"


# addresses -------------------------------------------------------------------------------------------------------------
def code_in(hub: Hub) -> str:
    return re.search(r"\d{6}", hub.requests[-1]["body"].decode().split("text")[1])[0]  # type: ignore[index]


def test_an_address_counts_only_after_its_code_was_entered(hub: Hub) -> None:
    sms(hub)
    person = PersonFactory(language="en")
    browser = client_of(person)
    page = browser.get("/me/notices/").content.decode()
    assert "in the app only" in page
    assert browser.post("/alerts/contacts/add/", {"channel": "sms", "address": "12"}).status_code == 422
    assert browser.post("/alerts/contacts/add/", {"channel": "sms", "address": "138 0000 0001"}).status_code == 302
    point = ContactPoint.objects.get()
    assert point.address == "13800000001" and not point.verified_at
    code = code_in(hub)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert browser.post(f"/alerts/contacts/{point.pk}/verify/", {"code": wrong}).status_code == 422
    assert client_of(PersonFactory()).post(f"/alerts/contacts/{point.pk}/verify/", {"code": code}).status_code == 404
    assert browser.post(f"/alerts/contacts/{point.pk}/verify/", {"code": code}).status_code == 302
    assert ContactPoint.objects.working().get() == point
    assert browser.post(f"/alerts/contacts/{point.pk}/remove/").status_code == 302
    assert not ContactPoint.objects.exists()


def test_a_code_is_spent_after_5_wrong_ones_or_10_minutes_and_5_an_hour_are_the_most(hub: Hub) -> None:
    sms(hub)
    browser = client_of(PersonFactory())
    browser.post("/alerts/contacts/add/", {"channel": "sms", "address": "13800000001"})
    point, code = ContactPoint.objects.get(), code_in(hub)
    verify = f"/alerts/contacts/{point.pk}/verify/"
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [browser.post(verify, {"code": wrong}).status_code for _n in range(6)] == [422] * 5 + [409]
    assert browser.post(verify, {"code": code}).status_code == 409
    assert [browser.post(f"/alerts/contacts/{point.pk}/code/").status_code for _n in range(5)] == [302] * 4 + [429]
    ContactPoint.objects.update(code_until=clock.now() - timedelta(seconds=1))
    assert browser.post(verify, {"code": code_in(hub)}).status_code == 409


def test_preferences_are_kept_per_importance_and_empty_ones_go_back_to_the_schools(hub: Hub) -> None:
    sms(hub)
    person = PersonFactory(email="p@school.example")
    browser = client_of(person)
    fields = {"normal_0": "sms", "normal_1": "email", "urgent_0": "sms", "digest_hour": "18", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert browser.post("/alerts/preferences/", fields | {"quiet_until": ""}).status_code == 422
    assert browser.post("/alerts/preferences/", fields).status_code == 302
    kept = {row.importance: row for row in Preference.objects.filter(person=person)}
    assert kept["normal"].ladder == ["sms", "email"] and kept["urgent"].ladder == ["sms"] and kept["info"].digest_hour == 18
    assert kept["normal"].quiet_from == kept["info"].quiet_from and kept["urgent"].quiet_from is None
    assert browser.post("/alerts/preferences/", {}).status_code == 302
    assert not Preference.objects.filter(person=person).exists()


# acknowledging ---------------------------------------------------------------------------------------------------------
def test_whoever_acknowledges_ends_the_own_ladder_and_the_alert_learns_of_it(gateway: Gateway) -> None:
    person, alert, start = reader(), AlertFactory(), at("26T10:00")
    tell(person, start, source=alert, importance="urgent", ack_by=start + timedelta(minutes=3))
    send(start)
    notice = Notification.objects.get()
    stranger = client_of(PersonFactory())
    assert stranger.post(f"/alerts/notifications/{notice.pk}/ack/").status_code == 404
    answer = client_of(person).post(f"/api/v1/alerts/notifications/{notice.pk}/ack/")
    assert answer.json()["state"] == "acked"
    alert.refresh_from_db()
    assert alert.acked_by == person
    acknowledge(notification=notice, by=person)
    assert send(start + timedelta(hours=1)) == 0
    assert Alert.objects.count() == 1, "nobody is missed"


def test_acknowledging_the_alert_itself_ends_the_notices_about_it(gateway: Gateway) -> None:
    person, alert, start = reader(), AlertFactory(), at("26T10:00")
    tell(person, start, source=alert, importance="urgent", ack_by=start + timedelta(minutes=3))
    perform(alert, "ack", by=person)
    assert Notification.objects.get().state == "acked"


def test_a_missing_acknowledgement_is_written_down_once_and_somebody_else_learns_of_it(gateway: Gateway) -> None:
    person, start = reader(), at("26T10:00")
    tell(person, start, "alone", importance="urgent", ack_by=start + timedelta(minutes=3))
    tell(person, start, "of a chain", importance="urgent", ack_by=start + timedelta(minutes=3), run=7, step=1)
    tell(person, start, "of a chain, again", importance="urgent", run=7, step=1)
    assert Notification.objects.count() == 2, "a step of a chain tells each person once"
    send(start + timedelta(seconds=179))
    assert not Alert.objects.exists()
    for _twice in range(2):
        send(start + timedelta(seconds=180))
    assert Alert.objects.get().kind == "alerts.not_acknowledged"
    assert Event.objects.filter(move="not_acknowledged").count() == 2
    waiting = Notification.objects.filter(ack_by__isnull=False, acked_at__isnull=True, escalated_at__isnull=True)
    assert not waiting.exists(), "after its hour every one has an acknowledgement or a note"


# pages -----------------------------------------------------------------------------------------------------------------
def test_the_list_shows_by_which_way_it_went_and_the_monitor_never_what_it_says(gateway: Gateway) -> None:
    person, start = reader(), clock.now()
    tell(person, start, "a secret matter")
    send(start)
    page = client_of(person).get("/alerts/notifications/").content.decode()
    assert "a secret matter" in page and "Accepted by the gateway" in page
    keeper = person_with("system_manager")
    monitor = client_of(keeper).get("/alerts/outbox/")
    assert monitor.status_code == 200 and "a secret matter" not in monitor.content.decode()
    report = client_of(keeper).get("/alerts/reachability/").content.decode()
    assert str(keeper) in report and str(person) not in report, "only people with a duty"


def test_the_pages_cost_the_same_with_many_rows(django_assert_max_num_queries: Any) -> None:
    keeper = person_with("system_manager")
    for _n in range(12):
        person_with("technician")
    browser = client_of(keeper)
    for url in ("/alerts/outbox/", "/alerts/reachability/", "/me/notices/"):
        browser.get(url)
        with django_assert_max_num_queries(16):
            assert browser.get(url).status_code == 200


def test_a_channel_is_tried_by_its_button_and_its_secrets_stay_hidden(hub: Hub) -> None:
    channel = sms(hub, secret="very secret")
    keeper = person_with("system_manager")
    keeper.phone = "13800000009"
    keeper.save()
    browser = client_of(keeper)
    assert browser.post(f"/alerts/channels/{channel.pk}/test/").status_code == 302
    assert b"13800000009" in hub.requests[0]["body"] and hub.requests[0]["headers"]["Authorization"] == "Bearer very secret"
    for url in (channel.get_absolute_url(), f"{channel.get_absolute_url()}edit/", f"{channel.get_absolute_url()}history/",
                f"/api/v1/alerts/channels/{channel.pk}/"):
        text = browser.get(url).content.decode()
        assert "very secret" not in text and hub.url not in text and channel.receipt_token not in text
    fields = {"name_zh": "短信", "name_en": "Texts", "code": "sms", "driver": "sms", "timeout_s": "5", "attach_mb": "10", "active": "on"}
    assert browser.post(f"{channel.get_absolute_url()}edit/", fields).status_code == 302
    channel.refresh_from_db()
    assert (channel.name_en, channel.secret, channel.address) == ("Texts", "very secret", hub.url), "left empty, kept"


def test_the_schools_ways_are_changed_on_a_page(hub: Hub) -> None:
    sms(hub)
    browser = client_of(person_with("system_manager"))
    fields = {f"{code}_step": "60" for code in ("info", "normal", "urgent", "life")} | {"life_at_once": "2", "urgent_0": "sms"}
    assert browser.post("/alerts/channels/standard/", fields).status_code == 302
    row = Preference.objects.get(person=None, importance="urgent")
    assert (row.ladder, row.step_s) == (["sms"], 60)
