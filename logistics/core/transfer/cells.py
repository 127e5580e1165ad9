"""Between a cell of a sheet and a value of a form: both languages, full-width signs, the dates that people write."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.core.transfer.declaration import ImportColumn, identity_of

YES = frozenset({"yes", "y", "true", "1", "是", "有", "对", "√", "✓"})
NO = frozenset({"no", "n", "false", "0", "否", "无", "不是", "×", "✗"})
CLEAR = frozenset({"-", "–", "—"})  # in a file, an empty cell leaves what is there; a dash empties it
DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
MINUTE = re.compile(r"^(.+?)[ T](\d{1,2}):(\d{2})(?::\d{2})?$")
SPLIT = re.compile(r"[、,，;；/\n]+")
MOST_NAMED = 10
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")


def folded(text: Any) -> str:
    """The form in which headings and choices are compared."""
    return re.sub(r"[\s*＊_()（）:：·.\-/]+", "", unicodedata.normalize("NFKC", str(text))).lower()


def words_of(value: Any) -> str:
    """A cell as text: 301.0 is "301", a day is ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"  # Excel counts 15 digits
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip().strip("\ufeff")


def read_cell(column: ImportColumn, value: Any, index: Mapping[str, str]) -> Any:
    """What the form is given; ValidationError says what would be right. `index`: folded words of the choices -> code."""
    text = words_of(value)
    if text in ERRORS:
        raise ValidationError(_("The sheet shows an error here. Write the value itself."))
    if column.kind == "yesno":
        word = unicodedata.normalize("NFKC", text).lower()
        if word not in YES and word not in NO:
            raise ValidationError(_("Write yes or no."))
        return word in YES
    if column.kind == "number":
        return unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if column.kind == "date":
        return _day(value, text)
    if column.kind == "datetime":
        return _instant(value, text)
    if column.kind == "choice":
        return _code(column, text, index)
    if column.kind == "choices":
        return [_code(column, part.strip(), index) for part in SPLIT.split(text) if part.strip()]
    return text


def _code(column: ImportColumn, text: str, index: Mapping[str, str]) -> str:
    code = index.get(folded(text))
    if code is None:
        words = words_of_choices(column)
        some = [*words[:MOST_NAMED], "…"] if len(words) > MOST_NAMED + 1 else words
        raise ValidationError(_("Write one of: %(choices)s.") % {"choices": _(", ").join(some)})
    return code


def words_of_choices(column: ImportColumn, language: str | None = None) -> list[str]:
    from logistics.core.bilingual import pick

    return [labels[language] if language else pick(labels["zh-hans"], labels["en"]) for _code, labels in column.choices]


def index_of(column: ImportColumn) -> dict[str, str]:
    """Everything that a choice may be called: its code and its words in both languages; the first one keeps a shared word."""
    found: dict[str, str] = {}
    for code, labels in column.choices:
        for word in (code, *labels.values()):
            found.setdefault(folded(word), code)
    return found


def _day(value: Any, text: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = DAY.match(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise ValidationError(_("Write the day as 2026-09-01."))


def _instant(value: Any, text: str) -> datetime:
    if isinstance(value, datetime):
        return timezone.make_aware(value) if timezone.is_naive(value) else value
    match = MINUTE.match(unicodedata.normalize("NFKC", text))
    try:
        day = _day(None, match[1] if match else text)
        clock = time(int(match[2]), int(match[3])) if match else time.min
    except ValueError:
        raise ValidationError(_("Write the time as 2026-09-01 08:30.")) from None
    except ValidationError:
        raise ValidationError(_("Write the time as 2026-09-01 08:30.")) from None
    return timezone.make_aware(datetime.combine(day, clock))


def write_cell(column: ImportColumn, record: models.Model) -> Any:
    """The opposite: what an export for editing holds, and an import of it leaves as it is."""
    from logistics.core.bilingual import pick

    value = getattr(record, column.name, None)
    if value is None or value == "":
        return None
    if isinstance(value, models.Model):
        return getattr(value, identity_of(type(value)))
    if column.kind in ("choice", "choices"):
        words = {code: pick(labels["zh-hans"], labels["en"]) for code, labels in column.choices}
        chosen = value if isinstance(value, list | tuple) else [value]
        return "、".join(words.get(str(code), str(code)) for code in chosen)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str | int | float | Decimal | date | datetime) else str(value)
