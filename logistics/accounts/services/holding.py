"""Who holds which role, where and until when."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from logistics.accounts.models import Delegation, Department, Person, RoleGrant
from logistics.accounts.models.person import IMPLIED_ROLES
from logistics.accounts.publishing import AREAS, ORIGINS
from logistics.core import clock
from logistics.core.access import ROLES, Grant, Role, grants_of, holder_ids, live_grants

BY_KIND = frozenset(IMPLIED_ROLES.values()) | {"public"}  # follow from what somebody is; nobody is granted them


@dataclass(frozen=True)
class HeldRole:
    """A grant in words: the role, where, until when, and where it comes from."""

    grant: Grant
    label: str
    duty: str
    where: str
    until: datetime | None
    origin: str


def roles_of(person: Person, at: datetime | None = None) -> list[Grant]:
    """Every grant of a person at an instant: by kind, by grant or stewardship, and by acting for somebody; none once he left."""
    at = at or clock.now()
    with clock.standing_at(at):
        if not person.is_active:
            return []
    implied = [Grant(code, None, None, None, "kind", None) for code in person.implied_roles]
    return [*implied, *grants_of(person.pk, at)]


def holders(role: str, *, department: Department | None = None, place: Any = None, at: datetime | None = None) -> QuerySet[Person]:
    """The people who hold a role, deputies included; over a department or place: those whose area holds it."""
    kinds = [kind for kind, code in IMPLIED_ROLES.items() if code == role]
    if kinds:
        return Person.objects.active().filter(kinds__overlap=kinds)
    narrowed = department is not None or place is not None
    ids = holder_ids(
        [role], list(place.ancestors) if place is not None else [] if narrowed else None,
        list(department.ancestors) if department is not None else [] if narrowed else None, at,
    )
    return Person.objects.active().filter(pk__in=ids).order_by("number")


def role_label(code: str) -> str:
    found = ROLES.get(code)
    return str(found.label) if found else code


def area_names(grants: Sequence[Grant]) -> dict[tuple[str, int], str]:
    """Names of the places and departments that grants hold for, in one statement each."""
    places = {grant.place_id for grant in grants if grant.place_id is not None}
    departments = {grant.department_id for grant in grants if grant.place_id is None and grant.department_id is not None}
    found = {("department", row.pk): row.name for row in Department.objects.filter(pk__in=departments)} if departments else {}
    describe = AREAS.get("place")
    if places and describe:
        found |= {("place", pk): name for pk, name in describe(places).items()}
    return found


def area_key(grant: Grant) -> tuple[str, int]:
    """What tells areas apart: ("", 0) is the whole school."""
    if grant.place_id is not None:
        return "place", grant.place_id
    return ("department", grant.department_id) if grant.department_id is not None else ("", 0)


def where_words(grant: Grant, names: dict[tuple[str, int], str]) -> str:
    """Where a grant holds, in words."""
    return _("the whole school") if grant.everywhere else names.get(area_key(grant), _("an area that has no name"))


def held_roles(person: Person, at: datetime | None = None) -> list[HeldRole]:
    """The roles of a person in words, in a fixed number of statements."""
    grants = roles_of(person, at)
    names, origins = area_names(grants), _origins(grants)
    return [
        HeldRole(
            grant, role_label(grant.role), str(ROLES[grant.role].duty) if grant.role in ROLES else "", where_words(grant, names),
            grant.until or person.ends_at, origins.get((grant.source, grant.source_id), ""),
        )
        for grant in grants
    ]


@dataclass(frozen=True)
class MatrixRow:
    """One role with everybody who holds it: school-wide, and by area; (person, acts for somebody)."""

    role: Role
    school: list[tuple[Person, bool]]
    areas: list[tuple[str, list[tuple[Person, bool]]]]

    @property
    def gap(self) -> bool:
        """Does nobody hold it?"""
        return not self.school and not self.areas


def role_matrix(at: datetime | None = None) -> list[MatrixRow]:
    """Every role that is granted, with its holders by area; roles that follow from what somebody is are left out."""
    found = live_grants(at or clock.now())
    people = Person.objects.active().in_bulk({person_id for person_id, _grant in found})
    names = area_names([grant for _person, grant in found])
    cells: dict[str, dict[str, list[tuple[Person, bool]]]] = defaultdict(lambda: defaultdict(list))
    for person_id, grant in found:
        if person_id in people:
            where = "" if grant.everywhere else where_words(grant, names)
            cells[grant.role][where].append((people[person_id], grant.on_behalf_of is not None))
    return [
        MatrixRow(role, cells[role.code].pop("", []), sorted(cells[role.code].items(), key=lambda area: area[0]))
        for role in ROLES if role.code not in BY_KIND
    ]


def _origins(grants: Sequence[Grant]) -> dict[tuple[str, int | None], str]:
    """Where grants come from, in words."""
    ids: dict[str, set[int]] = defaultdict(set)
    for grant in grants:
        if grant.source_id is not None:
            ids[grant.source].add(grant.source_id)
    found: dict[tuple[str, int | None], str] = {("kind", None): _("Follows from what this person is.")}
    for row in RoleGrant.objects.filter(pk__in=ids.pop("rolegrant", ())).select_related("granted_by"):
        by = row.granted_by
        found["rolegrant", row.pk] = _("Granted by %(name)s.") % {"name": by} if by else _("Granted when the school was set up.")
    for one in Delegation.objects.filter(pk__in=ids.pop("delegation", ())).select_related("from_person"):
        found["delegation", one.pk] = _("Acts for %(name)s.") % {"name": one.from_person}
    for source, keys in ids.items():
        describe = ORIGINS.get(source)
        if describe:
            found |= {(source, pk): words for pk, words in describe(keys).items()}
    return found
