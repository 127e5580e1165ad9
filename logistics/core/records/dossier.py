"""Rows of several tables about one record in one statement."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import CharField, Value
from django.db.models.functions import JSONObject
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from logistics.core.bilingual import pick


def who(path: str) -> JSONObject:
    """A person as JSON: id and both names."""
    return JSONObject(id=f"{path}_id", zh=f"{path}__name_zh", en=f"{path}__name_en")


def name_of(person: dict[str, Any] | None) -> str:
    """The name of a person out of such a row; "" for the system."""
    return pick(person["zh"] or "", person["en"] or "") if person and person["id"] else ""


def gather(parts: dict[str, tuple[models.QuerySet, dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """{name: (ordered and cut queryset, {key: expression})} -> {name: rows as dicts}. Times are ISO text, as JSON has them."""
    if not parts:
        return {}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in parts}
    asked = [
        rows.annotate(part_=Value(name, output_field=CharField()), row_=JSONObject(**shape)).values_list("part_", "row_")
        for name, (rows, shape) in parts.items()
    ]
    for name, row in asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]:
        found[name].append(row)
    return found


def marked(text: str, people: list[dict[str, Any]]) -> SafeString:
    """A comment as HTML: the names of those mentioned stand out, everything else is text."""
    shown = str(conditional_escape(text)).replace("\n", "<br>")
    for name in sorted({one[key] for one in people for key in ("zh", "en") if one.get(key)}, key=len, reverse=True):
        mark = str(conditional_escape(f"@{name}"))
        shown = shown.replace(mark, f'<b class="hq-mention">{mark}</b>')
    return mark_safe(shown)
