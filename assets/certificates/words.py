"""How requirements read: one badge for how they stand, and the sentence that says how their day came about."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assets.certificates.models import Requirement
from logistics.core import clock
from logistics.core.templatetags import ui


def days_left(row: Requirement) -> int | None:
    """Days until it is over, counting from today; negative when it is over."""
    return (row.next_due_on - clock.today()).days if row.next_due_on else None


def look(row: Requirement, soon: int = 60) -> tuple[str, str, str]:
    """(kind of look, words, icon) of how it stands today."""
    left = days_left(row)
    if row.result == "fail":
        return "danger", _("Failed"), "ban"
    if row.interval_id is None and row.next_due_on is None:
        return "off", _("Not asked now") if row.basis_id else _("Cannot be worked out"), "help"
    if not row.result and (left is None or left < 0):
        return "late", _("Nothing recorded"), "file-off"
    if not row.result:
        return "wait", _("First turn to come"), "hourglass"
    if left is None:
        return "done", _("Met"), "check"
    if left < 0:
        return "danger", ngettext("over for %(n)s day", "over for %(n)s days", -left) % {"n": -left}, "alert-octagon"
    if row.action == "check":  # the school's own: its round comes by itself, nobody has to be warned before its day
        return ("wait", _("Due today"), "hourglass") if left == 0 else ("done", _("Met"), "check")
    if left <= soon:
        return "late", ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}, "hourglass"
    return "done", _("Met"), "check"


def badge(row: Requirement) -> Any:
    return ui.state(*look(row), sprite=True)


def plain(row: Requirement) -> str:
    return str(look(row)[1])


def explained(row: Requirement) -> str:
    """How the day came about."""
    if row.result == "fail":
        return _("The last one failed, so it is due at once.")
    if row.interval is None:
        if row.next_due_on:
            return _("The clause names no interval for it; the certificate itself says until when.")
        return _(
            "No interval of the clause fits it: it is not asked at this age, or a fact is missing, such as the agent of an extinguisher."
        )
    every = row.interval.words
    if row.basis is None:
        first = _("Nothing is recorded yet; it is counted from the first day in use: %(every)s.") % {"every": every}
        return first if row.next_due_on else _("Nothing is recorded, and the first day in use is not known.")
    if row.basis.valid_until and row.basis.valid_until == row.next_due_on:
        return _("The certificate says so; the clause asks for it %(every)s.") % {"every": every}
    return _("Counted from the last one on %(day)s: %(every)s.") % {"day": ui.day_words(row.basis.performed_on), "every": every}


def due_cell(row: Requirement) -> Any:
    return ui.day(row.next_due_on) if row.next_due_on else format_html('<span class="hq-muted">{}</span>', _("not known"))
