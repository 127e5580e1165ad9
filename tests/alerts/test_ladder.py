"""Which way is taken next, with exact times; whatever happens, a notice is never forgotten."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.alerts.delivery.hours import next_hour, quiet_ends
from logistics.alerts.delivery.ladder import Decision, Steps, Try, decide, delay

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
NORMAL, LIFE = Steps(timedelta(minutes=10)), Steps(timedelta(seconds=45), 2)
LEASE = timedelta(seconds=120)
RESULTS = ["accepted", "delivered", "rejected", "failed", "timeout", "unknown", "deferred", "released", ""]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def tried(channel: str, result: str, started: float, ended: float | None = None) -> Try:
    return Try(channel, result, at(started), None if result == "" else at(started if ended is None else ended), at(started) + LEASE)


def ask(ladder: str, tries: list[Try], seconds: float = 0, steps: Steps = NORMAL, blocked: dict[str, float] | None = None) -> Decision:
    ends = {code: at(s) for code, s in (blocked or {}).items()}
    return decide(ladder.split(), tries, steps, at(seconds), ends.get)


def test_the_first_way_goes_first_and_the_second_after_the_step_if_it_was_not_read() -> None:
    assert ask("mail sms", []) == Decision(["mail"], at(600), more=True)
    taken = [tried("mail", "accepted", 0)]
    assert ask("mail sms", taken, 599) == Decision([], at(600), more=True)
    assert ask("mail sms", taken, 600) == Decision(["sms"], None)
    assert ask("mail", taken, 600) == Decision([], None)


def test_a_way_that_failed_sends_the_next_one_in_the_same_second() -> None:
    for result in ("failed", "timeout", "rejected", "deferred", "unknown"):
        assert ask("mail sms", [tried("mail", result, 0, 1)], 1).send == ["sms"]


def test_life_takes_two_ways_together_and_a_third_after_45_seconds() -> None:
    assert ask("sms mail wecom", [], steps=LIFE).send == ["sms", "mail"]
    both = [tried("sms", "accepted", 0), tried("mail", "", 0)]
    assert ask("sms mail wecom", both, 44, LIFE) == Decision([], at(45), more=True)
    assert ask("sms mail wecom", both, 45, LIFE).send == ["wecom"]
    one_failed = [tried("sms", "timeout", 0, 8), tried("mail", "accepted", 0)]
    assert ask("sms mail wecom", one_failed, 8, LIFE).send == ["wecom"], "replaced at once"


def test_a_gateway_that_is_shut_off_is_passed_over_and_waited_for_only_when_it_is_the_last_one() -> None:
    assert ask("mail sms", [], blocked={"mail": 30}).send == ["sms"]
    assert ask("mail", [], blocked={"mail": 30}) == Decision([], at(30), more=True)


def test_a_single_way_is_tried_again_after_4_8_16_seconds_up_to_an_hour() -> None:
    assert [delay(n).total_seconds() for n in (1, 2, 3, 20)] == [4, 8, 16, 3600]
    assert ask("mail", [tried("mail", "failed", 0, 2)], 3) == Decision([], at(6), more=True)
    assert ask("mail", [tried("mail", "failed", 0, 2)], 6).send == ["mail"]


def test_what_has_no_way_or_was_refused_by_all_is_given_up_with_the_reason() -> None:
    assert ask("", []).failed == "no_way"
    assert ask("mail sms", [tried("mail", "rejected", 0), tried("sms", "rejected", 0)]).failed == "refused"
    assert ask("mail", [tried("mail", "deferred", n, n) for n in range(12)], 9999).failed == "refused"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(RESULTS), st.integers(0, 500)), max_size=8),
       st.integers(0, 4000), st.booleans(), st.sets(st.sampled_from(["a", "b", "c"])))
def test_whatever_happened_a_notice_is_sent_looked_at_again_taken_or_given_up(history: list, now: int, life: bool, shut: set[str]) -> None:
    """And: one channel has at most one try under way; a further try of a channel follows a recorded failure or a lease that ended."""
    order = sorted(history, key=lambda one: one[2])
    tries = [tried(code, result, started, started + 1) for code, result, started in order if started <= now]
    tries = [one if one.result or one.lease_until > at(now) else Try(one.channel, "unknown", one.started_at, at(now), one.lease_until)
             for one in tries]
    found = ask("a b c", tries, now, LIFE if life else NORMAL, {code: now + 30 for code in shut})
    taken = {one.channel for one in tries if one.result in ("accepted", "delivered")}
    assert found.send or found.next_at or found.failed or taken
    assert found.next_at is None or found.next_at > at(now)
    assert len(set(found.send)) == len(found.send)
    for code in found.send:
        mine = [one for one in tries if one.channel == code and one.result != "released"]
        assert code not in shut and code not in taken
        assert all(one.result in ("deferred", "failed", "timeout", "unknown", "rejected") for one in mine)
        assert not mine or mine[-1].result != "rejected"
        assert not any(one.result == "" for one in mine)


def test_quiet_from_22_to_7_ends_at_7_exactly_and_holds_over_midnight() -> None:
    from datetime import time

    night = (time(22), time(7))
    shanghai = lambda text: datetime.fromisoformat(f"2026-11-26T{text}+08:00")  # noqa: E731
    assert quiet_ends(shanghai("21:59:59"), *night) is None
    assert quiet_ends(shanghai("22:00:00"), *night) == datetime.fromisoformat("2026-11-27T07:00:00+08:00")
    assert quiet_ends(shanghai("06:59:59"), *night) == shanghai("07:00:00")
    assert quiet_ends(shanghai("07:00:00"), *night) is None
    assert quiet_ends(shanghai("12:30:00"), time(12), time(13)) == shanghai("13:00:00")
    assert quiet_ends(shanghai("12:30:00"), time(12), time(12)) is None
    assert next_hour(shanghai("17:59:59"), 18) == shanghai("18:00:00")
    assert next_hour(shanghai("18:00:00"), 18) == shanghai("18:00:00")
    assert next_hour(shanghai("18:00:01"), 18) == datetime.fromisoformat("2026-11-27T18:00:00+08:00")
