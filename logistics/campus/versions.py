"""What a calendar version says: loaded for the arithmetic, checked before it is published, replaced by the next one."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from logistics.campus import worktime
from logistics.campus.models import CalendarVersion, SchoolYear, Season, WeeklySlot, WorkCalendar
from logistics.campus.worktime import CalendarData, DayData, Interval, SeasonData
from logistics.core.workflow import perform


def data_of(version: CalendarVersion) -> CalendarData:
    """A version as the arithmetic takes it; a page that asks for it several times keeps it as `known` beside the version."""
    known: CalendarData | None = getattr(version, "known", None)
    return known or read(version, version.seasons.order_by("days").prefetch_related("slots"))


def read(version: CalendarVersion, rows: Iterable[Season]) -> CalendarData:
    """The same out of seasons that were fetched already, with their slots."""
    seasons = tuple(SeasonData(row.days.lower, row.days.upper, by_weekday(row.slots.all())) for row in rows)
    days = {
        row.date: DayData(
            row.kind,
            row.follows_weekday,
            tuple((slot.start_min, slot.end_min) for slot in row.slots.all()),
            row.public_holiday,
            row.label,
            row.source,
        )
        for row in version.days.prefetch_related("slots")
    }
    return CalendarData(version.calendar.zone, version.calendar.always_open, seasons, days, version.confirmed_until)


_published: dict[int, CalendarData] = {}


def published_data(version: CalendarVersion) -> CalendarData:
    """The same, kept in process: a published version never changes."""
    return _published.get(version.pk) or _published.setdefault(version.pk, data_of(version))


def by_weekday(slots: Iterable[WeeklySlot]) -> dict[int, tuple[Interval, ...]]:
    found: dict[int, tuple[Interval, ...]] = {}
    for slot in slots:
        found[slot.weekday] = (*found.get(slot.weekday, ()), (slot.start_min, slot.end_min))
    return found


def version_in_force(calendar: WorkCalendar) -> CalendarVersion | None:
    return calendar.versions.filter(state="published").first()


def span_of(data: CalendarData) -> tuple[date, date] | None:
    """The half-open span that the seasons cover, from the first day of the first to the last of the last."""
    if not data.seasons:
        return None
    return min(season.first for season in data.seasons), max(season.last_exclusive for season in data.seasons)


def covered(version: CalendarVersion, data: CalendarData) -> tuple[date, date] | None:
    """The half-open span in which every date must lie in a season: that of the seasons, and the whole of the school years they reach into.

    The years are those of the nearest level that has any. One statement; None without seasons.
    """
    span = span_of(data)
    if span is None:
        return None
    path = version.calendar.place.ancestors
    years = list(SchoolYear.objects.filter(place_id__in=path, days__overlap=DateRange(*span)))
    nearest = max((path.index(year.place_id) for year in years), default=0)
    days = [year.days for year in years if path.index(year.place_id) == nearest]
    return min([span[0], *(one.lower for one in days)]), max([span[1], *(one.upper for one in days)])


FINDINGS = {
    "no_season": lambda: _("no season covers these days"),
    "makeup_not_on_weekend": lambda: _("a make-up day must fall on a weekend"),
    "makeup_without_hours": lambda: _("the weekday it follows has no hours"),
    "custom_without_hours": lambda: _("it has no hours"),
    "day_outside": lambda: _("it lies outside every season"),
    "unconfirmed": lambda: _("not confirmed by an official notice yet"),
}


def findings(version: CalendarVersion) -> list[tuple[worktime.Finding, str]]:
    """What must or should be mended before publishing, with words."""
    data = data_of(version)
    span = covered(version, data)
    if span is None:
        return []
    return [(one, FINDINGS[one.code]()) for one in worktime.validate(data, *span)]


def blocking(version: CalendarVersion) -> str | None:
    """Why a draft cannot be published; None when it can."""
    if version.calendar.always_open:
        return None
    if not data_of(version).seasons:
        return _("Enter at least one season with its hours first.")
    for one, words in findings(version):
        if one.blocks:
            day = one.first.isoformat() if one.last == one.first else f"{one.first.isoformat()} – {one.last.isoformat()}"
            return _("%(day)s: %(problem)s.") % {"day": day, "problem": words}
    return None


def supersede(version: CalendarVersion) -> None:
    """The version in force gives way to its successor."""
    current = version_in_force(version.calendar)
    if current:
        perform(current, "supersede", by=None)
