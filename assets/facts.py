"""Technical facts 技术参数 of a thing: typed on the page beside their names, in a sheet as "额定载重=1000；层站=6", in the API by code."""
from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assets.models import CategoryAttribute, EquipmentCategory

PAIR = re.compile(r"\s*([^=＝：:]+?)\s*[=＝：:]\s*(.*?)\s*$")
SPLIT = re.compile(r"[;；\n]+")


class Definitions:
    """Which facts belong to which category; asked of the database once, however many things are looked at."""

    def __init__(self) -> None:
        self._rows: list[CategoryAttribute] | None = None

    def of(self, category: EquipmentCategory | None) -> list[CategoryAttribute]:
        if category is None:
            return []
        if self._rows is None:
            self._rows = list(CategoryAttribute.objects.order_by("position", "code"))
        rows = [row for row in self._rows if row.category_id in category.ancestors]
        return sorted(rows, key=lambda row: (category.ancestors.index(row.category_id), row.position, row.code))


def read(given: Any, definitions: Iterable[CategoryAttribute]) -> dict[str, Any]:
    """What is stored, out of {"code": typed} or "name=typed；…"; what is empty is left out."""
    if isinstance(given, str):
        given = _pairs(given)
    by_name: dict[str, CategoryAttribute] = {}
    for row in definitions:
        for word in (row.code, row.name_zh, row.name_en):
            if word:
                by_name.setdefault(word.lower(), row)
    found: dict[str, Any] = {}
    errors = []
    for name, typed in (given or {}).items():
        row = by_name.get(str(name).lower())
        if typed is None or typed == "":
            continue
        if row is None:
            known = _(", ").join(one.name for one in dict.fromkeys(by_name.values())) or _("none")
            errors.append(_("This category has no fact “%(name)s”; it has: %(known)s.") % {"name": name, "known": known})
            continue
        try:
            found[row.code] = row.clean_value(typed)
        except ValidationError as error:
            errors += error.messages
    if errors:
        raise ValidationError(errors)
    return found


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for part in SPLIT.split(text):
        if not part.strip():
            continue
        match = PAIR.match(part)
        if not match:
            raise ValidationError(_("Write facts as name=value, separated by semicolons."))
        found[match[1]] = match[2]
    return found


def shown(value: Any, row: CategoryAttribute) -> str:
    """A stored value as a reader understands it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:,} {row.unit}".rstrip() if isinstance(value, int | float) else f"{value} {row.unit}".rstrip()


class FactsWidget(forms.Widget):
    """One control for each fact of the category; before it is chosen, a line that says so."""

    template_name = "assets/_facts.html"
    definitions: list[CategoryAttribute] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        plain = data.get(name)
        if plain is not None and plain != "":
            return plain
        head = f"{name}-"
        typed = {key.removeprefix(head): data.get(key) for key in data if str(key).startswith(head)}
        return typed or plain

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(str(key).startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        typed = value if isinstance(value, dict) else {}
        return {"name": name, "facts": [
            {"row": row, "id": f"id_{name}_{row.code}", "name": f"{name}-{row.code}", "value": _typed(typed.get(row.code)),
             "choices": row.choices if row.type == "choice" else ()}
            for row in self.definitions
        ]}

    def id_for_label(self, id_: str | None) -> str:
        return ""


def _typed(value: Any) -> str:
    return "" if value is None else {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


class FactsField(forms.CharField):
    """Takes what the widget, a cell or the API gives; the form reads it once it knows the category."""

    widget = FactsWidget

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data


