"""The outbox survives a dead mail server, dead dispatchers and several of them at once."""
from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from logistics.alerts.delivery import LEASE, Dispatcher, claim
from logistics.alerts.models import Channel, ContactPoint, DeliveryAttempt, Heartbeat, Notification
from logistics.alerts.services import mark_all_read, notify
from logistics.core import clock
from tests.alerts.crowd import people
from tests.alerts.gateway import Gateway
from tests.alerts.processes import manage, wait_for
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def tell(everybody: list[Any], key: str = "k", **options: Any) -> None:
    notify(people=[person.pk for person in everybody], code="test.message", dedupe_key=key, params={"what": f"notice {key}"}, **options)


def test_each_mail_is_in_the_language_of_its_reader(gateway: Gateway) -> None:
    english, chinese, silent = people(1, language="en") + people(1, language="zh-hans") + people(1, language="")
    tell([english, chinese, silent], link="/alerts/notifications/")
    assert Dispatcher().once() == 3
    by_reader = {mail.to: mail for mail in gateway.mails}
    assert by_reader[english.email]["Content-Language"] == "en"
    assert by_reader[english.email]["Subject"] == "Notices"
    assert "http://127.0.0.1:8000/alerts/notifications/" in by_reader[english.email].get_content()
    assert by_reader[chinese.email]["Content-Language"] == by_reader[silent.email]["Content-Language"] == "zh-Hans"


def later(seconds: float) -> Any:
    return clock.standing_at(clock.now() + timedelta(seconds=seconds))


def test_a_killed_and_revived_mail_server_gets_every_notice_once(gateway: Gateway) -> None:
    everybody = people(25)
    tell(everybody, "before")
    assert Dispatcher().once() == 25
    gateway.kill()
    with later(61):  # the breaker counts one minute
        tell(everybody, "during")
        assert Dispatcher().once() == 0
        assert Notification.objects.filter(state="queued").count() == 25
        failed = DeliveryAttempt.objects.filter(result="failed").count()
        assert 5 <= failed <= 8, "the breaker opens after five failures; what flies then may fail as well"
        assert Channel.objects.get(code="email").breaker == "open"
        assert "ConnectionRefused" in Channel.objects.get(code="email").trouble
    gateway.start()
    with later(61 + 29):
        assert Dispatcher().once() == 0, "shut off for 30 seconds"
    with later(61 + 31):
        assert Dispatcher().once() == 1, "one notice tries"
        assert Channel.objects.get(code="email").breaker == "closed"
    with later(61 + 31 + 30):
        assert Dispatcher().once() == 24
    counted = Counter(mail["Message-ID"] for mail in gateway.mails)
    assert len(counted) == 50
    assert set(counted.values()) == {1}
    assert Notification.objects.filter(state="accepted").count() == 50
    with later(62):
        assert Notification.objects.filter(person=everybody[0]).unread().count() == 2, "shown once each"


def test_a_server_that_dies_in_the_middle_leaves_nothing_behind(gateway: Gateway) -> None:
    tell(people(40))
    gateway.dies_after = 5
    Dispatcher().once()
    assert 5 <= len(gateway.mails) <= 6
    gateway.dies_after = None
    gateway.start()
    for wait in (40, 80):
        with later(wait):
            Dispatcher().once()
    assert Counter(Counter(mail.to for mail in gateway.mails).values())[1] >= 39
    doubles = sum(n - 1 for n in Counter(mail.to for mail in gateway.mails).values())
    unknown = DeliveryAttempt.objects.filter(result__in=["unknown", "timeout"]).count()
    assert doubles <= unknown == DeliveryAttempt.objects.filter(maybe_twice=True).count()
    assert Notification.objects.filter(state="accepted").count() == 40


def test_four_dispatchers_send_300_notices_none_twice(gateway: Gateway) -> None:
    tell(people(300))
    sent = at_once(4, lambda n: Dispatcher().once())
    assert sum(sent) == 300
    assert len(gateway.mails) == 300
    assert max(Counter(mail.to for mail in gateway.mails).values()) == 1
    assert DeliveryAttempt.objects.count() == 300
    assert not DeliveryAttempt.objects.filter(maybe_twice=True).exists()


def test_a_dispatcher_that_died_is_replaced_when_its_lease_is_over(gateway: Gateway) -> None:
    tell(people(1))
    claim(clock.now())  # and dies
    assert Dispatcher().once() == 0, "held by the dead one"
    with clock.standing_at(clock.now() + LEASE + timedelta(seconds=4)):
        assert Dispatcher().once() == 1
    first, second = DeliveryAttempt.objects.order_by("no")
    assert (first.result, first.maybe_twice) == ("unknown", False)
    assert (second.result, second.maybe_twice) == ("accepted", True)
    assert first.idem_key == second.idem_key
    assert gateway.mails[0]["Message-ID"].startswith(f"<{second.idem_key}@")


def test_an_unknown_mailbox_is_given_up_and_a_busy_one_tried_again(gateway: Gateway) -> None:
    wrong, busy, fine = people(3)
    gateway.refuses.add(wrong.email)
    gateway.busy.add(busy.email)
    tell([wrong, busy, fine])
    assert Dispatcher().once() == 1
    states = dict(Notification.objects.values_list("person_id", "state"))
    assert states == {wrong.pk: "failed", busy.pk: "queued", fine.pk: "accepted"}
    assert ContactPoint.objects.get().person == wrong and ContactPoint.objects.get().bounced_at, "it is not used again"
    gateway.busy.clear()
    with later(5):
        assert Dispatcher().once() == 1
    assert Notification.objects.get(person=busy).state == "accepted"


def test_what_was_read_or_came_too_late_is_not_mailed(gateway: Gateway) -> None:
    reader, sleeper, later = people(3)
    tell([reader], "read")
    mark_all_read(person=reader)
    tell([sleeper], "late", expires_at=clock.now() - timedelta(seconds=1))
    tell([later], "later", not_before=clock.now() + timedelta(hours=1))
    assert Dispatcher().once() == 0
    assert not gateway.mails
    assert dict(Notification.objects.values_list("person_id", "state")) == {reader.pk: "read", sleeper.pk: "expired", later.pk: "queued"}


def test_what_is_rolled_back_is_never_sent(gateway: Gateway) -> None:
    class Undone(Exception):
        pass

    def act() -> None:
        with transaction.atomic():
            tell(people(1))
            raise Undone

    with pytest.raises(Undone):
        act()
    assert Dispatcher().once() == 0


def test_a_notice_that_cannot_be_written_does_not_stop_the_others(gateway: Gateway) -> None:
    broken, fine = people(2)
    tell([broken], "broken")
    Notification.objects.update(params={"what": {"at": "no instant"}})
    tell([fine], "fine")
    assert Dispatcher().once() == 1
    assert Notification.objects.get(person=broken).state == "failed"


def test_the_process_sends_as_it_is_told_and_ends_when_asked(gateway: Gateway) -> None:
    process = manage("dispatch", EMAIL_URL=f"smtp://127.0.0.1:{gateway.port}")
    try:
        wait_for(lambda: Heartbeat.objects.filter(name="dispatcher").exists(), 30)
        begun = time.monotonic()
        tell(people(1))
        wait_for(lambda: len(gateway.mails) == 1, 5)
        assert time.monotonic() - begun < 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    finally:
        process.kill()

