"""Who may do what, where: roles, their permissions, and the grants a person holds at an instant.

Roles and permissions are code (the `roles` room of each app). Grants are rows of upper packages; each package publishes
them as one SELECT with the columns of GRANT_COLUMNS, so that "what may this person do" and "who holds this role here"
are one statement each over the union.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, Q

from logistics.core import clock
from logistics.core.registry import Registry

GRANT_COLUMNS = "person_id, role, department_id, place_id, during, source, source_id"
EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Role:
    """A duty that somebody holds, dated, somewhere (roles.md)."""

    code: str
    label: Any
    duty: Any = ""
    sensitive: bool = False


ROLES: Registry[Role] = Registry("role")
_permissions: dict[str, set[str]] = defaultdict(set)  # permission -> roles
_sources: list[str] = []
_delegations: list[str] = []


def role(code: str, label: Any, duty: Any = "", *, sensitive: bool = False) -> Role:
    """Declare a role; once, in the `roles` room of the app that roles.md names."""
    return ROLES.add(code, Role(code, label, duty, sensitive))


def allow(roles: str | Iterable[str], record: str, *actions: str) -> None:
    """Let roles do actions (view, add, change, export, ...) on a kind of record ("maintenance.workorder")."""
    for code in roles.split() if isinstance(roles, str) else roles:
        for action in actions:
            _permissions[f"{record}:{action}"].add(code)


def roles_with(permission: str) -> frozenset[str]:
    """The role codes that hold a permission such as "maintenance.workorder:view"."""
    return frozenset(_permissions.get(permission, ()))


def all_permissions() -> dict[str, frozenset[str]]:
    return {name: frozenset(codes) for name, codes in _permissions.items()}


def grant_source(select: str) -> None:
    """Publish rows of grants: a SELECT of GRANT_COLUMNS."""
    if select not in _sources:
        _sources.append(select)


def delegation_source(select: str) -> None:
    """Publish who acts for whom: a SELECT of id, from_person_id, to_person_id, roles (empty = all), during."""
    if select not in _delegations:
        _delegations.append(select)


def _live_grants() -> str:
    """All grants, own and by delegation (which never chains), as one SELECT with on_behalf_of."""
    base = " UNION ALL ".join(f"({select})" for select in _sources)
    parts = [f"SELECT {GRANT_COLUMNS}, NULL::bigint AS on_behalf_of FROM ({base}) own"]
    parts += [
        "SELECT d.to_person_id, g.role, g.department_id, g.place_id, g.during * d.during, 'delegation', d.id, d.from_person_id "
        f"FROM ({select}) d JOIN ({base}) g ON g.person_id = d.from_person_id AND g.during && d.during "
        "WHERE d.roles = '{}' OR g.role = ANY(d.roles)"
        for select in _delegations
    ]
    return " UNION ALL ".join(parts)


@dataclass(frozen=True)
class Grant:
    """One role held by one person over an area until an instant, and where it comes from."""

    role: str
    department_id: int | None
    place_id: int | None
    until: datetime | None
    source: str
    source_id: int | None
    on_behalf_of: int | None = None

    @property
    def everywhere(self) -> bool:
        return self.place_id is None and self.department_id is None

    def covers(self, record: Model | None) -> bool:
        """Does the area of this grant hold the record?"""
        if self.everywhere or record is None:
            return self.everywhere or record is None
        return self.reaches(place_path(record), department_path(record))

    def reaches(self, places: Iterable[int], departments: Iterable[int]) -> bool:
        """Does the area of this grant hold what stands on these paths?"""
        if self.everywhere:
            return True
        return self.place_id in set(places) if self.place_id is not None else self.department_id in set(departments)


def place_path(record: Model) -> list[int]:
    """Ids of the places that hold the record, root first; empty when it stands nowhere."""
    path = getattr(type(record), "scope_place", None)
    if path is None:
        return []
    thing: Any = record
    for step in path.split("__") if path else []:
        thing = getattr(thing, step, None)
        if thing is None:
            return []
    return list(getattr(thing, "ancestors", None) or [])


def department_path(record: Model) -> list[int]:
    """Ids of the departments that hold the record."""
    path = getattr(type(record), "scope_department", None)
    if path is None:
        return []
    thing: Any = record
    for step in path.split("__") if path else []:
        thing = getattr(thing, step, None)
        if thing is None:
            return []
    return list(getattr(thing, "ancestors", None) or [thing.pk])


@dataclass(frozen=True)
class Area:
    """Where a permission holds: everywhere, or below these places and departments."""

    everywhere: bool
    places: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()

    def rule(self, model: type[Model]) -> Q:
        """The area as a filter on a model that names its `scope_place` or `scope_department`."""
        if self.everywhere:
            return EVERYTHING
        found = NOTHING
        place, department = getattr(model, "scope_place", None), getattr(model, "scope_department", None)
        if self.places and place is not None:
            found |= Q(**{f"{place}__ancestors__overlap" if place else "ancestors__overlap": list(self.places)})
        if self.departments and department is not None:
            found |= Q(**{f"{department}__ancestors__overlap" if department else "ancestors__overlap": list(self.departments)})
        return found


def either(*rules: Q) -> Q:
    """The union of scope rules; EVERYTHING wins."""
    if any(rule == EVERYTHING for rule in rules):
        return EVERYTHING
    found = NOTHING
    for rule in rules:
        if rule != NOTHING:
            found = rule if found == NOTHING else found | rule
    return found


class Access:
    """What one person may do now; made once a request."""

    def __init__(self, person: Any, grants: Iterable[Grant]):
        self.person = person
        self.grants = tuple(grants)
        self.roles = frozenset(grant.role for grant in self.grants)

    def has(self, permission: str) -> bool:
        """Does the person hold it anywhere?"""
        return not self.roles.isdisjoint(roles_with(permission))

    def area(self, permission: str) -> Area:
        """Where the person holds it."""
        return self.area_of(roles_with(permission))

    def area_of(self, roles: Iterable[str]) -> Area:
        wanted = frozenset(roles)
        held = [grant for grant in self.grants if grant.role in wanted]
        if any(grant.everywhere for grant in held):
            return Area(True)
        return Area(
            False,
            tuple(grant.place_id for grant in held if grant.place_id is not None),
            tuple(grant.department_id for grant in held if grant.place_id is None and grant.department_id is not None),
        )

    def grant_over(self, roles: Iterable[str], record: Model | None) -> Grant | None:
        """A grant of one of the roles whose area holds the record; an own one before a delegated one."""
        wanted = frozenset(roles)
        held = [grant for grant in self.grants if grant.role in wanted and grant.covers(record)]
        return min(held, key=lambda grant: grant.on_behalf_of is not None, default=None)

    def may(self, permission: str, record: Model | None = None) -> bool:
        """Does the person hold it over this record (without one: anywhere)?"""
        if record is None:
            return self.has(permission)
        return self.grant_over(roles_with(permission), record) is not None


def grants_of(person_id: int, at: datetime) -> list[Grant]:
    """Every grant of a person at an instant, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT role, department_id, place_id, upper(during), source, source_id, on_behalf_of "
            f"FROM ({_live_grants()}) live WHERE person_id = %(person)s AND during @> %(at)s ORDER BY role, source_id",
            {"person": person_id, "at": at},
        )
        return [Grant(*row) for row in cursor.fetchall()]


def give_access(people: Iterable[Any]) -> None:
    """Read what many people may do in one statement, before each of them is asked about."""
    unknown = [person for person in people if getattr(person, "_access", None) is None and person.is_active]
    held: dict[int, list[Grant]] = defaultdict(list)
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person_id, role, department_id, place_id, upper(during), source, source_id, on_behalf_of "
                f"FROM ({_live_grants()}) live WHERE person_id = ANY(%(people)s) AND during @> %(at)s ORDER BY role, source_id",
                {"people": [person.pk for person in unknown], "at": clock.now()},
            )
            for person_id, *grant in cursor.fetchall():
                held[person_id].append(Grant(*grant))
    for person in unknown:
        implied = [Grant(code, None, None, None, "kind", None) for code in person.implied_roles]
        person._access = Access(person, [*implied, *held[person.pk]])


def live_grants(at: datetime) -> list[tuple[int, Grant]]:
    """Every grant of everybody at an instant with the person's id, in one statement: what a matrix of roles shows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, role, department_id, place_id, upper(during), source, source_id, on_behalf_of "
            f"FROM ({_live_grants()}) live WHERE during @> %(at)s ORDER BY role, person_id, source_id",
            {"at": at},
        )
        return [(row[0], Grant(*row[1:])) for row in cursor.fetchall()]


def access_of(person: Any) -> Access:
    """The access of a person or an anonymous visitor, cached on the object for the length of a request."""
    known = getattr(person, "_access", None)
    if known is not None:
        return known
    if person is None or not getattr(person, "is_authenticated", False):
        access = Access(person, [Grant("public", None, None, None, "kind", None)])
    elif not person.is_active:
        access = Access(person, [])
    else:
        implied = [Grant(code, None, None, None, "kind", None) for code in person.implied_roles]
        access = Access(person, [*implied, *grants_of(person.pk, clock.now())])
    if person is not None:
        person._access = access
    return access


def holder_ids(roles: Iterable[str], places: Iterable[int] | None = None, departments: Iterable[int] | None = None,
               at: datetime | None = None) -> list[int]:
    """Ids of the people who hold one of the roles over these places and departments (their paths); None asks everywhere."""
    condition = "role = ANY(%(roles)s) AND during @> %(at)s"
    values: dict[str, Any] = {"roles": list(roles), "at": at or clock.now()}
    if places is not None or departments is not None:
        condition += (
            " AND ((place_id IS NULL AND department_id IS NULL) OR place_id = ANY(%(places)s)"
            " OR (place_id IS NULL AND department_id = ANY(%(departments)s)))"
        )
        values |= {"places": list(places or []), "departments": list(departments or [])}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT person_id FROM ({_live_grants()}) live WHERE {condition} ORDER BY person_id", values)
        return [row[0] for row in cursor.fetchall()]


def people_who_may(permission: str, record: Model, at: datetime | None = None) -> list[int]:
    """The inverse of scope: ids of the people whose role holds the permission over this record."""
    return holder_ids(roles_with(permission), place_path(record), department_path(record), at)
