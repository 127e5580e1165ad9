"""The breaker of a channel: a gateway that fails is left alone for half a minute, then one notice tries.

It stands in the row of the channel, so all dispatchers share it and a killed one forgets nothing.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from logistics.alerts.models import Channel, DeliveryAttempt

BROKEN = ("failed", "timeout", "unknown")
ANSWERED = ("accepted", "delivered", "rejected", "deferred")
WINDOW = timedelta(seconds=60)
LAST = 20
MOST_FAILURES = 5
FEWEST_FOR_SHARE = 10  # a share of fewer says nothing
MOST_SHARE = 0.3
OPEN_FOR = timedelta(seconds=30)


def trips(results: Iterable[str]) -> bool:
    """Whether these results of one minute, newest first, are too many failures: 5 of the last 20, or 3 in 10 of at least 10."""
    last = list(results)[:LAST]
    failures = sum(result in BROKEN for result in last)
    return failures >= MOST_FAILURES or (len(last) >= FEWEST_FOR_SHARE and failures >= MOST_SHARE * len(last))


def judge(code: str, results: Iterable[str], now: datetime, trouble: str = "") -> str:
    """Draw the conclusion from results that have just been written; returns the state of the breaker afterwards."""
    results = list(results)
    channel = Channel.objects.select_for_update(no_key=True).get(code=code)
    broke = [result for result in results if result in BROKEN]
    answered = [result for result in results if result in ANSWERED]
    if channel.breaker == "half_open" and answered:
        Channel.objects.filter(pk=channel.pk).update(breaker="closed", opened_at=None, open_until=None, trouble="")
        return "closed"
    if channel.breaker == "half_open" and broke:
        Channel.objects.filter(pk=channel.pk).update(breaker="open", open_until=now + OPEN_FOR, trouble=trouble[:300])
        return "open"
    if channel.breaker == "closed" and broke:
        seen = DeliveryAttempt.objects.filter(channel=code, ended_at__gt=now - WINDOW, result__in=[*BROKEN, *ANSWERED])
        if trips(seen.order_by("-ended_at", "-id").values_list("result", flat=True)[:LAST]):
            Channel.objects.filter(pk=channel.pk).update(breaker="open", opened_at=now, open_until=now + OPEN_FOR, trouble=trouble[:300])
            return "open"
        Channel.objects.filter(pk=channel.pk).update(trouble=trouble[:300])
    return channel.breaker


PROBE = """
UPDATE alerts_channel SET breaker = 'half_open', open_until = %(lease)s
WHERE code = %(code)s AND breaker <> 'closed' AND open_until <= %(now)s
"""


def take_probe(code: str, now: datetime, lease: datetime) -> bool:
    """Be the one that may try; a try whose sender died is replaced when its lease is over."""
    with connection.cursor() as cursor:
        cursor.execute(PROBE, {"code": code, "now": now, "lease": lease})
        return cursor.rowcount == 1


def give_probe_back(code: str, now: datetime) -> None:
    """Nothing was there to try with."""
    Channel.objects.filter(code=code, breaker="half_open").update(breaker="open", open_until=now)
