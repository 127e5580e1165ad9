"""Followers: who hears of a record. Its reporter, its technician and who wrote on it do so unasked, until they say no."""
from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Value

from logistics.core import clock
from logistics.core.models import Comment, Follower, kind_of
from logistics.core.records.readers import readers_of
from logistics.core.resources import resource_of


def follow(record: models.Model, person: Any, *, following: bool = True) -> Follower:
    """Hear of the record from now on, or not any more; a second press changes nothing."""
    return Follower.objects.update_or_create(
        kind=kind_of(record), object_id=record.pk, person=person,
        defaults={"following": following}, create_defaults={"following": following, "at": clock.now()},
    )[0]


def follower_ids(record: models.Model) -> list[int]:
    """Everybody who hears of the record, in one statement: concerned, wrote on it, or chose to; less who said no."""
    at = {"kind": kind_of(record), "object_id": record.pk}
    said = Follower.objects.filter(**at).values_list("person_id", "following")
    wrote = Comment.objects.filter(**at, internal=False).order_by().values_list("by_id", Value(None, output_field=models.BooleanField()))
    return among(resource_of(record).concerned(record), list(said.union(wrote)))


def among(concerned: list[int], rows: list[tuple[int, bool | None]]) -> list[int]:
    """Ids out of (person, said yes or no; None for who only wrote)."""
    said = {pk: yes for pk, yes in rows if yes is not None}
    ids = [*concerned, *(pk for pk, _yes in rows if pk)]
    return [pk for pk in dict.fromkeys(ids) if said.get(pk, True)]


def followers(record: models.Model) -> list[Any]:
    """The followers as people who may see the record now, by name."""
    people = list(get_user_model()._default_manager.filter(pk__in=follower_ids(record)).order_by("number"))
    seen = readers_of(record, people)
    return [person for person in people if person.pk in seen]
