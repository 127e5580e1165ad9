"""The bell: how many notices a person has not read."""
from __future__ import annotations

from typing import Any

from logistics.alerts.models import Notification
from logistics.core.context import SHELL

MOST = 100  # the bell says 99+


def unread(person: Any) -> int:
    """One bounded count on a partial index."""
    return Notification.objects.visible_to(person).unread()[:MOST].count()


SHELL.add("unread", unread)
