"""Windows [from, to) in the school's zone."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

Span = tuple[datetime, datetime]


def days_of(span: Span) -> tuple[str, str]:
    """First and last day of a span, as the filters write them."""
    first, last = timezone.localdate(span[0]), timezone.localdate(span[1] - timedelta(seconds=1))
    return first.isoformat(), last.isoformat()
