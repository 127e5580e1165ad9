"""Comments: words on a record, with people named by @ who are told at once."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Comment, kind_of
from logistics.core.records.following import follower_ids
from logistics.core.records.readers import readers_of
from logistics.core.registry import Registry
from logistics.core.resources import RESOURCES, resource_of
from logistics.core.search import search

MOST_MENTIONS = 20
SUGGESTED = 8
TOKEN = re.compile(r"(?<![\w.@])@([\w·-]{2,40})")

# Who is told of a comment: (record, comment, told) in the writing transaction, in the order of their code ("10.mentioned", "50.tell");
# `told` is the set of people who know already, to which each adds.
COMMENT_RECEIVERS: Registry[Callable[[models.Model, Comment, set[int]], None]] = Registry("receiver of comments")
hears_comments = COMMENT_RECEIVERS.decorate(lambda function, code: function)


def write(record: models.Model, text: str, **options: Any) -> Comment:
    """Write on a record; what may be said, and what is refused, as `drafted` says."""
    made = drafted(record, text, **options)
    publish([(record, made)])
    return made


def drafted(record: models.Model, text: str, *, by: Any, internal: bool = False, mention: Iterable[Any] = (), at: datetime | None = None,
            worked_on: bool = False) -> Comment:
    """A comment that may be written, not yet stored. `mention` are ids; whoever stands in the text as @number or @name counts too.

    `at` is when it was written, if not now; `worked_on` lets somebody write who worked on it once and does not see it any more.
    ValidationError when somebody mentioned may not see it, or a name belongs to several: then nothing is written.
    """
    declared = resource_of(record)
    if not worked_on and not declared.may_talk(record, by):
        raise NotAllowed(_("You may not write on this record."))
    text = text.strip()[:2000]
    if not text:
        raise ValidationError(_("Write something first."))
    internal = internal and (worked_on or declared.internal(record, by))
    people = mentioned(record, text, by=by, ids=mention)
    _refuse_blind(record, people, internal)
    return Comment(
        kind=kind_of(record), object_id=record.pk, text=text, internal=internal, by=by, at=at or clock.now(),
        mentioned=[{"id": person.pk, "zh": person.name_zh, "en": person.name_en} for person in people],
    )


def publish(drafts: Sequence[tuple[models.Model, Comment]]) -> None:
    """Store comments, each with its record, in one statement, and tell whom each concerns."""
    with transaction.atomic(savepoint=False):  # phones send hundreds in one transaction
        Comment.objects.bulk_create([comment for _record, comment in drafts])
        for record, comment in drafts:
            told = {comment.by_id} if comment.by_id else set()
            for code in sorted(COMMENT_RECEIVERS.codes()):
                COMMENT_RECEIVERS[code](record, comment, told)


def withdraw(comment: Comment, *, by: Any) -> Comment:
    """Take back the own words: they are not shown any more, that something was written stays."""
    if comment.by_id != getattr(by, "pk", None):
        raise NotAllowed(_("Only who wrote a comment may withdraw it."))
    if not Comment.objects.filter(pk=comment.pk, withdrawn_at__isnull=True).update(withdrawn_at=clock.now()):
        raise Conflict(_("This comment is withdrawn already."))
    comment.refresh_from_db()
    return comment


def mentioned(record: models.Model, text: str, *, by: Any, ids: Iterable[Any] = ()) -> list[Any]:
    """The people named, each once; only people whom the writer knows can be named."""
    wanted = {int(pk) for pk in ids if str(pk).isdigit()}
    tokens = set(TOKEN.findall(text))
    if not wanted and not tokens:
        return []
    spoken = Q(pk__in=wanted)
    for token in tokens:
        spoken |= Q(number__iexact=token) | Q(name_zh=token) | Q(name_en__iexact=token)
    found = list(known_to(record, by).filter(spoken).order_by("pk")[: MOST_MENTIONS * 2])
    for token in tokens:
        bearers = [p for p in found if token in (p.name_zh, p.name_en) and token != p.number]
        if len(bearers) > 1 and not wanted & {p.pk for p in bearers}:
            raise ValidationError(_("Several people are called “%(name)s”. Write @ and the number instead.") % {"name": token})
    named = [p for p in found if p.pk in wanted or not _picked_otherwise(p, found, wanted)]
    if wanted - {person.pk for person in named}:
        raise ValidationError(_("Choose the people whom you mention from the list."))
    if len(named) > MOST_MENTIONS:
        raise ValidationError(_("At most %(n)s people can be mentioned at once.") % {"n": MOST_MENTIONS})
    return named


def _picked_otherwise(person: Any, found: list[Any], wanted: set[int]) -> bool:
    """Is this a namesake of somebody picked from the list?"""
    return any(other.pk in wanted and other.name_zh == person.name_zh for other in found)


def known_to(record: models.Model, person: Any) -> models.QuerySet:
    """The people whom somebody may name on a record: those he may look up, and those who hear of the record anyway."""
    people = get_user_model()._default_manager
    kind = kind_of(get_user_model())
    known = RESOURCES[kind].rows(person).values("pk") if kind in RESOURCES else people.none().values("pk")
    return people.filter(Q(pk__in=known) | Q(pk__in=follower_ids(record)))


def _refuse_blind(record: models.Model, people: list[Any], internal: bool) -> None:
    seeing = readers_of(record, people)
    blind = [person.name for person in people if person.pk not in seeing]
    if blind:
        raise ValidationError(
            _("%(names)s may not see this record, so nobody was told and nothing is written. Take the name out, or ask for access first.")
            % {"names": _(", ").join(blind)}
        )
    declared = resource_of(record)
    outside = [person.name for person in people if internal and not declared.internal(record, person)]
    if outside:
        raise ValidationError(_("%(names)s may not read what is only for colleagues.") % {"names": _(", ").join(outside)})


def suggest(record: models.Model, text: str, *, by: Any) -> list[Any]:
    """People to mention: those who may see the record, by name, initials or number; who hears of it comes first."""
    near = follower_ids(record)
    rows = known_to(record, by).filter(status__in=["active", "invited"]).exclude(pk=by.pk)
    rows = search(rows, text) if text.strip() else rows.filter(pk__in=near)
    people = sorted(rows.select_related(*_joins()).order_by("number")[:40], key=lambda person: person.pk not in near)
    seeing = readers_of(record, people)
    return [person for person in people if person.pk in seeing][:SUGGESTED]


def _joins() -> tuple[str, ...]:
    return RESOURCES[kind_of(get_user_model())].list_joins
