"""Verbs over stewardships: entrusting, ending, handing everything over at once; and who looks after a place."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext as _

from logistics.accounts.models import Department, Person
from logistics.campus.models import Place, Stewardship
from logistics.core import clock
from logistics.core.access import ROLES, access_of
from logistics.core.errors import NotAllowed
from logistics.core.workflow import named, write_event

# Roles that somebody holds at a place. The facilities manager entrusts the first ones, the director and the system manager all.
WORKING_ROLES = ("place_keeper", "equipment_keeper", "dispatcher", "technician", "inspector")
PLACE_ROLES = (*WORKING_ROLES, "safety_officer", "facilities_manager", "calendar_keeper")
HIGHER = ("logistics_director", "system_manager")


def role_choices() -> list[tuple[str, Any]]:
    """Roles at a place with their words; only those that an installed app declares."""
    return [(code, ROLES[code].label) for code in PLACE_ROLES if code in ROLES]


def stewards(place: Place, role: str, at: datetime | None = None) -> list[Person]:
    """The people who hold a role for a place: those of the nearest level that has any. One statement."""
    held = list(
        Stewardship.objects.live(at).filter(role=role, place_id__in=place.ancestors, person__in=Person.objects.active())
        .select_related("person__department").order_by("person__number")
    )
    depth = {pk: level for level, pk in enumerate(place.ancestors)}
    nearest = max((depth[row.place_id] for row in held), default=None)
    return [row.person for row in held if depth[row.place_id] == nearest]


@dataclass(frozen=True)
class Line:
    """Who holds a role for a place, and from which level it comes."""

    role: str
    label: Any
    people: list[Person]
    place: Place | None  # None: nobody holds it

    @property
    def gap(self) -> bool:
        return not self.people


def lines_of(place: Place, at: datetime | None = None) -> list[Line]:
    """Every role that somebody holds for a place, by the nearest level; the keeper is listed even when there is none. One statement."""
    rows = (
        Stewardship.objects.live(at)
        .filter(place_id__in=place.ancestors)
        .select_related("person__department", "place")
        .order_by("person__number")
    )
    return nearest_lines(place, list(rows), [(code, label) for code, label in role_choices()], keep={"place_keeper"})


def nearest_lines(place: Place, rows: list[Stewardship], roles: list[tuple[str, Any]], keep: set[str]) -> list[Line]:
    """One line a role, out of the stewardships of a place and of what holds it; roles nobody holds are left out unless kept."""
    depth = {pk: level for level, pk in enumerate(place.ancestors)}
    lines = []
    for code, label in roles:
        held = [row for row in rows if row.role == code and row.place_id in depth]
        level = max((depth[row.place_id] for row in held), default=None)
        nearest = [row for row in held if depth[row.place_id] == level]
        if nearest or code in keep:
            lines.append(Line(code, label, [row.person for row in nearest], nearest[0].place if nearest else None))
    return lines


def check_entrusting(by: Any, role: str, place: Place) -> None:
    """A role at a place is given and ended by somebody who stands higher there."""
    if role not in dict(role_choices()):
        raise ValidationError({"role": _("Nobody holds this role at a single place.")})
    needed = (*HIGHER, "facilities_manager") if role in WORKING_ROLES else HIGHER
    if by is not None and access_of(by).grant_over(needed, place) is None:
        raise NotAllowed(_("You may not entrust this role at this place."), [str(ROLES[code].label) for code in needed if code in ROLES])


@transaction.atomic
def entrust(
    *, person: Person, role: str, place: Place, during: DateTimeTZRange, by: Any, department: Department | None = None
) -> Stewardship:
    """Give a person a role for a place and everything in it."""
    check_entrusting(by, role, place)
    if by is not None and by.pk == person.pk:
        raise ValidationError({"person": _("Somebody else has to entrust you with a role.")})
    steward = Stewardship(person=person, role=role, place=place, department=department, during=during, granted_by=by)
    steward.full_clean()
    steward.save()
    return steward


@transaction.atomic
def end_stewardship(*, stewardship: Stewardship, last_day: date, by: Any) -> Stewardship:
    """End a stewardship at the midnight after a day."""
    check_entrusting(by, stewardship.role, stewardship.place)
    Stewardship.objects.filter(pk=stewardship.pk).end_at(clock.midnight(last_day + timedelta(days=1)))
    stewardship.refresh_from_db()
    return stewardship


def duties_of(person: Person, instant: datetime | None = None) -> list[Stewardship]:
    """What a person looks after, now or later, after an instant."""
    return list(
        Stewardship.objects.ahead(instant)
        .filter(person=person, during__isempty=False)
        .select_related("place", "person")
        .order_by("place__code", "role")
    )


@transaction.atomic
def hand_over(
    *, from_person: Person, to_person: Person, first_day: date, by: Any, stewardships: Iterable[int] | None = None
) -> list[Stewardship]:
    """Move stewardships (all, or those of these ids) to a successor from a day on; until then nothing changes."""
    if from_person.pk == to_person.pk:
        raise ValidationError({"to_person": _("Choose somebody else.")})
    if by is not None and by.pk == to_person.pk:
        raise ValidationError({"to_person": _("Somebody else has to entrust you with a role.")})
    if first_day < clock.today():
        raise ValidationError({"first_day": _("Choose today or a later day.")})
    start = clock.midnight(first_day)
    rows = Stewardship.objects.select_for_update(of=("self",)).ahead(start).filter(person=from_person, during__isempty=False)
    if stewardships is not None:
        rows = rows.filter(pk__in=list(stewardships))
    moved = []
    for row in rows.select_related("place").order_by("pk"):
        check_entrusting(by, row.role, row.place)
        begin, end = max(start, row.during.lower or start), row.during.upper
        Stewardship.objects.filter(pk=row.pk).end_at(start)
        moved.append(_give(row, to_person, DateTimeTZRange(begin, end), by))
        write_event(row, "handed_over", by=by, data={"to": named(to_person)})
    return moved


def _give(row: Stewardship, person: Person, span: DateTimeTZRange, by: Any) -> Stewardship:
    """The same duty for another person; what the successor already holds is lengthened, because nobody holds a duty twice."""
    held = list(Stewardship.objects.filter(
        person=person, role=row.role, place=row.place, department=row.department, during__overlap=span).order_by("pk"))
    if not held:
        return Stewardship.objects.create(
            person=person, role=row.role, place=row.place, department=row.department, during=span, granted_by=by
        )
    lowers, uppers = [span.lower, *(one.during.lower for one in held)], [span.upper, *(one.during.upper for one in held)]
    kept, *others = held
    for other in others:
        other.delete()
    kept.during = DateTimeTZRange(min(lowers), None if None in uppers else max(uppers))
    kept.save(update_fields=["during"])
    return kept


# the matrix --------------------------------------------------------------------------------------------------------
MATRIX_KINDS = ("school", "campus", "building")
RISKY_USES = ("laboratory", "dormitory", "kitchen", "boiler_room", "power_room", "pump_room")
MOST_ROWS = 300
NEEDED = frozenset({"place_keeper", "safety_officer"})  # a building or risky room without one of these is a gap


@dataclass(frozen=True)
class Cell:
    """One role at one place: the people, whether they come from further up, and whether somebody is missing."""

    people: list[Person]
    inherited: bool
    gap: bool


@dataclass(frozen=True)
class MatrixRow:
    place: Place
    cells: list[Cell]

    @property
    def follows(self) -> bool:
        """Does it only follow what holds it: nobody of its own, nobody missing?"""
        return self.place.kind not in MATRIX_KINDS and all(cell.inherited or not (cell.people or cell.gap) for cell in self.cells)


def matrix(
    within: Place | None, person: Any, at: datetime | None = None, most: int | None = MOST_ROWS
) -> tuple[list[tuple[str, Any]], list[MatrixRow]]:
    """(roles, rows): buildings and whatever has its own holders or must have some, below a place; three statements."""
    roles = role_choices()
    live = list(
        Stewardship.objects.live(at).filter(role__in=[code for code, _label in roles]).select_related("person__department", "place")
    )
    wanted = Q(kind__in=MATRIX_KINDS) | Q(pk__in={row.place_id for row in live}) | Q(use__in=RISKY_USES, kind__in=["room", "technical"])
    held = {row.role for row in live}
    roles = [(code, label) for code, label in roles if code in NEEDED or code in held]
    places = Place.objects.visible_to(person).active().filter(wanted).order_by("ancestors")
    if within is not None:
        places = places.at(within)
    rows = []
    for place in places[:most]:
        lines = {
            line.role: line for line in nearest_lines(place, [row for row in live if row.place_id in place.ancestors], roles, keep=set())
        }
        rows.append(MatrixRow(place, [_cell(place, code, lines.get(code)) for code, _label in roles]))
    return roles, rows


def _cell(place: Place, role: str, line: Line | None) -> Cell:
    needed = role in NEEDED and (place.kind == "building" or place.use in RISKY_USES)
    return Cell(line.people if line else [], bool(line and line.place != place), needed and line is None)
