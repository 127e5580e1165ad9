"""Rounds under random days, on the page and from phones with right and wrong clocks: marks mark, and nothing that was said ever changes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logistics.alerts.services.deadlines import scan_deadlines
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.checklists.services import draft_of, make_checklist
from maintenance.models import ChecklistItem, ItemAnswer, PointVisit, Round, Route, RoutePoint
from maintenance.rounds.papers import paper
from maintenance.rounds.services import answer_at, open_round, visit
from tests.maintenance.phone import Phone
from tests.maintenance.world import World, at

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, Conflict, NotAllowed)
BEGIN, END = at("2026-10-08 08:00"), at("2026-10-08 16:00")
SKEWS = (0, 200, -200, 900, -1500)
POINTS = ("1", "2", "3")
TRUSTED_S, OFFLINE, LATE = 300, timedelta(hours=24), timedelta(minutes=120)
number = st.integers(0, 9)


class Days:
    """One round of three points with two questions; an inspector with five phones, and what was said in a plain dictionary."""

    def __init__(self, world: World) -> None:
        self.world, self.now = world, BEGIN - timedelta(minutes=30)
        self.inspector, self.officer = person_with("inspector"), person_with("safety_officer")
        asks = [
            {"text_zh": "通道畅通", "text_en": "Clear", "fail_severity": "minor", "required": False},
            {"text_zh": "压力", "type": "number", "low": 2, "high": 5, "required": False},
        ]
        self.checklist = make_checklist(code=f"chance-{uuid4().hex[:8]}", name_zh="随机", items=asks)
        self.route = Route.objects.create(name_zh="巡", name_en="Round", place=world.building, checklist=self.checklist)
        self.places = [world.washroom, world.classroom, world.floor]
        for n, place in enumerate(self.places, 1):
            RoutePoint.objects.create(route=self.route, place=place, order=n, tag_needed=True, min_s=10)
        self.tags = [world.tag(place).code for place in self.places]
        with clock.standing_at(self.now):
            self.walk = open_round(route=self.route, window_from=BEGIN, window_to=END, inspector=self.inspector)
        self.items: list[ChecklistItem] = list(self.checklist.current.items.order_by("order"))
        self.phones = [Phone(self.inspector, skew_s=skew) for skew in SKEWS]
        self.said: dict[tuple[str, int], tuple[str, str]] = {}
        self.stored: dict[tuple[str, int], dict[str, Any]] = {}
        self.ended = ""

    # what is said ------------------------------------------------------------------------------------------------------
    def value(self, a: int, item: int) -> tuple[str, str]:
        """(what is typed, what it is worth)."""
        if item == 0:
            return ("pass", "pass") if a % 3 else ("fail", "fail")
        return str(a), "pass" if 2 <= a <= 5 else "fail"

    def judged(self, stamp: datetime | None, skew: int) -> tuple[datetime, bool]:
        """The rule of the kernel, written down plainly: (judged instant, was the phone's clock wrong?)."""
        if stamp is None:
            return self.now, False
        wrong = abs(skew) > TRUSTED_S
        return (self.now if wrong or self.now - stamp > OFFLINE else min(stamp, self.now)), wrong

    def marks(self, before: str, judged_at: datetime, wrong: bool, proved: bool) -> set[str]:
        found = set() if proved else {"no_scan"}
        if not BEGIN <= judged_at <= END:
            found.add("outside_window")
        if wrong:
            found.add("clock_skew")
        if self.now - judged_at > LATE or before not in ("due", "started"):
            found.add("late_entry")
        return found

    def visit(self, a: int, b: int) -> None:
        point, tag = a % 3, b % 3
        before = Round.objects.get(pk=self.walk.pk).state
        fresh = not PointVisit.objects.filter(round=self.walk, point=POINTS[point]).exists()
        made = visit(walk=self.walk, point=POINTS[point], by=self.inspector, tag=self.tags[tag] if b < 8 else "")
        if fresh:
            self.check(made, before, None, 0, proved=tag == point and b < 8)

    def answer(self, a: int, b: int) -> None:
        point, item = a % 3, b % 2
        typed, verdict = self.value(a, item)
        answer_at(walk=self.walk, point=POINTS[point], item=self.items[item].pk, value=typed, by=self.inspector)
        self.said[POINTS[point], item] = (typed, verdict)

    def phone(self, a: int, b: int) -> None:
        """A visit or an answer that was kept on a phone for a while, with a typed time that claims to be much earlier."""
        point, skew, kept = POINTS[a % 3], SKEWS[b % 5], timedelta(minutes=(a * 10 + b) * 17)
        phone, instant = self.phones[b % 5], self.now - kept
        before = Round.objects.get(pk=self.walk.pk).state
        fresh = not PointVisit.objects.filter(round=self.walk, point=point).exists()
        item, code = b % 2, self.tags[a % 3]
        typed, verdict = self.value(a, item)
        if a % 2:
            fact = phone.note("maintenance.visit", self.walk, instant, point=point, tag=code, round=str(self.walk.pk))
        else:
            about = {"round": str(self.walk.pk), "point": point, "item": str(self.items[item].pk), "value": typed}
            fact = phone.note("maintenance.answer", self.walk, instant, **about)
            fact["record"] = {"kind": "maintenance.itemanswer", "uid": str(uuid4())}
        fact["occurred_at"] = (instant - timedelta(hours=a * b)).isoformat()
        (answer,) = phone.send([fact]).values()
        if answer["result"] != "applied":
            return
        stamp = phone.at(instant)
        if a % 2 == 0:
            self.said[point, item] = (typed, verdict)
            row = ItemAnswer.objects.get(client_uid=fact["client_uid"])
            assert row.judged_at == self.judged(stamp, skew)[0], "a typed time moves nothing"
        if fresh:
            made = PointVisit.objects.get(round=self.walk, point=point)
            self.check(made, before, stamp, skew, proved=bool(a % 2))

    def check(self, made: PointVisit, before: str, stamp: datetime | None, skew: int, *, proved: bool) -> None:
        judged_at, wrong = self.judged(stamp, skew)
        assert made.judged_at == judged_at
        assert set(made.flags) - {"too_fast", "out_of_order"} == self.marks(before, judged_at, wrong, proved)

    # what happens around -----------------------------------------------------------------------------------------------
    def edit(self, a: int, b: int) -> None:
        """Template, route and places are called otherwise, and other things are asked, from now on."""
        if a % 3 == 0:
            draft = draft_of(self.checklist)
            draft.items.update(text_zh=f"改{b}", text_en=f"Changed {b}")
            draft.items.filter(order=1).update(fail_severity="critical", required=False)
            perform(draft, "publish", by=self.officer)
        elif a % 3 == 1:
            Route.objects.filter(pk=self.route.pk).update(name_zh=f"改{b}", name_en=f"Changed {b}", ordered=bool(b % 2), min_s=b * 100)
        else:
            place = self.places[b % 3]
            place.name_zh, place.name_en = f"改{a}{b}", f"Changed {a}{b}"
            place.save()

    def submit(self, a: int, b: int) -> None:
        why = {f"why_{point}": "锁着" for point in POINTS}
        Round.objects.get(pk=self.walk.pk)
        perform(self.walk, "submit", by=self.inspector, **why)

    def wait(self, a: int, b: int) -> None:
        self.now += timedelta(minutes=a * 20 + b)
        with clock.standing_at(self.now):
            scan_deadlines(self.now)

    def step(self, what: str, a: int, b: int) -> None:
        self.now += timedelta(minutes=1)
        with clock.standing_at(self.now):
            scan_deadlines(self.now)
            with suppress(*REFUSALS), transaction.atomic():
                getattr(self, what)(a, b)
        self.holds()

    def holds(self) -> None:
        """Each fact reads as it was written; the newest answers are what was said last; a missed round stays missed."""
        now = {("visit", row["id"]): row for row in PointVisit.objects.values()} | {
            ("answer", row["id"]): row for row in ItemAnswer.objects.values()
        }
        assert all(now[key] == row for key, row in self.stored.items()), "no fact is ever altered"
        self.stored = now
        newest = ItemAnswer.objects.newest().select_related("run__visit", "item")
        assert {(row.run.visit.point, row.item.order - 1): (row.value, row.verdict) for row in newest} == self.said  # type: ignore[union-attr]
        walk = Round.objects.get(pk=self.walk.pk)
        if self.now > END and not self.ended:
            self.ended = "submitted" if walk.submitted_at else "missed"
        if self.ended:
            assert walk.state == self.ended, "nothing that comes later makes a missed round a done one"
        assert walk.submitted_at is None or walk.submitted_at <= END

    def prints(self) -> bytes:
        with override("en"), clock.standing_at(self.now):
            return paper(Round.objects.get(pk=self.walk.pk), "Wutong School")


ACTS = ("visit", "visit", "answer", "answer", "answer", "phone", "phone", "phone", "edit", "submit", "wait", "wait")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), number, number), min_size=8, max_size=24)


@given(steps=STEPS, edits=st.lists(st.tuples(st.just("edit"), number, number), min_size=2, max_size=5))
@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_marks_alter_no_answer_backdating_changes_nothing_and_an_old_round_prints_the_same(
    world: World, steps: list[tuple[str, int, int]], edits: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        days = Days(world)
        for step in steps:
            days.step(*step)
        first = days.prints()
        for step in edits:
            days.step(*step)
        assert days.prints() == first, "byte for byte, whatever was edited since"
        transaction.set_rollback(True)


def test_a_phone_with_a_right_clock_is_among_the_random_ones(world: World) -> None:
    days = Days(world)
    for step in [("wait", 9, 0), ("phone", 1, 0), ("answer", 1, 1), ("phone", 2, 0), ("phone", 3, 3), ("submit", 0, 0)]:
        days.step(*step)
    assert Round.objects.get().state == "submitted"
    flags = {row.point: set(row.flags) for row in PointVisit.objects.all()}
    assert [("clock_skew" in flags[point]) for point in POINTS] == [True, False, False]
    assert len(days.said) == 2
