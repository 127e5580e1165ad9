"""The wallboard: what is new, at risk, walked and off."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from logistics.accounts.factories import PersonFactory
from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.factories import RepairRequestFactory, WorkOrderFactory
from maintenance.outages.factories import OutageFactory
from maintenance.rounds.factories import RoundFactory
from tests.maintenance.scene import at

pytestmark = pytest.mark.django_db
NOON = at("2026-09-30 12:00")


def wall(person: Any) -> dict[str, str]:
    """The words of each panel."""
    page = client_of(person).get(reverse("maintenance:wallboard")).content.decode()
    panels = re.split(r'<section[^>]*aria-labelledby="wall-', page.split("<footer")[0])
    return {part.split('"')[0]: " ".join(re.sub(r"<[^>]+>", " ", part.split(">", 1)[1]).split()) for part in panels[1:]}


def test_the_wall_names_what_is_new_the_rounds_of_today_and_what_is_off(django_assert_max_num_queries: Any) -> None:
    boss = person_with("facilities_manager")
    hour = timedelta(hours=1)
    with clock.standing_at(NOON):
        empty = wall(boss)
        assert empty == {
            "late": "Late and nearly late Everything is in time.",
            "new": "New and to assign Everything is decided and assigned.",
            "rounds": "Rounds today 0 of 0 walked No round today.",
            "off": "Off now or soon Nothing is off.",
        }
        for n, title in enumerate(("Too old a leak", "Old leak", "Newer leak", "Newest leak", "Last leak")):
            RepairRequestFactory(title_en=title, state="submitted", submitted_at=NOON - (10 - n) * hour)
        WorkOrderFactory(title_en="Nobody has it", state="open", reported_at=NOON - hour)
        for title, state, first, last, visited in (
            ("Night patrol", "missed", -9, -7, 0),
            ("Kitchen round", "started", -1, 2, 3),
            ("Evening round", "due", 6, 8, 0),
            ("Morning round", "submitted", -4, -3, 5),
            ("Void round", "void", -4, -3, 0),
        ):
            done = {"submitted_at": NOON + last * hour, "submitted_by": boss} if state == "submitted" else {}
            RoundFactory(
                title_en=title,
                state=state,
                window_from=NOON + first * hour,
                window_to=NOON + last * hour,
                planned=5,
                visited=visited,
                missed_at=NOON if state == "missed" else None,
                **done,
            )
        RoundFactory(title_en="Of yesterday", window_from=NOON - 30 * hour, window_to=NOON - 28 * hour)
        OutageFactory(utility="water", state="ongoing", announced_at=NOON, began_at=NOON - hour)
        OutageFactory(
            utility="electricity", state="announced", announced_at=NOON, planned=DateTimeTZRange(NOON + 20 * hour, NOON + 22 * hour)
        )
        OutageFactory(utility="gas", state="draft")
        told = wall(boss)
    assert [told["new"].count(title) for title in ("Last leak", "Newest leak", "Newer leak", "Old leak", "Too old", "Nobody has it")] == [
        1,
        1,
        1,
        0,
        0,
        1,
    ]
    assert told["rounds"].startswith("Rounds today 1 of 4 walked · 1 missed Night patrol missed Kitchen round 3/5 · until 14:00")
    assert "Evening" not in told["rounds"]
    assert [word in told["off"] for word in ("Water", "Off now", "Electricity", "tomorrow 08:00", "Gas")] == [True, True, True, True, False]
    browser = client_of(boss)
    with clock.standing_at(NOON):
        browser.get(reverse("maintenance:wallboard"))
        with django_assert_max_num_queries(14):
            browser.get(reverse("maintenance:wallboard"))


def test_what_waits_for_a_technician_stands_among_the_new_and_the_wall_is_for_those_who_lead() -> None:
    with clock.standing_at(NOON):
        RepairRequestFactory(title_en="A leak", state="submitted", submitted_at=NOON)
        WorkOrderFactory(title_en="Nobody has it", state="open", reported_at=NOON)
        told = wall(person_with("facilities_manager"))["new"]
    assert "A leak" in told
    assert "to decide · today 12:00" in told
    assert re.search(r"Nobody has it .* to assign · today 12:00", told)
    assert client_of(PersonFactory(kinds=["student"])).get(reverse("maintenance:wallboard")).status_code == 403
