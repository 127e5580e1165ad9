"""Form fields that the library lacks: a span typed as first and last day."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, Range
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.core.forms import DayInput


def midnight(day: date) -> datetime:
    """The first instant of a day in the school's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def days(first: date, last: date | None = None) -> DateTimeTZRange:
    """The span from the midnight before the first day to the midnight after the last (open when None)."""
    return DateTimeTZRange(midnight(first), midnight(last + timedelta(days=1)) if last else None)


def _day(bound: date | datetime) -> date:
    """The day of a bound, which is a date or the midnight before it."""
    return timezone.localdate(bound) if isinstance(bound, datetime) else bound


class DaysWidget(forms.MultiWidget):
    """Two dates."""

    def __init__(self, attrs: Any = None):
        super().__init__(
            [
                DayInput({"aria-label": _("first day")}),
                DayInput({"aria-label": _("last day")}),
            ],
            attrs,
        )

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [None, None]
        first = _day(value.lower) if value.lower else None
        last = _day(value.upper) - timedelta(days=1) if value.upper else None
        return [first.isoformat() if first else None, last.isoformat() if last else None]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        plain = data.get(name)
        if isinstance(plain, dict):  # the API sends {"first": …, "last": …}
            return [None if day is None else str(day) for day in (plain.get("first"), plain.get("last"))]
        if isinstance(plain, Range):
            return self.decompress(plain)
        if plain not in (None, ""):
            return [str(plain), ""]  # which is no day, as the field will say
        return super().value_from_datadict(data, files, name)


class DaysField(forms.MultiValueField):
    """First and last day of a span; an empty last day leaves it open."""

    widget = DaysWidget

    def __init__(self, **kwargs: Any):
        kwargs.pop("range_kwargs", None)
        kwargs.pop("base_field", None)
        fields = (forms.DateField(), forms.DateField(required=False))
        super().__init__(fields=fields, require_all_fields=False, **{k: v for k, v in kwargs.items() if k != "default_bounds"})

    def compress(self, values: list[Any]) -> Any:
        if not values or values[0] is None:
            return None
        first, last = values[0], values[1] if len(values) > 1 else None
        if last and last < first:
            raise ValidationError(_("The last day lies before the first."))
        return days(first, last)


class DatesField(DaysField):
    """The same for a range of dates; `ends` asks for the last day too."""

    def __init__(self, *, ends: bool = True, **kwargs: Any):
        self.ends = ends
        super().__init__(**kwargs)

    def compress(self, values: list[Any]) -> Any:
        span = super().compress(values)
        if span is None:
            return None
        if span.upper is None and self.ends:
            raise ValidationError(_("Choose the last day too."))
        return DateRange(_day(span.lower), _day(span.upper) if span.upper else None)
