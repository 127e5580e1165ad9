"""Outages under random days: people move in and out, the desk announces, extends, tells, calls off; each is told once of each change."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Notification
from logistics.alerts.services import scan_deadlines
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.campus.registries import AUDIENCES
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Event
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.models import Outage
from maintenance.outages.services import change_outage, draft_outage, tell_newcomers
from tests.maintenance.scene import at

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, Conflict, NotAllowed)
COMING = ("announced", "ongoing")
number = st.integers(0, 7)


class Desk:
    """A building of two rooms and six people, who live where a plain dictionary says; one outage; what each should have been told."""

    def __init__(self, kind: str) -> None:
        self.now = at("2026-09-14 08:00")
        self.desk, self.manager = person_with("dispatcher"), person_with("facilities_manager")
        building = BuildingFactory()
        self.rooms = [RoomFactory(parent=building) for _n in range(2)]
        self.people = [PersonFactory(kinds=["student"]) for _n in range(6)]
        self.lives: dict[int, int | None] = {n: n % 2 for n in range(4)} | {4: None, 5: None}
        self.knows: set[int] = set()
        self.told: Counter[tuple[int, str]] = Counter()
        with clock.standing_at(self.now):
            span = {"begin": self.now + timedelta(hours=26), "end": self.now + timedelta(hours=28)} if kind == "planned" else {}
            places = [building] if kind == "planned" else self.rooms[:1]
            AUDIENCES.add("tests.living", self.living)
            self.outage = draft_outage(by=self.desk, utility="water", kind=kind, places=places, reason_zh="修", contact=self.desk, **span)
            if kind != "planned":
                self.hear("maintenance.outage_off", self.there())

    def living(self, places: list[int], when: Any) -> Any:
        for n, room in self.lives.items():
            if room is not None and self.rooms[room].pk in places:
                yield self.people[n], "lives here", self.rooms[room].pk
                yield self.people[n], "learns here", self.rooms[room].pk  # twice named, once told

    def fresh(self) -> Outage:
        return Outage.objects.get(pk=self.outage.pk)

    def there(self) -> set[int]:
        """Who is where it is off, by the plain dictionary."""
        where = [row.place for row in self.fresh().places.all()]  # type: ignore[attr-defined]
        reached = {n for n, room in enumerate(self.rooms) if any(place.pk in room.ancestors for place in where)}
        return {self.people[n].pk for n, room in self.lives.items() if room in reached}

    def hear(self, code: str, people: set[int]) -> None:
        self.knows |= people
        self.told.update((pk, code) for pk in people)

    def do(self, move: str, by: Any, **data: Any) -> None:
        perform(self.fresh(), move, by=by, **data)

    # what happens ------------------------------------------------------------------------------------------------------
    def live(self, a: int, b: int) -> None:
        self.lives[a % 6] = (0, 1, None)[b % 3]

    def plan(self, a: int, b: int) -> None:
        change_outage(outage=self.fresh(), by=self.desk, places=self.rooms[: b % 2 + 1])

    def approve(self, a: int, b: int) -> None:
        self.do("approve", self.manager)

    def announce(self, a: int, b: int) -> None:
        self.do("announce", self.desk)
        self.hear("maintenance.outage_announced", self.there())

    def newcomers(self, a: int, b: int) -> None:
        """As the periodic task does it, twice."""
        outage = self.fresh()
        new = self.there() - self.knows if outage.state in COMING else set()
        assert [tell_newcomers(), tell_newcomers()] == [len(new), 0]
        self.hear("maintenance.outage_announced" if outage.kind == "planned" else "maintenance.outage_off", new)

    def extend(self, a: int, b: int) -> None:
        self.do("extend", self.desk, new_end=self.now + timedelta(hours=30 + a), reason="锈死")
        self.hear("maintenance.outage_extended", self.knows)

    def news(self, a: int, b: int) -> None:
        self.do("tell", self.desk, note="快了")
        self.hear("maintenance.outage_news", self.knows)

    def cancel(self, a: int, b: int) -> None:
        self.do("cancel", self.desk, reason="改期")
        self.hear("maintenance.outage_cancelled", self.knows)

    def restore(self, a: int, b: int) -> None:
        self.do("restore", self.desk)
        self.hear("maintenance.outage_restored", self.knows)

    def wait(self, a: int, b: int) -> None:
        self.now += timedelta(hours=4 * a)

    def step(self, what: str, a: int, b: int) -> None:
        self.now += timedelta(minutes=5)
        with clock.standing_at(self.now):
            scan_deadlines(self.now)
            with suppress(*REFUSALS), transaction.atomic():
                getattr(self, what)(a, b)
        self.holds()

    def holds(self) -> None:
        mine = Notification.objects.filter(source_kind="maintenance.outage", source_id=self.outage.pk)
        assert Counter(mine.values_list("person", "code")) == self.told
        back = Event.objects.filter(kind="maintenance.outage", object_id=self.outage.pk, move="restore").count()
        outage = self.fresh()
        assert back == (1 if outage.state in ("restored", "closed") else 0) == int(outage.restored_at is not None)
        assert outage.people == len(self.knows)


ACTS = (
    "live",
    "live",
    "live",
    "plan",
    "approve",
    "announce",
    "announce",
    "newcomers",
    "newcomers",
    "extend",
    "news",
    "cancel",
    "restore",
    "wait",
)


@given(
    kind=st.sampled_from(["planned", "planned", "unplanned"]),
    steps=st.lists(st.tuples(st.sampled_from(ACTS), number, number), min_size=6, max_size=20),
)
@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_the_desk_does_everybody_there_is_told_once_of_each_change(kind: str, steps: list[tuple[str, int, int]]) -> None:
    try:
        with transaction.atomic():
            desk = Desk(kind)
            for step in [("live", 4, 0), ("approve", 0, 0), ("announce", 0, 0), *steps] if len(steps) % 2 else steps:
                desk.step(*step)
            transaction.set_rollback(True)
    finally:
        AUDIENCES._items.pop("tests.living", None)
