"""Hidden dangers under random days of several people: whatever they do, and in whatever order, the promises hold after each step."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.factories import EquipmentFactory
from assets.models import Equipment, UseLock
from assets.services import lift_lock, open_lock
from logistics.accounts.factories import PersonFactory
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.photos import attach, clean_photos
from logistics.core.testing.world import person_with
from logistics.core.workflow import perform
from maintenance.checklists.services import answer, make_checklist, put_on_order
from maintenance.factories import WorkOrderFactory
from maintenance.findings.querysets import OPEN_STATES
from maintenance.findings.services import recheck
from maintenance.models import ChecklistItem, ChecklistRun, Finding, ItemAnswer
from tests.maintenance.world import World, at, photo

pytestmark = pytest.mark.django_db
THINGS, ITEMS, PEOPLE = 2, 2, 4
RANK = {"normal": 0, "restricted": 1, "locked": 2}
STEP = st.tuples(
    st.sampled_from(["wrong", "wrong", "right", "start", "rectify", "rectify", "pass", "pass", "fail", "lock", "lift", "void"]),
    st.integers(0, PEOPLE - 1),
    st.integers(0, THINGS - 1),
    st.integers(0, ITEMS - 1),
)


class Days:
    """Two officers and two workers around two things, each asked two questions: one locks, one restricts."""

    def __init__(self, world: World) -> None:
        self.people = [person_with("safety_officer"), person_with("safety_officer"), PersonFactory(), PersonFactory()]
        self.things = [EquipmentFactory(place=world.classroom, status="in_service") for _n in range(THINGS)]
        checklist = make_checklist(
            code=f"chance-{ItemAnswer.objects.count()}-{self.things[0].pk}",
            name_zh="随机",
            items=[
                {"text_zh": "压力", "fail_severity": "critical", "fail_lock": "locked"},
                {"text_zh": "铅封", "fail_severity": "minor", "fail_lock": "restricted"},
            ],
        )
        self.runs: list[ChecklistRun] = []
        for thing in self.things:
            order = WorkOrderFactory(place=world.classroom, equipment=thing, category=world.categories["light"])
            self.runs.append(put_on_order(order=order, checklist=checklist))
        self.items: list[ChecklistItem] = list(checklist.current.items.order_by("order"))
        self.day = at("2026-10-08 08:00")

    def finding(self, thing: int, item: int) -> Finding:
        rows = Finding.objects.filter(equipment=self.things[thing], item=self.items[item]).order_by("-pk")
        found = rows.first()
        if found is None:
            raise ValidationError("nothing found there")
        return found

    def step(self, what: str, who: int, thing: int, item: int) -> None:
        by: Any = self.people[who]
        if what in ("wrong", "right"):
            answer(run=self.runs[thing], item=self.items[item], value="fail" if what == "wrong" else "pass", by=by)
        elif what == "start":
            perform(self.finding(thing, item), "plan", by=None, responsible=by, measures="更换")
            perform(self.finding(thing, item), "start", by=by)
        elif what == "rectify":
            found = self.finding(thing, item)
            attach(found, clean_photos([photo()]), by=by, role="after")
            perform(found, "rectify", by=by)
        elif what in ("pass", "fail"):
            recheck(finding=self.finding(thing, item), value=what, by=by, photos=clean_photos([photo()]))
        elif what == "lock":
            open_lock(equipment=self.things[thing], level="restricted" if item else "locked", cause="manual", reason="看看", by=by)
        elif what == "lift":
            lock = UseLock.objects.live().filter(equipment=self.things[thing]).order_by("pk").first()
            if lock is not None:
                lift_lock(lock=lock, reason="好了", by=by)
        elif what == "void":
            perform(self.finding(thing, item), "void", by=by, reason="看错了")

    def holds(self) -> None:
        open_ = Finding.objects.filter(state__in=OPEN_STATES)
        assert not open_.values("same_key", "equipment").annotate(n=Count("pk")).filter(n__gt=1)  # 17
        wrong = ItemAnswer.objects.filter(verdict="fail", run__finding__isnull=True)
        assert not wrong.filter(finding_link__isnull=True)  # 17: each wrong answer is linked to one
        for row in Finding.objects.filter(state="verified").select_related("evidence"):  # 14
            assert row.evidence.verdict == "pass" and row.evidence.judged_at >= row.rectified_at
            assert row.verified_by_id not in (row.rectified_by_id, row.finished_by_id)
        for thing in Equipment.objects.filter(pk__in=[one.pk for one in self.things]):  # 15
            levels = list(UseLock.objects.live().filter(equipment=thing).values_list("level", flat=True))
            assert RANK[thing.use_state] == max((RANK[level] for level in levels), default=0)
            if open_.filter(equipment=thing, severity="critical").exists():
                assert thing.use_state == "locked"
        for row in open_:
            assert UseLock.objects.live().filter(source_kind="maintenance.finding", source_id=row.pk).count() == 1


@given(steps=st.lists(STEP, min_size=4, max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_people_do_the_promises_about_dangers_and_locks_hold(world: World, steps: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        days = Days(world)
        for n, step in enumerate(steps):
            with clock.standing_at(days.day + timedelta(minutes=n)), suppress(ValidationError, Conflict, NotAllowed), transaction.atomic():
                days.step(*step)
            days.holds()
        transaction.set_rollback(True)


def test_the_whole_way_is_among_the_random_ones(world: World) -> None:
    days = Days(world)
    way = [("wrong", 2, 0, 0), ("start", 2, 0, 0), ("rectify", 2, 0, 0), ("pass", 2, 0, 0), ("pass", 0, 0, 0)]
    for n, step in enumerate(way):
        with clock.standing_at(days.day + timedelta(minutes=n)), suppress(ValidationError, Conflict, NotAllowed), transaction.atomic():
            days.step(*step)
        days.holds()
    found = Finding.objects.get()
    assert (found.state, found.rectified_by, found.verified_by) == ("verified", days.people[2], days.people[0])
