"""Whatever waits for a person about one thing is one letter, however many dispatchers there are and whenever one of them dies."""
from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from logistics.accounts.factories import PersonFactory
from logistics.alerts.delivery import BUNDLING, LEASE, Dispatcher, claim
from logistics.alerts.factories import AlertFactory
from logistics.alerts.models import DeliveryAttempt, Notification, Preference
from logistics.alerts.services import mark_read, notify
from logistics.core import clock
from tests.alerts.gateway import Gateway
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime.fromisoformat("2026-11-26T10:00:00+08:00")
SECOND = timedelta(seconds=1)


def remarks(count: int, person: Any, source: Any, at: datetime = START, begin: int = 0, **options: Any) -> None:
    with clock.standing_at(at):
        for n in range(begin, begin + count):
            words = {"what": f"remark <{n:04d}>"}
            notify(people=[person.pk], code="test.message", dedupe_key=f"r{n}", params=words, source=source, **options)


def send(at: datetime) -> int:
    with clock.standing_at(at):
        return Dispatcher().once()


def told(gateway: Gateway) -> Counter[int]:
    """How often each remark was in a letter."""
    found: Counter[int] = Counter()
    for mail in gateway.mails:
        found.update(int(part.split(">")[0]) for part in mail.get_content().split("remark <")[1:])
    return found


def reader() -> Any:
    return PersonFactory(email="reader@school.example", language="en")


def test_600_waiting_remarks_about_one_thing_are_one_letter(gateway: Gateway) -> None:
    remarks(600, reader(), AlertFactory())
    assert send(START) == 1
    assert len(gateway.mails) == 1 and gateway.mails[0]["Subject"] == "Notices, and 599 more"
    assert told(gateway) == {n: 1 for n in range(600)}
    assert Counter(Notification.objects.values_list("state", flat=True)) == {"accepted": 600}


def test_what_comes_after_a_letter_waits_two_minutes_and_then_goes_in_one_too(gateway: Gateway) -> None:
    person, alert = reader(), AlertFactory()
    remarks(1, person, alert)
    assert send(START) == 1
    remarks(300, person, alert, START + 5 * SECOND, begin=1)
    assert send(START + 6 * SECOND) == 0
    assert send(START + BUNDLING - SECOND) == 0
    assert send(START + BUNDLING) == 1
    assert told(gateway) == {n: 1 for n in range(301)} and len(gateway.mails) == 2


def test_a_summary_of_130_notices_about_130_things_is_one_letter(gateway: Gateway) -> None:
    person = reader()
    Preference.objects.create(person=person, importance="info", ladder=["email"], digest_hour=18)
    for n in range(130):
        remarks(1, person, None, START, begin=n, importance="info")
    assert send(START) == 0
    assert send(START.replace(hour=18)) == 1
    assert told(gateway) == {n: 1 for n in range(130)} and len(gateway.mails) == 1


def test_a_claim_costs_as_many_statements_for_600_remarks_as_for_60(gateway: Gateway) -> None:
    counts = []
    for begin, count in ((0, 60), (60, 600)):
        remarks(count, PersonFactory(email=f"p{begin}@school.example"), AlertFactory(), begin=begin)
        with CaptureQueriesContext(connection) as asked:
            claimed = claim(START)
        assert (claimed.seen, len(claimed.orders), len(claimed.orders[0].bundled)) == (count, 1, count - 1)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 16


def test_the_notices_of_others_and_about_other_things_go_their_own_way(gateway: Gateway) -> None:
    one, other = reader(), PersonFactory(email="other@school.example", language="en")
    alert, second = AlertFactory(), AlertFactory()
    remarks(60, one, alert)
    remarks(60, one, second, begin=100)
    remarks(60, other, alert, begin=200)
    assert send(START) == 3
    assert sorted(mail["Subject"] for mail in gateway.mails) == ["Notices, and 59 more"] * 3
    assert Counter(mail.to for mail in gateway.mails) == {one.email: 2, other.email: 1}
    assert set(told(gateway).values()) == {1} and len(told(gateway)) == 180


def test_a_dispatcher_that_dies_over_600_remarks_is_replaced_with_all_of_them(gateway: Gateway) -> None:
    remarks(600, reader(), AlertFactory())
    with clock.standing_at(START):
        claimed = claim(START)  # and dies
    assert (claimed.seen, len(claimed.orders)) == (600, 1)
    assert send(START + LEASE - SECOND) == 0, "held by the dead one"
    assert send(START + LEASE + 4 * SECOND) == 1
    assert told(gateway) == {n: 1 for n in range(600)} and len(gateway.mails) == 1
    assert list(DeliveryAttempt.objects.order_by("no").values_list("result", "maybe_twice")) == [("unknown", False), ("accepted", True)]


def test_two_dispatchers_at_once_tell_each_of_600_remarks_once_in_at_most_two_letters(gateway: Gateway) -> None:
    remarks(600, reader(), AlertFactory())
    assert sum(at_once(2, lambda _n: send(START))) == 1, "the other one leaves them to the first"
    for wait in (SECOND, BUNDLING, BUNDLING + SECOND):
        with clock.standing_at(START + wait):
            at_once(2, lambda _n, at=START + wait: send(at))
    assert told(gateway) == {n: 1 for n in range(600)}
    assert len(gateway.mails) <= 2
    assert Counter(Notification.objects.values_list("state", flat=True)) == {"accepted": 600}
    assert not DeliveryAttempt.objects.filter(maybe_twice=True).exists()


def test_while_one_dispatcher_ties_the_letters_of_a_person_another_leaves_them_alone(gateway: Gateway) -> None:
    """The second comes while the first stands in its transaction, with fifty others of the same person in its hands."""
    person, alert = reader(), AlertFactory()
    remarks(1, person, alert)
    inside, go_on = threading.Event(), threading.Event()

    def first(_n: int) -> int:
        with transaction.atomic():
            found = len(claim(START).orders)
            inside.set()
            assert go_on.wait(20)
        return found

    def second(_n: int) -> int:
        assert inside.wait(20)
        remarks(50, person, alert, begin=1)  # they came meanwhile
        try:
            return len(claim(START).orders)
        finally:
            go_on.set()

    assert at_once(2, lambda n: (first, second)[n](n)) == [1, 0]
    assert Notification.objects.filter(state="queued", next_at=START + SECOND).count() == 50
    assert send(START + SECOND) == 0, "two minutes after the letter that is under way"
    assert set(Notification.objects.filter(state="queued").values_list("next_at", flat=True)) == {START + BUNDLING}


def test_what_was_read_but_is_still_to_be_acknowledged_is_sent_alone_and_stops_nobody(gateway: Gateway) -> None:
    person, alert = reader(), AlertFactory()
    remarks(2, person, alert, importance="urgent", ack_by=START + timedelta(minutes=3))
    with clock.standing_at(START):
        mark_read(notification=Notification.objects.order_by("pk")[1])
    assert send(START) == 2
    assert told(gateway) == {0: 1, 1: 1}
    assert sorted(Notification.objects.values_list("state", flat=True)) == ["accepted", "read"]
