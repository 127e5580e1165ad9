"""Calendars and instants that the tests of working time and of clocks share."""
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from logistics.campus.worktime import CalendarData, DayData, SeasonData, WorkTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = 3600


def clock(hours: int, minutes: int = 0) -> int:
    return hours * 60 + minutes


def weekdays(*slots: tuple[int, int]) -> dict[int, tuple[tuple[int, int], ...]]:
    return dict.fromkeys(range(1, 6), slots)


def moment(text: str) -> datetime:
    """"10-08 16:30" in Shanghai, 2026 unless a year is named."""
    return datetime.fromisoformat(text if len(text) > 14 else f"2026-{text}").replace(tzinfo=SHANGHAI)


CLOSED_2026 = dict.fromkeys([date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))], DayData("closed"))
MAKEUP_2026 = {
    date(2026, 9, 20): DayData("makeup", follows_weekday=5),
    date(2026, 10, 10): DayData("makeup", follows_weekday=5),
}
DUTY = CalendarData(
    seasons=(SeasonData(date(2026, 1, 1), date(2028, 1, 1), weekdays((clock(8), clock(12)), (clock(13, 30), clock(17, 30)))),),
    days=CLOSED_2026 | MAKEUP_2026,
    confirmed_until=date(2026, 12, 31),
)
DUTY_TIME = WorkTime(DUTY)

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]


@st.composite
def slots(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Slots of one day: often from midnight, until 24:00, touching, or inside the hour of a clock change."""
    minutes = st.one_of(st.sampled_from([0, 90, 120, 150, 180, 1440]), st.integers(0, 1440))
    cuts = sorted(draw(st.sets(minutes, max_size=5)))
    return tuple(span for span in pairwise(cuts) if draw(st.booleans()))


@st.composite
def calendars(draw: st.DrawFn, around: date) -> CalendarData:
    """Two seasons that meet on a date, special days near it, any zone."""
    weeks = st.dictionaries(st.integers(1, 7), slots(), max_size=7)
    special = st.one_of(
        st.builds(DayData, st.just("closed")),
        st.builds(DayData, st.just("makeup"), follows_weekday=st.integers(1, 7)),
        st.builds(DayData, st.just("custom"), slots=slots()),
    )
    near = st.integers(around.toordinal() - 5, around.toordinal() + 8).map(date.fromordinal)
    return CalendarData(
        zone=draw(st.sampled_from(ZONES)),
        seasons=(SeasonData(date(2025, 1, 1), around, draw(weeks)), SeasonData(around, date(2028, 1, 1), draw(weeks))),
        days=draw(st.dictionaries(near, special, max_size=5)),
    )
