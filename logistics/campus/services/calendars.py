"""Calendars: which one holds where, the arithmetic of its working time, and drafts that become the next version."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from logistics.campus import worktime
from logistics.campus.models import CalendarDay, CalendarVersion, DaySlot, Place, Season, WeeklySlot, WorkCalendar
from logistics.campus.models.calendar import WEEKDAYS
from logistics.campus.registries import CALENDAR_USERS
from logistics.campus.versions import by_weekday, data_of, published_data, version_in_force
from logistics.campus.worktime import ROUND_THE_CLOCK, Answer, CalendarData, DayKind, Interval, SeasonData, WorkTime, compiled
from logistics.core import clock
from logistics.core.workflow import perform

DAY = timedelta(days=1)


# which calendar ------------------------------------------------------------------------------------------------------
def resolve_calendar(place: Place, purpose: str) -> WorkCalendar | None:
    """The usual calendar for a purpose at the nearest level that has one."""
    found = WorkCalendar.objects.filter(place_id__in=place.ancestors, purpose=purpose, default=True)
    return max(found, key=lambda calendar: place.ancestors.index(calendar.place_id), default=None)


def resolve_version(place: Place, purpose: str, at: datetime | None = None) -> CalendarVersion | None:
    """The version that was in force at an instant (before the first publication: the first one). One statement; None without calendar."""
    at = at or clock.now()
    found = CalendarVersion.objects.filter(
        calendar__place_id__in=place.ancestors, calendar__purpose=purpose, calendar__default=True, state__in=["published", "superseded"]
    ).select_related("calendar")
    rows = sorted(found, key=lambda version: (-place.ancestors.index(version.calendar.place_id), version.published_at))
    nearest = [row for row in rows if row.calendar_id == rows[0].calendar_id]
    earlier = [row for row in nearest if row.published_at and row.published_at <= at]
    return earlier[-1] if earlier else next(iter(nearest), None)


def calendar_clock(version: CalendarVersion | None) -> WorkTime:
    """The arithmetic of a version, kept in process because a published one never changes; without a version every second counts."""
    if version is None:
        return ROUND_THE_CLOCK
    if version.state == "draft":
        return WorkTime(data_of(version))
    return compiled(version.pk, lambda: data_of(version))


# questions -----------------------------------------------------------------------------------------------------------
def clock_of(place: Place, purpose: str = "duty", at: datetime | None = None) -> WorkTime:
    return calendar_clock(resolve_version(place, purpose, at))


def business_seconds(place: Place, purpose: str, start: datetime, end: datetime) -> int:
    """Open seconds at a place between two instants, by the calendar in force now."""
    return clock_of(place, purpose).business_seconds(start, end)


def add_business(place: Place, purpose: str, start: datetime, seconds: int) -> Answer:
    """The instant at which so many open seconds are used up, by the calendar in force now."""
    return clock_of(place, purpose).add_business(start, seconds)


def is_open(place: Place, purpose: str, at: datetime | None = None) -> bool:
    """Is an instant working time at a place?"""
    at = at or clock.now()
    return clock_of(place, purpose, at).business_seconds(at, at + timedelta(seconds=1)) > 0


def calendar_data(place: Place, purpose: str) -> CalendarData:
    """The days of a place by the calendar in force now; without a calendar every day is open."""
    version = resolve_version(place, purpose)
    return published_data(version) if version else CalendarData(always_open=True)


def working_dates(place: Place, first: date, last_exclusive: date, purpose: str = "duty") -> list[date]:
    """Dates with working time in a half-open span."""
    return worktime.working_dates(calendar_data(place, purpose), first, last_exclusive)


def is_school_day(place: Place, day: date) -> bool:
    return bool(worktime.open_intervals(calendar_data(place, "teaching"), day))


def day_kind(place: Place, day: date, purpose: str = "duty") -> DayKind:
    return worktime.day_kind(calendar_data(place, purpose), day)


def timetable_weekday(place: Place, day: date) -> int | None:
    """The weekday whose timetable holds on a date: a make-up day follows another one."""
    return worktime.timetable_weekday(calendar_data(place, "teaching"), day)


# drafts --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def draft_of(calendar: WorkCalendar) -> CalendarVersion:
    """The draft of a calendar; when there is none, a copy of the version in force."""
    locked = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    draft = locked.versions.filter(state="draft").select_related("calendar").first()
    if draft:
        return draft
    last = locked.versions.order_by("-no").first()
    current = version_in_force(locked)
    draft = CalendarVersion.objects.create(
        calendar=locked, no=last.no + 1 if last else 1, confirmed_until=current.confirmed_until if current else None
    )
    if current:
        _copy(current, draft)
    return draft


def _copy(source: CalendarVersion, target: CalendarVersion) -> None:
    for season in source.seasons.prefetch_related("slots"):
        set_season(version=target, first=season.days.lower, last=season.last, name_zh=season.name_zh, name_en=season.name_en,
                   hours=by_weekday(season.slots.all()))
    for day in source.days.prefetch_related("slots"):
        hours = [(slot.start_min, slot.end_min) for slot in day.slots.all()]
        set_day(version=target, day=day.date, kind=day.kind, follows_weekday=day.follows_weekday, label=day.label, slots=hours,
                public_holiday=day.public_holiday, source=day.source)


@transaction.atomic
def discard_draft(*, version: CalendarVersion) -> None:
    """Throw a draft away."""
    if version.state != "draft":
        raise ValidationError(_("Only a draft can be thrown away."))
    version.delete()


@transaction.atomic
def set_day(
    *,
    version: CalendarVersion,
    day: date,
    kind: str,
    follows_weekday: int | None = None,
    label: str = "",
    public_holiday: bool = False,
    source: str = "school",
    slots: Iterable[Interval] = (),
) -> CalendarDay | None:
    """Make a date of a draft special; kind "" makes it follow its weekday again."""
    version.days.filter(date=day).delete()
    if not kind:
        return None
    row = CalendarDay(version=version, date=day, kind=kind, follows_weekday=follows_weekday if kind == "makeup" else None, label=label,
                      public_holiday=public_holiday and kind == "closed", source=source)
    row.full_clean()
    row.save()
    if kind == "custom":
        DaySlot.objects.bulk_create([DaySlot(day=row, start_min=start, end_min=end) for start, end in slots])
    return row


@transaction.atomic
def set_season(*, version: CalendarVersion, first: date, last: date, name_zh: str, name_en: str, hours: Mapping[int, Iterable[Interval]],
               season: Season | None = None) -> Season:
    """Write a season of a draft with its weekly hours by weekday 1–7."""
    season = season or Season(version=version)
    season.name_zh, season.name_en, season.days = name_zh, name_en, DateRange(first, last + DAY)
    season.full_clean()
    season.save()
    season.slots.all().delete()
    WeeklySlot.objects.bulk_create(
        [
            WeeklySlot(season=season, weekday=weekday, start_min=start, end_min=end)
            for weekday, slots in hours.items()
            for start, end in slots
        ]
    )
    return season


# import --------------------------------------------------------------------------------------------------------------
YES = {"1", "yes", "true", "y", "是"}


@transaction.atomic
def import_days(*, calendar: WorkCalendar, file: Any, source: str = "official", confirmed_until: date | None = None) -> CalendarVersion:
    """Read special days from CSV (date, kind, label, follows_weekday, public_holiday) into the draft; what was there gives way."""
    draft = draft_of(calendar)
    content = file.read()
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    wrong = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            with transaction.atomic():
                _import_row(draft, row, source)
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
            words = " ".join(error.messages) if isinstance(error, ValidationError) else _("date, kind or weekday is missing or misspelt")
            wrong.append(_("Line %(number)s: %(problem)s") % {"number": number, "problem": words})
    if wrong:
        raise ValidationError(wrong)
    if confirmed_until:
        draft.confirmed_until = confirmed_until
        draft.save(update_fields=["confirmed_until"])
    return draft


def _import_row(draft: CalendarVersion, row: dict[str, str], source: str) -> None:
    day = date.fromisoformat(row["date"].strip())
    follows = (row.get("follows_weekday") or "").strip()
    set_day(
        version=draft,
        day=day,
        kind=row["kind"].strip(),
        follows_weekday=int(follows) if follows else None,
        label=(row.get("label") or "").strip(),
        public_holiday=(row.get("public_holiday") or "").strip().lower() in YES,
        source=source,
    )


# publishing ----------------------------------------------------------------------------------------------------------
def publish(*, version: CalendarVersion, by: Any) -> CalendarVersion:
    """Put a draft in force; running clocks go on by the version they started with."""
    return perform(version, "publish", by=by)


@dataclass(frozen=True)
class Difference:
    """A date, or a span of days, that a draft changes."""

    day: date
    before: str
    after: str
    last: date | None = None


def differences(draft: CalendarVersion) -> list[Difference]:
    """What a draft changes against the version in force: special days by date, then weekly hours by span."""
    current = version_in_force(draft.calendar)
    before, after = (published_data(current) if current else CalendarData()), data_of(draft)
    found = [
        Difference(day, day_words(before, day), day_words(after, day))
        for day in sorted({*before.days, *after.days}) if before.days.get(day) != after.days.get(day)
    ]
    return found + _hours_changed(before, after)


def _hours_changed(before: CalendarData, after: CalendarData) -> list[Difference]:
    """Spans whose weekly hours a draft changes, gives or takes away."""
    edges = sorted({edge for season in (*before.seasons, *after.seasons) for edge in (season.first, season.last_exclusive)})
    found: list[Difference] = []
    for first, end in pairwise(edges):
        old, new = before.season_of(first), after.season_of(first)
        if (old and old.slots) == (new and new.slots):
            continue
        days = [day for day, _label in WEEKDAYS if not old or not new or old.slots.get(day, ()) != new.slots.get(day, ())]
        one = Difference(first, season_words(old, days), season_words(new, days), end - DAY)
        if found and (found[-1].last, found[-1].before, found[-1].after) == (first - DAY, one.before, one.after):
            one = Difference(found.pop().day, one.before, one.after, one.last)
        found.append(one)
    return found


def day_words(data: CalendarData, day: date) -> str:
    """What a date is, in words."""
    special = data.days.get(day)
    if special and special.follows_weekday:
        return _("make-up day, works like %(weekday)s") % {"weekday": dict(WEEKDAYS)[special.follows_weekday]}
    if special and special.kind == "custom":
        return _("hours of its own: %(hours)s") % {"hours": hours_words(special.slots)}
    kind = worktime.day_kind(data, day)
    return {"holiday": _("public holiday"), "working": _("working day")}.get(kind, _("day off"))


def season_words(season: SeasonData | None, days: Iterable[int]) -> str:
    """The hours of some weekdays, those alike together: "Monday–Thursday 08:00–12:00; Friday closed"."""
    if season is None:
        return _("no season")
    names, parts = dict(WEEKDAYS), list[list[int]]()
    for day in days:
        if parts and parts[-1][-1] == day - 1 and season.slots.get(day, ()) == season.slots.get(day - 1, ()):
            parts[-1].append(day)
        else:
            parts.append([day])
    return "; ".join(
        f"{names[part[0]]}{f'–{names[part[-1]]}' if len(part) > 1 else ''} {hours_words(season.slots.get(part[0], ())) or _('closed')}"
        for part in parts
    )


def hours_words(slots: Iterable[Interval]) -> str:
    """08:00–12:00, 13:30–17:30"""
    return ", ".join(f"{start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}" for start, end in sorted(slots))


def read_hours(text: str) -> tuple[Interval, ...]:
    """The opposite of hours_words; raises ValidationError when the text is something else or the hours overlap."""
    found: list[Interval] = []
    for part in filter(None, (piece.strip() for piece in text.replace("，", ",").replace("、", ",").split(","))):
        try:
            start, end = (_minute(side) for side in part.replace("–", "-").split("-"))
        except ValueError:
            raise ValidationError(_("Write hours as 08:00-12:00, 13:30-17:30.")) from None
        if not 0 <= start < end <= worktime.MINUTES_OF_DAY or (found and start < found[-1][1]):
            raise ValidationError(_("Hours must follow each other and end by 24:00."))
        found.append((start, end))
    return tuple(found)


def _minute(text: str) -> int:
    hour, minute = text.strip().replace("：", ":").split(":")
    if not 0 <= int(minute) < 60:
        raise ValueError(text)
    return int(hour) * 60 + int(minute)


def what_moves(draft: CalendarVersion) -> list[tuple[Any, Any]]:
    """(what, words) of everything that publishing a draft would move; asked from every app."""
    return [line for ask in CALENDAR_USERS for line in ask(draft)]
