"""A lift under random weeks: certificates pass, fail and end, people would like to use it all the same."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assets.certificates import services
from assets.certificates.models import StatutoryRecord
from assets.custody.services import hand_out
from assets.models import Custody, Equipment, UseLock
from assets.services import equipment_usable, lift_lock, open_lock
from logistics.accounts.factories import PersonFactory
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.testing.world import person_with
from tests.assets.test_certificates import a_lift, at, inspected

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, Conflict, NotAllowed)
RANK = {"normal": 0, "restricted": 1, "locked": 2}
number = st.integers(0, 9)


class Weeks:
    """One lift, an officer and a manager; each midnight what has ended is locked."""

    def __init__(self) -> None:
        self.day = date(2026, 9, 1)
        self.people = [person_with("safety_officer"), person_with("facilities_manager")]
        with clock.standing_at(at(self.day)):
            self.thing = a_lift(commissioned_on=date(2020, 3, 1), status="in_service")
        self.lent = 0

    def fresh(self) -> Equipment:
        return Equipment.objects.get(pk=self.thing.pk)

    def passed(self, a: int, b: int) -> None:
        on = self.day - timedelta(days=a % 4)
        inspected(self.thing, on, on + timedelta(days=4 * b + 1), by=self.people[0])

    def failed(self, a: int, b: int) -> None:
        inspected(self.thing, self.day - timedelta(days=a % 4), None, result="fail", by=self.people[0])

    def lift(self, a: int, b: int) -> None:
        """Somebody who may lift locks tries the first one, then the others."""
        locks = list(UseLock.objects.live().filter(equipment=self.thing).order_by("pk"))
        if locks:
            lift_lock(lock=locks[a % len(locks)], reason="急用", by=self.people[b % 2])

    def lock(self, a: int, b: int) -> None:
        open_lock(equipment=self.thing, level=("restricted", "locked")[b % 2], cause="manual", reason="看看", by=self.people[0])

    def lend(self, a: int, b: int) -> None:
        before = self.fresh().use_state
        hand_out(equipment=self.thing, holder=PersonFactory(), by=self.people[1])
        assert before != "locked", "a locked thing is handed to nobody"
        Custody.objects.filter(equipment=self.thing).delete()
        self.lent += 1

    def wait(self, a: int, b: int) -> None:
        for _n in range(a + 1):
            self.day += timedelta(days=1)
            with clock.standing_at(clock.midnight(self.day)):
                services.lock_lapsed()
                self.holds()

    def step(self, what: str, a: int, b: int) -> None:
        with clock.standing_at(at(self.day)), suppress(*REFUSALS), transaction.atomic():
            getattr(self, what)(a, b)
        with clock.standing_at(at(self.day)):
            services.lock_lapsed()  # a paper of the past may have come in
            self.holds()

    def holds(self) -> None:
        thing = self.fresh()
        locks = list(UseLock.objects.live().filter(equipment=thing))
        assert RANK[thing.use_state] == max((RANK[row.level] for row in locks), default=0)
        records = sorted(StatutoryRecord.objects.filter(equipment=thing), key=lambda row: (row.performed_on, row.pk))
        if records:
            newest = records[-1]
            over = newest.result == "fail" or newest.valid_until < self.day
            assert not over or thing.use_state == "locked", "what has failed or ended is locked, whoever lifts"
            papers = [row for row in locks if row.cause in ("certificate", "failed_check")]
            assert bool(papers) == over, "and a pass frees it"
        assert equipment_usable(thing)[0] == (thing.use_state != "locked")


ACTS = ("passed", "passed", "failed", "lift", "lift", "lift", "lock", "lend", "lend", "wait", "wait")


@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), number, number), min_size=8, max_size=24))
@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_has_failed_or_ended_stays_locked_whoever_lifts_and_goes_to_nobody(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        weeks = Weeks()
        for step in [("passed", 0, 5), *steps]:
            weeks.step(*step)
        transaction.set_rollback(True)
