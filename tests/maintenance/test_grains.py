"""Every figure by place, team, category or person; the spread beside a mean; ranks only where enough was counted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from assets.census.factories import CensusFactory, CensusLineFactory
from assets.downtime.factories import DowntimeFactory
from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.campus.factories import BuildingFactory, CampusFactory, PlaceFactory, RoomFactory
from logistics.core import clock
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import client_of, person_with
from maintenance.dashboard.board import ranking
from maintenance.factories import ClockFactory, LabourEntryFactory, WorkOrderFactory
from maintenance.findings.factories import FindingFactory
from maintenance.models import MaintenancePlan
from maintenance.plans.factories import PlanOccurrenceFactory
from maintenance.rounds.factories import RoundFactory
from tests.maintenance.scene import at

pytestmark = pytest.mark.django_db
SEPTEMBER = (at("2026-09-01 00:00"), at("2026-10-01 00:00"))
NOW = at("2026-10-05 12:00")
DAY = timedelta(days=1)


class Grounds:
    """Two buildings of one campus, a room in each."""

    def __init__(self) -> None:
        cache.clear()
        campus = CampusFactory(parent=PlaceFactory(kind="school"))
        self.north, self.south = BuildingFactory(parent=campus, name_en="North"), BuildingFactory(parent=campus, name_en="South")
        self.in_north, self.in_south = RoomFactory(parent=self.north), RoomFactory(parent=self.south)
        self.boss = person_with("facilities_manager")

    def of(self, code: str, by: str = "", person: Any = None, **narrow: Any) -> Any:
        found = MEASURES[code].compute(person or self.boss, SEPTEMBER, by=by, **narrow)
        return {key: (one.value, one.n) for key, one in found.items()} if by else (found.value, found.n)


@pytest.fixture
def here() -> Grounds:
    return Grounds()


def test_upkeep_in_time_by_building_and_team(here: Grounds) -> None:
    team = DepartmentFactory(kind="team")
    for place, state in ((here.in_north, "done"), (here.in_north, "missed"), (here.in_south, "done")):
        ended = {"completed_on": date(2026, 9, 15), "ended_at": at("2026-09-15 10:00")} if state == "done" else {"miss_cause": "outage"}
        row = PlanOccurrenceFactory(equipment=EquipmentFactory(place=place), place=place, due_on=date(2026, 9, 15),
                                    first_on=date(2026, 9, 10), last_on=date(2026, 9, 20), state=state, **ended)
        MaintenancePlan.objects.filter(pk=row.plan_id).update(team=team)
    with clock.standing_at(NOW):
        assert here.of("maintenance.pm_compliance", "building") == {here.north.pk: (50.0, 2), here.south.pk: (100.0, 1)}
        assert here.of("maintenance.pm_compliance", "team") == {team.pk: (pytest.approx(200 / 3), 3)}
        assert here.of("maintenance.pm_compliance") == (pytest.approx(200 / 3), 3)


def test_planned_work_and_hands_on_time_by_building_lead_to_their_orders(here: Grounds) -> None:
    lead = PersonFactory()
    north = [("corrective", 1), ("corrective", 3), ("preventive", 4)]
    spent: dict[Any, list[Any]] = {here.in_north: north, here.in_south: [("corrective", 2)]}
    begin, made = at("2026-09-10 08:00"), []
    for place, rows in spent.items():
        for kind, hours in rows:
            order = WorkOrderFactory(place=place, kind=kind, state="closed", lead=lead, done_at=begin, closed_at=at("2026-09-20 08:00"))
            LabourEntryFactory(order=order, person=lead, during=DateTimeTZRange(begin, begin + timedelta(hours=hours)))
            begin += DAY
            made.append(order)
    with clock.standing_at(NOW):
        assert here.of("maintenance.planned_share", "building") == {here.north.pk: (50.0, 3), here.south.pk: (0.0, 1)}
        assert here.of("maintenance.planned_share", "person") == here.of("maintenance.planned_share", "person") == {lead.pk: (40.0, 4)}
        assert here.of("maintenance.active_repair", "building") == {here.north.pk: (2.0, 2), here.south.pk: (2.0, 1)}
        hands = MEASURES["maintenance.active_repair"].compute(here.boss, SEPTEMBER)
        assert (hands.value, hands.n, hands.parts["median"], hands.parts["p90"]) == (2.0, 3, 2.0, pytest.approx(2.8))
        for code, n in (("active_repair", 3), ("planned_share", 4)):
            url = MEASURES[f"maintenance.{code}"].compute(here.boss, SEPTEMBER).rows_url
            assert f"1–{n} of {n}" in client_of(here.boss).get(url).content.decode(), code


def test_rounds_points_and_dangers_by_building_and_person(here: Grounds) -> None:
    one, other = PersonFactory(), PersonFactory()
    for place, who, late, scanned in ((here.in_north, one, False, 4), (here.in_north, other, True, 2), (here.in_south, one, False, 5)):
        end = at("2026-09-15 12:00")
        RoundFactory(place=place, inspector=who, state="submitted", planned=5, visited=5, scanned=scanned, submitted_by=who,
                     window_from=end - DAY, window_to=end, submitted_at=end + (DAY if late else -DAY / 24))
        FindingFactory(place=place, responsible=who, rectify_by=end)
    officer = person_with("safety_director")
    with clock.standing_at(NOW):
        rounds = here.of("maintenance.round_completion", "building", officer)
        assert rounds == {here.north.pk: (50.0, 2), here.south.pk: (100.0, 1)}
        assert here.of("maintenance.round_completion", "person", officer) == {one.pk: (100.0, 2), other.pk: (0.0, 1)}
        assert here.of("maintenance.point_coverage", "building", officer) == {here.north.pk: (60.0, 10), here.south.pk: (100.0, 5)}
        assert here.of("maintenance.finding_on_time", "person", officer) == {one.pk: (0.0, 2), other.pk: (0.0, 1)}
        assert here.of("maintenance.finding_on_time", "building", officer) == {here.north.pk: (0.0, 2), here.south.pk: (0.0, 1)}


def test_age_readiness_idleness_and_counts_by_building_lead_to_their_things(here: Grounds) -> None:
    fire = EquipmentCategoryFactory(kind="fire", default_life_years=5)
    today = clock.today()
    old = EquipmentFactory(category=fire, place=here.in_north, commissioned_on=today - 6 * 366 * DAY, name_en="Old hydrant")
    locked = EquipmentFactory(category=fire, place=here.in_south, commissioned_on=today, status="out_of_service", name_en="Hydrant away")
    fresh = EquipmentFactory(category=fire, place=here.in_north, commissioned_on=today, name_en="New hydrant")
    EquipmentFactory(place=here.in_south, status="idle", purchase_cost=Decimal(900), name_en="Idle press")
    census = CensusFactory(state="closed", frozen_at=at("2026-09-10 09:00"), closed_at=at("2026-09-20 09:00"))
    for thing, result in ((old, "found"), (fresh, "missing"), (locked, "moved")):
        seen = {} if result == "missing" else {"seen_at": at("2026-09-15 09:00"), "seen_place": thing.place}
        CensusLineFactory(census=census, equipment=thing, expected_place=thing.place, result=result, **seen)
    assert here.of("assets.beyond_life", "building") == {here.north.pk: (50.0, 2)}
    assert here.of("assets.safety_ready", "building") == {here.north.pk: (100.0, 2), here.south.pk: (0.0, 1)}
    assert here.of("assets.idle", "building") == {here.south.pk: (900.0, 1)}
    assert here.of("assets.census_found", "building") == {here.north.pk: (50.0, 2), here.south.pk: (100.0, 1)}
    for code, named, not_named in (("beyond_life", "Old hydrant", "New hydrant"), ("safety_ready", "Hydrant away", "Old hydrant")):
        page = client_of(here.boss).get(MEASURES[f"assets.{code}"].compute(here.boss, SEPTEMBER).rows_url).content.decode()
        assert (named in page, not_named in page) == (True, False), code


def test_the_time_to_restore_has_its_median_and_its_slowest_tenth(here: Grounds) -> None:
    begin = at("2026-09-03 08:00")
    for hours in (1, 2, 9):
        thing = EquipmentFactory(place=here.in_north, commissioned_on=date(2020, 1, 1))
        DowntimeFactory(equipment=thing, cause="failure", during=DateTimeTZRange(begin, begin + timedelta(hours=hours)))
    with clock.standing_at(NOW):
        found = MEASURES["maintenance.mttr"].compute(here.boss, SEPTEMBER)
    assert (found.value, found.n, found.parts["median"], found.parts["p90"]) == (4.0, 3, 2.0, pytest.approx(7.6))


def test_only_what_was_counted_often_enough_is_ranked(here: Grounds) -> None:
    due = at("2026-09-20 10:00")
    for place, good, bad in ((here.in_north, 4, 1), (here.in_south, 0, 4)):
        for n in range(good + bad):
            order = WorkOrderFactory(place=place)
            ClockFactory(order=order, due_at=due, running=False, met_at=due, breached_at=due if n >= good else None)
    with clock.standing_at(NOW):
        assert here.of("maintenance.on_time", "building") == {here.north.pk: (80.0, 5), here.south.pk: (0.0, 4)}
        assert [(key, one.value) for key, one in ranking("maintenance.on_time", here.boss, SEPTEMBER)] == [(here.north.pk, 80.0)]


@pytest.mark.parametrize("code", [
    "maintenance.pm_compliance", "maintenance.planned_share", "maintenance.round_completion", "maintenance.point_coverage",
    "maintenance.finding_on_time", "assets.statutory_valid", "assets.safety_ready", "assets.fci", "assets.beyond_life", "assets.idle",
    "assets.census_found", "maintenance.active_repair", "maintenance.mttr", "maintenance.resolution",
])  # fmt: skip
def test_a_grain_costs_no_more_statements_than_the_whole(here: Grounds, code: str) -> None:
    for place in (here.in_north, here.in_south):
        EquipmentFactory(place=place)
        WorkOrderFactory(place=place, state="closed", done_at=at("2026-09-10 08:00"), closed_at=at("2026-09-11 08:00"), lead=here.boss)
    counted = []
    for by in ("", "", "building"):
        with CaptureQueriesContext(connection) as seen:
            MEASURES[code].compute(here.boss, SEPTEMBER, by=by)
        counted.append(len(seen))
    assert counted[2] <= counted[1]
