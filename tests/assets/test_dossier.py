"""一机一档: what an inspector asks for, in five groups."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from pypdf import PdfReader

from assets.certificates.factories import SchemeFactory, StatutoryRecordFactory
from assets.downtime.factories import DowntimeFactory
from assets.factories import EquipmentFactory
from assets.meters.factories import MeterFactory, MeterReadingFactory
from assets.models import ReadingVoid
from logistics.accounts.factories import OrganisationFactory, PersonFactory
from logistics.campus.factories import RoomFactory
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.controls.factories import ControlSheetFactory
from maintenance.factories import WorkOrderFactory
from maintenance.findings.factories import FindingFactory
from maintenance.plans.factories import PlanOccurrenceFactory
from tests.maintenance.scene import at

pytestmark = pytest.mark.django_db
GROUPS = ["1. Technical papers", "2. Inspections and own checks", "3. Daily use", "4. Upkeep", "5. Failures and accidents"]


def printed(thing: Any, person: Any) -> str:
    answer = client_of(person).get(reverse("assets:dossier", args=[thing.pk]))
    assert answer.status_code == 200
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


def test_the_dossier_of_a_lift_tells_the_five_groups_each_with_its_records() -> None:
    room = RoomFactory()
    lift = EquipmentFactory(place=room, name_en="Lift of block 3")
    scheme = SchemeFactory(name_en="Lift inspection")
    with clock.standing_at(at("2026-09-30 12:00")):
        StatutoryRecordFactory(
            equipment=lift, place=None, scheme=scheme, action="inspect", performed_on=date(2026, 2, 3), valid_until=date(2027, 1, 31),
            certificate_no="T-2026-0417", body=OrganisationFactory(name_en="Provincial institute"), inspector="")
        StatutoryRecordFactory(
            equipment=lift, place=None, scheme=scheme, action="check", performed_on=date(2026, 9, 1), valid_until=None, certificate_no="",
            note="doors and emergency call")
        meter = MeterFactory(equipment=lift, quantity="hours")
        MeterReadingFactory(meter=meter, value=Decimal(1180), cumulative=Decimal(1180), read_at=at("2026-09-20 09:00"))
        wrong = MeterReadingFactory(meter=meter, value=Decimal(98765), cumulative=Decimal(98765), read_at=at("2026-09-21 09:00"))
        ReadingVoid.objects.create(reading=wrong, reason="read wrong")
        ControlSheetFactory(category=lift.category, place=room, first_on=date(2026, 9, 7), kind="weekly", notes="Pit lamp to replace")
        ControlSheetFactory(category=lift.category, place=RoomFactory(), first_on=date(2026, 9, 8), notes="Elsewhere")
        PlanOccurrenceFactory(equipment=lift, place=room, due_on=date(2026, 9, 15), state="skipped", reason="Holiday of the firm")
        WorkOrderFactory(equipment=lift, place=room, kind="preventive", title_en="Half-monthly upkeep", completion_note="Rails greased")
        WorkOrderFactory(equipment=lift, place=room, kind="corrective", title_en="Stuck on 4", completion_note="Door contact replaced")
        FindingFactory(equipment=lift, place=room, title_en="Emergency call is dead")
        DowntimeFactory(equipment=lift, during=DateTimeTZRange(at("2026-09-03 08:00"), at("2026-09-03 20:00")), note="Door contact")
    text = printed(lift, person_with("facilities_manager"))
    assert [text.count(group) for group in GROUPS] == [1] * 5
    parts = text.split(GROUPS[0])[1]
    papers, inspections, use, upkeep, failures = (
        parts.split(GROUPS[1])[0], *(parts.split(a)[1].split(b)[0] for a, b in zip(GROUPS[1:], [*GROUPS[2:], "Timeline"], strict=True)))
    assert "Serial number" in papers
    for words in ("Statutory inspections", "T-2026-0417", "Provincial institute", "31 Jan 2027", "Own checks", "doors and emergency call"):
        assert words in inspections, words
    assert ("1,180" in use, "98,765" in use, "Pit lamp to replace" in use, "Elsewhere" in use) == (True, False, True, False)
    for words in ("Holiday of the firm", "Half-monthly upkeep", "Rails greased"):
        assert words in upkeep, words
    assert "Stuck on 4" not in upkeep
    for words in ("Stuck on 4", "Door contact replaced", "Emergency call is dead", "12.0"):
        assert words in failures, words


def test_a_dossier_without_records_says_so_in_each_group_and_is_for_those_who_answer_for_the_thing() -> None:
    thing = EquipmentFactory(keeper=PersonFactory())
    text = printed(thing, thing.keeper)
    assert [text.count(group) for group in GROUPS] == [1] * 5
    assert text.count("Nothing is recorded.") == 4
    assert client_of(PersonFactory()).get(reverse("assets:dossier", args=[thing.pk])).status_code == 403
