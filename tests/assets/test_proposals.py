"""Renewals are handed in together with the evidence of the day; a budget says what fits, and what waiting costs."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse

from assets.factories import EquipmentFactory
from assets.models import Downtime, ProposalLine, RenewalProposal
from assets.proposals import services
from assets.proposals.evidence import reasons
from assets.renewal import services as renewal
from assets.renewal.factories import ConditionGradeFactory, PriceIndexFactory, RenewalItemFactory
from assets.renewal.scoring import PARTS
from logistics.campus.factories import BuildingFactory
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.publishing import MEASURES, Figure, Measure
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.races import together

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = 2027


def chiller(building: Any, **fields: Any) -> Any:
    """The chiller of facilities.md scenario 10: 12 of 15 years, poor, five failures, criticality A, ¥380,000 anew."""
    today = clock.today()
    thing = EquipmentFactory(
        place=building,
        life_years=15,
        criticality="A",
        commissioned_on=today - timedelta(days=4383),
        replacement_cost=D(380000),
        price_year=YEAR,
        name_zh="冷水机组",
        name_en="Chiller",
        **fields,
    )
    ConditionGradeFactory(equipment=thing, grade=4, graded_on=today - timedelta(days=9))
    for n in range(5):
        begun = clock.now() - timedelta(days=20 * (n + 1))
        Downtime.objects.create(equipment=thing, during=(begun, begun + timedelta(hours=4)), cause="failure", work_kind="x", work_id=n)
    return thing


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> dict[int, Figure]:
    """What upkeep cost, by thing, as maintenance publishes it: in percent of a new one."""
    found: dict[int, Figure] = {}
    monkeypatch.setitem(MEASURES._items, renewal.COST, Measure(lambda person, span, by="": found, renewal.COST, "Cost", unit="%"))
    return found


def given_weights(**changed: Any) -> dict[str, Any]:
    names = (*renewal.NAMES, "fci_good", "fci_fair", "fabric_cost_m2")
    row = renewal.weights_at()
    return {name: getattr(row, name) for name in names} | changed


@pytest.fixture
def list_of_three(cost: dict[int, Figure]) -> tuple[Any, Any, Any, Any]:
    """(manager, chiller item, lamp item, roof item): a building worth 20 M with 1.2 M deferred on its roof."""
    renewal.set_weights(values=given_weights(fabric_cost_m2=D(1000)), reason="本地造价", by=None)
    manager, building = person_with("facilities_manager"), BuildingFactory(area_m2=D("19610.00"))
    thing = chiller(building)
    lamp = EquipmentFactory(place=building, life_years=10, commissioned_on=date(2024, 1, 1), replacement_cost=D(10000), price_year=YEAR)
    cost[thing.pk] = Figure(30.0, 5, {"cost": 114000.0})
    item = renewal.put_on_list(equipment=thing, year=YEAR, risk_note="夏天停机，整栋楼没有冷气。", by=manager)
    roof = RenewalItemFactory(
        equipment=None, place=building, what="屋面", cost=D(1200000), price_year=YEAR, state="deferred", defer_reason="没钱", year=YEAR
    )
    return manager, item, renewal.put_on_list(equipment=lamp, year=YEAR, by=manager), roof


def test_what_a_budget_pays_for_and_what_the_buildings_are_then(list_of_three: Any) -> None:
    manager, item, lamp, roof = list_of_three
    rows = services.candidates(manager, YEAR)
    assert [one.item for one in rows] == [item, lamp, roof]
    assert rows[0].score is not None and abs((rows[0].score.value or 0) - D("80.75")) <= D("0.05")
    assert services.within(rows, D(400000)) == {item.pk, lamp.pk}
    assert services.within(rows, D(379999)) == {lamp.pk}  # what does not fit is passed over
    told = services.what_if(manager, rows, {item.pk}, D(400000))
    assert (told.cost, told.left) == (D(380000), D(20000))
    assert [round(value or 0, 2) for value in (told.now, told.with_it, told.without)] == [D("6.00"), D("6.05"), D("7.95")]
    whole = services.what_if(manager, rows, {item.pk, lamp.pk, roof.pk}, D(400000))
    assert (whole.with_it, whole.left) == (0, D(-1190000))


def test_the_page_draws_what_the_budget_takes_from_the_list(list_of_three: Any) -> None:
    manager, _item, lamp, _roof = list_of_three
    page = client_of(manager).get(reverse("assets:renewal-propose"), {"year": YEAR, "budget": "400000"}).content.decode()
    assert "¥1,200,000 is left waiting" in page
    table = page[page.index("is left waiting</caption>") :]
    told = ["The whole list", "1,590,000", "Chiller", "−380,000", str(lamp.equipment), "−10,000", "Waits on", "1,200,000"]
    at = [table.index(words) for words in told]
    assert at == sorted(at)



def test_waiting_a_year_costs_the_rise_of_prices_and_the_upkeep_of_what_waits(list_of_three: Any) -> None:
    manager, item, lamp, _roof = list_of_three
    PriceIndexFactory(year=YEAR, factor=D("1.00"))
    PriceIndexFactory(year=YEAR + 1, factor=D("1.05"))
    rows = services.candidates(manager, YEAR)
    told = services.what_if(manager, rows, {lamp.pk})
    assert (told.dearer, told.upkeep) == (D("79000.00"), D(114000))  # 5 % of 380,000 and of 1,200,000
    assert services.what_if(manager, rows, {item.pk}).upkeep == 0


def test_the_evidence_of_the_day_is_kept_whatever_happens_later(list_of_three: Any, cost: dict[int, Figure]) -> None:
    manager, item, lamp, _roof = list_of_three
    proposal = services.propose(items=[item, lamp], year=YEAR, title="2027 年更新", budget=D(400000), by=manager)
    assert (proposal.total, proposal.state, proposal.number[:3]) == (D(390000), "handed_in", "GX-")
    assert proposal.figures == {"now": "6.00", "with": "6.00", "without": "7.95", "dearer": "0.00", "upkeep": "0.00"}
    first = proposal.lines.get(item=item)
    assert (first.position, first.cost, len(first.evidence["stops"])) == (1, D(380000), 5)
    before = reasons(first.evidence)
    assert before[0] == "12 of 15 years old." and "5 failures in 12 months." in before
    assert "Upkeep of 12 months ¥114,000, 30% of a new one." in before and before[-1] == "夏天停机，整栋楼没有冷气。"
    cost.clear()
    ConditionGradeFactory(equipment=item.equipment, grade=1)
    first.refresh_from_db()
    assert reasons(first.evidence) == before
    with pytest.raises(Exception, match=r"append_only|Cannot update"), transaction.atomic():
        ProposalLine.objects.filter(pk=first.pk).update(cost=1)
    item.refresh_from_db()
    assert (item.state, item.project_kind, item.project_id) == ("submitted", "assets.renewalproposal", proposal.pk)


def test_an_item_is_applied_for_once_and_only_by_who_may(list_of_three: Any) -> None:
    manager, item, _lamp, _roof = list_of_three
    services.propose(items=[item], year=YEAR, title="一", by=manager)
    with pytest.raises(Conflict):
        services.propose(items=[item], year=YEAR, title="二", by=manager)
    with pytest.raises(NotAllowed):
        perform(item, "hand_back", by=manager)
    assert client_of(person_with("technician")).get(reverse("assets:renewal-propose")).status_code == 403
    assert client_of(person_with("principal")).get(reverse("assets:renewal-propose")).status_code == 403


@pytest.mark.parametrize(
    ("move", "who", "data", "state"),
    [
        ("approve", "logistics_director", {"decision": "校务会 2026-18"}, "approved"),
        ("refuse", "principal", {"reason": "今年没钱"}, "deferred"),
        ("withdraw", "facilities_manager", {"reason": "漏了附件"}, "proposed"),
    ],
)
def test_a_decision_about_the_proposal_is_one_about_each_item(list_of_three: Any, move: str, who: str, data: Any, state: str) -> None:
    manager, item, lamp, roof = list_of_three
    proposal = services.propose(items=[item, lamp, roof], year=YEAR, title="更新", by=manager)
    perform(lamp, "defer", by=person_with("logistics_director"), reason="还能用")  # one of them by itself, before
    perform(proposal, move, by=person_with(who), **data)
    for row in (item, lamp, roof):
        row.refresh_from_db()
    assert (item.state, roof.state, lamp.state, lamp.year) == (state, state, "deferred", YEAR + 1)
    if move == "refuse":
        assert (item.year, item.defer_reason, renewal.deferred_of(item.stands_at)) == (YEAR + 1, "今年没钱", D(1590000))
    if move == "withdraw":
        assert (item.project_id, services.propose(items=[item], year=YEAR, title="再报", by=manager).total) == (None, D(380000))


def test_the_page_chooses_by_budget_works_out_by_hand_and_hands_in_once(list_of_three: Any) -> None:
    manager, item, _lamp, roof = list_of_three
    browser, url = client_of(manager), reverse("assets:renewal-propose")
    page = browser.get(url, {"year": YEAR, "budget": "400000"}).content.decode()
    assert "2 of 3 chosen, ¥390,000. ¥10,000 of the budget is left." in page and "If nothing is renewed" in page
    form = {"year": YEAR, "budget": "400000", "item": [item.pk, roof.pk], "title": "更新", "note": "", "client_uid": "0" * 31 + "1"}
    tried = browser.post(url, form | {"act": "try"})
    assert "2 of 3 chosen, ¥1,580,000. The budget lacks ¥1,180,000." in tried.content.decode() and not RenewalProposal.objects.exists()
    assert browser.post(url, form | {"act": "hand_in", "item": []}).status_code == 422
    for _twice in range(2):
        answer = browser.post(url, form | {"act": "hand_in"})
        assert answer.status_code == 302
    proposal = RenewalProposal.objects.get()
    assert answer.url == proposal.get_absolute_url() and list(proposal.lines.values_list("item", flat=True)) == [item.pk, roof.pk]
    shown = browser.get(proposal.get_absolute_url()).content.decode()
    assert "5 failures in 12 months." in shown and "¥1,580,000" in shown
    assert proposal.number in browser.get(item.get_absolute_url()).content.decode()
    assert browser.get(reverse("assets:renewal-proposal-paper", args=[proposal.pk])).content.startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(browser.get(reverse("assets:renewal-proposal-book", args=[proposal.pk])).content))
    head, first, _second = list(book.active.iter_rows(values_only=True))
    row = dict(zip(head, first, strict=True))
    assert (row["Upkeep of 12 months (yuan)"], row["Cost then (yuan)"], row["Failures in 12 months"], row["Grade"]) == (
        114000,
        380000,
        5,
        4,
    )
    assert sum(row[name.capitalize() if name != "cost" else "Upkeep cost"] for name in PARTS) == pytest.approx(80.75, abs=0.05)
    stranger = client_of(person_with("facilities_manager", place=BuildingFactory()))
    assert stranger.get(proposal.get_absolute_url()).status_code == 404
    assert stranger.get(reverse("assets:renewal-proposal-paper", args=[proposal.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_in_the_same_item_one_wins() -> None:
    manager = person_with("facilities_manager")
    item = renewal.put_on_list(equipment=EquipmentFactory(place=BuildingFactory()), year=YEAR, by=manager)

    def hand_in() -> Any:
        return services.propose(items=[item], year=YEAR, title="更新", by=manager)

    results = together(hand_in, hand_in, hand_in)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "RenewalProposal"]
    assert RenewalProposal.objects.count() == 1
