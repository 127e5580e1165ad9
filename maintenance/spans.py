"""Windows [from, to) in the school's zone, grains, and the rows behind a figure."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Aggregate, FloatField, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from logistics.core.grains import figures, share
from logistics.core.publishing import MEASURES

__all__ = ["figures", "share"]  # from the kernel, for those who count here

Span = tuple[datetime, datetime]
Asked = TypeVar("Asked", bound=Callable[..., Any])
ORDERS = {"building": "place__ancestors__2", "team": "team_id", "category": "category_id", "person": "lead_id", "equipment": "equipment_id"}
REQUESTS = {"building": "place__ancestors__2", "team": "work_order__team_id", "category": "category_id", "person": "work_order__lead_id"}


class Percentile(Aggregate):
    """The value below which this share of the rows lies: Percentile(0.5, "seconds") is the median."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, share: float, expression: Any, **extra: Any):
        super().__init__(expression, share=share, **extra)


def days_of(span: Span) -> tuple[str, str]:
    """First and last day of a span, as the filters write them."""
    first, last = timezone.localdate(span[0]), timezone.localdate(span[1] - timedelta(seconds=1))
    return first.isoformat(), last.isoformat()


def rows_url(code: str, span: Span, list_name: str = "maintenance:workorder-list") -> str:
    """The list of exactly the rows that a figure counted."""
    name = code.removeprefix("maintenance.")
    return f"{reverse(list_name)}?{urlencode({'figure': '~'.join((name, span[0].isoformat(), span[1].isoformat()))})}"


def rows_of(value: str, person: Any, model: type) -> QuerySet | None:
    """The rows behind a figure named in an address; None when it names none of this kind of record."""
    name, first, last = ([*value.split("~"), "", ""])[:3]
    one = MEASURES.get(f"maintenance.{name}")
    try:
        span = (parse_datetime(first.replace(" ", "+")), parse_datetime(last.replace(" ", "+")))
    except ValueError:
        return None
    if one is None or one.rows is None or None in span:
        return None
    found = one.rows(person, span)
    return found if found.model is model else None


# one question once -------------------------------------------------------------------------------------------------------
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers of one page", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Within it, what is `asked_once` is asked of the database only once for the same arguments: several figures of a page stand on it."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def asked_once(function: Asked) -> Asked:
    @wraps(function)
    def ask(*args: Any, **named: Any) -> Any:
        known = _answers.get()
        if known is None:
            return function(*args, **named)
        key = (function, args, tuple(sorted(named.items())))
        if key not in known:
            known[key] = function(*args, **named)
        return known[key]

    return ask  # type: ignore[return-value]
