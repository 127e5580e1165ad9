"""Sending events to other systems: signed, tried again for a day, only what their service account may see."""
from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from logistics.accounts.models import Person
from logistics.alerts.models import WebhookDelivery, WebhookSubscription
from logistics.alerts.services.webhooks import switch_off
from logistics.core import clock
from logistics.core.outside import Answer, Forbidden, Line, Unanswered
from logistics.core.resources import RESOURCES

BATCH = 20
AT_ONCE = 4
TIMEOUT_S = 10.0
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=2)
PATIENCE = timedelta(hours=24)  # a subscriber that has taken nothing for so long is switched off


@dataclass(frozen=True)
class Parcel:
    """One delivery ready to go."""

    delivery: WebhookDelivery
    url: str
    secret: str
    body: bytes
    sent_at: int


def wait(tries: int) -> timedelta:
    """How long after so many failed tries: 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then every 2 h."""
    return min(timedelta(seconds=5 * 4 ** min(tries - 1, 8)), LONGEST_WAIT)


def signature(secret: str, uid: str, sent_at: int, body: bytes) -> str:
    """As in the Standard Webhooks specification: v1 and the HMAC-SHA-256 over id, second and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, f"{uid}.{sent_at}.".encode() + body, hashlib.sha256).digest()).decode()


class Sender:
    """Threads that post parcels; only the dispatcher's own thread reads and writes the database."""

    def __init__(self) -> None:
        self.pool: ThreadPoolExecutor | None = None
        self.done: queue.SimpleQueue[tuple[Parcel, Answer | Exception]] = queue.SimpleQueue()
        self.under_way = 0

    def take(self, now: datetime) -> int:
        """Claim what is due and hand it to the threads; how many were looked at."""
        room = BATCH - self.under_way
        if room < BATCH // 2:
            return 0
        seen, parcels = claim(now, room)
        if parcels and self.pool is None:
            self.pool = ThreadPoolExecutor(AT_ONCE, "hook")
        for parcel in parcels:
            self.under_way += 1
            assert self.pool
            self.pool.submit(lambda parcel=parcel: self.done.put((parcel, post(parcel))))
        return seen

    def write_down(self) -> int:
        """Write the ends of what has ended; how many."""
        n = 0
        while not self.done.empty():
            parcel, answer = self.done.get()
            self.under_way -= 1
            conclude(parcel, answer, clock.now())
            n += 1
        return n


def post(parcel: Parcel) -> Answer | Exception:
    """Over the line, in a thread; whatever goes wrong is handed back."""
    uid = str(parcel.delivery.uid)
    headers = {
        "Content-Type": "application/json; charset=utf-8", "webhook-id": uid, "webhook-timestamp": str(parcel.sent_at),
        "webhook-signature": signature(parcel.secret, uid, parcel.sent_at, parcel.body),
    }
    try:
        with Line(parcel.url, TIMEOUT_S) as line:
            return line.post(parcel.body, headers)
    except Exception as error:
        return error


@transaction.atomic
def claim(now: datetime, limit: int = BATCH) -> tuple[int, list[Parcel]]:
    """Take deliveries that are due and that nobody else holds; what the service account may not see ends here, unsent."""
    rows = list(
        WebhookDelivery.objects.due(now).filter(subscription__state="active").select_for_update(skip_locked=True, of=("self",))
        .select_related("subscription__account", "event__by")[:limit]
    )
    parcels: list[Parcel] = []
    for row in rows:
        content = payload(row)
        if content is None:
            row.state, row.next_at, row.ended_at = "hidden", None, now
            continue
        row.state, row.tries, row.next_at = "sending", row.tries + 1, now + LEASE
        body = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        parcels.append(Parcel(row, row.subscription.url, row.subscription.secret, body, int(now.timestamp())))
    WebhookDelivery.objects.bulk_update(rows, ["state", "tries", "next_at", "ended_at"])
    return len(rows), parcels


@transaction.atomic
def conclude(parcel: Parcel, answer: Answer | Exception, now: datetime) -> None:
    """Write how it ended: accepted, tried again later, or given up; a subscriber that never answers is switched off, with words."""
    row = parcel.delivery
    mine = WebhookDelivery.objects.filter(pk=row.pk, state="sending", tries=row.tries)
    good = isinstance(answer, Answer) and answer.ok
    status = answer.status if isinstance(answer, Answer) else None
    words = answer.text if isinstance(answer, Answer) else said(answer)
    subscription = WebhookSubscription.objects.select_for_update(no_key=True).get(pk=row.subscription_id)
    if good:
        mine.update(state="delivered", next_at=None, ended_at=now, status=status, answer=words[:300])
        if subscription.failing_since:
            WebhookSubscription.objects.filter(pk=subscription.pk).update(failing_since=None)
        return
    again = now + wait(row.tries)
    if again >= row.give_up_at:
        mine.update(state="failed", next_at=None, ended_at=now, status=status, answer=words[:300])
    else:
        mine.update(state="queued", next_at=again, status=status, answer=words[:300])
    since = subscription.failing_since or now
    WebhookSubscription.objects.filter(pk=subscription.pk, failing_since=None).update(failing_since=since)
    last = f"HTTP {status}" if status else words
    if status == 410:
        switch_off(subscription=subscription, why=_("Its address answered that it is gone for good (HTTP 410)."), at=now)
    elif now - since >= PATIENCE:
        why = _("It has taken nothing for 24 hours. Its last answer: %(last)s") % {"last": last[:150]}
        switch_off(subscription=subscription, why=why, at=now)


def said(error: Exception) -> str:
    """A failure in a line, without the address, which may hold a key."""
    return str(error) if isinstance(error, Forbidden | Unanswered) else f"{type(error).__name__}"


# what is sent ----------------------------------------------------------------------------------------------------------
def payload(delivery: WebhookDelivery) -> dict[str, Any] | None:
    """The event as the service account may see it; None when it may not see the record, or the account is closed."""
    account = delivery.subscription.account
    event = delivery.event
    head = {"id": str(delivery.uid), "type": delivery.kind}
    if event is None:
        return head | {"at": delivery.created_at, "test": True}
    declared = RESOURCES.get(event.kind)
    if declared is None or not account.is_active:
        return None
    with translation.override(account.language or settings.SCHOOL_LANGUAGE):
        joins = [*declared.api_joins, *declared.list_joins]
        rows = declared.rows(account)
        record = (rows.select_related(*joins) if joins else rows).filter(pk=event.object_id).first()
        if record is None:
            return None
        by = event.by if event.by and Person.objects.visible_to(account).filter(pk=event.by_id).exists() else None
        return head | {
            "at": event.at, "recorded_at": event.recorded_at, "move": event.move, "from": event.from_state, "to": event.to_state,
            "by": {"id": by.pk, "label": str(by)} if by else None,
            "record": {"kind": event.kind, "url": reverse(f"{declared.app}-{declared.url_stem}-detail", args=[record.pk])}
            | dict(_shape(event.kind)(record).data),
        }


@cache
def _shape(kind: str) -> Any:
    from logistics.core.api import output_serializer

    return output_serializer(RESOURCES[kind])

