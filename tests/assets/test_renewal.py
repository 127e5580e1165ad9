"""Renewal: the score explained, the condition of buildings, the list, and what ten years cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.certificates.factories import RequirementFactory
from assets.factories import EquipmentCategoryFactory, EquipmentFactory, EquipmentModelFactory
from assets.models import Downtime, Equipment, RenewalItem, RenewalWeights
from assets.proposals.services import propose
from assets.renewal import services
from assets.renewal.factories import ConditionGradeFactory, PriceIndexFactory, RenewalItemFactory
from assets.renewal.models import ConditionGrade
from assets.renewal.registries import TAKERS, Taker
from assets.renewal.scoring import PARTS, Facts, Weights, at_prices_of, score
from logistics.campus.factories import BuildingFactory
from logistics.core import clock
from logistics.core.publishing import MEASURES, Figure, Measure
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform

D = Decimal
SHIPPED = Weights(D(35), D(25), D(15), D(15), D(10), D(5), D("0.5"), D("0.6"))
CHILLER = Facts(D(12), 15, 4, 5, D("0.30"), "A")


# scenario 10 -----------------------------------------------------------------------------------------------------------------
def test_a_chiller_of_twelve_years_scores_80_75_and_82_67_without_its_grade() -> None:
    one = score(CHILLER, SHIPPED)
    assert one.parts == {"age": D(28), "condition": D("18.75"), "failures": D(15), "cost": D(9), "criticality": D(10)}
    assert (one.value, one.coverage, one.enough) == (D("80.75"), D(1), True)
    ungraded = score(Facts(D(12), 15, None, 5, D("0.30"), "A"), SHIPPED)
    assert (ungraded.value, ungraded.coverage, ungraded.enough) == (D("82.67"), D("0.75"), True)


def test_too_little_known_is_listed_apart_and_a_failed_certificate_is_a_hundred() -> None:
    little = score(Facts(grade=3, failures=1, criticality="B"), SHIPPED)
    assert (little.coverage, little.enough) == (D("0.50"), False)
    assert score(Facts(), SHIPPED).value is None
    assert score(Facts(D(1), 15, 1, 0, D(0), "C", certificate_failed=True), SHIPPED).value == 100


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.builds(
        Facts,
        age_years=st.none() | st.decimals(0, 60, places=2),
        life_years=st.none() | st.integers(1, 50),
        grade=st.none() | st.integers(1, 5),
        failures=st.none() | st.integers(0, 40),
        cost_ratio=st.none() | st.decimals(0, 3, places=3),
        criticality=st.sampled_from(["A", "B", "C"]),
    )
)
def test_a_score_lies_between_0_and_100_and_grows_with_what_is_bad(facts: Facts) -> None:
    one = score(facts, SHIPPED)
    assert one.value is not None and 0 <= one.value <= 100 and 0 <= one.coverage <= 1
    assert set(one.parts) == set(PARTS)
    if facts.grade is not None and facts.grade < 5:
        worse = score(
            Facts(facts.age_years, facts.life_years, facts.grade + 1, facts.failures, facts.cost_ratio, facts.criticality), SHIPPED
        )
        assert worse.value is not None and worse.value > one.value


@pytest.mark.django_db
def test_a_building_with_1_20_million_deferred_of_20_is_fair_and_7_9_with_the_chiller() -> None:
    services.set_weights(values=given_weights(fabric_cost_m2=D(1000)), reason="本地造价", by=None)
    building = BuildingFactory(area_m2=D("19620.00"))
    chiller = EquipmentFactory(place=building, replacement_cost=D(380000), price_year=2026, commissioned_on=date(2014, 1, 1), life_years=15)
    RenewalItemFactory(equipment=None, place=building, what="屋面", cost=D(1200000), price_year=2026, state="deferred", defer_reason="x")
    index, band = services.fci(building)
    assert (round(index or 0, 1), band) == (D("6.0"), "fair")
    manager = person_with("facilities_manager")
    item = services.put_on_list(equipment=chiller, year=2027, by=manager)
    assert (item.cost, round(services.fci(building)[0] or 0, 1)) == (D(380000), D("6.0"))
    perform(item, "defer", by=manager, reason="预算不足")
    index, band = services.fci(building)
    assert (round(index or 0, 1), band) == (D("7.9"), "fair")
    item.refresh_from_db()
    assert (item.year, item.state, item.defer_reason) == (2028, "deferred", "预算不足")
    figure = MEASURES["assets.fci"].compute(manager, (clock.now(), clock.now()))
    assert round(figure.value, 1) == 7.9


@pytest.mark.django_db
def test_an_approved_project_ends_with_the_replacement_in_use_and_links_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    manager, director = person_with("facilities_manager"), person_with("logistics_director")
    old = EquipmentFactory(place=BuildingFactory())
    item = services.put_on_list(equipment=old, year=2027, by=manager)
    project = BuildingFactory()  # any record with a page serves as the project
    monkeypatch.setitem(TAKERS._items, "test", Taker(lambda proposal, by: project, "test"))
    proposal = propose(items=[item], year=2027, title="更新", by=manager)
    assert (proposal.project_kind, proposal.project_id) == ("campus.place", project.pk)
    item.refresh_from_db()
    assert (item.state, item.project_kind, item.project_id) == ("submitted", "campus.place", project.pk)
    perform(item, "approve", by=director)
    new = EquipmentFactory(place=old.place, category=old.category)
    with pytest.raises(ValidationError, match="not disposed"):
        perform(item, "finish", by=manager, replacement=new)
    Equipment.objects.filter(pk=old.pk).update(status="disposed")
    perform(item, "finish", by=manager, replacement=new)
    item.refresh_from_db()
    new.refresh_from_db()
    assert (item.state, item.replacement, new.replaces) == ("done", new, old)


# the list --------------------------------------------------------------------------------------------------------------------
def given_weights(**changed: Any) -> dict[str, Any]:
    names = (
        "age",
        "condition",
        "failures",
        "cost",
        "criticality",
        "failures_full",
        "cost_full",
        "min_coverage",
        "fci_good",
        "fci_fair",
        "fabric_cost_m2",
    )
    row = services.weights_at()
    return {name: getattr(row, name) for name in names} | changed


@pytest.mark.django_db
def test_the_ranking_reads_age_grade_failures_and_cost_from_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    manager, today = person_with("facilities_manager"), clock.today()
    thing = EquipmentFactory(
        place=BuildingFactory(),
        category=EquipmentCategoryFactory(default_life_years=15),
        criticality="A",
        commissioned_on=today - timedelta(days=round(365.25 * 12)),
        replacement_cost=D(380000),
        price_year=today.year,
    )
    ConditionGradeFactory(equipment=thing, grade=2, graded_on=today - timedelta(days=400))
    ConditionGradeFactory(equipment=thing, grade=4, graded_on=today - timedelta(days=10))
    for n in range(5):
        begun = clock.now() - timedelta(days=30 * (n + 1))
        Downtime.objects.create(equipment=thing, during=(begun, begun + timedelta(hours=4)), cause="failure", work_kind="x", work_id=n)
        Downtime.objects.create(
            equipment=thing, during=(begun + timedelta(hours=5), begun + timedelta(hours=6)), cause="failure", work_kind="x", work_id=n
        )  # the same failure again
    monkeypatch.setitem(
        MEASURES._items, services.COST, Measure(lambda person, span, by="": {thing.pk: Figure(0.30)}, services.COST, "Cost", unit="")
    )
    (line,), little = services.ranking(manager)
    assert not little
    assert line.facts.failures == 5
    assert abs((line.score.value or 0) - D("80.75")) <= D("0.05")
    monkeypatch.delitem(MEASURES._items, services.COST)
    (line,), _little = services.ranking(manager)
    assert (line.score.parts["cost"], line.score.coverage) == (None, D("0.85"))
    RequirementFactory(equipment=thing, result="fail")
    assert services.ranking(manager)[0][0].score.value == 100


@pytest.mark.django_db
def test_what_if_changes_the_page_and_saves_nothing() -> None:
    manager, today = person_with("facilities_manager"), clock.today()
    old = EquipmentFactory(
        place=BuildingFactory(),
        life_years=10,
        commissioned_on=today - timedelta(days=3600),
        criticality="C",
        replacement_cost=D(50000),
        price_year=today.year,
        name_zh="旧机",
        name_en="Old one",
    )
    poor = EquipmentFactory(
        place=BuildingFactory(),
        life_years=30,
        commissioned_on=today - timedelta(days=400),
        criticality="C",
        replacement_cost=D(80000),
        price_year=today.year,
        name_zh="坏机",
        name_en="Poor one",
    )
    for thing, grade in ((old, 1), (poor, 5)):
        ConditionGradeFactory(equipment=thing, grade=grade)
    Downtime.objects.create(equipment=old, during=(clock.now() - timedelta(days=900), clock.now() - timedelta(days=899)), cause="failure")
    browser, url = client_of(manager), reverse("assets:renewal")
    before = list(RenewalWeights.objects.values())
    page = browser.get(url).content.decode()
    assert page.index("Old one") < page.index("Poor one")
    tried = browser.get(url, {"age": 5, "condition": 70, "failures": 10, "cost": 10, "criticality": 5, "budget": "60000"}).content.decode()
    assert tried.index("Poor one") < tried.index("Old one")
    assert "Tried weights" in tried and "pays for 1 thing" in tried and "¥10,000" in tried
    assert list(RenewalWeights.objects.values()) == before
    assert client_of(person_with("technician")).get(url).status_code == 403


@pytest.mark.django_db
def test_ten_years_of_cost_follow_the_price_index() -> None:
    year = clock.today().year
    for n, factor in ((0, "1"), (1, "1.1"), (5, "1.5")):
        PriceIndexFactory(year=year + n, factor=D(factor))
    index = services.prices()
    assert at_prices_of(D(100), year, year + 1, index) == D("110.00")
    assert at_prices_of(D(100), year, year + 3, index) == D("110.00") and at_prices_of(D(100), year + 1, year + 5, index) == D("136.36")
    assert at_prices_of(D(100), year, year + 1, {}) is None
    EquipmentFactory(
        place=BuildingFactory(), life_years=10, commissioned_on=date(year - 9, 1, 1), replacement_cost=D(1000), price_year=year
    )
    EquipmentFactory(
        place=BuildingFactory(), life_years=10, commissioned_on=date(year - 20, 1, 1), replacement_cost=D(500), price_year=year
    )
    lines, little = services.ranking(person_with("facilities_manager"))
    costs = services.cost_line([*lines, *little], year)
    assert (len(costs), costs[0], costs[1][:2]) == (10, (year, D("500.00"), 1), (year + 1, D("1100.00")))


@pytest.mark.django_db
def test_what_the_ranking_reads_of_a_thing_is_what_its_record_says_and_costs_the_same_for_any_number() -> None:
    manager, place, year = person_with("facilities_manager"), BuildingFactory(), clock.today().year
    kinds = [EquipmentCategoryFactory(default_life_years=years) for years in (None, 8)]
    models = [None, EquipmentModelFactory(life_years=12, replacement_cost=D(700), price_year=year - 2), EquipmentModelFactory()]
    bought = {"purchase_cost": D(300), "purchased_on": date(2019, 5, 1)}
    own = ({}, {"replacement_cost": D(1000), "price_year": year, "life_years": 15}, bought)
    for category, model, fields in product(kinds, models, own):
        EquipmentFactory(place=place, category=category, model=model, commissioned_on=date(2020, 1, 1), **fields)

    def read() -> list[Any]:
        lines, little = services.ranking(manager)
        return [*lines, *little]

    bare = {line.thing.pk: line.thing for line in read()}
    records = {line.thing.pk: line.thing for line in services.named(read())}
    assert len(bare) == len(records) == 18
    told = ("commissioned_on", "years", "criticality", "price")
    assert {pk: [getattr(one, name) for name in told] for pk, one in bare.items()} == {
        pk: [getattr(one, name) for name in told] for pk, one in records.items()
    }
    with CaptureQueriesContext(connection) as few:
        read()
    EquipmentFactory.create_batch(60, place=place)
    with CaptureQueriesContext(connection) as many:
        read()
    assert len(many) == len(few)


@pytest.mark.django_db
def test_weights_are_dated_add_up_to_a_hundred_and_need_a_reason() -> None:
    with pytest.raises(ValidationError):
        services.set_weights(values=given_weights(age=D(36)), reason="x", by=None)
    with pytest.raises(ValidationError):
        services.set_weights(values=given_weights(), reason=" ", by=None)
    row = services.set_weights(values=given_weights(age=D(30), condition=D(30)), reason="校务会", by=None)
    assert services.weights_at() == row
    assert services.weights_at(clock.midnight(clock.today()) - timedelta(days=1)).age == 35


@pytest.mark.django_db
def test_a_thing_is_on_the_list_once_and_grades_are_never_changed() -> None:
    manager = person_with("facilities_manager")
    thing = EquipmentFactory(place=BuildingFactory())
    services.put_on_list(equipment=thing, year=2027, by=manager)
    with pytest.raises(ValidationError):
        services.put_on_list(equipment=thing, year=2028, by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalItemFactory(equipment=thing)
    answer = client_of(person_with("equipment_keeper")).post(
        reverse("assets:conditiongrade-add"), {"equipment": thing.pk, "grade": 4, "graded_on": clock.today()}
    )
    assert answer.status_code == 302
    row = ConditionGrade.objects.get()
    with pytest.raises(Exception, match=r"append_only|Cannot update"), transaction.atomic():
        ConditionGrade.objects.filter(pk=row.pk).update(grade=1)
    assert RenewalItem.objects.count() == 1


@pytest.mark.django_db
def test_beyond_life_counts_pieces_of_known_age() -> None:
    today = clock.today()
    for age, life, n in ((12, 10, 1), (3, 10, 1), (11, 10, 1), (4, None, 1)):
        EquipmentFactory(place=BuildingFactory(), life_years=life, commissioned_on=today - timedelta(days=366 * age), quantity=n)
    figure = MEASURES["assets.beyond_life"].compute(person_with("facilities_manager"), (clock.now(), clock.now()))
    assert (figure.n, round(figure.value, 1)) == (3, 66.7)


@pytest.mark.django_db
def test_the_renewal_page_costs_the_same_with_many(django_assert_max_num_queries: Any) -> None:
    for n in range(25):
        ConditionGradeFactory(equipment=EquipmentFactory(place=BuildingFactory(), life_years=10, commissioned_on=date(2015, 1, 1 + n)))
    browser = client_of(person_with("facilities_manager"))
    browser.get(reverse("assets:renewal"))
    with django_assert_max_num_queries(20):
        assert browser.get(reverse("assets:renewal")).status_code == 200
    thing = Equipment.objects.first()
    assert thing is not None and browser.get(thing.get_absolute_url()).status_code == 200
