"""A small school with two campuses, people with roles in it, and calendars to write."""
from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from logistics.accounts.models import Person, RoleGrant
from logistics.campus import factories
from logistics.campus.models import CalendarVersion, WorkCalendar
from logistics.campus.services import calendars
from logistics.core.fields import days

SINCE = days(date(2020, 1, 1))


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A local instant in the school's zone."""
    return timezone.make_aware(datetime(year, month, day, hour, minute))


def person(number: str, *, role: str = "", place=None, kinds=("staff",), **fields) -> Person:
    found = Person.objects.create(number=number, name_zh=f"某{number}", name_en=f"Zed {number}", kinds=list(kinds), **fields)
    if role and place is None:
        RoleGrant.objects.create(person=found, role=role, during=SINCE)
    elif role:
        factories.StewardshipFactory(person=found, role=role, place=place, during=SINCE)
    return found


def browser(who: Person | None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who, backend="logistics.accounts.backends.PersonBackend")
    return client


def small_school() -> SimpleNamespace:
    cache.clear()
    school = factories.PlaceFactory(name_zh="梧桐学校", name_en="Wutong School", code="S", phone="8001")
    first = factories.CampusFactory(parent=school, name_zh="校区 1", name_en="Campus 1", code="C1")
    second = factories.CampusFactory(parent=school, name_zh="校区 2", name_en="Campus 2", code="C2", phone="8002")
    building = factories.BuildingFactory(parent=first, name_zh="A", name_en="A", code="A")
    floor = factories.FloorFactory(parent=building, name_zh="3 层", name_en="Floor 3", code="A-3")
    room = factories.RoomFactory(parent=floor, name_zh="301", name_en="301", code="A-301", public=True)
    return SimpleNamespace(school=school, first=first, second=second, building=building, floor=floor, room=room)


def version_of(place, seasons, days_, *, no: int = 1, confirmed_until=date(2026, 12, 31), calendar=None) -> CalendarVersion:
    """A draft with seasons [(first, last, slots)] on Monday to Friday and days {date: (kind, follows)}."""
    calendar = calendar or WorkCalendar.objects.create(code="duty", name_zh="上班", name_en="Duty", purpose="duty", place=place)
    version = CalendarVersion.objects.create(calendar=calendar, no=no, confirmed_until=confirmed_until)
    for number, (first, last, slots) in enumerate(seasons):
        calendars.set_season(version=version, first=first, last=last, name_zh=f"季 {number}", name_en=f"Season {number}",
                             hours={weekday: slots for weekday in range(1, 6)})
    for day, (kind, follows) in days_.items():
        calendars.set_day(version=version, day=day, kind=kind, follows_weekday=follows, public_holiday=kind == "closed", source="official")
    return version
