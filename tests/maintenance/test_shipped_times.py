"""What a school begins with, the promise that is shown, and what opened a report."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from logistics.alerts.kinds import alert_kind
from logistics.alerts.services import raise_alert
from logistics.campus.factories import RoomFactory
from logistics.core import clock
from logistics.core.workflow import perform
from maintenance.factories import RepairCategoryFactory, ServicePolicyFactory, SymptomFactory
from maintenance.models import Clock, HoldReason, RepairRequest, ServicePolicy
from maintenance.services.reporting import report
from maintenance.standards import ship_standards
from tests.maintenance.world import SINCE, World, browser

HOUR = 3600
SHIPPED = [("P1", 900, 4 * HOUR, "round"), ("P2", HOUR, 8 * HOUR, "duty"), ("P3", 4 * HOUR, 24 * HOUR, "duty"),
           ("P4", 8 * HOUR, 80 * HOUR, "duty")]
ROWS = ("priority", "response_s", "resolve_s", "counts")


# what a school begins with -----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_new_school_has_promised_times_and_reasons_to_wait_and_takes_a_report() -> None:
    assert list(ServicePolicy.objects.order_by("priority").values_list(*ROWS)) == SHIPPED
    assert sorted(HoldReason.objects.values_list("code", flat=True)) == ["access", "other_job", "outside", "part", "weather"]
    made = report(place=RoomFactory(), by=None, symptom=SymptomFactory())[0]
    assert Clock.objects.get(request=made).target_s == 4 * HOUR


@pytest.mark.django_db
def test_what_a_school_has_changed_or_ended_is_never_shipped_anew() -> None:
    ServicePolicy.objects.filter(priority="P3").update(resolve_s=7 * HOUR)
    ServicePolicy.objects.exclude(priority="P3").delete()
    HoldReason.objects.exclude(code="part").delete()
    HoldReason.objects.update(max_days=99)
    ship_standards()
    assert list(ServicePolicy.objects.values_list("priority", "resolve_s")) == [("P3", 7 * HOUR)]
    assert list(HoldReason.objects.values_list("code", "max_days")) == [("part", 99)]


def test_when_a_policy_has_lapsed_the_shipped_times_hold_and_the_page_says_so(world: World) -> None:
    past = DateTimeTZRange(clock.now() - timedelta(days=9), clock.now() - timedelta(days=1))
    ServicePolicy.objects.update(during=past, resolve_s=5)
    answer = browser(world.people["student"]).post("/maintenance/report/", {
        "place": world.washroom.pk, "symptom": world.symptoms["light"].pk, "client_uid": uuid.uuid4(), "seen": "1"})
    assert answer.status_code == 302
    order = perform(RepairRequest.objects.get(), "accept", by=world.people["desk"]).work_order
    found = {row.kind: (row.target_s, row.policy) for row in Clock.objects.filter(order=order)}
    assert found == {"response": (4 * HOUR, None), "resolve": (24 * HOUR, None)}
    page = browser(world.people["desk"]).get(order.get_absolute_url()).content.decode()
    assert page.count("The shipped times hold: no service policy of the school fits.") == 2
    perform(order, "prioritise", by=world.people["desk"], priority="P2", reason="today")
    assert Clock.objects.get(order=order, kind="resolve").target_s == 8 * HOUR


# the promise -------------------------------------------------------------------------------------------------------------
def test_the_page_shows_the_row_chosen_and_why(world: World) -> None:
    made = report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])[0]
    client = browser(world.people["desk"])
    assert "Service policy “P3”, chosen by: P3." in client.get(made.get_absolute_url()).content.decode()
    ServicePolicyFactory(name="Wet rooms", place=world.building, category=world.categories["water"], kind="corrective", priority="",
                         during=SINCE, response_s=600, resolve_s=1200)
    order = perform(made, "accept", by=world.people["desk"]).work_order
    page = client.get(order.get_absolute_url()).content.decode()
    assert page.count("Service policy “Wet rooms”, chosen by: Mingde Hall, Plumbing, Repair.") == 2


def policy(client: Any, **fields: Any) -> Any:
    return client.post("/maintenance/policies/add/", {
        "name": "Upkeep", "kind": "preventive", "priority": "P3", "response_s": 3600, "resolve_s": 7200, "counts": "duty",
        "steps": "60,100", "during_0": "2026-01-01", **fields})


def test_a_promise_may_name_its_kind_of_order_and_its_steps(world: World) -> None:
    client = browser(world.people["manager"])
    answer = policy(client)
    assert answer.status_code == 302, answer.content.decode()
    made = ServicePolicy.objects.get(name="Upkeep")
    assert (made.kind, made.steps) == ("preventive", [60, 100])
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Upkeep" in page and "60%, 100%" in page
    assert policy(client, name="Bad", steps="100,60", priority="P2").status_code == 422
    assert policy(client, name="Bad", steps="50,80", priority="P2").status_code == 422
    assert policy(client, name="Bad", kind="nonsense", priority="P2").status_code == 422
    assert ServicePolicy.objects.filter(name="Bad").count() == 0


# what opened it ----------------------------------------------------------------------------------------------------------
alert_kind("shipped.sensor", "Sensor %(what)s", 3, signal=True)


def test_one_alert_opens_one_report_as_long_as_it_is_open_and_both_pages_lead_to_each_other(world: World) -> None:
    alert, _opened = raise_alert(kind="shipped.sensor", key="7", place=world.classroom, params={"what": "7"})
    kind = RepairCategoryFactory(name_zh="设备", name_en="Devices")

    def fault() -> tuple[RepairRequest, bool]:
        return report(place=world.classroom, by=None, category=kind, channel="device", description="It comes and goes.", source=alert)

    (first, new), (again, anew) = fault(), fault()
    assert (new, anew, again) == (True, False, first)
    assert (first.source_kind, first.source_id) == ("alerts.alert", alert.pk)
    client = browser(world.people["desk"])
    assert alert.get_absolute_url() in client.get(first.get_absolute_url()).content.decode()
    assert first.get_absolute_url() in client.get(alert.get_absolute_url(), {"cards": 1}).content.decode()
    perform(first, "reject", by=world.people["manager"], reason="It was the plug.")
    second, new = fault()
    assert new and second != first
