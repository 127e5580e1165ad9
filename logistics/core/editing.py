"""Two people with the same form open: what the other one changed, and a form in which nothing typed is lost.

Three versions meet: as the editor read it, as it is now, and as typed. A field that the editor left alone takes its present value; a
field that he changed keeps what he typed, and the page says what stands there now.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from logistics.core.columns import words_for
from logistics.core.versions import as_seen


@dataclass(frozen=True)
class Differing:
    """A field that somebody else changed: its words before and now; `kept` when the form holds what was typed instead."""

    label: Any
    before: Any
    now: Any
    kept: bool


def merged(build: Callable[..., Any], record: models.Model, seen: str, data: Any, files: Any) -> tuple[Any, list[Differing]]:
    """The form over the present record with what was typed, and what the other one changed. `build(record, *data)` makes the form."""
    base, now = as_seen(record, seen), build(record)
    before = build(base) if base is not None else None
    typed, found = data.copy(), []
    for name, field in now.fields.items():
        present = now[name].value()
        raw = field.widget.value_from_datadict(data, files, now.add_prefix(name))
        if before is None:
            if field.has_changed(now[name].initial, raw):
                found.append(Differing(field.label, words_for(None), _words(field, present), True))
            continue
        if not field.has_changed(before[name].initial, _as_typed(field, present)):
            continue
        touched = field.has_changed(before[name].initial, raw)
        if touched and not field.has_changed(now[name].initial, raw):
            continue  # both wrote the same
        if not touched:
            _put(typed, now.add_prefix(name), field, present)
        found.append(Differing(field.label, _words(field, before[name].value()), _words(field, present), touched))
    return build(record, typed, files), found


def _as_typed(field: forms.Field, value: Any) -> Any:
    """A value as a browser would send it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, list | tuple | set | models.QuerySet):
        return [str(getattr(item, "pk", item)) for item in value]
    return field.widget.format_value(value) if isinstance(field.widget, forms.widgets.Input | forms.Textarea) else str(value)


def _put(data: Any, name: str, field: forms.Field, value: Any) -> None:
    typed = _as_typed(field, value)
    if isinstance(typed, list):
        data.setlist(name, typed)
    elif typed is None or typed is False:
        data.pop(name, None)
    else:
        data[name] = "on" if typed is True else typed


def _words(field: forms.Field, value: Any) -> Any:
    """A value of a form in words."""
    if isinstance(value, list | tuple | set | models.QuerySet):
        return words_for(_(", ").join(str(_words(field, getattr(item, "pk", item))) for item in value))
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.model._base_manager.filter(pk=value).first() if value not in (None, "") else None
        return words_for(str(row) if row else None)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        plain = {str(code): label for code, label in choices if not isinstance(label, list | tuple)}
        return words_for(plain.get(str(value), value))
    return words_for(value)
