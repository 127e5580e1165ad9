"""The heavy pages stay light: a draft of a school year, who looks after what, the inbox of alerts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from logistics.alerts.factories import AlertFactory
from logistics.campus.factories import BuildingFactory, RoomFactory, StewardshipFactory
from logistics.core.testing.world import client_of, person_with
from tests.maintenance.scene import scene

pytestmark = pytest.mark.django_db
MOST = 40 * 1024


def weight(person: Any, url: str) -> int:
    answer = client_of(person).get(url)
    assert answer.status_code == 200
    return len(answer.content)


def test_a_draft_of_a_school_year_weighs_less_than_40_kb() -> None:
    here, keeper = scene(), person_with("calendar_keeper")
    calendar = here.version.calendar_id
    assert client_of(keeper).post(f"/campus/calendars/{calendar}/draft/").status_code == 302
    assert weight(keeper, f"/campus/calendars/{calendar}/year/?from=2026") < MOST
    page = client_of(keeper).get(f"/campus/calendars/{calendar}/year/?day=2026-10-10").content.decode()
    assert page.count('href="?day=') == (date(2027, 9, 1) - date(2026, 9, 1)) // timedelta(days=1)


def test_who_looks_after_what_weighs_less_than_40_kb_for_60_places() -> None:
    here, director = scene(), person_with("logistics_director")
    for _n in range(20):
        building = BuildingFactory(parent=here.campus)
        StewardshipFactory(place=building, role="place_keeper")
        RoomFactory(parent=building, use="laboratory")
        RoomFactory(parent=building, use="kitchen")
    StewardshipFactory(place=here.campus, role="safety_officer")
    StewardshipFactory(place=RoomFactory(parent=here.floor, use="laboratory", name_en="Own lab"), role="place_keeper")
    url = f"/campus/stewards/?campus={here.campus.pk}"
    assert weight(director, url) < MOST
    page = client_of(director).get(url).content.decode()
    assert "40 rooms follow their building: show them too" in page and "Own lab" in page
    assert client_of(director).get(f"{url}&all=1").content.decode().count("<tr>") == page.count("<tr>") + 40


def test_the_inbox_of_alerts_weighs_less_than_40_kb_when_it_is_full() -> None:
    officer, room = person_with("duty_officer"), RoomFactory()
    for n in range(60):
        AlertFactory(place=room, severity=1 + n % 5, params={"check": f"number {n} of sixty"})
    assert weight(officer, "/alerts/inbox/") < MOST
