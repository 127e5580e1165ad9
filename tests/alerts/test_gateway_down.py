"""A gateway goes down, a dispatcher is killed, Redis is away: nothing is lost, life goes by other ways, the watchdog speaks."""
from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from logistics.accounts.factories import PersonFactory
from logistics.alerts.delivery import LEASE, Dispatcher
from logistics.alerts.models import Channel, ContactPoint, DeliveryAttempt, Heartbeat, Notification, Preference
from logistics.alerts.services import notify
from logistics.alerts.watchdog import Watchdog
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from tests.alerts.gateway import Gateway
from tests.alerts.hub import Hub
from tests.alerts.processes import manage, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
DEAD_REDIS = "unix:///nowhere/valkey.sock"
TERMINAL = ("accepted", "delivered", "read", "acked", "failed", "expired")


def channel(code: str, driver: str, hub: Hub, **fields: Any) -> Channel:
    return Channel.objects.create(code=code, driver=driver, name_zh=code, name_en=code, address=hub.url + fields.pop("query", ""), **fields)


def tell(people: list[Any], key: str, importance: str = "life", **options: Any) -> None:
    notify(people=[person.pk for person in people], code="alerts.test", dedupe_key=key, params={"name": key}, importance=importance,
           **options)


@pytest.mark.slow
def test_scenario_c_gateway_down(gateway: Gateway, hub: Hub, second_hub: Hub) -> None:
    channel("sms", "sms", hub, timeout_s=1, answer_ok="code=0")
    wecom = channel("wecom", "wecom", second_hub, query="?key=group-robot-key-1234")
    people = [PersonFactory(email=f"c{n}@school.example", phone=f"138{n:08d}") for n in range(8)]
    ContactPoint.objects.bulk_create(
        [ContactPoint(person=one, channel=wecom, address=one.phone, address_print=f"{one.pk}", verified_at=clock.now()) for one in people])
    lost = PersonFactory(name_zh="无名", name_en="Lost Soul")
    Preference.objects.filter(importance="urgent", person=None).update(ladder=["sms", "wecom"])
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{gateway.port}", "REDIS_URL": DEAD_REDIS}  # Redis is away all the time
    first, second = manage("dispatch", **mail), manage("dispatch", **mail)
    try:
        wait_for(lambda: Heartbeat.objects.filter(name="dispatcher").exists(), 60, "the dispatcher's first beat")
        hub.mode = lambda n, body: None if n % 5 == 0 else 200  # every fifth times out
        for n in range(3):
            tell(people, f"slow-{n}")
        tell([lost], "lost", "urgent")
        wait_for(lambda: not Notification.objects.filter(state__in=["queued", "sending"]).exists(), 40, "the slow phase")

        hub.mode = lambda n, body: 503
        tell(people, "down-life")
        tell(people, "down-urgent", "urgent")
        seconds = wait_for(lambda: Channel.objects.get(code="sms").breaker != "closed", 30, "the breaker")
        print(f"breaker open after {seconds:.1f} s")
        wait_for(lambda: not Notification.objects.filter(state__in=["queued", "sending"]).exists(), 40, "the other ways")
        assert Notification.objects.filter(dedupe_key__startswith="down-urgent", state="accepted").count() == 8
        by_robot = DeliveryAttempt.objects.filter(notification__dedupe_key__startswith="down-urgent", channel="wecom", result="accepted")
        assert by_robot.count() == 8

        hub.mode = lambda n, body: 200  # takes everything, delivers nothing, answers slowly
        second_hub.mode = lambda n, body: time.sleep(0.4) or 200
        tell(people, "killed", "urgent")
        Preference.objects.filter(importance="urgent", person=None).update(ladder=["wecom"])
        tell(people, "killed-too", "urgent")
        wait_for(lambda: DeliveryAttempt.objects.filter(channel="wecom", result="").count() >= 2, 20, "a try under way")
        first.send_signal(signal.SIGKILL)
        second.send_signal(signal.SIGKILL)
        assert first.wait(5) == second.wait(5) == -9
    finally:
        first.kill()
        second.kill()
    second_hub.mode = lambda n, body: 200
    time.sleep(1)
    for wait in (0, 35, LEASE.total_seconds() + 10, 400, 1000, 2000):
        with clock.standing_at(clock.now() + timedelta(seconds=wait)):
            Dispatcher().once()

    states = dict(Counter(Notification.objects.values_list("state", flat=True)))
    assert sum(states.values()) == 3 * 8 + 1 + 8 + 8 + 8 + 8 and set(states) <= set(TERMINAL), states
    assert states == {"accepted": 56, "failed": 1}
    for notice in Notification.objects.filter(importance="life").prefetch_related("deliveries"):
        starts = {}
        for one in sorted(notice.deliveries.all(), key=lambda one: one.no):
            starts.setdefault(one.channel_id, one.started_at)
        second_way = sorted(starts.values())[1]
        assert (second_way - notice.created_at).total_seconds() <= 90
    died = DeliveryAttempt.objects.filter(error="its sender died").count()
    robot = Counter(request["body"] for request in second_hub.requests)
    doubles = sum(n - 1 for n in hub.keys().values()) + sum(n - 1 for n in robot.values())
    doubles += sum(n - 1 for n in Counter(one["Message-ID"] for one in gateway.mails).values())
    marked = DeliveryAttempt.objects.filter(maybe_twice=True).count()
    unsure = DeliveryAttempt.objects.filter(result__in=["unknown", "timeout"]).count()
    print(f"{died} leases of killed dispatchers, {doubles} doubles, {marked} marked, {unsure} unsure")
    assert died >= 1
    assert doubles <= died
    assert doubles <= marked <= unsure

    keeper = person_with("system_manager")
    page = client_of(keeper).get("/alerts/outbox/").content.decode()
    assert "无名" in page or "Lost Soul" in page, "unreached names are on screen"


def test_the_watchdog_speaks_by_its_own_channel_when_the_dispatcher_is_silent(gateway: Gateway, hub: Hub) -> None:
    Channel.objects.filter(code="email").update(watchdog_to="duty@school.example")
    channel("wecom", "wecom", hub, query="?key=group-robot-key-1234", watchdog_to="13800000001")
    now = clock.now()
    Heartbeat.objects.create(name="dispatcher", at=now)
    Heartbeat.objects.create(name="deadlines", at=now)
    with clock.standing_at(now):
        tell([PersonFactory(email="a@school.example")], "fire", "urgent")
    dog = Watchdog()
    assert dog.once(now + timedelta(seconds=30)) == []
    assert len(dog.once(now + timedelta(seconds=35))) == 1, "the dispatcher has been silent for more than 30 s"
    assert [mail.to for mail in gateway.mails] == ["duty@school.example"] and len(hub.requests) == 1
    said = dog.once(now + timedelta(seconds=61))
    assert len(said) == 2, "the urgent notice waits and deadlines stand still"
    assert dog.once(now + timedelta(seconds=66)) == []
    assert Watchdog().once(now + timedelta(seconds=70)) == [], "nothing is said twice, not even after a restart"
    assert len(dog.once(now + timedelta(minutes=17))) == 3, "all of it again after 15 minutes"
    Heartbeat.objects.filter(name__in=["dispatcher", "deadlines"]).update(at=now + timedelta(hours=1))
    Notification.objects.update(state="accepted", next_at=None)
    assert len(dog.once(now + timedelta(hours=1))) == 1, "and once that it is over"
    assert dog.once(now + timedelta(hours=1, seconds=5)) == []


@pytest.mark.slow
def test_the_watchdog_is_a_process_of_its_own_and_speaks_within_a_minute_without_redis_celery_and_dispatcher(gateway: Gateway) -> None:
    Channel.objects.filter(code="email").update(watchdog_to="duty@school.example")
    Heartbeat.objects.create(name="dispatcher", at=clock.now() - timedelta(seconds=31))
    process = manage("watchdog", EMAIL_URL=f"smtp://127.0.0.1:{gateway.port}", REDIS_URL=DEAD_REDIS)
    try:
        seconds = wait_for(lambda: len(gateway.mails) == 1, 60, "the watchdog's word")
        print(f"the watchdog spoke after {seconds:.1f} s")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()


def test_a_watch_that_fails_does_not_silence_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from logistics.alerts.registries import WATCHES, Watch

    monkeypatch.setitem(WATCHES._items, "alerts.outbox", Watch(lambda now: 1 / 0, "alerts.outbox"))
    said = Watchdog().once(clock.now())
    assert "alerts.outbox: ZeroDivisionError" in said and len(said) == 2


@pytest.mark.slow
def test_four_workers_deliver_10000_messages_none_twice(hub: Hub) -> None:
    sink = channel("hub", "webhook", hub)
    people = PersonFactory.create_batch(100)
    ContactPoint.objects.bulk_create(
        [ContactPoint(person=one, channel=sink, address=one.number, address_print=f"{one.pk}", verified_at=clock.now()) for one in people])
    Preference.objects.filter(importance="normal", person=None).update(ladder=["hub"])
    for n in range(100):
        tell(people, f"n{n}", "normal")
    assert Notification.objects.count() == 10_000
    workers = [manage("dispatch", "--once", REDIS_URL=DEAD_REDIS) for _n in range(4)]
    begun = time.monotonic()
    try:
        assert [worker.wait(400) for worker in workers] == [0, 0, 0, 0]
    finally:
        for worker in workers:
            worker.kill()
    print(f"10,000 messages in {time.monotonic() - begun:.1f} s")
    keys = hub.keys()
    assert len(keys) == 10_000 and set(keys.values()) == {1}
    assert Notification.objects.filter(state="accepted", next_at=None).count() == 10_000
    assert DeliveryAttempt.objects.filter(result="accepted").count() == 10_000
    assert not DeliveryAttempt.objects.filter(maybe_twice=True).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM alerts_deliveryattempt WHERE result = 'accepted' AND latency_ms IS NOT NULL")
        assert cursor.fetchone()[0] > 9_000


def test_one_bad_channel_recipient_or_letter_never_stops_the_others(gateway: Gateway, hub: Hub) -> None:
    channel("sms", "sms", hub, timeout_s=1)
    Preference.objects.filter(importance="normal", person=None).update(ladder=["sms", "email"])
    people = [PersonFactory(email=f"x{n}@school.example", phone=f"139{n:08d}") for n in range(12)]
    gateway.refuses.add(people[3].email)
    hub.mode = lambda n, body: 500
    tell(people, "all", "normal")
    Notification.objects.filter(person=people[5]).update(params={"name": {"at": "no instant"}})
    for wait in (0, 40, 80):
        with clock.standing_at(clock.now() + timedelta(seconds=wait)):
            Dispatcher().once()
    assert len(gateway.mails) == 10
    assert Notification.objects.filter(state="accepted").count() == 10
    hub.mode = lambda n, body: 200
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        Dispatcher().once()
    assert Notification.objects.get(person=people[3]).state == "accepted", "by text message, when that works again"
    assert Notification.objects.get(person=people[5]).state == "failed"


def test_a_limit_per_minute_holds_over_several_dispatchers(hub: Hub) -> None:
    sink = channel("hub", "webhook", hub, per_minute=10)
    people = PersonFactory.create_batch(25)
    ContactPoint.objects.bulk_create(
        [ContactPoint(person=one, channel=sink, address=one.number, address_print=f"{one.pk}", verified_at=clock.now()) for one in people])
    Preference.objects.filter(importance="normal", person=None).update(ladder=["hub"])
    start = clock.now()
    with clock.standing_at(start):
        tell(people, "limited", "normal")
    sent = []
    for seconds in (0, 59, 61, 122):
        with clock.standing_at(start + timedelta(seconds=seconds)):
            Dispatcher().once()
            Dispatcher().once()
        sent.append(len(hub.requests))
    assert sent == [10, 10, 20, 25]
