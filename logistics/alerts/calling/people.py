"""Whom a step of a chain calls at an instant: rosters, then people entrusted with the place, then holders of a role."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from logistics.accounts.models import Department, Person
from logistics.alerts.registries import DUTY_SOURCES
from logistics.campus.models import Place, Stewardship
from logistics.campus.services.calendars import is_open
from logistics.core.access import Grant, live_grants


@dataclass(frozen=True)
class Called:
    """What a chain needs to know about the record for which it calls.

    `over`: why nobody needs to be called any more. `hold`: until when it waits, and `held` why. `acked`: somebody has taken it on.
    """

    place: Place | None = None
    team_id: int | None = None
    roles: tuple[str, ...] = ()
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    importance: str = "urgent"
    drill: bool = False
    over: str = ""
    acked: bool = False
    hold: datetime | None = None
    held: str = ""

    @property
    def path(self) -> tuple[int, ...]:
        return tuple(self.place.ancestors) if self.place else ()


class Directory:
    """Who is there at one instant. Asks each thing once, so that a thousand chains cost as many statements as one."""

    def __init__(self, at: datetime):
        self.at = at
        self._on_call: dict[tuple[int | None, int | None], list[int]] = {}
        self._stewards: dict[tuple[str, tuple[int, ...]], list[int]] = {}
        self._people: dict[int, Person | None] = {}
        self._teams: dict[int, Department | None] = {}
        self._open: dict[int | None, bool] = {}

    # the answer ----------------------------------------------------------------------------------------------------
    def resolve(self, step: dict[str, Any], called: Called) -> list[int]:
        """Ids of the people whom this step calls now, in the order in which they are called; empty when there is nobody."""
        roles = tuple(step["roles"]) or called.roles
        team = step["team"] or called.team_id
        ways: dict[str, Any] = {
            "person": (lambda: [step["person"]],),
            "duty": (lambda: self.on_call(team, called.place),),
            "stewards": (lambda: self.stewards(roles, called.path),),
            "role": (lambda: self.holders(roles, called.path), lambda: self.holders(roles, None)),
            "head": (lambda: self.head(team),),
        }
        ways["nearest"] = (*ways["duty"], *ways["stewards"], *ways["role"])
        return next((there for way in ways[step["target"]] if (there := self.there(way(), called.drill))), [])

    def there(self, ids: Iterable[int], drill: bool = False) -> list[int]:
        """Those who have not left; a drill calls nobody from outside."""
        wanted = list(dict.fromkeys(ids))
        people = self.people(wanted)
        return [pk for pk in wanted if pk in people and people[pk].status in ("active", "invited")
                and not (drill and people[pk].organisation_id)]

    # the sources ---------------------------------------------------------------------------------------------------
    def on_call(self, team_id: int | None, place: Place | None) -> list[int]:
        key = (team_id, place.pk if place else None)
        if key not in self._on_call:
            team = self.team(team_id)
            self._on_call[key] = [pk for source in DUTY_SOURCES for pk in source.people(team, place, self.at)]
        return self._on_call[key]

    def stewards(self, roles: tuple[str, ...], path: tuple[int, ...]) -> list[int]:
        """Of the first role that somebody holds near the place: those of the nearest level."""
        for role in roles:
            if (role, path) not in self._stewards:
                held = self._entrusted[role]
                nearest = next((held[pk] for pk in reversed(path) if pk in held), [])
                self._stewards[role, path] = nearest
            if self._stewards[role, path]:
                return self._stewards[role, path]
        return []

    def holders(self, roles: tuple[str, ...], path: tuple[int, ...] | None) -> list[int]:
        """Everybody who holds one of the roles over the place (None: anywhere)."""
        found = {
            person for role in roles for person, grant in self._grants[role]
            if path is None or grant.everywhere or grant.place_id in path
        }
        return sorted(found)

    def head(self, team_id: int | None) -> list[int]:
        team = self.team(team_id)
        return [pk for pk in (team.head_id, team.deputy_id) if pk][:1] if team else []

    def working(self, place: Place | None) -> bool:
        """Is it working time there? Without a place: in the school."""
        place = place or self._school
        key = place.pk if place else None
        if key not in self._open:
            self._open[key] = is_open(place, "duty", self.at) if place else True
        return self._open[key]

    def fits(self, hours: str, place: Place | None) -> bool:
        return hours == "any" or self.working(place) == (hours == "working")

    # what is asked once --------------------------------------------------------------------------------------------
    @cached_property
    def _grants(self) -> dict[str, list[tuple[int, Grant]]]:
        found: dict[str, list[tuple[int, Grant]]] = defaultdict(list)
        for person, grant in live_grants(self.at):
            found[grant.role].append((person, grant))
        return found

    @cached_property
    def _entrusted(self) -> dict[str, dict[int, list[int]]]:
        found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        rows = Stewardship.objects.live(self.at).filter(person__status__in=["active", "invited"]).order_by("person__number")
        for role, place, person in rows.values_list("role", "place_id", "person_id"):
            found[role][place].append(person)
        return found

    @cached_property
    def _school(self) -> Place | None:
        return Place.objects.filter(parent__isnull=True).order_by("pk").first()

    def people(self, ids: Iterable[int]) -> dict[int, Person]:
        missing = [pk for pk in ids if pk not in self._people]
        if missing:
            self._people |= dict.fromkeys(missing) | Person.objects.in_bulk(missing)
        return {pk: person for pk in ids if (person := self._people[pk])}

    def team(self, team_id: int | None) -> Department | None:
        if team_id is not None and team_id not in self._teams:
            self._teams[team_id] = Department.objects.filter(pk=team_id).first()
        return self._teams.get(team_id) if team_id is not None else None
