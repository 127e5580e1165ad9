"""The calendar and the terms as an iCalendar feed (RFC 5545): whole days only, the same UID for the same day for ever."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core import signing

from logistics.accounts.models import Person
from logistics.campus.models import Place, WorkCalendar
from logistics.campus.services.calendars import day_words
from logistics.campus.terms.services import terms_between
from logistics.campus.versions import published_data, version_in_force
from logistics.core import clock

SALT = "campus.ics"
DAY = timedelta(days=1)
BACK, AHEAD = timedelta(days=400), timedelta(days=800)


def token_of(person: Person, calendar: WorkCalendar) -> str:
    """The secret part of the address of a person's feed; it ends with the person."""
    return signing.dumps([person.pk, calendar.pk], salt=SALT)


def read_token(token: str) -> WorkCalendar | None:
    """The calendar of a feed, if its person may still read it."""
    try:
        person_id, calendar_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.active().filter(pk=person_id).first()
    return WorkCalendar.objects.visible_to(person).select_related("place").filter(pk=calendar_id).first() if person else None


def feed(calendar: WorkCalendar) -> str:
    """Special days in force, terms, vacations and marked days, from a year back to two years ahead."""
    today = clock.today()
    first, last = today - BACK, today + AHEAD
    version, place = version_in_force(calendar), calendar.place
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Houqin//campus//EN", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_text(str(calendar))}"]
    if version:
        data = published_data(version)
        for day, special in sorted(data.days.items()):
            if first <= day <= last:
                words = special.label or day_words(data, day)
                lines += _event(f"day-{calendar.pk}-{day:%Y%m%d}", day, day, words, day_words(data, day), stamp)
    lines += _terms(place, first, last, stamp)
    return "\r\n".join(part for line in [*lines, "END:VCALENDAR"] for part in _folded(line)) + "\r\n"


def _terms(place: Place, first: date, last: date, stamp: str) -> list[str]:
    lines: list[str] = []
    for term in terms_between(place, first, last):
        lines += _event(f"term-{term.pk}", term.first, term.last, f"{term.year} {term.name}", str(term.get_kind_display()), stamp)
        for mark in term.marks.all():
            lines += _event(f"mark-{mark.pk}", mark.first, mark.last, str(mark), str(mark.get_kind_display()), stamp)
    return lines


def _event(uid: str, first: date, last: date, words: Any, more: Any, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT", f"UID:{uid}@houqin", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + DAY:%Y%m%d}", f"SUMMARY:{_text(str(words))}", f"DESCRIPTION:{_text(str(more))}", "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    """Text as the format wants it: what has a meaning there is escaped."""
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """A line of at most 75 octets, the rest on lines that begin with a space; no character is cut in two."""
    found, part = [], ""
    for character in line:
        if len((part + character).encode()) > 75:
            found.append(part)
            part = " "
        part += character
    return [*found, part]
