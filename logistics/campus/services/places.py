"""Verbs over places: keeping the tree, retiring, closing and opening again; and who is there."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import Count, F, Func, Value
from django.utils.translation import gettext as _

from logistics.campus.models import Place, PlaceClosure, label_of
from logistics.campus.registries import AUDIENCES, PLACE_USERS, Use
from logistics.campus.services.school import forget_school
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.workflow import perform, write_event

__all__ = [
    "begin_to_use",
    "campus_of", "close_place", "closure_at", "closures_of", "common_place", "create_places", "label_of", "lift_closure", "live_uses",
    "people_at", "people_by_place",
    "restore_place",
    "retire_place", "save_place",
]

REFUSALS = {
    "campus_place_kind": ("parent", lambda: _("This kind of place cannot stand there.")),
    "campus_place_cycle": ("parent", lambda: _("A place cannot be moved into itself or into something inside it.")),
}


def save_place(place: Place) -> Place:
    """Write a place; what the database refuses comes back as words beside the field."""
    place.full_clean()
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name not in REFUSALS:
            raise
        field, words = REFUSALS[name]
        raise ValidationError({field: words()}) from error
    place.refresh_from_db()
    forget_school()
    return place


def create_places(rows: list[dict[str, Any]], by: Any) -> list[Place | ValidationError]:
    """Many new places of cleaned data at once; parents are there already. The database fills paths and refuses as for one.

    For each row its place, or what stands against it.
    """
    area = access_of(by).area("campus.place:add")
    may_in: dict[int, bool] = {}
    answers: list[Place | ValidationError] = []
    for data in rows:
        parent = data.get("parent")
        if parent is None:
            inside = area.everywhere
        else:
            inside = may_in.setdefault(parent.pk, area.everywhere or not set(area.places).isdisjoint(parent.ancestors))
        outside = ValidationError({"parent": _("This lies outside the part of the school that you look after.")})
        answers.append(_fitting(Place(**data)) if inside else outside)
    Place.objects.bulk_create([place for place in answers if isinstance(place, Place)])
    forget_school()
    return answers


def _fitting(place: Place) -> Place | ValidationError:
    """The place, or why nothing of this use may be there."""
    try:
        place.clean()
    except ValidationError as refusal:
        return refusal
    return place


def campus_of(place: Place) -> Place | None:
    """The campus that holds a place; None for the school itself."""
    return Place.objects.filter(pk__in=place.ancestors, kind="campus").first()


# retiring ----------------------------------------------------------------------------------------------------------
def live_uses(place: Place) -> list[Use]:
    """What keeps the place, or anything in it, in use now; asked from every app."""
    places = list(Place.objects.at(place).values_list("pk", flat=True))
    return [use for ask in PLACE_USERS for use in ask(places, None) if use.count]


def followers(place: Place) -> list[Use]:
    """What goes along when a place moves: the places in it, and what uses them now."""
    rows = Place.objects.under(place).active().order_by().values("kind").annotate(n=Count("pk"))
    return [Use(Place.Kind(row["kind"]).label, row["n"]) for row in rows] + live_uses(place)


def begin_to_use(place: Place) -> None:
    """Hold a place until the end of the transaction, so that nobody retires it unseen; refused when it is out of use. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT valid @> %s FROM campus_place WHERE id = %s FOR KEY SHARE", [clock.today(), place.pk])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise ValidationError({"place": _("This place is out of use.")})


def _check(by: Any, place: Place) -> None:
    if by is not None and not access_of(by).may("campus.place:retire", place):
        raise NotAllowed(_("You may not retire or restore this place."))


@transaction.atomic
def retire_place(*, place: Place, by: Any, reason: str = "") -> Place:
    """Take a place and everything in it out of use from today; refused while anything still uses it."""
    _check(by, place)
    list(Place.objects.at(place).select_for_update(of=("self",)).order_by("pk"))  # whoever begins to use one waits, or is seen below
    uses = live_uses(place)
    if uses:
        raise ValidationError(
            _("Still in use: %(what)s.") % {"what": _(", ").join(f"{use.kind} ({use.count})" for use in uses)}, code="guard"
        )
    until = Func(F("valid"), Value(DateRange(None, clock.today())), template="%(expressions)s", arg_joiner=" * ",
                 output_field=Place._meta.get_field("valid"))
    Place.objects.at(place).active().update(valid=until)
    place.refresh_from_db()
    write_event(place, "retired", by=by, text=reason)
    return place


@transaction.atomic
def restore_place(*, place: Place, by: Any) -> Place:
    """Take a place into use again, without what is inside it."""
    _check(by, place)
    if place.parent and not place.parent.active:
        raise ValidationError(_("First restore what it stands in: %(place)s.") % {"place": place.parent})
    place.valid = DateRange(place.valid.lower if place.valid.lower else clock.today(), None)
    place.save(update_fields=["valid"])
    write_event(place, "restored", by=by)
    return place


# closures ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def close_place(
    *, place: Place, level: str, reason: str, reason_en: str = "", by: Any, during: DateTimeTZRange | None = None,
    source: models.Model | None = None,
) -> PlaceClosure:
    """Close a place, and so everything in it; from now and without an end unless a span is given. `reason_en` where no person gives it."""
    closure = PlaceClosure(
        place=place, level=level, reason=reason, reason_en=reason_en, during=during or DateTimeTZRange(clock.now(), None), opened_by=by,
        source_kind=source._meta.label_lower if source else "", source_id=source.pk if source else None,
    )
    closure.full_clean()
    closure.save()
    write_event(closure, "create", by=by, to_state="open", text=reason, text_en=reason_en)
    return closure


def lift_closure(*, closure: PlaceClosure, by: Any, reason: str) -> models.Model:
    """End a closure early; other closures of the place stay. Refused while its cause is still dangerous."""
    return perform(closure, "lift", by=by, reason=reason)


def closures_of(place: Place, at: datetime | None = None) -> list[PlaceClosure]:
    """Every closure that holds for a place at an instant, its own and those above, the strictest first; one statement."""
    return sorted(PlaceClosure.objects.live(at).closing(place).select_related("place"), key=lambda closure: (closure.level, closure.pk))


def closure_at(place: Place, at: datetime | None = None) -> PlaceClosure | None:
    """The strictest closure that holds for a place at an instant."""
    return next(iter(closures_of(place, at)), None)


def common_place(places: Sequence[Place]) -> Place:
    """The innermost place that holds them all; the school when they share nothing else."""
    path = list(places[0].ancestors)
    for place in places[1:]:
        path = [one for one, other in zip(path, place.ancestors, strict=False) if one == other]
    return Place.objects.get(pk=path[-1]) if path else Place.objects.get(parent__isnull=True)


# people ------------------------------------------------------------------------------------------------------------
def people_at(place: Place, at: datetime | None = None) -> list[tuple[Any, Any]]:
    """Who is to be told about a place: (person, why), each person once, with the first reason."""
    return people_by_place([place], at)[place.pk]


def people_by_place(places: Sequence[Place], at: datetime | None = None) -> dict[int, list[tuple[Any, Any]]]:
    """Of each place who is to be told about it, as `people_at` says; as many statements for a hundred places as for one."""
    roots = {place.pk for place in places}
    inside = dict(Place.objects.filter(ancestors__overlap=list(roots)).order_by("pk").values_list("pk", "ancestors"))
    reach: dict[int, set[int]] = defaultdict(set)  # where somebody is named -> the places whose people that makes them
    for pk, path in inside.items():
        held = roots & set(path)
        for one in path:
            reach[one] |= held if one == pk else {root for root in held if one in inside[root]}
    found: dict[int, dict[int, tuple[Any, Any]]] = {pk: {} for pk in roots}
    for ask in AUDIENCES:
        for person, why, where in ask(list(inside), at or clock.now()):
            for root in reach[where]:
                found[root].setdefault(person.pk, (person, why))
    return {root: list(people.values()) for root, people in found.items()}
