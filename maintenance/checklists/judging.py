"""What an answer is worth: pure functions over items and values."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PASS, FAIL, NA = "pass", "fail", "na"


def number_of(value: str) -> Decimal:
    """A typed number; a comma is taken for a point. ValidationError when it is none."""
    try:
        found = Decimal(value.strip().replace("，", ".").replace(",", "."))
    except InvalidOperation:
        raise ValidationError(_("Type a number.")) from None
    if not found.is_finite():
        raise ValidationError(_("Type a number."))
    return found


def verdict_of(item: Any, value: str) -> str:
    """pass, fail or na. ValidationError when the value is no answer to this item."""
    value = value.strip()
    if not value:
        raise ValidationError(_("This item has no answer yet."))
    if value == NA and not item.required:
        return NA
    if item.type == item.Type.PASS_FAIL:
        if value not in (PASS, FAIL, NA):
            raise ValidationError(_("Choose pass, fail or not applicable."))
        return value
    if item.measures:
        n = number_of(value)
        return FAIL if (item.low is not None and n < item.low) or (item.high is not None and n > item.high) else PASS
    if item.type == item.Type.CHOICE:
        for zh, _en, right in item.choices:
            if value == zh:
                return PASS if right else FAIL
        raise ValidationError(_("Choose one of the answers."))
    return PASS


def asked(items: Iterable[Any], given: Mapping[str, str]) -> list[Any]:
    """The items that are asked, after the answers given so far (key → value): an item asked only after another waits for its answer."""
    found, shown = [], set()
    for item in items:
        if item.show_if_key and (item.show_if_key not in shown or given.get(item.show_if_key) != item.show_if_value):
            continue
        shown.add(item.key)
        found.append(item)
    return found
