"""The time rule: which of the three times of a fact decides whether it was on time."""
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.judged import MOST_OFFLINE, MOST_SKEW_S, Judged, judge

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


@pytest.mark.parametrize(("occurred", "captured", "skew", "at", "flags"), [
    (None, None, None, NOON, set()),
    (ago(minutes=70), None, None, NOON, set()),
    (ago(hours=2), None, None, NOON, set()),
    (ago(hours=2, seconds=1), None, None, NOON, {"backfilled"}),
    (ago(minutes=50), ago(minutes=40), 0, ago(minutes=40), set()),
    (ago(hours=24), ago(hours=24), 300, ago(hours=24), {"backfilled"}),
    (None, ago(hours=24, seconds=1), 0, NOON, {"stale"}),
    (None, ago(minutes=40), 301, NOON, {"skewed"}),
    (None, ago(minutes=40), -301, NOON, {"skewed"}),
    (None, ago(minutes=40), None, NOON, {"skewed"}),
    (None, ago(minutes=-4), -240, NOON, set()),
])
def test_the_phone_is_believed_for_24_hours_if_its_clock_was_right(occurred, captured, skew, at, flags):
    assert judge(occurred, captured, NOON, skew) == Judged(at, frozenset(flags))


def test_a_temperature_entered_70_minutes_late_is_backfilled_under_its_stricter_rule():
    assert judge(ago(minutes=70), None, NOON, None, max_backfill_s=1800) == Judged(NOON, frozenset({"backfilled"}))


instants = st.datetimes(datetime(2026, 11, 20), datetime(2026, 11, 26), timezones=st.just(UTC))
skews = st.none() | st.floats(-2000, 2000)


@given(typed=st.none() | instants, other=st.none() | instants, captured=st.none() | instants, recorded=instants, skew=skews)
def test_a_typed_time_never_moves_the_judging_instant(typed, other, captured, recorded, skew):
    assert judge(typed, captured, recorded, skew).at == judge(other, captured, recorded, skew).at


@given(typed=st.none() | instants, captured=st.none() | instants, recorded=instants, skew=skews)
def test_nothing_is_judged_later_than_it_arrived_or_more_than_a_day_before(typed, captured, recorded, skew):
    assert recorded - MOST_OFFLINE <= judge(typed, captured, recorded, skew).at <= recorded


@given(captured=instants, recorded=instants, skew=skews)
def test_an_instant_before_arrival_needs_a_trusted_phone(captured, recorded, skew):
    judged = judge(None, captured, recorded, skew)
    if judged.at != recorded:
        assert judged == Judged(captured)
        assert skew is not None
        assert abs(skew) <= MOST_SKEW_S


@given(captured=instants, recorded=instants, earlier=st.timedeltas(timedelta(), timedelta(days=3)))
def test_sending_later_never_makes_a_fact_earlier(captured, recorded, earlier):
    assert judge(None, captured, recorded, 0).at <= judge(None, captured, recorded + earlier, 0).at
