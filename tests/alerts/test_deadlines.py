"""A deadline acts once, whoever scans and whatever restarts."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Alert, Deadline
from logistics.alerts.registries import EXPIRIES, Expiry
from logistics.alerts.services import arm, cancel, meet, scan_deadlines
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.workflow import write_event
from tests.races import at_once

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=10)


@pytest.fixture
def broken() -> Iterator[set[int]]:
    """A handler that writes an event, and fails for the records named."""
    fails: set[int] = set()

    def handle(deadline: Any, record: Any) -> None:
        write_event(record, "late", by=None)
        if record.pk in fails:
            raise RuntimeError("no ink")

    EXPIRIES._items["test.late"] = Expiry(handle, "test.late")
    yield fails
    del EXPIRIES._items["test.late"]


def fired(person: Any) -> int:
    return Event.objects.filter(kind="accounts.person", object_id=person.pk, move="late").count()


def test_a_deadline_acts_when_it_passes_and_only_once(broken: set[int]) -> None:
    person = PersonFactory()
    arm([("test.late", person, clock.now() + SOON)])
    assert scan_deadlines() == 0
    later = clock.now() + SOON + timedelta(seconds=1)
    assert [scan_deadlines(later), scan_deadlines(later)] == [1, 0]
    assert fired(person) == 1
    assert Deadline.objects.get().state == "expired"


@pytest.mark.django_db(transaction=True)
def test_four_scanners_at_once_act_once_on_each_of_forty(broken: set[int]) -> None:
    people = [PersonFactory() for _n in range(40)]
    arm([("test.late", person, clock.now() - SOON) for person in people])
    assert sum(at_once(4, lambda n: scan_deadlines())) == 40
    assert {fired(person) for person in people} == {1}


def test_what_is_met_or_cancelled_never_acts(broken: set[int]) -> None:
    met, dropped, late = PersonFactory(), PersonFactory(), PersonFactory()
    arm([("test.late", person, clock.now() + SOON) for person in (met, dropped, late)])
    assert meet([("test.late", met)]) == 1
    assert cancel([("test.late", dropped), ("test.other", late)]) == 1
    scan_deadlines(clock.now() + SOON * 2)
    assert [fired(person) for person in (met, dropped, late)] == [0, 0, 1]
    assert meet([("test.late", late)]) == 0, "what has passed is not met any more"


def test_arming_again_moves_the_one_that_runs(broken: set[int]) -> None:
    person = PersonFactory()
    arm([("test.late", person, clock.now() + SOON)])
    arm([("test.late", person, clock.now() + SOON * 3)])
    assert Deadline.objects.count() == 1
    assert scan_deadlines(clock.now() + SOON * 2) == 0
    assert scan_deadlines(clock.now() + SOON * 4) == 1


def test_arming_a_thousand_costs_one_statement(django_assert_num_queries: Any) -> None:
    person = PersonFactory()
    with django_assert_num_queries(1):
        arm([(f"test.late_{n}", person, clock.now()) for n in range(1000)])
    assert Deadline.objects.armed().count() == 1000


def test_one_that_fails_undoes_its_own_work_is_tried_later_and_stops_nobody(broken: set[int]) -> None:
    bad, good = PersonFactory(), PersonFactory()
    broken.add(bad.pk)
    arm([("test.late", person, clock.now() - SOON) for person in (bad, good)])
    assert scan_deadlines() == 1
    assert (fired(bad), fired(good)) == (0, 1)
    assert Alert.objects.get(kind="alerts.handler_failed").state == "open"
    assert scan_deadlines() == 0, "not tried again at once"
    broken.clear()
    assert scan_deadlines(clock.now() + timedelta(seconds=16)) == 1
    assert fired(bad) == 1
    assert Alert.objects.get(kind="alerts.handler_failed").state == "cleared"


def test_codes_of_one_family_share_a_handler(broken: set[int]) -> None:
    person = PersonFactory()
    arm([("test.late_80", person, clock.now() - SOON), ("test.late_100", person, clock.now() - SOON)])
    assert scan_deadlines() == 2
    assert fired(person) == 2
