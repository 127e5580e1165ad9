"""Messages declared in code: what a notice says, in the language of whoever reads it, when it is read."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from logistics.core.bilingual import pick
from logistics.core.registry import Registry


@dataclass(frozen=True)
class Message:
    """A kind of notice: title and body are lazily translated and hold %(name)s for what differs."""

    code: str
    title: Any
    body: Any = ""
    icon: str = "bell"
    via: str = ""  # goes by this kind of channel only, whatever way its reader prefers: a file comes by e-mail


@dataclass(frozen=True)
class Words:
    """A notice in words."""

    title: str
    body: str
    icon: str


MESSAGES: Registry[Message] = Registry("message")


def message(code: str, title: Any, body: Any = "", *, icon: str = "bell", via: str = "") -> Message:
    """Declare a message; its params are plain values, {"zh": …, "en": …} for names, {"at": ISO instant} or {"day": ISO date}."""
    return MESSAGES.add(code, Message(code, title, body, icon, via))


def words(code: str, params: dict[str, Any]) -> Words:
    """The notice in the active language; one whose message is no longer declared shows its code."""
    declared = MESSAGES.get(code) or Message(code, code)
    return Words(fill(declared.title, params), fill(declared.body, params), declared.icon)

MISSING = "–"


def fill(sentence: Any, params: dict[str, Any]) -> str:
    """A translated sentence with its params; what is missing reads as a dash, a sentence of nothing else as nothing."""
    text = str(sentence)
    said = text % _Shown(params) if "%(" in text else text
    return "" if said == MISSING else said


def bilingual(record: Any) -> dict[str, str]:
    """The two names of a record as one param."""
    return {"zh": record.name_zh, "en": record.name_en}


class _Shown(dict):
    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        if isinstance(value, dict) and "at" in value:
            return date_format(timezone.localtime(datetime.fromisoformat(value["at"])), _("j M H:i"))
        if isinstance(value, dict) and "day" in value:
            return date_format(date.fromisoformat(value["day"]), _("j M Y"))
        if isinstance(value, dict):
            value = pick(value.get("zh", ""), value.get("en", ""))
        return MISSING if value in (None, "") else str(value)
