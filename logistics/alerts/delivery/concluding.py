"""Writing down how tries ended, and what becomes of their notices."""
from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from logistics.alerts.delivery import breaker
from logistics.alerts.delivery.claiming import Order
from logistics.alerts.drivers import Outcome
from logistics.alerts.models import ContactPoint, DeliveryAttempt, Notification, address_print
from logistics.alerts.services.notices import free_riders
from logistics.core import clock

Result = DeliveryAttempt.Result
WAITING = ("queued", "sending")


@transaction.atomic
def conclude(done: list[tuple[Order, Outcome]]) -> dict[str, str]:
    """Write the ends of some tries in one transaction; channel → state of its breaker afterwards."""
    now = clock.now()
    by_channel: dict[str, list[Outcome]] = defaultdict(list)
    taken: list[tuple[Order, Outcome]] = []
    for order, outcome in sorted(done, key=lambda pair: pair[0].notification.pk):
        mine = DeliveryAttempt.objects.filter(pk=order.attempt.pk, result=Result.PENDING).update(
            result=outcome.result, ended_at=now, error=outcome.words, provider_id=outcome.provider_id,
            latency_ms=outcome.latency_ms or None,
        )
        if outcome.result != Result.RELEASED:
            by_channel[order.channel.code].append(outcome)
        if outcome.result == Result.ACCEPTED:
            taken.append((order, outcome))
        elif mine:
            _next_way(order.notification.pk, now)
        if outcome.bad_address:
            _bounced(order, outcome, now)
    _accepted(taken, now)
    return {code: breaker.judge(code, [one.result for one in outcomes], now, _trouble(outcomes))
            for code, outcomes in sorted(by_channel.items())}


def _accepted(taken: list[tuple[Order, Outcome]], now: datetime) -> None:
    """A gateway took it. Where no other way is left the notice rests; else the ladder goes on after its step."""
    ids = [order.notification.pk for order, _outcome in taken]
    if not ids:
        return
    Notification.objects.filter(Q(pk__in=ids) | Q(bundle__in=ids), state__in=WAITING).update(state="accepted")
    rest = {order.notification.pk for order, _outcome in taken if not order.more}
    flying = set(DeliveryAttempt.objects.filter(notification__in=rest, result=Result.PENDING).values_list("notification_id", flat=True))
    Notification.objects.filter(pk__in=rest - flying).update(next_at=None)


def _next_way(notification_id: int, now: datetime) -> None:
    """A try failed: the notice is looked at again at once."""
    row = Notification.objects.filter(pk=notification_id, next_at__isnull=False)
    if not row.update(next_at=now):
        free_riders([notification_id], now)  # it was read or acknowledged meanwhile
    if not DeliveryAttempt.objects.filter(notification=notification_id, result=Result.PENDING).exists():
        row.filter(state="sending").update(state="queued")


def _bounced(order: Order, outcome: Outcome, now: datetime) -> None:
    """This address does not exist; it is not used again until its owner verifies it anew."""
    person, address = order.notification.person, order.way.address
    point = ContactPoint.objects.filter(person=person, channel=order.channel, address_print=address_print(address)).first()
    point = point or ContactPoint(person=person, channel=order.channel, address=address)
    point.bounced_at, point.bounce = now, outcome.words[:200]
    point.save()


def _trouble(outcomes: list[Outcome]) -> str:
    return next((one.words for one in reversed(outcomes) if one.result in breaker.BROKEN), "")
