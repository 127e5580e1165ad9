"""The time rule for all evidence: at which instant a fact is judged to have happened."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Flag = Literal["backfilled", "stale", "skewed"]

MOST_OFFLINE = timedelta(hours=24)  # as delivered; a school may set both anew
MOST_SKEW_S = 300


@dataclass(frozen=True)
class Judged:
    """The judging instant, and what an auditor should know about how it came about.

    backfilled: entered long after it is said to have happened · stale: lay on the phone for more than 24 h · skewed: the phone's clock
    could not be trusted. Flags mark, they never alter.
    """

    at: datetime
    flags: frozenset[Flag] = frozenset()


def judge(
    occurred_at: datetime | None, captured_at: datetime | None, recorded_at: datetime, skew_s: float | None, max_backfill_s: float = 7200,
    max_offline: timedelta = MOST_OFFLINE, max_skew_s: float = MOST_SKEW_S,
) -> Judged:
    """The instant that decides whether a fact was on time.

    occurred_at is what somebody typed (None: nothing claimed) and is never believed, else a typed time could make anything on time.
    captured_at is the phone's stamp of a row from the offline queue (None: entered while connected); it counts when it is at most 24 h old
    and the phone's clock was measured to be at most 300 s off (skew_s; None: never measured). recorded_at is the server's own time.
    """
    flags: set[Flag] = set()
    if occurred_at is not None and recorded_at - occurred_at > timedelta(seconds=max_backfill_s):
        flags.add("backfilled")
    if captured_at is not None:
        if skew_s is None or abs(skew_s) > max_skew_s:
            flags.add("skewed")
        if recorded_at - captured_at > max_offline:
            flags.add("stale")
    if captured_at is None or flags & {"skewed", "stale"}:
        return Judged(recorded_at, frozenset(flags))
    # Within the tolerated skew a stamp may lie ahead of the server; nothing was captured after it arrived.
    return Judged(min(captured_at, recorded_at), frozenset(flags))
