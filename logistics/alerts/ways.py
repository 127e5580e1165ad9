"""By which ways people can be reached: their ladders, and where they are on each channel."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from logistics.alerts.drivers import DRIVERS, Setup
from logistics.alerts.models import Channel, ContactPoint, Importance, Preference, address_print

MOBILE = 11


@dataclass(frozen=True)
class Way:
    """One address of one person on one channel."""

    channel: str
    address: str
    personal: bool = False


@dataclass(frozen=True)
class Habit:
    """How one person is told what has this importance."""

    ladder: tuple[str, ...]
    step: timedelta
    at_once: int = 1
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_hour: int | None = None


@dataclass
class Ways:
    """What the dispatcher knows about some people; a handful of statements however many they are."""

    channels: dict[str, Channel] = field(default_factory=dict)
    _ways: dict[int, dict[str, Way]] = field(default_factory=dict)
    _habits: dict[tuple[int | None, str], Preference] = field(default_factory=dict)

    def of(self, person_id: int) -> dict[str, Way]:
        """Channel code → where the person is on it."""
        return self._ways.get(person_id, {})

    def habit(self, person_id: int, importance: str) -> Habit:
        """The person's own choice, else the school's; waits are the school's."""
        school = self._habits.get((None, importance)) or Preference(importance=importance, **STANDARD[importance])
        own = self._habits.get((person_id, importance))
        chosen = own or school
        reached = self.of(person_id)
        ladder = [code for code in (own.ladder if own else []) if code in reached] or [code for code in school.ladder if code in reached]
        if not ladder and importance in (Importance.URGENT, Importance.LIFE):
            ladder = list(reached)  # better by any way than by none
        quiet = importance in (Importance.INFO, Importance.NORMAL)
        return Habit(tuple(ladder), timedelta(seconds=school.step_s), school.at_once, chosen.quiet_from if quiet else None,
                     chosen.quiet_until if quiet else None, chosen.digest_hour if importance == Importance.INFO else None)


# What a new school begins with; rows afterwards, which the system manager changes.
STANDARD: dict[str, dict[str, Any]] = {
    "info": {"ladder": [], "step_s": 3600, "at_once": 1},
    "normal": {"ladder": ["email"], "step_s": 600, "at_once": 1},
    "urgent": {"ladder": ["email", "wecom", "dingtalk", "sms"], "step_s": 60, "at_once": 1},
    "life": {"ladder": ["sms", "email", "wecom", "dingtalk"], "step_s": 45, "at_once": 2},
}


def ways_of(people: Iterable[Any]) -> Ways:
    """The ways of these people: contact points they verified, and the address and phone that the office wrote down.

    What bounced is no way any more, whoever wrote it down.
    """
    everybody = {person.pk: person for person in people}
    channels = {channel.code: channel for channel in Channel.objects.in_use().exclude(driver=Channel.Driver.APP)}
    found: dict[int, dict[str, Way]] = defaultdict(dict)
    bounced: set[tuple[int, str, str]] = set()
    for point in ContactPoint.objects.filter(person__in=everybody).select_related("channel").order_by("-verified_at", "id"):
        code = point.channel.code
        if point.bounced_at:
            bounced.add((point.person_id, code, point.address_print))
        elif point.verified_at and code in channels and point.address:
            found[point.person_id].setdefault(code, Way(code, point.address, is_personal(channels[code].driver, point.address)))
    for channel in channels.values():
        for person in everybody.values():
            address = known_to_the_office(channel.driver, person)
            if address and channel.code not in found[person.pk] and (person.pk, channel.code, address_print(address)) not in bounced:
                found[person.pk][channel.code] = Way(channel.code, address)
    rows = Preference.objects.filter(person__in=everybody) | Preference.objects.filter(person=None)
    return Ways(channels, found, {(row.person_id, row.importance): row for row in rows})


def known_to_the_office(driver: str, person: Any) -> str:
    """The address of a person on a channel of this kind as it stands in the register; "" when there is none that fits."""
    known = {Channel.Driver.EMAIL: person.email, Channel.Driver.SMS: person.phone}.get(driver, "")  # type: ignore[call-overload]
    try:
        return DRIVERS[driver].clean(known) if known else ""
    except ValidationError:
        return ""


def is_personal(driver: str, address: str) -> bool:
    """A robot of one's own, as against a mobile number that the group's robot mentions."""
    return driver in (Channel.Driver.WECOM, Channel.Driver.DINGTALK) and not (address.isdigit() and len(address) == MOBILE)


def setup_of(channel: Channel) -> Setup:
    """What a driver needs to know."""
    return Setup(channel.code, channel.driver, channel.address, channel.secret, channel.body, channel.answer_ok, channel.answer_id,
                 float(channel.timeout_s))
