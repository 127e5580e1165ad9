"""The dispatcher: takes what waits in the outbox, sends it outside any transaction, and writes down how each try ended.

It needs the database and a mail server, nothing else. A try is leased: when its sender dies, the lease runs out, the try counts as
unknown, and the next one is marked as possibly the second. Several dispatchers share the work; none takes what another holds.
"""
from __future__ import annotations

import logging
import os
import select
import time
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import Any

from django.core.mail import get_connection
from django.db import Error as DatabaseError
from django.db import connection, transaction

from logistics.alerts.mails import letter
from logistics.alerts.models import DeliveryAttempt, Heartbeat, Notification
from logistics.alerts.models.notification import CHANNEL
from logistics.core import clock

log = logging.getLogger(__name__)

BATCH = 10
LEASE = timedelta(seconds=120)
MARGIN = timedelta(seconds=30)  # no new mail is begun so shortly before the lease ends
MOST_TRIES = 12
LONGEST_DELAY = timedelta(hours=1)
LONGEST_PAUSE_S = 30.0
HEARTBEAT_S = 5.0

Result = DeliveryAttempt.Result


class GatewayDown(Exception):
    """The mail server does not answer; nobody's notice is to blame."""


def delay(tries: int) -> timedelta:
    """How long a refused notice waits: 4 s, 8 s, 16 s … 1 h."""
    return min(timedelta(seconds=2 ** (tries + 1)), LONGEST_DELAY)


class Dispatcher:
    """One process that empties the outbox."""

    def __init__(self) -> None:
        self.stopping = False
        self.gateway: Any = None
        self.failures = 0
        self.quiet_until = 0.0
        self.beat_at = 0.0
        self.listening: Any = None

    # the loop ----------------------------------------------------------------------------------------------------
    def stop(self, *_signal: Any) -> None:
        """Finish the mail under way, give the rest back, and end."""
        self.stopping = True

    def run(self) -> None:
        """Until stopped: send what is due, then sleep until something is written or a second has passed."""
        while not self.stopping:
            try:
                self.once()
                self.beat()
                self.wait(1.0)
            except DatabaseError as error:
                log.warning("the database does not answer: %s", error)
                connection.close()
                self.listening = None
                time.sleep(1)
        self.close_gateway()

    def once(self) -> int:
        """Send everything that is due now; how many mails went out."""
        sent = 0
        while not self.stopping and self.something_due():
            try:
                self.open_gateway()
            except GatewayDown:
                break
            batch = claim(clock.now())
            if not batch:
                break
            sent += self.send(batch)
        self.close_gateway()
        return sent

    def something_due(self) -> bool:
        return time.monotonic() >= self.quiet_until and Notification.objects.due(clock.now()).exists()

    def wait(self, seconds: float) -> None:
        """Sleep until the database says that a notice was written, at most so long."""
        connection.ensure_connection()
        raw = connection.connection
        if self.listening is not raw:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self.listening = raw
        select.select([raw], [], [], seconds)
        raw.poll()
        raw.notifies.clear()

    def beat(self, trouble: str = "") -> None:
        """Say that the dispatcher lives; a watchdog reads it."""
        if trouble or time.monotonic() - self.beat_at >= HEARTBEAT_S:
            self.beat_at = time.monotonic()
            known = trouble or ("" if not self.failures else None)
            values = {"at": clock.now(), "data": {"pid": os.getpid()}} | ({} if known is None else {"trouble": known})
            Heartbeat.objects.update_or_create(name="dispatcher", defaults=values)

    # the gateway -------------------------------------------------------------------------------------------------
    def open_gateway(self) -> None:
        """Reach the mail server before anything is taken from the outbox, so that a dead one costs no notice a try."""
        if self.gateway is not None:
            return
        gateway = get_connection()
        try:
            gateway.open()
        except (OSError, SMTPException) as error:
            self.gateway_failed(error)
            raise GatewayDown from error
        self.gateway, self.failures = gateway, 0

    def gateway_failed(self, error: Exception) -> None:
        self.failures += 1
        self.quiet_until = time.monotonic() + min(2.0 ** (self.failures - 2), LONGEST_PAUSE_S)
        self.close_gateway()
        self.beat(f"{type(error).__name__}: {error}"[:300])
        log.warning("the mail server does not answer: %s", error)

    def close_gateway(self) -> None:
        if self.gateway is not None:
            try:
                self.gateway.close()
            except (OSError, SMTPException):
                log.debug("the mail server was gone already")
            self.gateway = None

    # the mails ---------------------------------------------------------------------------------------------------
    def send(self, batch: list[DeliveryAttempt]) -> int:
        """Send a batch mail by mail; what cannot be begun any more is given back."""
        sent = 0
        for position, attempt in enumerate(batch):
            if self.stopping or self.gateway is None or clock.now() > attempt.lease_until - MARGIN:
                release(batch[position:])
                break
            sent += self.send_one(attempt)
        return sent

    def send_one(self, attempt: DeliveryAttempt) -> int:
        try:
            mail = letter(attempt.notification, attempt.idem_key)
            self.gateway.send_messages([mail])
        except SMTPException as error:  # a kind of OSError, hence asked first
            if isinstance(error, SMTPServerDisconnected):
                self.lost(attempt, error)
            else:
                conclude(attempt, Result.REJECTED, error, final=for_good(error))
        except OSError as error:
            self.lost(attempt, error)
        except Exception as error:  # a notice that cannot be written must not stop the others
            log.exception("notice %s cannot be mailed", attempt.notification_id)
            conclude(attempt, Result.REJECTED, error, final=True)
        else:
            conclude(attempt, Result.ACCEPTED)
            return 1
        return 0

    def lost(self, attempt: DeliveryAttempt, error: Exception) -> None:
        """The line broke: nobody knows whether this mail arrived."""
        conclude(attempt, Result.UNKNOWN, error)
        self.gateway_failed(error)


def for_good(error: SMTPException) -> bool:
    """A refusal that another try will not change."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= 500


@transaction.atomic
def claim(now: datetime) -> list[DeliveryAttempt]:
    """Take notices that are due and that nobody else holds; each with a new try whose lease runs from now."""
    rows = list(Notification.objects.due(now).select_for_update(skip_locked=True, of=("self",)).select_related("person")[:BATCH])
    late = [row.pk for row in rows if row.expires_at and row.expires_at <= now]
    mute = [row.pk for row in rows if not row.person.email]
    Notification.objects.filter(pk__in=late).update(state="expired")
    Notification.objects.filter(pk__in=set(mute) - set(late)).update(state="sent")
    due = [row for row in rows if row.pk not in {*late, *mute}]
    lost = DeliveryAttempt.objects.filter(notification__in=due, result=Result.PENDING)
    unsure = set(DeliveryAttempt.objects.filter(notification__in=due, result__in=[Result.PENDING, Result.UNKNOWN])
                 .values_list("notification_id", flat=True))
    lost.update(result=Result.UNKNOWN, ended_at=now)
    attempts = [
        DeliveryAttempt(notification=row, channel="email", no=row.attempts + 1, idem_key=f"notice-{row.pk}-email", lease_until=now + LEASE,
                        started_at=now, maybe_twice=row.pk in unsure)
        for row in due
    ]
    DeliveryAttempt.objects.bulk_create(attempts)
    for row in due:
        row.attempts, row.next_at = row.attempts + 1, now + LEASE
    Notification.objects.bulk_update(due, ["attempts", "next_at"])
    return attempts


@transaction.atomic
def conclude(attempt: DeliveryAttempt, result: str, error: Exception | None = None, *, final: bool = False) -> None:
    """Write how a try ended, and what becomes of its notice."""
    now = clock.now()
    words = f"{type(error).__name__}: {error}"[:300] if error else ""
    mine = DeliveryAttempt.objects.filter(pk=attempt.pk, result=Result.PENDING).update(result=result, ended_at=now, error=words)
    notice = Notification.objects.filter(pk=attempt.notification_id, state="queued")
    if result == Result.ACCEPTED:
        notice.update(state="sent")
    elif mine and (final or attempt.no >= MOST_TRIES):
        notice.update(state="failed")
    elif mine:
        notice.update(next_at=now + delay(attempt.no))


@transaction.atomic
def release(attempts: list[DeliveryAttempt]) -> None:
    """Give back what was taken but not begun; it is due again at once."""
    now = clock.now()
    ids = [attempt.pk for attempt in attempts]
    DeliveryAttempt.objects.filter(pk__in=ids, result=Result.PENDING).update(result=Result.RELEASED, ended_at=now)
    Notification.objects.filter(deliveries__in=ids, state="queued").update(next_at=now)
