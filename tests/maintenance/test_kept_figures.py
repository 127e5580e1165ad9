"""Pages of figures are kept: made before somebody asks, shown at once with the time they are of, made anew behind the reader's back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics.core import clock
from logistics.core.testing.world import client_of, person_with
from maintenance.dashboard import keeping, tasks
from maintenance.factories import WorkOrderFactory
from maintenance.models import KeptPage
from tests.maintenance.scene import Scene, scene

pytestmark = pytest.mark.django_db
PAGES = ("/maintenance/facilities/", "/maintenance/figures/")


@pytest.fixture
def here() -> Any:
    return scene()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What workers were asked for."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(keeping, "send", lambda args: found.append(args) or True)
    return found


def counted(statements: CaptureQueriesContext) -> list[str]:
    """Statements that work figures out."""
    return [one["sql"] for one in statements.captured_queries if "maintenance_clock" in one["sql"]]


def late(here: Scene) -> None:
    WorkOrderFactory(place=here.room, category=here.tap, team=here.team, state="open", released_at=clock.now() - timedelta(days=1))


@pytest.mark.parametrize("address", PAGES)
def test_what_the_night_has_filled_is_shown_without_counting_orders(
    here: Scene, sent: list[tuple[Any, ...]], address: str
) -> None:
    manager = person_with("facilities_manager")
    late(here)
    assert tasks.fill_figures() == len(sent) == 3 * (2 * 3 + 4) * 2  # kinds of readers; two pages in three windows, four cards; languages
    assert [chosen for _code, _person, chosen, _language in sent] == ["month"] * 36 + ["week"] * 12 + ["term"] * 12
    for asked in sent:
        tasks.refresh_figures(*asked)
    for span in keeping.SPANS:
        with CaptureQueriesContext(connection) as seen:
            assert client_of(manager).get(address, {"span": span}).status_code == 200
        assert counted(seen) == []


def test_an_older_page_is_shown_as_it_is_says_its_time_and_is_made_anew_once_behind_the_back(
    here: Scene, sent: list[tuple[Any, ...]]
) -> None:
    manager, page = person_with("facilities_manager"), PAGES[0]
    noon = keeping.window(1)[0] + timedelta(hours=12)
    with clock.standing_at(noon):
        client_of(manager).get(page, {"wait": 1})
    with clock.standing_at(noon + timedelta(minutes=1)):
        assert "12:00" in client_of(manager).get(page).content.decode()
        assert sent == []  # young enough
    with clock.standing_at(noon + timedelta(minutes=3)):
        late(here)
        with CaptureQueriesContext(connection) as seen:
            body = client_of(manager).get(page).content.decode()
            client_of(manager).get(page)
        assert counted(seen) == []
        assert "12:00" in body
        assert [(code, person, span) for code, person, span, _language in sent] == [("facilities", manager.pk, "month")]  # once for two
        tasks.refresh_figures(*sent[0])
        assert "12:03" in client_of(manager).get(page).content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_nobody_has_made_comes_at_once_and_asks_for_its_figures_which_are_kept(here: Scene, address: str) -> None:
    client = client_of(person_with("facilities_manager"))
    with CaptureQueriesContext(connection) as frame:
        body = client.get(address, {"span": "week"}).content.decode()
    wait = f"{address}?span=week&amp;wait=1"
    assert f'hx-get="{wait}"' in body
    assert f'<a href="{wait}">' in body  # without a script
    assert counted(frame) == []
    with CaptureQueriesContext(connection) as first:
        body = client.get(address, {"span": "week", "wait": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "As of" in body
    assert "<html" not in body
    assert counted(first)
    with CaptureQueriesContext(connection) as second:
        assert "As of" in client.get(address, {"span": "week"}).content.decode()
    assert counted(second) == []


def test_the_home_page_counts_nothing_and_its_figures_come_after_it_once(here: Scene) -> None:
    client = client_of(person_with("facilities_manager"))
    with CaptureQueriesContext(connection) as first:
        assert 'hx-get="/maintenance/facilities/card/home/"' in client.get("/").content.decode()
    assert "Repairs on time" in client.get("/maintenance/facilities/card/home/").content.decode()
    with CaptureQueriesContext(connection) as second:
        assert "Repairs on time" in client.get("/").content.decode()
    assert [sql for seen in (first, second) for sql in counted(seen) if "COUNT" in sql] == []
    assert "Break again and again" in client.get("/").content.decode()  # until it is worked out
    assert "Nothing to report." in client.get("/maintenance/facilities/card/bad_actors/").content.decode()
    assert "Break again and again</h2>" not in client.get("/").content.decode()
    assert client.get("/maintenance/facilities/card/nothing/").status_code == 404
    assert client_of(here.people[0]).get("/maintenance/facilities/card/home/").status_code == 403


def test_the_page_of_yesterday_is_shown_until_that_of_today_is_made_and_one_of_three_days_ago_is_not(
    here: Scene, sent: list[tuple[Any, ...]]
) -> None:
    client, page = client_of(person_with("facilities_manager")), PAGES[0]
    night = keeping.window(1)[1] - timedelta(seconds=30)
    with clock.standing_at(night):
        client.get(page, {"wait": 1})
    with clock.standing_at(night + timedelta(minutes=1)):
        assert "23:59" in client.get(page).content.decode()
        assert len(sent) == 1  # the window has moved on, however young the page is
    with clock.standing_at(night + timedelta(minutes=7)):
        client.get(page)
        assert len(sent) == 2  # the worker that was asked did not come back
    with clock.standing_at(night + timedelta(days=2, minutes=1)):
        assert "being worked out" in client.get(page).content.decode()
        assert (keeping.forget(), keeping.forget()) == (1, 0)


def test_a_page_made_anew_takes_the_place_of_the_old_one(here: Scene) -> None:
    manager = person_with("facilities_manager")
    for _n in range(2):
        tasks.refresh_figures("facilities", manager.pk, "month", "en")
    assert KeptPage.objects.count() == 1


def test_whoever_sees_other_places_is_not_shown_the_page_of_somebody_else(here: Scene) -> None:
    everywhere, here_only = person_with("facilities_manager"), person_with("facilities_manager", place=here.building)
    assert keeping.signature(everywhere) != keeping.signature(here_only)
    assert {one.pk for one, _languages in keeping.readers()} >= {everywhere.pk, here_only.pk}
    person_with("facilities_manager")  # sees the same as the first
    assert len(keeping.readers()) == 4  # with the dispatcher and the team leader of the scene


def test_a_worker_makes_no_page_for_somebody_whose_right_has_ended(here: Scene) -> None:
    stranger = here.people[0]
    tasks.refresh_figures("facilities", stranger.pk, "month", "en")
    assert not KeptPage.objects.exists()
