"""Readings: judged when they come, voided, counted on over turns and new counters; many at once over the API."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assets.factories import EquipmentFactory
from assets.meters import services
from assets.meters.alerts import reading_stopped
from assets.meters.models import MeterFit, MeterReading
from logistics.campus.factories import RoomFactory
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.testing.world import client_of, person_with
from tests.maintenance.scene import at

NOON = "2026-03-01 12:00"


def meter(**fields: Any) -> Any:
    with clock.standing_at(at("2026-01-01 00:00")):
        return services.make_meter(equipment=EquipmentFactory(place=RoomFactory()), **{"quantity": "hours", "by": None, **fields})


def shows(row: Any, value: Any, when: str, **options: Any) -> MeterReading:
    with clock.standing_at(at(when)):
        return services.read(meter=row, value=Decimal(value), by=None, **options)


@pytest.mark.django_db
def test_less_than_before_and_the_future_are_refused_and_much_more_is_asked_about() -> None:
    row = meter()
    shows(row, 100, NOON, confirmed=True)
    with pytest.raises(ValidationError, match="less is only possible"):
        shows(row, 99, "2026-03-02 12:00")
    with pytest.raises(ValidationError, match="future"), clock.standing_at(at(NOON)):
        services.read(meter=row, value=Decimal(101), read_at=at("2026-03-01 12:06"), by=None)
    # 24 hours a day with 5 % and one unit to spare: 100 + 24 · 1.05 + 1 = 126.2 a day later
    with pytest.raises(ValidationError, match="unlikely"):
        shows(row, "126.3", "2026-03-02 12:00")
    assert shows(row, "126.2", "2026-03-02 12:00").cumulative == Decimal("126.2")
    assert shows(row, 500, "2026-03-03 12:00", confirmed=True).confirmed


@pytest.mark.django_db
def test_a_late_reading_fits_between_its_neighbours() -> None:
    row = meter()
    shows(row, 10, "2026-03-01 12:00", confirmed=True)
    shows(row, 30, "2026-03-03 12:00")
    with pytest.raises(ValidationError, match="later on"), clock.standing_at(at("2026-03-05 12:00")):
        services.read(meter=row, value=Decimal(31), read_at=at("2026-03-02 12:00"), by=None)
    with clock.standing_at(at("2026-03-05 12:00")):
        made = services.read(meter=row, value=Decimal(20), read_at=at("2026-03-02 12:00"), by=None)
    assert made.cumulative == 20


@pytest.mark.django_db
def test_a_counter_that_turns_over_and_one_that_is_replaced_count_on() -> None:
    row = meter(quantity="km", start_value=Decimal(99_000), rolls_over_at=Decimal(100_000))
    shows(row, 99_900, "2026-03-01 12:00")
    turned = shows(row, 150, "2026-03-05 12:00", rolled_over=True)
    assert turned.cumulative == 1150  # 900 to the end of the counter, 100 … and 150 beyond: 100,000 + 150 − 99,000
    with clock.standing_at(at("2026-03-10 12:00")):
        services.replace_meter(meter=row, end_value=Decimal(400), start_value=Decimal(7), by=None)
    after = shows(row, 57, "2026-03-20 12:00")
    assert after.cumulative == 1450  # 1,400 on the old one, 50 on the new one


@pytest.mark.django_db
def test_replacing_a_counter_afterwards_counts_the_later_readings_anew() -> None:
    row = meter()
    shows(row, 1000, "2026-03-01 12:00", confirmed=True)
    later = shows(row, 1005, "2026-03-20 12:00")
    with clock.standing_at(at("2026-03-21 12:00")):
        services.replace_meter(meter=row, end_value=Decimal(1100), start_value=Decimal(1000), at=at("2026-03-10 12:00"), by=None)
    later.refresh_from_db()
    assert later.cumulative == 1105  # 1,100 on the old one, 5 on the new one
    assert MeterFit.objects.filter(meter=row).count() == 2


@pytest.mark.django_db
def test_a_reading_is_never_rewritten_only_voided_once() -> None:
    row = meter()
    reading = shows(row, 10, NOON, confirmed=True)
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        MeterReading.objects.filter(pk=reading.pk).update(value=11)
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        MeterReading.objects.filter(pk=reading.pk).delete()
    services.void_reading(reading=reading, reason="Misread.", by=None)
    with pytest.raises(Conflict):
        services.void_reading(reading=reading, reason="Misread.", by=None)
    again = shows(row, 5, NOON, confirmed=True)  # the right one of the same instant
    assert (again.value, MeterReading.objects.valid().get()) == (5, again)


@pytest.mark.django_db
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["read", "turn", "replace", "turn and replace", "void"]), st.integers(0, 60)), min_size=1, max_size=14
    )
)
@example(steps=[("read", 1), ("turn", 0), ("replace", 0), ("void", 0), ("read", 0)])
@example(steps=[("read", 50), ("turn", 3), ("read", 4), ("void", 1), ("read", 1)])
@example(steps=[("read", 50), ("read", 5), ("turn and replace", 52), ("read", 1), ("void", 1), ("read", 1)])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_valid_sums_never_fall_and_are_those_of_the_table_counted_anew(steps: list[tuple[str, int]]) -> None:
    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            row = meter(quantity="cycles", rolls_over_at=Decimal(1000))
            now, shown = at("2026-02-01 08:00"), 0
            for act, n in steps:
                now += timedelta(hours=5)
                with clock.standing_at(now):
                    if act == "void":
                        valid = list(MeterReading.objects.valid().filter(meter=row).order_by("read_at"))
                        if valid:
                            services.void_reading(reading=valid[n % len(valid)], reason="Wrong.", by=None)
                            before = MeterReading.objects.valid().filter(meter=row).order_by("-read_at").first()
                            fit = MeterFit.objects.get(meter=row, during__contains=now)
                            inside = before is not None and before.read_at >= fit.during.lower
                            shown = int(before.value) if inside and before else int(fit.start_value)
                    elif "replace" in act:
                        services.replace_meter(meter=row, end_value=Decimal(n if "turn" in act else shown), start_value=Decimal(n), by=None)
                        shown = n
                    elif act == "turn":
                        services.read(meter=row, value=Decimal(n), rolled_over=True, by=None)
                        shown = n
                    else:
                        shown += n
                        services.read(meter=row, value=Decimal(shown), by=None)
                sums = list(MeterReading.objects.valid().filter(meter=row).order_by("read_at").values_list("cumulative", flat=True))
                assert sums == sorted(sums)
                services.recount([row.pk])
                assert sums == list(MeterReading.objects.valid().filter(meter=row).order_by("read_at").values_list("cumulative", flat=True))
            raise Undo
    except Undo:
        pass


@pytest.mark.django_db
def test_two_thousand_readings_over_the_api_each_answered_alone_and_stored_once() -> None:
    meters = [meter() for _ in range(4)]
    keeper = person_with("facilities_manager")
    rows = [
        {
            "equipment": one.equipment_id,
            "quantity": "hours",
            "value": str(n),
            "read_at": f"2026-02-01T{n // 60:02}:{n % 60:02}:00+08:00",
            "confirmed": True,
        }
        for one in meters
        for n in range(500)
    ]
    rows[700]["value"] = "1"  # less than the one before
    rows[1999]["quantity"] = "km"
    client = client_of(keeper)

    def send(what: list[dict[str, Any]]) -> Any:
        return client.post("/api/v1/assets/readings", json.dumps({"rows": what}), content_type="application/json")

    with CaptureQueriesContext(connection) as seen:
        answer = send(rows)
    assert answer.status_code == 200, answer.content[:500]
    assert (answer.json()["taken"], answer.json()["refused"]) == (1998, 2)
    assert len(seen) <= 25
    assert "less is only possible" in answer.json()["results"][700]["refused"]
    assert send(rows).json()["taken"] == 1998
    assert MeterReading.objects.count() == 1998
    assert send(rows * 2).status_code == 422
    assert client_of(person_with("student")).post("/api/v1/assets/readings", "{}", content_type="application/json").status_code == 403


@pytest.mark.django_db
def test_a_meter_that_nobody_reads_is_told_of() -> None:
    row = meter(read_every_days=31)
    shows(row, 10, NOON, confirmed=True)
    assert list(reading_stopped(at("2026-04-01 11:00"))) == []
    found = list(reading_stopped(at("2026-04-01 13:00")))
    assert [(thing.pk, words["days"]) for thing, _key, _place, words in found] == [(row.equipment_id, 31)]


@pytest.mark.django_db
def test_a_keeper_enters_a_reading_on_the_page_and_an_unlikely_one_comes_back_with_its_question() -> None:
    row = meter()
    shows(row, 100, NOON, confirmed=True)
    client = client_of(person_with("facilities_manager"))
    with clock.standing_at(at("2026-03-02 12:00")):
        answer = client.post(f"/assets/meters/{row.pk}/read/", {"value": "9000"})
        assert answer.status_code == 422
        assert "unlikely" in answer.content.decode()
        answer = client.post(f"/assets/meters/{row.pk}/read/", {"value": "9000", "confirmed": "on"})
    assert (answer.status_code, MeterReading.objects.valid().latest("read_at").value) == (302, 9000)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "9,000 h" in page
