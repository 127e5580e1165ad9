"""Transfers, disposals and counts: two sides agree, two people appraise, each difference is decided, and only then the register changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.urls import reverse

from assets.census import services as counting
from assets.custody.factories import CustodyFactory
from assets.disposals.factories import DisposalFactory
from assets.disposals.services import draft as dispose
from assets.disposals.workflow import VALUE
from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.models import CensusLine, Disposal, DisposalLine, Equipment, Transfer
from assets.transfers.services import draft as transfer
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.alerts.services import run_check
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.factories import ApprovalRouteFactory
from logistics.core.fields import days
from logistics.core.models import Approval
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def numbers_apart_from_those_given() -> None:
    EquipmentFactory.reset_sequence(500_000)


def chairs(**fields: Any) -> Equipment:
    return EquipmentFactory(
        category=EquipmentCategoryFactory(group_allowed=True), tracking="group", quantity=48, purchase_cost=4800, **fields
    )


def test_ten_of_48_chairs_go_to_another_department_and_38_stay() -> None:
    giving, taking, room = DepartmentFactory(head=PersonFactory()), DepartmentFactory(head=PersonFactory()), RoomFactory()
    group, oven = chairs(department=giving), EquipmentFactory(department=giving, purchase_cost=900)
    officer = person_with("asset_officer")
    answer = client_of(officer).post(
        reverse("assets:transfer-add"),
        {
            "things": [group.pk, oven.pk],
            "pieces": f"{group.number} = 10",
            "from_department": giving.pk,
            "to_department": taking.pk,
            "to_place": room.pk,
            "reason": "New classroom",
        },
    )
    row = Transfer.objects.get()
    assert (answer.status_code, row.number[:3], row.lines.count()) == (302, "SD-", 2)
    perform(row, "request", by=officer)
    with pytest.raises(PermissionDenied):
        perform(row, "approve", by=taking.head)
    perform(row, "approve", by=giving.head)
    perform(row, "hand_over", by=officer)
    line = row.lines.get(equipment=oven)
    perform(row, "receive", by=taking.head, missing=[line], differences="The oven was not on the cart.")
    group.refresh_from_db()
    oven.refresh_from_db()
    part = Equipment.objects.get(origin_kind="assets.transfer")
    assert (group.quantity, group.purchase_cost, group.department) == (38, Decimal("3800.00"), giving)
    assert (part.quantity, part.purchase_cost, part.department, part.place) == (10, Decimal("1000.00"), taking, room)
    assert part.number
    assert part.number != group.number
    assert (oven.department, oven.place == room) == (giving, False)
    assert sorted(row.lines.values_list("received", "open")) == [(0, False), (10, False)]


def test_a_thing_goes_one_way_at_a_time_and_not_while_somebody_has_it() -> None:
    giving, taking, room = DepartmentFactory(), DepartmentFactory(), RoomFactory()
    thing, lent, officer = EquipmentFactory(department=giving), EquipmentFactory(department=giving), person_with("asset_officer")
    CustodyFactory(equipment=lent)
    papers = [
        transfer(things=[one], by=officer, from_department=giving, to_department=taking, to_place=room, reason="x")
        for one in (thing, thing, lent)
    ]
    perform(papers[0], "request", by=officer)
    with pytest.raises(Conflict):
        perform(papers[1], "request", by=officer)
    with pytest.raises(ValidationError, match="handed out"):
        perform(papers[2], "request", by=officer)
    with pytest.raises(ValidationError, match="does not belong"):
        perform(
            transfer(things=[EquipmentFactory()], by=officer, from_department=giving, to_department=taking, to_place=room, reason="x"),
            "request",
            by=officer,
        )
    perform(papers[0], "refuse", by=officer, reason="Needed here")
    perform(papers[1], "request", by=officer)


def test_a_disposal_takes_two_appraisers_one_from_outside_an_approval_by_value_and_is_final() -> None:
    office = DepartmentFactory()
    inside, insider, outsider = (
        PersonFactory(department=office),
        PersonFactory(department=office),
        PersonFactory(department=DepartmentFactory()),
    )
    person_with("logistics_director")
    thing = EquipmentFactory(department=office, purchase_cost=12000, status="out_of_service")
    officer = person_with("asset_officer")
    row = dispose(things=[thing], by=officer, department=office, reason="Rusted through", appraiser_a=inside, appraiser_b=outsider)
    with pytest.raises(Conflict):
        dispose(things=[thing], by=officer, department=office, reason="Again")
    ApprovalRouteFactory(purpose=VALUE, steps=["logistics_director"], amounts=NumericRange(0, None, "(]"), during=days(date(2020, 1, 1)))
    perform(row, "appraise", by=inside, verdict="worn_out")
    with pytest.raises(ValidationError, match="already"):
        perform(row, "appraise", by=inside, verdict="worn_out")
    Disposal.objects.filter(pk=row.pk).update(appraiser_b=insider)
    row.refresh_from_db()
    with pytest.raises(ValidationError, match="another department"):
        perform(row, "appraise", by=insider, verdict="worn_out")
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the moves
        Disposal.objects.filter(pk=row.pk).update(state="approved")
    Disposal.objects.filter(pk=row.pk).update(appraiser_b=outsider)
    row.refresh_from_db()
    perform(row, "appraise", by=outsider, verdict="unsafe", note="The door glows.")
    row.refresh_from_db()
    assert (row.state, row.cost) == ("appraised", Decimal("12000.00"))
    with pytest.raises(ValidationError, match="approved first"):
        perform(row, "approve", by=officer)
    perform(row, "ask_approval", by=officer, note="Unsafe")
    perform(Approval.objects.get(), "approve", by=person_with("logistics_director"))
    perform(row, "approve", by=officer)
    perform(row, "execute", by=officer, executed_on=clock.today(), receipt_no="R-7", residual_value=Decimal(300))
    thing.refresh_from_db()
    assert thing.status == "disposed"
    with pytest.raises(Exception, match="for good"), transaction.atomic():
        Equipment.objects.filter(pk=thing.pk).update(status="in_service")
    with pytest.raises(PermissionDenied):
        perform(EquipmentFactory(), "dispose", by=officer)
    perform(row, "close", by=officer, finance_ref="CW-2026-88")
    assert Disposal.objects.get().state == "closed"


def test_three_of_48_chairs_are_scrapped_and_45_stay() -> None:
    office, officer = DepartmentFactory(), person_with("asset_officer")
    group = chairs(department=office)
    row = dispose(things=[group], pieces={group.pk: 3}, by=officer, department=office, reason="Broken legs")
    assert DisposalLine.objects.get().cost == Decimal("300.00")
    for _n in range(2):
        perform(row, "appraise", by=person_with("asset_officer"), verdict="worn_out")
    perform(row, "approve", by=officer)
    perform(row, "execute", by=officer, executed_on=clock.today(), receipt_no="R-8")
    group.refresh_from_db()
    gone = Equipment.objects.get(status="disposed")
    assert (group.quantity, group.status, gone.quantity, gone.purchase_cost) == (45, "in_service", 3, Decimal("300.00"))
    assert DisposalLine.objects.get().gone == gone


def test_a_count_freezes_finds_decides_and_posts() -> None:
    """Five things are expected: one found, one elsewhere, one broken, one short of pieces, one missing; two more are not expected."""
    office, building = DepartmentFactory(), BuildingFactory()
    here, there, outside = RoomFactory(parent=building), RoomFactory(parent=building), RoomFactory()
    found, moved, broken, lost = (EquipmentFactory(place=here, department=office) for _n in range(4))
    group, stranger = chairs(place=here, department=office), EquipmentFactory(place=outside)
    officer, counter = person_with("asset_officer"), PersonFactory()
    census = counting.set_up(by=officer, name="Spring", place=building, begins_on=clock.today(), ends_on=clock.today(), counters=[counter])
    with pytest.raises(Conflict):
        counting.see(census=census, thing=found, place=here, by=counter)
    perform(census, "start", by=officer)
    Equipment.objects.filter(pk=lost.pk).update(place=outside)  # what changes afterwards changes nothing in the list
    EquipmentFactory(place=here)
    assert census.lines.count() == 5
    browser, page = client_of(counter), reverse("assets:count", args=[census.pk])
    assert browser.get(f"{page}?place={here.pk}").content.decode().count("hq-btn-tint") == 5
    assert browser.post(page, {"thing": found.pk, "place": here.pk}).status_code == 302
    assert browser.post(page, {"thing": moved.pk, "place": there.pk}).status_code == 302
    assert browser.post(page, {"thing": broken.pk, "place": here.pk, "broken": "1"}).status_code == 302
    assert browser.post(page, {"thing": group.pk, "place": here.pk, "quantity": "45"}).status_code == 302
    assert browser.post(page, {"thing": stranger.pk, "place": there.pk}).status_code == 302
    assert browser.post(page, {"found_name": "电钢琴", "place": there.pk}).status_code == 302
    assert client_of(PersonFactory()).get(page).status_code == 404
    perform(census, "review", by=officer)
    results = dict(CensusLine.objects.exclude(equipment=None).values_list("equipment", "result"))
    assert results == {
        found.pk: "found",
        moved.pk: "moved",
        broken.pk: "broken",
        group.pk: "found",
        stranger.pk: "surplus",
        lost.pk: "missing",
    }
    assert run_check("assets.census_missing") == 1
    with pytest.raises(ValidationError, match="6 differences"):
        perform(census, "close", by=officer)
    kind = EquipmentCategoryFactory()

    def line(thing: Any) -> CensusLine:
        return CensusLine.objects.get(census=census, equipment=thing)

    with pytest.raises(ValidationError):
        counting.decide(line=line(lost), decision="move", by=officer)
    for thing, decision in ((moved, "move"), (broken, "repair"), (group, "adjust"), (stranger, "move"), (lost, "write_off")):
        assert client_of(officer).post(reverse("assets:censusline-edit", args=[line(thing).pk]), {"decision": decision}).status_code == 302
    counting.decide(line=line(None), decision="register", category=kind, by=officer)
    perform(census, "close", by=officer)
    for thing in (moved, broken, group, stranger, lost):
        thing.refresh_from_db()
    assert (moved.place, broken.status, group.quantity, stranger.place) == (there, "out_of_service", 45, there)
    new = Equipment.objects.get(origin_kind="assets.census")
    assert (new.name_zh, new.category, new.place, new.status) == ("电钢琴", kind, there, "planned")
    paper = Disposal.objects.get()
    assert (paper.way, paper.department, [one.equipment for one in paper.lines.all()], lost.status) == (
        "loss",
        office,
        [lost],
        "in_service",
    )
    span = (clock.now() - timedelta(days=1), clock.now() + timedelta(days=1))
    figure = MEASURES["assets.census_found"].compute(officer, span)
    assert (figure.value, figure.n) == (60.0, 5)  # the broken one counts as neither found nor moved


def test_the_papers_are_printed_for_those_who_may_see_them() -> None:
    giving, officer = DepartmentFactory(), person_with("asset_officer")
    thing = EquipmentFactory(department=giving)
    moved = transfer(
        things=[thing], by=officer, from_department=giving, to_department=DepartmentFactory(), to_place=RoomFactory(), reason="x"
    )
    gone = DisposalFactory(department=giving)
    census = counting.set_up(by=officer, name="All", begins_on=clock.today(), ends_on=clock.today())
    perform(census, "start", by=officer)
    for name, row in (("transfer-paper", moved), ("disposal-paper", gone), ("census-paper", census)):
        url = reverse(f"assets:{name}", args=[row.pk])
        assert client_of(officer).get(url).content.startswith(b"%PDF")
        assert client_of(PersonFactory()).get(url).status_code == 404
