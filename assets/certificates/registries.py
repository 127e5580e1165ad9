"""What upper apps publish here: who opens a finding when an inspection fails.

@when_failed("maintenance.findings")        act(record, by): in the transaction that records the failure
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from logistics.core.registry import Registry


@dataclass(frozen=True)
class WhenFailed:
    """What follows elsewhere when an inspection of a thing or place failed: `act(record, by)`, in the same transaction."""

    act: Callable[[Any, Any], None]
    code: str


WHEN_FAILED: Registry[WhenFailed] = Registry("what follows a failed inspection")
when_failed = WHEN_FAILED.decorate(WhenFailed)
