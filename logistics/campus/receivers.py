"""What campus tells the packages below it: names of places, duties of leavers; and its own answers to its registries."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.accounts.models import Membership, Person
from logistics.accounts.publishing import describe_area, describe_origin, ends_with_person, hand_over
from logistics.campus.models import Place, PlaceClosure, Stewardship
from logistics.campus.registries import Use, audience, place_user
from logistics.campus.services.school import school_words
from logistics.campus.services.stewardship import duties_of
from logistics.core.access import access_of
from logistics.core.context import SHELL
from logistics.core.publishing import Waiting
from logistics.core.transfer.declaration import spelling

ROWS = 5


def school(request: HttpRequest) -> tuple[str, str, str]:
    """School, campus and hotline for the frame of every page; no statement while the cache is warm."""
    person = getattr(request, "user", None)
    places = [grant.place_id for grant in access_of(person).grants if grant.place_id] if person and person.is_authenticated else []
    return school_words(places)


SHELL.add("school", school)


@describe_area("place")
def area_names(ids: Iterable[int]) -> dict[int, str]:
    return {place.pk: place.place_label for place in Place.objects.filter(pk__in=ids)}


@describe_origin("stewardship")
def origins(ids: Iterable[int]) -> dict[int, str]:
    rows = Stewardship.objects.filter(pk__in=ids).select_related("place")
    return {row.pk: _("Steward of %(place)s.") % {"place": row.place} for row in rows}


@hand_over("campus.stewardships", gettext_lazy("Places looked after"))
def places_looked_after(person: Person) -> Iterator[Waiting]:
    for row in duties_of(person):
        yield Waiting(f"{row.role_label} · {row.place}", row.get_absolute_url(), at=row.during.lower)


@ends_with_person("campus.stewardships")
def end_with_person(person: Person, instant: datetime) -> None:
    Stewardship.objects.filter(person=person).end_at(instant)


@place_user("campus.stewardships")
def stewardships_at(places: list[int], span: Any) -> Iterator[Use]:
    rows = Stewardship.objects.filter(place_id__in=places).ahead() if span is None else Stewardship.objects.filter(
        place_id__in=places, during__overlap=span)
    found = list(rows.filter(during__isempty=False).select_related("person", "place"))
    yield Use(_("stewardships"), len(found), [(str(row), row.get_absolute_url()) for row in found[:ROWS]])


@place_user("campus.closures")
def closures_at(places: list[int], span: Any) -> Iterator[Use]:
    """Closures of the places: those in force now, or those that nobody has lifted in a span."""
    rows = PlaceClosure.objects.live() if span is None else PlaceClosure.objects.filter(state="open", during__overlap=span)
    found = list(rows.filter(place_id__in=places).select_related("place").order_by("during", "pk"))
    yield Use(_("closures"), len(found), [(str(row), row.get_absolute_url()) for row in found[:ROWS]])


@audience("campus.people")
def people_here(places: list[int], at: datetime) -> Iterator[tuple[Person, str, int]]:
    """Who looks after the places or something that holds them, and whose department sits there."""
    above = {pk for path in Place.objects.filter(pk__in=places).values_list("ancestors", flat=True) for pk in path}
    for row in Stewardship.objects.live(at).filter(place_id__in=above).select_related("person"):
        yield row.person, row.role_label, row.place_id
    seats: dict[int, list[tuple[int, str]]] = defaultdict(list)
    seated = Place.objects.filter(pk__in=places, department__isnull=False).order_by("pk")
    for place, department, use in seated.values_list("pk", "department", "use"):
        seats[department].append((place, use))
    members = Membership.objects.filter(during__contains=at, department__in=seats, person__in=Person.objects.active())
    for row in members.select_related("person").order_by("person__number", "pk"):
        for place, use in seats[row.department_id]:
            yield row.person, _("lives here") if use == "dormitory" else _("works or learns here"), place


@spelling("campus.place")
def by_path(rows: QuerySet, texts: list[str]) -> list[tuple[str, Place]]:
    """Places written as a path, "明德楼 / 302" or "Main campus/Mingde/302": the last part is its name, the others lead to it."""
    paths = {text: [part.strip() for part in re.split(r"\s*[/／>＞]\s*", text) if part.strip()] for text in texts}
    paths = {text: parts for text, parts in paths.items() if len(parts) > 1}
    last = {parts[-1] for parts in paths.values()}
    found = list(rows.filter(Q(name_zh__in=last) | Q(name_en__in=last)))
    return [
        (text, place) for text, parts in paths.items() for place in found
        if place.path_zh[-len(parts):] == parts or place.path_en[-len(parts):] == parts
    ]
