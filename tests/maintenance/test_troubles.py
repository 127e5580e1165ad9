"""What breaks again and again: counted, explained, proposed for renewal; repairs that keep coming back ask for training."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assets.factories import EquipmentFactory
from assets.models import Downtime, RenewalItem
from logistics.alerts.models import Alert
from logistics.alerts.services import run_check
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import CostLineFactory, WorkOrderFactory
from maintenance.models import FailureCode, WorkOrder
from maintenance.troubles.services import actors, training_needs
from tests.maintenance.scene import HOUR, Scene, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def repaired(here: Scene, thing: Any, days: float, category: Any = None, **fields: Any) -> WorkOrder:
    at = clock.now() - timedelta(days=days)
    return WorkOrderFactory(place=thing.place, category=category or here.tap, team=here.team, equipment=thing, reported_at=at, **fields)


def test_three_repairs_in_90_days_make_a_bad_actor_with_its_evidence(here: Scene) -> None:
    leak = FailureCode.objects.create(code="leak", name_zh="漏水", name_en="Leak", level="problem")
    now = clock.now()
    thing, twice, gone = (EquipmentFactory(place=here.room, replacement_cost=Decimal(1000), price_year=2026) for _ in range(3))
    repaired(here, thing, 89, problem=leak, reopened_count=1)
    repaired(here, thing, 40, problem=leak)
    done = repaired(here, thing, 20, here.light, state="closed", lead=here.leader, done_at=now, closed_at=now - timedelta(days=19))
    CostLineFactory(order=done, amount=Decimal("250.00"), type="service")
    repaired(here, thing, 91)  # too long ago
    repaired(here, thing, 5, state="cancelled", cancel_reason="x")
    repaired(here, thing, 5, kind="preventive")
    for days in (1, 2):
        repaired(here, twice, days)
        repaired(here, gone, days)
    repaired(here, gone, 3)
    type(gone).objects.filter(pk=gone.pk).update(status="disposed")
    Downtime.objects.create(equipment=thing, during=(now - timedelta(days=95), now - timedelta(days=89)), cause="failure")  # one day inside
    Downtime.objects.create(equipment=thing, during=(now - timedelta(hours=2), None), cause="failure")
    (one,) = actors(here.dispatcher, now, 10)
    assert (one.thing, one.repairs, one.reworked, one.training) == (thing, 3, 1, [])
    assert one.trades == [("plumbing", 2, 1), ("electric", 1, 0)] and one.problems == [(leak, 2)]
    assert (one.down_s, one.facts.upkeep, one.facts.cost_ratio) == (26 * HOUR, Decimal(250), Decimal("0.25"))


def test_the_page_says_why_and_one_step_proposes_it(here: Scene) -> None:
    thing = EquipmentFactory(place=here.room, name_en="Old boiler", name_zh="旧锅炉", replacement_cost=Decimal(1000), price_year=2026)
    for days in (1, 2, 3, 4):
        repaired(here, thing, days, reopened_count=1)
    manager, url = person_with("facilities_manager"), reverse("maintenance:bad-actors")
    browser = client_of(manager)
    page = browser.get(url).content.decode()
    for words in ("1 thing had at least 3 repairs in 90 days.", "Old boiler", "4 came back", "Training needed: Plumber"):
        assert words in page, words
    asked = f"{reverse('assets:renewalitem-add')}?equipment={thing.pk}&amp;risk_note=4+repairs+in+90+days"
    assert asked in page
    form = browser.get(reverse("assets:renewalitem-add"), {"equipment": thing.pk, "risk_note": "4 repairs in 90 days"}).content.decode()
    assert "4 repairs in 90 days" in form
    answer = browser.post(reverse("assets:renewalitem-add"), {"equipment": thing.pk, "year": 2027, "risk_note": "4 repairs in 90 days"})
    assert answer.status_code == 302
    item = RenewalItem.objects.get()
    assert (item.equipment, item.risk_note) == (thing, "4 repairs in 90 days")
    assert item.get_absolute_url() in browser.get(url).content.decode()
    assert client_of(here.people[0]).get(url).status_code == 403
    leader = client_of(person_with("team_leader", department=here.team)).get(url).content.decode()
    assert "Old boiler" in leader and "Propose" not in leader and "Score" not in leader


def test_two_repairs_of_one_trade_that_came_back_raise_the_need_for_training_once(here: Scene) -> None:
    thing, fine = EquipmentFactory(place=here.room), EquipmentFactory(place=here.room)
    repaired(here, thing, 3, reopened_count=2)
    repaired(here, thing, 2)
    repaired(here, thing, 1, here.light, reopened_count=1)  # another trade
    for days in (1, 2):
        repaired(here, fine, days, reopened_count=1)  # came back, but not often enough to be one
    assert training_needs(clock.now()) == []
    repaired(here, thing, 4, reopened_count=1)
    assert training_needs(clock.now()) == [(thing, "plumbing", 2)]
    for _twice in range(2):
        run_check("maintenance.training_needed")
    alert = Alert.objects.get(kind="maintenance.training_needed")
    assert alert.dedup_key.endswith(f"{thing.pk}:plumbing")


def test_the_page_costs_the_same_for_many_and_shows_only_what_its_reader_may_read(here: Scene) -> None:
    def one() -> None:
        thing = EquipmentFactory(place=here.room)
        for days in (1, 2, 3):
            repaired(here, thing, days, reopened_count=1)

    browser, url = client_of(person_with("facilities_manager")), reverse("maintenance:bad-actors")
    one()
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for _n in range(8):
        one()
    with CaptureQueriesContext(connection) as many:
        assert "9 things" in browser.get(url).content.decode()
    assert len(many) == len(few) <= 30
    elsewhere = EquipmentFactory(place=RoomFactory(parent=BuildingFactory()))
    for days in (1, 2, 3):
        repaired(here, elsewhere, days)
    narrow = client_of(person_with("facilities_manager", place=elsewhere.place)).get(url).content.decode()
    assert "1 thing had" in narrow


@pytest.mark.django_db
def test_a_school_in_which_nothing_breaks_has_an_empty_page() -> None:
    assert client_of(person_with("facilities_manager")).get("/maintenance/bad-actors/").status_code == 200
