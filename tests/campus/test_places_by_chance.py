"""Places under random days: moves, closures, labels, duties and retiring, compared after each step with walking the tree by hand."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assets.factories import EquipmentFactory
from assets.models import Equipment
from logistics.campus.factories import BuildingFactory, FloorFactory, RoomFactory, StewardshipFactory, TagFactory
from logistics.campus.models import Place, PlaceClosure, Stewardship, Tag, TagBinding
from logistics.campus.services import places, stewardship, tags
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from maintenance.factories import RepairCategoryFactory, ServicePolicyFactory
from maintenance.models import RepairRequest, ServicePolicy
from maintenance.services.reporting import report
from tests.campus.world import SINCE, at, browser, person, small_school

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, Conflict, NotAllowed, IntegrityError)
ROLES = ("place_keeper", "safety_officer")
RANK = {"restricted": 1, "closed": 2}
SECRETS = ("Zed Secret", "某Secret", "13900002222", "我家孩子说水龙头坏了")
number = st.integers(0, 9)


class Days:
    """A school of two campuses with a few buildings, a manager, three keepers, four labels."""

    def __init__(self) -> None:
        self.school: SimpleNamespace = small_school()
        other = BuildingFactory(parent=self.school.second, name_zh="B", name_en="B", code="B")
        floor = FloorFactory(parent=other, code="B-1")
        self.rooms = [self.school.room, *(RoomFactory(parent=one, public=True) for one in (self.school.floor, floor, floor))]
        self.places = [self.school.first, self.school.second, self.school.building, other, self.school.floor, floor, *self.rooms]
        self.now = at(2026, 11, 23, 8)
        self.manager = person("M1", role="facilities_manager")
        self.keepers = [person(f"K{n}") for n in range(3)]
        self.reporter = person("Secret", phone="13900002222")
        self.tags = [TagFactory() for _n in range(4)]
        self.work = RepairCategoryFactory()
        ServicePolicy.objects.all().delete()  # the shipped ones
        ServicePolicyFactory(kind="", priority="P3", during=SINCE, response_s=3600, resolve_s=7200, counts="round")
        self.printed: dict[tuple[str, int], Any] = {}

    def place(self, n: int) -> Any:
        return Place.objects.get(pk=self.places[n % len(self.places)].pk)

    def span(self, n: int) -> DateTimeTZRange:
        begin = self.now + timedelta(hours=n - 5)
        return DateTimeTZRange(begin, None if n % 3 == 0 else begin + timedelta(hours=n + 1))

    def move(self, a: int, b: int) -> None:
        row = self.place(2 + a % 4)
        row.parent = self.place(b)
        places.save_place(row)

    def close(self, a: int, b: int) -> None:
        places.close_place(place=self.place(a), level="closed" if b % 2 else "restricted", reason="x", by=self.manager, during=self.span(b))

    def lift(self, a: int, b: int) -> None:
        rows = list(PlaceClosure.objects.filter(state="open").order_by("pk"))
        if rows:
            places.lift_closure(closure=rows[a % len(rows)], by=self.manager, reason="ok")

    def entrust(self, a: int, b: int) -> None:
        StewardshipFactory(person=self.keepers[b % 3], role=ROLES[b % 2], place=self.place(a), during=self.span(b) if b > 5 else SINCE)

    def leave(self, a: int, b: int) -> None:
        who = self.keepers[a % 3]
        type(who).objects.filter(pk=who.pk).update(status="suspended" if b % 2 else "active")

    def free(self, a: int, b: int) -> None:
        Stewardship.objects.filter(pk__in=Stewardship.objects.live(self.now).order_by("pk").values("pk")[a : a + 1]).end_at(self.now)

    def bind(self, a: int, b: int) -> None:
        tags.bind_tag(tag=self.tags[a % 4], target=self.rooms[b % 4], by=self.manager)

    def unbind(self, a: int, b: int) -> None:
        if b == 0:
            tags.void_tag(tag=self.tags[a % 4], by=self.manager, reason="lost")
        else:
            tags.unbind_tag(tag=self.tags[a % 4], by=self.manager)

    def equip(self, a: int, b: int) -> None:
        rows = Equipment.objects.exclude(status="disposed").order_by("pk")
        if b % 2 and rows:
            Equipment.objects.filter(pk=rows[a % len(rows)].pk).update(status="disposed")
        else:
            EquipmentFactory(place=self.rooms[a % 4])

    def report(self, a: int, b: int) -> None:
        if b % 2:
            RepairRequest.objects.filter(pk__in=RepairRequest.objects.waiting().values("pk")[:1]).update(state="rejected")
        else:
            report(place=Place.objects.get(pk=self.rooms[a % 4].pk), by=self.reporter, category=self.work, description=SECRETS[3])

    def retire(self, a: int, b: int) -> None:
        """What is walked by hand must agree: refused exactly when something there is in use."""
        row = self.place(2 + a)
        inside = [one.pk for one in Place.objects.all() if row.pk in self.path(one)]
        used = (
            Equipment.objects.exclude(status="disposed").filter(place__in=inside).exists()
            or RepairRequest.objects.waiting().filter(place__in=inside).exists()
            or any(one.during.upper is None or one.during.upper > self.now for one in Stewardship.objects.filter(place__in=inside))
            or any(self.holds_now(one) for one in PlaceClosure.objects.filter(place__in=inside))
        )
        try:
            with transaction.atomic():
                places.retire_place(place=row, by=self.manager)
            refused = False
        except ValidationError:
            refused = True
        assert refused == used, "a place in use is not retired, and one that nobody uses is"

    def restore(self, a: int, b: int) -> None:
        places.restore_place(place=self.place(2 + a), by=self.manager)

    def wait(self, a: int, b: int) -> None:
        self.now += timedelta(hours=a + 1)

    # walked by hand ----------------------------------------------------------------------------------------------------
    def path(self, place: Any, parents: dict[int, int] | None = None) -> list[int]:
        parents, found = parents or dict(Place.objects.values_list("pk", "parent")), [place.pk]
        while parents[found[0]] is not None:
            found.insert(0, parents[found[0]])
            assert len(found) < 10
        return found

    def holds_now(self, row: PlaceClosure) -> bool:
        span = row.during
        return row.state == "open" and span.lower <= self.now and (span.upper is None or self.now < span.upper)

    def step(self, what: str, a: int, b: int) -> None:
        self.now += timedelta(minutes=1)
        with clock.standing_at(self.now), suppress(*REFUSALS), transaction.atomic():
            getattr(self, what)(a, b)
        with clock.standing_at(self.now):
            self.holds()

    def holds(self) -> None:
        live = [row for row in PlaceClosure.objects.all() if self.holds_now(row)]
        kept = list(Stewardship.objects.live(self.now).filter(person__status="active").select_related("person"))
        rows = list(Place.objects.all())
        parents = {row.pk: row.parent_id for row in rows}
        for row in rows:
            path = self.path(row, parents)
            assert row.ancestors == path
            levels = [RANK[one.level] for one in live if one.place_id in path]
            closed = places.closure_at(row)
            assert (RANK[closed.level] if closed else 0) == max(levels, default=0), "closed by itself or by what holds it"
            for role in ROLES:
                nearest = next((pk for pk in reversed(path) if any(one.place_id == pk and one.role == role for one in kept)), None)
                expected = {one.person_id for one in kept if one.role == role and one.place_id == nearest}
                assert {one.pk for one in stewardship.stewards(row, role)} == expected, "holders of exactly one level"
        assert not TagBinding.objects.open().values("tag").annotate(n=Count("pk")).filter(n__gt=1)
        for tag in Tag.objects.annotate(n=Count("bindings")):
            assert TagBinding.objects.open().filter(tag=tag).exists() == (tag.state == "bound")
        self.words()

    def words(self) -> None:
        """What was printed keeps its words."""
        now = {("report", row.pk): (row.place_zh, row.place_en) for row in RepairRequest.objects.all()}
        now |= {("label", row.pk): row.label for row in TagBinding.objects.all()}  # type: ignore[misc]
        assert all(now[key] == words for key, words in self.printed.items())
        self.printed = dict(now)

    def guests(self) -> None:
        """Whoever scans a label without signing in learns of no person and reads nobody's words."""
        guest = browser(None)
        with clock.standing_at(self.now):
            for tag in Tag.objects.all():
                page = guest.get(f"/q/{tag.code}").content.decode()
                assert not [word for word in (*SECRETS, *(f"Zed K{n}" for n in range(3)), "Zed M1") if word in page]


ACTS = (
    "move",
    "move",
    "close",
    "close",
    "lift",
    "entrust",
    "entrust",
    "free",
    "leave",
    "bind",
    "bind",
    "unbind",
    "equip",
    "report",
    "retire",
    "retire",
    "restore",
    "wait",
)


@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), number, number), min_size=8, max_size=24))
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_paths_closures_stewards_labels_and_words_agree_with_the_tree(steps: list[tuple[str, int, int]]) -> None:
    cache.clear()
    with transaction.atomic():
        days = Days()
        for step in steps:
            days.step(*step)
        days.guests()
        transaction.set_rollback(True)
