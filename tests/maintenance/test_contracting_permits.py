"""Firms see their own orders and nothing else; dangerous work needs a permit of three people (invariants 19, 20, 21)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from assets.factories import EquipmentFactory
from logistics.accounts.factories import OrganisationFactory, PersonFactory
from logistics.alerts.models import Notification
from logistics.alerts.services import scan_deadlines
from logistics.core import clock
from logistics.core.errors import NotAllowed
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.contracting.factories import FirmCertificateFactory, QuoteFactory
from maintenance.contracting.services import ask_for_quote, plan_visit
from maintenance.contracting.widgets import of_firm
from maintenance.models import CostLine, FailureCode, Permit, WorkOrder
from maintenance.permits.factories import PermitFactory
from maintenance.permits.services import ask_for_permit
from maintenance.services import report
from staff.factories import CertificateTypeFactory
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Scene:
    return scene()


def firm_with(n: int) -> tuple[Any, list[Any]]:
    firm = OrganisationFactory(kind="contractor")
    return firm, [PersonFactory(kinds=["contractor"], organisation=firm) for _n in range(n)]


def order_of(here: Scene, **fields: Any) -> WorkOrder:
    return orders.make(by=None, place=here.room, category=here.tap, title_zh="换泵", priority="P3", **fields)


# firms -------------------------------------------------------------------------------------------------------------------
def test_a_firm_quotes_comes_and_finishes_and_the_offer_becomes_the_cost(here: Scene) -> None:
    firm, (worker, other) = firm_with(2)
    order = order_of(here)
    quote = ask_for_quote(order=order, organisation=firm, by=here.dispatcher)
    rival = ask_for_quote(order=order, organisation=firm_with(1)[0], by=here.dispatcher)
    assert Notification.objects.filter(code="maintenance.quote_asked", person__in=[worker, other]).count() == 2
    assert client_of(worker).get(f"/maintenance/today/{order.pk}/").status_code == 200
    perform(quote, "offer", by=worker, amount=Decimal("280.00"), valid_until=clock.today() + timedelta(days=30))
    perform(quote, "accept", by=here.dispatcher)
    rival.refresh_from_db()
    assert rival.state == "refused"
    perform(order, "assign_firm", by=here.dispatcher, contractor=firm)
    order.refresh_from_db()
    assert (order.lead, order.contractor, order.estimate_cost) == (None, firm, Decimal("280.00"))
    visit = plan_visit(order=order, begin=clock.now(), end=clock.now() + timedelta(hours=2), people=[worker], by=worker)
    for move in ("accept", "start"):
        perform(WorkOrder.objects.get(pk=order.pk), move, by=worker)
    perform(visit, "arrive", by=worker)
    perform(WorkOrder.objects.get(pk=order.pk), "finish", by=worker, completion_note="换好")
    perform(visit, "leave", by=worker)
    assert list(CostLine.objects.values_list("type", "amount", "organisation")) == [("service", Decimal("280.00"), firm.pk)]
    closed = perform(WorkOrder.objects.get(pk=order.pk), "verify", by=here.leader)
    assert orders.cost_of(closed) == Decimal("280.00")  # type: ignore[arg-type]

def test_a_firm_that_is_asked_for_a_price_is_led_to_its_offer_and_the_school_sees_both(here: Scene) -> None:
    firm, (worker,) = firm_with(1)
    order = order_of(here)
    quote = ask_for_quote(order=order, organisation=firm, note="含运费", by=here.dispatcher)
    page = client_of(worker).get(f"/maintenance/today/{order.pk}/").content.decode()
    assert f'class="btn btn-primary btn-lg hq-block" href="{quote.get_absolute_url()}"' in page and "含运费" in page
    perform(quote, "offer", by=worker, amount=Decimal("280.00"), valid_until=clock.today() + timedelta(days=30))
    page = client_of(worker).get(f"/maintenance/today/{order.pk}/").content.decode()
    assert "The school asks you for a price" not in page and "¥280" in page
    request = RequestFactory().get("/")
    request.user = here.dispatcher
    card = of_firm(request, firm)
    assert "¥280" in card and quote.get_absolute_url() in card and of_firm(request, firm_with(1)[0]) == ""


def test_within_the_warranty_an_outside_offer_asks_for_a_reason(here: Scene) -> None:
    firm, (worker,) = firm_with(1)
    thing = EquipmentFactory(place=here.room, warranty_until=clock.today() + timedelta(days=90))
    quote = ask_for_quote(order=order_of(here, equipment=thing), organisation=firm, by=here.dispatcher)
    perform(quote, "offer", by=worker, amount=Decimal("280.00"), valid_until=clock.today())
    with pytest.raises(ValidationError, match="under warranty"):
        perform(quote, "accept", by=here.dispatcher)
    accepted: Any = perform(quote, "accept", by=here.dispatcher, warranty_reason="人为损坏，厂家不保")
    assert accepted.warranty_reason == "人为损坏，厂家不保"


def test_one_offer_of_an_order_is_accepted_the_database_says(here: Scene) -> None:
    order = order_of(here)
    fields = {"order": order, "state": "accepted", "amount": 5, "valid_until": clock.today()}
    QuoteFactory(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuoteFactory(**fields)


def test_a_firm_sees_only_its_own_orders_and_no_phone_or_name_of_a_reporter(here: Scene) -> None:
    firm, (worker,) = firm_with(1)
    reporter = here.people[0]
    reporter.phone, reporter.name_en, reporter.name_zh = "13900001111", "Secret Reporter", "秘密报修人"
    reporter.save()
    request, _made = report(place=here.room, by=reporter, symptom=here.drip, description="水管爆了", access="windows")
    order = perform(request, "accept", by=here.dispatcher).work_order  # type: ignore[attr-defined]
    foreign = order_of(here)
    browser = client_of(worker)
    for address in (
        f"/maintenance/work-orders/{order.pk}/",
        f"/maintenance/today/{order.pk}/",
        f"/api/v1/maintenance/work-orders/{order.pk}/",
    ):
        assert browser.get(address).status_code == 404
    perform(order, "assign_firm", by=here.dispatcher, contractor=firm)
    pages = [f"/maintenance/today/{order.pk}/", f"/api/v1/maintenance/work-orders/{order.pk}/", "/maintenance/our-orders/", "/"]
    for address in pages:
        answer = browser.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert not any(word in text for word in ("13900001111", "Secret Reporter", "秘密报修人")), address
    assert "水管爆了" in browser.get(pages[0]).content.decode()
    assert browser.get(f"/maintenance/today/{foreign.pk}/").status_code == 404
    assert browser.get(f"/maintenance/requests/{request.pk}/").status_code == 404
    assert browser.get(reporter.get_absolute_url()).status_code == 404
    stranger = client_of(firm_with(1)[1][0])
    assert stranger.get(f"/maintenance/today/{order.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        perform(WorkOrder.objects.get(pk=order.pk), "accept", by=firm_with(1)[1][0])


def test_work_that_needs_a_certificate_goes_to_no_firm_and_is_begun_by_nobody_without_it(here: Scene) -> None:
    kind = CertificateTypeFactory()
    here.tap.certificates.set([kind])
    firm, (holder, other) = firm_with(2)
    order = order_of(here)
    with pytest.raises(ValidationError, match="No valid certificate"):
        perform(order, "assign_firm", by=here.dispatcher, contractor=firm)
    paper = FirmCertificateFactory(person=holder, type=kind, valid_until=clock.today() + timedelta(days=5))
    span = {"planned_start": clock.now(), "planned_end": clock.now() + timedelta(days=9)}
    with pytest.raises(ValidationError, match="No valid certificate"):  # not on every planned day
        perform(order, "assign_firm", by=here.dispatcher, contractor=firm, **span)
    answer = client_of(here.dispatcher).post(
        f"/api/v1/maintenance/work-orders/{order.pk}/assign_firm/",
        {"contractor": firm.pk, **{name: moment.isoformat() for name, moment in span.items()}},
        content_type="application/json",
    )
    assert answer.status_code in (409, 422, 428)
    paper.valid_until = date(2030, 1, 1)
    paper.save()
    perform(order, "assign_firm", by=here.dispatcher, contractor=firm, **span)
    perform(WorkOrder.objects.get(pk=order.pk), "accept", by=other)
    with pytest.raises(ValidationError, match="No valid certificate"):
        perform(WorkOrder.objects.get(pk=order.pk), "start", by=other)
    assert perform(WorkOrder.objects.get(pk=order.pk), "start", by=holder).state == "in_progress"  # type: ignore[attr-defined]


# permits -----------------------------------------------------------------------------------------------------------------
def begun(here: Scene, when: str = "2026-09-15 09:00") -> tuple[WorkOrder, Any, Any]:
    """An order of hot work, accepted by its technician; the watcher."""
    here.tap.permits = ["hot_work"]
    here.tap.save()
    mender, watcher = technician(here, "Chen", 4).staff.person, technician(here, "Li", 3).staff.person
    with clock.standing_at(at(when)):
        order = order_of(here)
        perform(order, "assign", by=here.dispatcher, to=mender)
        perform(WorkOrder.objects.get(pk=order.pk), "accept", by=mender)
    return WorkOrder.objects.get(pk=order.pk), mender, watcher


def test_no_permit_no_start_and_when_it_runs_out_the_work_stops(here: Scene) -> None:
    officer = person_with("safety_officer")
    order, mender, watcher = begun(here)
    assert order.permits_needed == ["hot_work"]
    with clock.standing_at(at("2026-09-15 09:10")):
        with pytest.raises(ValidationError, match="No permit holds now: Hot work"):
            perform(order, "start", by=mender)
        asked = {
            "order": order,
            "kind": "hot_work",
            "begin": at("2026-09-15 09:00"),
            "measures": "灭火器两具",
            "watcher": watcher,
            "by": mender,
        }
        with pytest.raises(ValidationError, match="At most 8 hours"):
            ask_for_permit(end=at("2026-09-15 17:01"), **asked)
        permit = ask_for_permit(end=at("2026-09-15 11:00"), **asked)
        with pytest.raises(ValidationError, match="No permit"):  # asked for is not issued
            perform(order, "start", by=mender)
        perform(permit, "issue", by=officer)
        perform(order, "start", by=mender)
    permit.refresh_from_db()
    assert (permit.state, permit.issued_by, permit.number) == ("active", officer, "ZY-2026-000001")
    with clock.standing_at(at("2026-09-15 11:00")):
        scan_deadlines(clock.now())
        permit.refresh_from_db()
        order.refresh_from_db()
        assert (permit.state, order.state, order.holds.get().reason.code) == ("expired", "on_hold", "permit")
        with pytest.raises(ValidationError, match="No permit"):
            perform(order, "resume", by=mender)
        again = ask_for_permit(end=at("2026-09-15 12:00"), **{**asked, "begin": at("2026-09-15 11:00")})
        perform(again, "issue", by=officer)
        perform(order, "resume", by=mender)
        perform(again, "activate", by=watcher)
        with pytest.raises(ValidationError, match="First close the permit"):
            perform(WorkOrder.objects.get(pk=order.pk), "finish", by=mender, completion_note="焊好")
        perform(again, "close", by=watcher, note="无余火")
        assert perform(WorkOrder.objects.get(pk=order.pk), "finish", by=mender, completion_note="焊好").state == "done"  # type: ignore[attr-defined]


def test_three_people_answer_for_a_permit(here: Scene) -> None:
    officer = person_with("safety_officer")
    order, mender, _watcher = begun(here)
    with pytest.raises(ValidationError):
        ask_for_permit(
            order=order, kind="hot_work", begin=clock.now(), end=clock.now() + timedelta(hours=2), measures="x", watcher=mender, by=mender
        )
    own = PermitFactory(order=order, applicant=officer)
    with pytest.raises(ValidationError, match="does not issue it"):
        perform(own, "issue", by=officer)
    with pytest.raises(PermissionDenied):
        perform(PermitFactory(order=order), "issue", by=mender)
    for fields in (
        {"watcher": mender, "applicant": mender},
        {"issued_by": officer, "watcher": officer},
        {"issued_by": officer, "applicant": officer},
        {"state": "issued"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PermitFactory(order=order, **fields)


def test_a_revoked_permit_stops_the_work_too_and_the_form_asks_on_the_page(here: Scene) -> None:
    officer = person_with("safety_officer")
    order, mender, watcher = begun(here)
    with clock.standing_at(at("2026-09-15 09:30")):
        answer = client_of(mender).post(
            "/maintenance/permits/add/",
            {
                "order": order.pk,
                "kind": "hot_work",
                "begin": "2026-09-15T09:00",
                "end": "2026-09-15T12:00",
                "watcher": watcher.pk,
                "measures": "接火斗",
            },
        )
        permit = Permit.objects.get()
        assert (answer.status_code, permit.applicant) == (302, mender)
        assert client_of(officer).post(f"/maintenance/permits/{permit.pk}/move/issue/").status_code == 302
        perform(order, "start", by=mender)
        perform(permit, "revoke", by=officer, reason="起风")
    order.refresh_from_db()
    assert order.state == "on_hold"


# failure codes -----------------------------------------------------------------------------------------------------------
def test_a_repair_of_vital_equipment_is_finished_in_codes(here: Scene) -> None:
    for level in ("problem", "cause", "remedy"):
        FailureCode.objects.create(code=level, name_zh=level, name_en=level, level=level)
    mender = technician(here, "Chen", 4).staff.person
    order = order_of(here, equipment=EquipmentFactory(place=here.room, criticality="A"))
    for move, by, data in (("assign", here.dispatcher, {"to": mender}), ("accept", mender, {}), ("start", mender, {})):
        order = perform(order, move, by=by, **data)  # type: ignore[assignment]
    codes = {row.level: row for row in FailureCode.objects.all()}
    with pytest.raises(ValidationError) as refused:
        perform(order, "finish", by=mender, completion_note="换了", cause=codes["cause"])
    assert sorted(refused.value.message_dict) == ["problem", "remedy"]
    assert perform(order, "finish", by=mender, completion_note="换了", **codes).state == "done"  # type: ignore[attr-defined]
