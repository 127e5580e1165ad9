"""Who follows a record, or is named in a comment, is told: never of what he may not see, and once."""
from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import message
from logistics.alerts.models import Notification
from logistics.alerts.services import notify
from logistics.core.bilingual import in_both
from logistics.core.models import Comment, kind_of
from logistics.core.records.comments import hears_comments
from logistics.core.records.following import follower_ids
from logistics.core.records.readers import readers_of
from logistics.core.resources import RESOURCES, resource_of
from logistics.core.timeline import sentence_of
from logistics.core.workflow import transitioned

message("record.mentioned", _("%(who)s mentioned you: %(what)s"), "%(text)s", icon="at")
message("record.commented", _("%(who)s wrote on %(what)s"), "%(text)s", icon="message")
message("record.moved", _("%(what)s: %(who)s %(did)s"), "%(text)s", icon="route")


def about(record: Any, by: Any) -> dict[str, Any]:
    system = in_both(lambda: _("System"))
    return {"what": in_both(lambda: resource_of(record).title(record)), "who": {"zh": by.name_zh, "en": by.name_en} if by else system}


@hears_comments("10.mentioned")
def tell_mentioned(record: Any, comment: Comment, told: set[int]) -> None:
    """Those named; that they may see the record was checked when the comment was written."""
    people = {one["id"] for one in comment.mentioned} - told
    if people:
        notify(people=people, code="record.mentioned", params={**about(record, comment.by), "text": comment.text},
               link=record.get_absolute_url(), source=record, dedupe_key=f"mentioned:{comment.pk}")
        told |= people


@hears_comments("90.followers")
def tell_followers(record: Any, comment: Comment, told: set[int]) -> None:
    """The other followers, of words that are not only for colleagues."""
    people = set() if comment.internal else seeing(record, set(follower_ids(record)) - told)
    if people:
        notify(people=people, code="record.commented", params={**about(record, comment.by), "text": comment.text},
               link=record.get_absolute_url(), source=record, importance="info", dedupe_key=f"commented:{comment.pk}")
        told |= people


@receiver(transitioned, dispatch_uid="alerts.followers")
def tell_of_move(sender: Any, record: Any, move: Any, event: Any, **_more: Any) -> None:
    """Followers hear of a move after it is made; whom the app has told in its own words is not told again."""
    if kind_of(record) not in RESOURCES or not resource_of(record).comments:
        return
    people = set(follower_ids(record)) - {event.by_id}
    if people:
        people -= set(Notification.objects.filter(
            source_kind=kind_of(record), source_id=record.pk, person__in=people, created_at__gte=event.recorded_at,
        ).values_list("person_id", flat=True))
        people = seeing(record, people)
    if people:
        did = in_both(lambda: sentence_of(move.told, event.data))
        notify(people=people, code="record.moved", params={**about(record, event.by), "did": did, "text": event.text},
               link=record.get_absolute_url(), source=record, importance="info", dedupe_key=f"moved:{event.pk}")


def seeing(record: Any, ids: set[int]) -> set[int]:
    """Those who may see the record and what hangs on it, now."""
    people = list(get_user_model()._default_manager.filter(pk__in=ids)) if ids else []
    readers = readers_of(record, people)
    return {person.pk for person in people if person.pk in readers and resource_of(record).opens(record, person)}
