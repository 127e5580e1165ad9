"""An item as it is asked on the phone: its words, its limits in words, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from logistics.core.access import ROLES
from logistics.core.bilingual import chinese
from maintenance.checklists.metering import Stood
from maintenance.models import ChecklistItem


@dataclass(frozen=True)
class Option:
    """One button: what it sends, its word, its look, and whether a photo is asked for at once."""

    value: str
    word: str
    kind: str
    icon: str
    photo: bool


@dataclass(frozen=True)
class Question:
    """One item with what the page needs."""

    item: ChecklistItem
    options: list[Option]
    limits: str
    photo: str  # "always", "fail" or ""
    widget: str  # "buttons", "number", "text", "photo" or "signature"
    stood: Stood | None = None  # of a meter: what it showed last

    @property
    def key(self) -> str:
        return self.item.key


def plain(value: Decimal | None) -> str:
    """A limit without needless zeros."""
    return f"{value.normalize():f}" if value is not None else ""


def limits_of(item: Any) -> str:
    """Between what an answer is right: "0.9–1.2 MPa"."""
    low, high = plain(item.low), plain(item.high)
    if low and high:
        found = f"{low}–{high}"
    elif low:
        found = _("at least %(n)s") % {"n": low}
    elif high:
        found = _("at most %(n)s") % {"n": high}
    else:
        return ""
    return f"{found} {item.unit}".strip()


def question(item: ChecklistItem, stood: Stood | None = None) -> Question:
    """How an item is asked; `stood` is what its meter showed last."""
    fail = item.evidence in (item.Evidence.ON_FAIL, item.Evidence.ALWAYS)
    always = item.evidence == item.Evidence.ALWAYS or item.type == item.Type.PHOTO
    options: list[Option] = []
    if item.type == item.Type.PASS_FAIL:
        options = [
            Option("pass", _("Right"), "done", "check", always),
            Option("fail", _("Wrong"), "danger", "alert-triangle", fail),
            Option("na", _("Not applicable"), "off", "minus", False),
        ]
    elif item.type == item.Type.CHOICE:
        options = [
            Option(
                zh,
                zh if chinese() or not en else en,
                "done" if right else "danger",
                "check" if right else "alert-triangle",
                always or (fail and not right),
            )
            for zh, en, right in item.choices
        ]
    widget = (
        "buttons" if options else {"number": "number", "meter": "number", "photo": "photo", "signature": "signature"}.get(item.type, "text")
    )
    return Question(item, options, limits_of(item), "always" if always else "fail" if fail else "", widget, stood)


def consequences(item: ChecklistItem) -> list[str]:
    """What follows from a wrong answer, in words."""
    found = [str(item.get_fail_severity_display())]
    if item.fail_order:
        found.append(_("work order %(priority)s") % {"priority": item.fail_priority})
    if item.fail_lock != "none":
        found.append(_("thing: %(what)s") % {"what": item.get_fail_lock_display()})
    if item.fail_close != "none":
        found.append(_("place: %(what)s") % {"what": item.get_fail_close_display()})
    if item.fail_notify and item.fail_notify in ROLES:
        found.append(_("tells %(who)s") % {"who": ROLES[item.fail_notify].label})
    return found
