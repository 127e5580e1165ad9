"""Who is suggested where no roster says who works, and whom a rule asks next."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from logistics.alerts.models import Notification
from logistics.alerts.services import scan_deadlines
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.workflow import perform
from maintenance.factories import DispatchRuleFactory
from maintenance.models import WorkOrder
from maintenance.services.reporting import report
from staff.models import Duty, Leave, RosterPeriod
from tests.maintenance.world import SINCE, World, at, browser

MONDAY, NIGHT = "2026-10-12 09:00", "2026-10-12 23:00"


def order_at(world: World, when: str = MONDAY, **planned: Any) -> WorkOrder:
    """An accepted report about a tap: P3, due after 24 hours of duty time."""
    with clock.standing_at(at(when)):
        order = perform(report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])[0], "accept",
                        by=world.people["desk"]).work_order
        WorkOrder.objects.filter(pk=order.pk).update(priority="P3", **planned)
    return WorkOrder.objects.get(pk=order.pk)


def seen(world: World, order: WorkOrder, when: str) -> dict[str, list[tuple[str, int, float, str]]]:
    """What the desk reads beside the order: {fit or away: [(name, load in %, points for being free, reason)]}."""
    with clock.standing_at(at(when)):
        page = browser(world.people["desk"]).get(f"/maintenance/queue/?pick=o{order.pk}")
        return {key: [(one.person.name_en, one.load, one.parts["free"], one.reason) for one in page.context[key]]
                for key in ("fit", "away")}


def roster(world: World, name: str, day: date, first: str, last: str) -> None:
    """A published roster of the plumbing team for a day, with one duty in it."""
    period = RosterPeriod.objects.filter(team=world.teams["water"]).first() or RosterPeriod.objects.create(
        team=world.teams["water"], first_day=day, last_day=day, state="published", published_at=at("2026-10-01 08:00"))
    Duty.objects.create(staff=world.technicians[name].staff, period=period, start=at(f"{day} {first}"), end=at(f"{day} {last}"))


# 3.4, 5.4: no roster ---------------------------------------------------------------------------------------------------
def test_without_a_roster_an_idle_technician_is_free_in_working_hours(world: World) -> None:
    order = order_at(world)
    assert seen(world, order, MONDAY) == {"fit": [("Chen Li", 0, 25, ""), ("Li Min", 0, 25, "")], "away": []}


def test_without_a_roster_nobody_is_on_duty_at_night_nor_in_the_lunch_break(world: World) -> None:
    order = order_at(world)
    for when in (NIGHT, "2026-10-12 12:30", "2026-10-17 10:00"):
        found = seen(world, order, when)
        assert found["fit"] == []
        assert [(name, reason) for name, _load, _free, reason in found["away"]] == [("Chen Li", "Off duty."), ("Li Min", "Off duty.")]


def test_free_is_counted_in_open_minutes_of_the_duty_calendar(world: World) -> None:
    order = order_at(world)
    assert order.clocks.get(kind="resolve").due_at == at("2026-10-15 09:00")  # three days of eight hours: 1,440 minutes
    other = order_at(world, estimate_s=6 * 3600)
    with clock.standing_at(at(MONDAY)):
        perform(other, "assign", by=world.people["desk"], to=world.people["chen"])
    assert seen(world, order, MONDAY)["fit"] == [("Chen Li", 25, 18.75, ""), ("Li Min", 0, 25, "")]  # 360 of 1,440


def test_a_roster_of_the_day_decides_against_the_calendar_and_the_other_days_follow_it(world: World) -> None:
    order = order_at(world)
    roster(world, "li", date(2026, 10, 12), "09:00", "12:00")
    found = seen(world, order, MONDAY)
    assert found == {"fit": [("Li Min", 0, 25, "")], "away": [("Chen Li", 0, 25, "Off duty.")]}
    with clock.standing_at(at(MONDAY)):
        page = browser(world.people["desk"]).get(f"/maintenance/queue/?pick=o{order.pk}")
    minutes = {one.person.name_en: one.minutes for one in page.context["fit"] + page.context["away"]}
    assert minutes == {"Chen Li": 8 * 60 + 8 * 60 + 60, "Li Min": 180 + 8 * 60 + 8 * 60 + 60}  # Tue, Wed, one hour of Thu; and the roster


def test_whoever_is_on_leave_does_not_follow_the_calendar(world: World) -> None:
    order = order_at(world)
    Leave.objects.create(staff=world.technicians["chen"].staff, first_day=date(2026, 10, 12), last_day=date(2026, 10, 12), state="approved")
    assert seen(world, order, MONDAY)["away"] == [("Chen Li", 0, 25, "Off duty.")]


@pytest.mark.parametrize(("first", "last", "there"), [
    ("2026-10-13 09:00", "2026-10-13 11:00", True), ("2026-10-13 19:00", "2026-10-13 21:00", False), ("2026-10-17 09:00", None, False),
    ("2026-10-13 11:30", None, True),
])
def test_duty_is_asked_of_the_planned_time_and_not_of_now(world: World, first: str, last: str | None, there: bool) -> None:
    order = order_at(world, planned_start=at(first), planned_end=last and at(last))
    for when in (MONDAY, NIGHT):
        names = [name for name, *_rest in seen(world, order, when)["fit"]]
        assert names == (["Chen Li", "Li Min"] if there else [])


def test_an_override_goes_before_roster_and_calendar_until_it_ends(world: World) -> None:
    order = order_at(world)
    for name, forced, until in (("chen", "off", "2026-10-12 10:00"), ("li", "on", "2026-10-13 00:00")):
        world.technicians[name].duty_override, world.technicians[name].override_until = forced, at(until)
        world.technicians[name].save()
    assert [name for name, *_rest in seen(world, order, MONDAY)["fit"]] == ["Li Min"]
    assert [name for name, *_rest in seen(world, order, "2026-10-12 10:00")["fit"]] == ["Chen Li", "Li Min"]
    assert [name for name, *_rest in seen(world, order, NIGHT)["fit"]] == ["Li Min"]


# 5.4: the rule goes on -------------------------------------------------------------------------------------------------
@pytest.fixture
def auto(world: World) -> World:
    DispatchRuleFactory(category=world.categories["water"], team=world.teams["water"], mode="auto", during=SINCE)
    return world


def by_rule(world: World, when: str = MONDAY) -> WorkOrder:
    with clock.standing_at(at(when)):
        return WorkOrder.objects.get(requests=report(place=world.washroom, by=world.people["student"], symptom=world.symptoms["drip"])[0])


def story(order: WorkOrder) -> list[tuple[str, str]]:
    """(move, to whom) since it was released."""
    rows = Event.objects.filter(kind="maintenance.workorder", object_id=order.pk).order_by("pk")
    return [(row.move, row.data.get("to", {}).get("en", "")) for row in rows if row.move in ("assign", "decline", "take_back", "accept")]


def words_to_the_desk(world: World) -> list[str]:
    return list(Notification.objects.filter(person=world.people["desk"], code__in=["maintenance.nobody_left", "maintenance.declined"])
                .order_by("pk").values_list("code", flat=True))


def half(order: WorkOrder) -> Any:
    """The instant at which half of the time for an answer is used."""
    row = order.clocks.get(kind="response")
    assert (row.target_s, row.due_at) == (4 * 3600, at("2026-10-12 14:30"))
    return at("2026-10-12 11:00")


def test_half_the_time_for_an_answer_passes_and_the_next_is_asked_then_nobody_is_left(auto: World) -> None:
    order = by_rule(auto)
    assert (order.state, order.lead) == ("assigned", auto.people["chen"])
    with clock.standing_at(half(order) - timedelta(seconds=1)):
        scan_deadlines()
    order.refresh_from_db()
    assert order.lead == auto.people["chen"]
    with clock.standing_at(half(order)):
        scan_deadlines()
        scan_deadlines()
    order.refresh_from_db()
    assert (order.state, order.lead) == ("assigned", auto.people["li"])
    assert story(order) == [("assign", "Chen Li"), ("assign", "Li Min")] and words_to_the_desk(auto) == []
    with clock.standing_at(half(order)):  # the second declines at the door of the phone: nobody is left
        answer = browser(auto.people["li"]).post(f"/maintenance/work-orders/{order.pk}/move/decline/", {"reason": "Not today"})
        assert answer.status_code == 302, list(get_messages(answer.wsgi_request))
    order.refresh_from_db()
    assert (order.state, order.lead) == ("open", None)
    assert words_to_the_desk(auto) == ["maintenance.nobody_left"]
    assert sorted(order.assignments.filter(released_at__isnull=False).values_list("person__name_en", flat=True)) == ["Chen Li", "Li Min"]


def test_whoever_declines_is_followed_by_the_next_and_the_desk_is_left_in_peace(auto: World) -> None:
    order = by_rule(auto)
    with clock.standing_at(at("2026-10-12 09:05")):
        answer = browser(auto.people["chen"]).post(f"/maintenance/work-orders/{order.pk}/move/decline/", {"reason": "At another school"})
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.lead) == ("assigned", auto.people["li"])
    assert story(order) == [("assign", "Chen Li"), ("decline", ""), ("assign", "Li Min")] and words_to_the_desk(auto) == []
    with clock.standing_at(half(order)):  # only two work here, and both were asked
        scan_deadlines()
    order.refresh_from_db()
    assert (order.state, order.lead) == ("open", None) and words_to_the_desk(auto) == ["maintenance.nobody_left"]
    assert story(order)[-1] == ("take_back", "")


def test_whoever_has_accepted_keeps_it(auto: World) -> None:
    order = by_rule(auto)
    with clock.standing_at(at("2026-10-12 09:30")):
        browser(auto.people["chen"]).post(f"/maintenance/work-orders/{order.pk}/move/accept/")
    with clock.standing_at(half(order)):
        scan_deadlines()
    order.refresh_from_db()
    assert (order.state, order.lead) == ("accepted", auto.people["chen"])


def test_whom_a_person_has_asked_the_rule_leaves_in_peace(auto: World) -> None:
    order = by_rule(auto)
    with clock.standing_at(at("2026-10-12 09:30")):
        perform(order, "assign", by=auto.people["desk"], to=auto.people["li"])
    with clock.standing_at(half(order)):
        scan_deadlines()
    order.refresh_from_db()
    assert (order.state, order.lead) == ("assigned", auto.people["li"]) and words_to_the_desk(auto) == []


def test_what_comes_at_night_is_given_away_when_half_the_time_is_used_in_the_morning(auto: World) -> None:
    order = by_rule(auto, "2026-10-11 23:00")  # a Sunday
    assert (order.state, order.lead) == ("open", None) and words_to_the_desk(auto) == ["maintenance.nobody_left"]
    with clock.standing_at(at("2026-10-12 10:00")):
        scan_deadlines()
    order.refresh_from_db()
    assert (order.state, order.lead) == ("assigned", auto.people["chen"])


@pytest.mark.parametrize("mode", ["queue", "suggest", "pool"])
def test_where_a_rule_only_suggests_a_declined_order_waits_for_the_desk(world: World, mode: str) -> None:
    DispatchRuleFactory(category=world.categories["water"], team=world.teams["water"], mode=mode,
                        during=DateTimeTZRange(at("2020-01-01 00:00"), None))
    order = order_at(world) if mode != "pool" else by_rule(world)
    with clock.standing_at(at(MONDAY)):
        perform(order, "assign", by=world.people["desk"], to=world.people["chen"])
        perform(order, "decline", by=world.people["chen"], reason="Busy")
    order.refresh_from_db()
    assert (order.state, order.lead) == ("open", None) and words_to_the_desk(world) == ["maintenance.declined"]
