"""Recording the use of places, and what share of their bookable time rooms are used."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.accounts.models import Person
from logistics.campus.models import CalendarVersion, IdleExemption, Place, PlaceClosure, PlaceUse, Stewardship, Term
from logistics.campus.terms.services import DAY, WEEK, monday_of, term_at, week_of
from logistics.campus.use.limits import IDLE_PERCENT, IDLE_WEEKS
from logistics.campus.versions import published_data
from logistics.campus.worktime import CalendarData, open_intervals
from logistics.core import clock

BOOKABLE = ("classroom", "laboratory", "library", "sports", "pool", "auditorium", "meeting")
LOOK_BACK = 60  # weeks in which teaching weeks are looked for
Spans = list[tuple[datetime, datetime]]


# recording -----------------------------------------------------------------------------------------------------------
def record_use(*, place: Place, during: DateTimeTZRange, kind: str, source_app: str, source_key: str, heads: int | None = None) -> PlaceUse:
    """Write that a place is used, heads if known; the same (app, key) again changes the one row, whoever is first."""
    row = PlaceUse(place=place, during=during, kind=kind, heads=heads, source_app=source_app, source_key=source_key)
    record_uses([row])
    return PlaceUse.objects.get(source_app=source_app, source_key=source_key)


def record_uses(rows: list[PlaceUse]) -> int:
    """The same for many at once; each must name its source."""
    for row in rows:
        if row.during.lower is None or row.during.upper is None or row.during.lower >= row.during.upper:
            raise ValidationError(_("A use begins before it ends."))
        if row.kind not in PlaceUse.Kind.values or not row.source_app or not row.source_key:
            raise ValidationError(_("A use has a kind and a source."))
    PlaceUse.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["source_app", "source_key"], update_fields=["place", "during", "kind", "heads"],
        batch_size=1000,
    )
    return len(rows)


def withdraw_use(*, source_app: str, source_key: str) -> bool:
    """Take a use back; False when there was none."""
    return bool(PlaceUse.objects.filter(source_app=source_app, source_key=source_key).delete()[0])


# shares --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Share:
    """Seconds in which a room was used, of those in which it could be booked."""

    used: int
    bookable: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None without bookable time."""
        return self.used / self.bookable if self.bookable else None


def hours_of(data: CalendarData, days: Iterable[date]) -> Spans:
    """The open spans of dates as instants."""
    zone = ZoneInfo(data.zone)
    found: Spans = []
    for day in days:
        midnight = datetime.combine(day, time.min, tzinfo=zone)
        found += [(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)) for start, end in open_intervals(data, day)]
    return found


def by_calendar(rooms: Iterable[Place]) -> list[tuple[CalendarData | None, list[Place]]]:
    """Rooms by the days of their nearest teaching calendar; None holds those without one. One statement."""
    rows = CalendarVersion.objects.in_force().filter(calendar__purpose="teaching", calendar__default=True).select_related("calendar")
    versions = {row.calendar.place_id: row for row in rows}
    held: dict[int | None, list[Place]] = defaultdict(list)
    for room in rooms:
        held[next((pk for pk in reversed(room.ancestors) if pk in versions), None)].append(room)
    return [(published_data(versions[pk]) if pk is not None else None, found) for pk, found in held.items()]


SECONDS = "(SELECT coalesce(sum(extract(epoch FROM upper(x) - lower(x))), 0) FROM unnest({}) AS x)"
SHARES = f"""
WITH rooms AS (SELECT id, ancestors FROM campus_place WHERE id = ANY(%(rooms)s)),
shut AS (
    SELECT r.id, range_agg(c.during * tstzrange(NULL, c.lifted_at)) AS spans
    FROM rooms r JOIN campus_placeclosure c ON c.place_id = ANY(r.ancestors)
    WHERE c.level = 'closed' AND c.during && %(span)s::tstzrange GROUP BY r.id),
used AS (
    SELECT u.place_id AS id, range_agg(u.during) AS spans
    FROM campus_placeuse u WHERE u.place_id = ANY(%(rooms)s) AND u.during && %(span)s::tstzrange GROUP BY u.place_id),
bookable AS (
    SELECT r.id, %(hours)s::tstzmultirange - coalesce(s.spans, '{{}}'::tstzmultirange) AS hours FROM rooms r LEFT JOIN shut s USING (id))
SELECT b.id, {SECONDS.format("b.hours * coalesce(u.spans, '{}'::tstzmultirange)")}, {SECONDS.format("b.hours")}
FROM bookable b LEFT JOIN used u USING (id)
"""


def shares_of(rooms: list[Place], days: list[date]) -> dict[int, Share]:
    """What share of the bookable time of these dates each room was used: open minutes of teaching without closures; union of uses.

    One statement a calendar; so double records never exceed the whole. Rooms without teaching calendar have no bookable time.
    """
    found = {room.pk: Share(0, 0) for room in rooms}
    for data, held in by_calendar(rooms):
        hours = hours_of(data, days) if data else []
        if not hours:
            continue
        text = "{" + ",".join(f'["{start.isoformat()}","{end.isoformat()}")' for start, end in hours) + "}"
        with connection.cursor() as cursor:
            cursor.execute(SHARES, {
                "rooms": [room.pk for room in held], "hours": text, "span": f'["{hours[0][0].isoformat()}","{hours[-1][1].isoformat()}")',
            })
            for pk, used, bookable in cursor.fetchall():
                found[pk] = Share(round(used), round(bookable))
    return found


def last_teaching_weeks(place: Place, n: int, today: date) -> list[date]:
    """Mondays of the last n whole teaching weeks before a date, newest first; where no terms are entered every week counts."""
    monday, found = monday_of(today) - WEEK, list[date]()
    term = None
    for _week in range(LOOK_BACK):
        if len(found) == n:
            break
        if term is None or not term.first <= monday + 4 * DAY <= term.last:
            term = term_at(place, monday + 4 * DAY)
        if term is None or week_of(term, monday + 4 * DAY):
            found.append(monday)
        monday -= WEEK
    return found


@dataclass(frozen=True)
class Room:
    """A room with the share of its time that was used."""

    place: Place
    share: Share
    keepers: list[Person]
    exempt: IdleExemption | None = None


def bookable_rooms(person: Any, within: Place | None = None) -> list[Place]:
    """Active rooms of bookable uses that the person may know the use of."""
    rows = Place.objects.in_scope(person, "campus.placeuse:view").active().filter(kind="room", use__in=BOOKABLE).order_by("code")
    return list(rows.at(within) if within is not None else rows)


def by_terms(rooms: Iterable[Place]) -> list[list[Place]]:
    """Rooms that live by the same terms together: two schools, or a campus of its own, have each their weeks of teaching. One statement."""
    entered = set(Term.objects.order_by().values_list("place_id", flat=True).distinct())
    found: dict[tuple[int, ...], list[Place]] = defaultdict(list)
    for room in rooms:
        found[tuple(pk for pk in room.ancestors if pk in entered)].append(room)
    return list(found.values())


def idle_rooms(person: Any, within: Place | None = None, at: datetime | None = None) -> tuple[list[Room], list[Room]]:
    """(idle, exempt): rooms used less than the school's share of the last teaching weeks; exempt ones apart."""
    at = at or clock.now()
    rooms = bookable_rooms(person, within)
    if not rooms:
        return [], []
    weeks, most = IDLE_WEEKS.value(at), IDLE_PERCENT.value(at) / 100
    shares: dict[int, Share] = {}
    for held in by_terms(rooms):
        mondays = last_teaching_weeks(held[0], weeks, timezone.localdate(at))
        shares |= shares_of(held, sorted(monday + n * DAY for monday in mondays for n in range(7)))
    idle = [room for room in rooms if (value := shares[room.pk].value) is not None and value < most]
    if not idle:
        return [], []
    exempt = {row.place_id: row for row in IdleExemption.objects.live(at).filter(place__in=idle)}
    keepers = keepers_of(idle, at)
    found = [Room(room, shares[room.pk], keepers[room.pk], exempt.get(room.pk)) for room in idle]
    return [row for row in found if not row.exempt], [row for row in found if row.exempt]


def keepers_of(rooms: list[Place], at: datetime | None = None) -> dict[int, list[Person]]:
    """The keepers of many places, each by its nearest level. One statement."""
    above = {pk for room in rooms for pk in room.ancestors}
    held: dict[int, list[Person]] = defaultdict(list)
    for row in Stewardship.objects.live(at).filter(role="place_keeper", place_id__in=above).select_related("person"):
        held[row.place_id].append(row.person)
    return {room.pk: next((held[pk] for pk in reversed(room.ancestors) if pk in held), []) for room in rooms}


# the map -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class HeatRow:
    """A room, and for each hour of the day what share of the bookable time of a week was used; None: nothing to book then."""

    place: Place
    cells: list[float | None]
    share: Share


def heat(rooms: list[Place], monday: date, hours: range) -> list[HeatRow]:
    """The week of rooms by hours of the day."""
    days = [monday + n * DAY for n in range(7)]
    span = DateTimeTZRange(clock.midnight(monday), clock.midnight(monday + WEEK))
    used: dict[int, set[tuple[date, int]]] = defaultdict(set)
    for place_id, during in PlaceUse.objects.filter(place__in=rooms).between(span).values_list("place_id", "during"):
        used[place_id].update(_minutes(during.lower, during.upper))
    shut = _shut(rooms, span)
    found = []
    for data, held in by_calendar(rooms):
        open_: set[tuple[date, int]] = set()
        if data:
            open_ = {(day, minute) for day in days for start, end in open_intervals(data, day) for minute in range(start, end, STEP)}
        shares = shares_of(held, days)
        for room in held:
            cells: list[float | None] = []
            bookable = open_.difference(*(shut[pk] for pk in room.ancestors if pk in shut))
            for hour in hours:
                whole = {one for one in bookable if one[1] // 60 == hour}
                cells.append(len(whole & used[room.pk]) / len(whole) if whole else None)
            found.append(HeatRow(room, cells, shares[room.pk]))
    return sorted(found, key=lambda row: row.place.code)


def _shut(rooms: list[Place], span: DateTimeTZRange) -> dict[int, set[tuple[date, int]]]:
    """Of each place that holds one of the rooms and was closed off in a span: the grains in which it was. One statement."""
    found: dict[int, set[tuple[date, int]]] = defaultdict(set)
    above = {pk for room in rooms for pk in room.ancestors}
    rows = PlaceClosure.objects.filter(level=PlaceClosure.Level.CLOSED, place_id__in=above, during__overlap=span)
    for place_id, during, lifted_at in rows.values_list("place_id", "during", "lifted_at"):
        first = max(span.lower, during.lower or span.lower)
        last = min(one for one in (span.upper, during.upper, lifted_at) if one is not None)
        found[place_id].update(_minutes(first, last))
    return found


STEP = 5  # minutes: the grain of the map


def _minutes(first: datetime, last: datetime) -> Iterable[tuple[date, int]]:
    """The grains of a span, by local date."""
    start, end = timezone.localtime(first), timezone.localtime(last)
    start -= timedelta(minutes=start.minute % STEP, seconds=start.second, microseconds=start.microsecond)
    while start < end:
        yield start.date(), start.hour * 60 + start.minute
        start += timedelta(minutes=STEP)
