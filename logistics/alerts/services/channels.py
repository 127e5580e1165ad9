"""Verbs of channels: where a person can be reached, how somebody wants to be told, trying a channel, and what gateways report back."""
from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from logistics.alerts.drivers import DRIVERS, Letter, Outcome, driver_of
from logistics.alerts.models import Channel, ContactPoint, DeliveryAttempt, Notification, Preference, address_print
from logistics.alerts.models.channel import new_token
from logistics.alerts.ways import STANDARD, is_personal, setup_of
from logistics.core import clock
from logistics.core.errors import Conflict, TooMany
from logistics.core.secrets import fingerprint

CODE_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 5  # an hour, over all addresses of a person: a text message costs money
MOST_POINTS = 10

# The channels of every installation; the others are entered by the system manager.
BUILT_IN = (("app", "app", "站内通知", "In the app"), ("email", "email", "电子邮件", "E-mail"))


def standard_rows(**_signal: Any) -> None:
    """What has to be there before anybody is told anything; run after every migration, changes nothing that exists."""
    Channel.objects.bulk_create([Channel(code=code, driver=driver, name_zh=zh, name_en=en) for code, driver, zh, en in BUILT_IN],
                                ignore_conflicts=True)
    Preference.objects.bulk_create([Preference(person=None, importance=code, **standard) for code, standard in STANDARD.items()],
                                   ignore_conflicts=True)


# where one can be reached ----------------------------------------------------------------------------------------------
def add_contact(*, person: Any, channel: Channel, address: str) -> tuple[ContactPoint, Outcome]:
    """A new address of a person: a code is sent there at once. ValidationError when the address cannot be one.

    The gateway is asked outside any transaction, because somebody waits for the answer and a gateway may be slow.
    """
    clean = DRIVERS[channel.driver].clean(address)
    known = ContactPoint.objects.filter(person=person, channel=channel, address_print=address_print(clean)).first()
    if known is None:
        if ContactPoint.objects.filter(person=person).count() >= MOST_POINTS:
            raise ValidationError(_("Ten addresses are enough. Remove one first."))
        known = ContactPoint.objects.create(person=person, channel=channel, address=clean)
    return known, send_code(point=known)


def send_code(*, point: ContactPoint) -> Outcome:
    """Send six digits to the address, good for 10 minutes; only their fingerprint is kept."""
    now = clock.now()
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        mine = ContactPoint.objects.select_for_update().filter(person=point.person_id)
        lately = [one for one in mine if one.code_until and one.code_until > now + CODE_FOR - timedelta(hours=1)]
        sent = sum(one.codes_sent for one in lately)
        if sent >= MOST_CODES:
            raise TooMany(_("%(n)s codes an hour are the most. Try again later.") % {"n": MOST_CODES}, 3600)
        fresh = point.code_until is None or point.code_until <= now + CODE_FOR - timedelta(hours=1)
        point.code_print, point.code_until, point.code_tries = fingerprint(code, "contact-code"), now + CODE_FOR, 0
        point.codes_sent = 1 if fresh else point.codes_sent + 1
        point.save()
    return driver_send(point.channel, point.address, _("Your code: %(code)s") % {"code": code},
                       _("Enter it on the page “How I am told” within 10 minutes. If you did not ask for it, ignore this message."),
                       key=f"code-{point.pk}-{int(now.timestamp())}")


@transaction.atomic
def verify(*, point: ContactPoint, code: str) -> bool:
    """Whether the code is the one that was sent; five wrong ones spend it."""
    row = ContactPoint.objects.select_for_update().get(pk=point.pk)
    if not row.code_print or row.code_until is None or row.code_until <= clock.now() or row.code_tries >= MOST_TRIES:
        raise Conflict(_("This code is used up or too old. Let a new one be sent."))
    if not secrets.compare_digest(row.code_print, fingerprint("".join(code.split()), "contact-code")):
        row.code_tries += 1
        row.save()
        return False
    row.verified_at, row.bounced_at, row.bounce, row.code_print, row.code_until = clock.now(), None, "", "", None
    row.save()
    return True


def remove_contact(*, point: ContactPoint) -> None:
    """Nothing is sent there any more."""
    point.delete()


def driver_send(channel: Channel, address: str, title: str, body: str, *, key: str) -> Outcome:
    """Speak with a gateway once, now, while somebody waits: for codes, tests and the watchdog."""
    line = driver_of(setup_of(channel))
    try:
        return line.send(Letter(address, title, body, "", key, personal=is_personal(channel.driver, address)))
    finally:
        line.close()


# how one wants to be told ----------------------------------------------------------------------------------------------
@transaction.atomic
def choose(*, person: Any, choices: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep a person's choices: importance → {ladder, quiet_from, quiet_until, digest_hour}. What says nothing goes back to the school's."""
    for importance, fields in choices.items():
        if any(value not in (None, [], "") for value in fields.values()):
            Preference.objects.update_or_create(person=person, importance=importance, defaults=dict(fields))
        else:
            Preference.objects.filter(person=person, importance=importance).delete()
    if choices.get("info", {}).get("digest_hour") is None and not choices.get("info", {}).get("ladder"):
        waiting = Notification.objects.filter(person=person, importance="info", state="queued")
        waiting.update(next_at=clock.now())  # the dispatcher finds that nothing goes out


@transaction.atomic
def set_standard(*, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """What holds for everybody who chose nothing: importance → {ladder, step_s, at_once}."""
    for importance, fields in rows.items():
        Preference.objects.update_or_create(person=None, importance=importance, defaults=dict(fields))


# what gateways report back ---------------------------------------------------------------------------------------------
REPORTS = {"delivered": "delivered", "read": "delivered", "failed": "rejected", "bounced": "rejected"}


@transaction.atomic
def receive_receipts(*, channel: Channel, receipts: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Take delivery receipts: {id, state: delivered | read | failed | bounced, reason}. Any order, any number of times.

    What arrived ends the ladder unless it must be acknowledged; what failed sends the next way at once.
    """
    now = clock.now()
    counts = {"matched": 0, "unknown": 0}
    for receipt in receipts:
        number = str(receipt["id"])[:100]
        rows = DeliveryAttempt.objects.filter(Q(provider_id=number) | Q(idem_key=number), channel=channel)
        row = rows.exclude(result__in=["released"]).select_related("notification__person").order_by("-no").first() if number else None
        if row is None:
            counts["unknown"] += 1
            continue
        counts["matched"] += 1
        _take_receipt(row, receipt["state"], str(receipt.get("reason") or "")[:300], now)
    return counts


def _take_receipt(row: DeliveryAttempt, report: str, reason: str, now: Any) -> None:
    notice = Notification.objects.select_for_update(no_key=True).get(pk=row.notification_id)
    if REPORTS[report] == "delivered":
        changed = DeliveryAttempt.objects.filter(pk=row.pk).exclude(result="delivered")
        changed.update(result="delivered", delivered_at=now, ended_at=row.ended_at or now)
        both = Notification.objects.filter(Q(pk=notice.pk) | Q(bundle=notice))
        both.filter(state__in=["queued", "sending", "accepted", "failed"]).update(state="delivered")
        if notice.ack_by is None and notice.importance != "life":
            Notification.objects.filter(pk=notice.pk).update(next_at=None)
    elif row.result in ("", "accepted", "unknown", "timeout"):
        DeliveryAttempt.objects.filter(pk=row.pk).update(result="rejected", ended_at=row.ended_at or now, error=reason)
        taken = DeliveryAttempt.objects.filter(notification=notice, result__in=["accepted", "delivered"]).exists()
        if notice.state in ("sending", "accepted", "queued"):
            Notification.objects.filter(pk=notice.pk).update(state="accepted" if taken else "queued", next_at=now)
        if report == "bounced":
            _bounce(notice.person, row.channel, reason, now)


def _bounce(person: Any, channel: Channel, reason: str, now: Any) -> None:
    from logistics.alerts.ways import ways_of

    way = ways_of([person]).of(person.pk).get(channel.code)
    if way:
        point, _made = ContactPoint.objects.get_or_create(person=person, channel=channel, address_print=address_print(way.address),
                                                          defaults={"address": way.address})
        point.bounced_at, point.bounce = now, reason[:200]
        point.save()


def renew_token(*, channel: Channel) -> str:
    """A new token for the gateway's receipts; the old one ends at once."""
    channel.receipt_token = new_token()
    channel.save(update_fields=["receipt_token"])
    return channel.receipt_token
