"""How clocks and steps read: words first, then the bar."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from logistics.campus.services.calendars import calendar_clock
from logistics.core import clock
from logistics.core.templatetags import ui
from maintenance.models import Clock, WorkOrder


@dataclass(frozen=True)
class ClockFace:
    """A clock for templates: kind (look), words, percent of the bar."""

    kind: str
    words: str
    percent: int
    name: str = ""
    sentence: str = ""
    rule: str = ""


def about(row: Clock) -> str:
    """"≈ " when a clock is due after the days that an official notice confirms; "" otherwise. The clock brings its calendar version."""
    if row.calendar_version_id is None or row.due_at is None or row.met_at:
        return ""
    return ui.ABOUT if calendar_clock(row.calendar_version).provisional(row.due_at) else ""


def due_words(row: Clock) -> str:
    """When a clock is due, in words; with "≈" while that day is an estimate."""
    return about(row) + ui.when_words(row.due_at)


def used_s(row: Clock) -> int:
    """Seconds used of the target by now."""
    if not row.running:
        return row.banked_s
    now = clock.now()
    if row.calendar_version_id is None:
        return row.banked_s + max(int((now - row.banked_at).total_seconds()), 0)
    return row.banked_s + calendar_clock(row.calendar_version).business_seconds(row.banked_at, max(now, row.banked_at))


CHOSEN = ("policy__category__parent", "policy__place")  # what `chosen` reads


def kind_label(kind: str) -> str:
    """The word for a kind of order; "" for none."""
    return str(WorkOrder.Kind(kind).label) if kind else ""


def chosen(row: Clock) -> str:
    """Which promise this clock keeps, and by what it was chosen (facilities.md 5.2)."""
    policy = row.policy
    if policy is None:
        return _("The shipped times hold: no service policy of the school fits.")
    by = [policy.place.name if policy.place else "", str(policy.category or ""), kind_label(policy.kind), policy.priority]
    what = _(", ").join(part for part in by if part)
    if not what:
        return _("Service policy “%(name)s”, which holds for everything.") % {"name": policy.name}
    return _("Service policy “%(name)s”, chosen by: %(what)s.") % {"name": policy.name, "what": what}


def face(row: Clock | None, *, why: bool = False) -> ClockFace | None:
    """What a clock says now; with `why` also which promise it keeps (reads the columns in CHOSEN)."""
    if row is None or row.stopped:
        return None
    shown = _face(row)
    return replace(shown, rule=chosen(row)) if why else shown


def _face(row: Clock) -> ClockFace:
    """The look, the words and the bar."""
    name = row.get_kind_display()
    used = used_s(row)
    share = min(100, round(100 * used / row.target_s)) if row.target_s else 100
    if row.met_at:
        in_time = row.breached_at is None
        words = _("%(used)s of %(target)s") % {"used": ui.duration(used), "target": ui.duration(row.target_s)}
        return ClockFace("is-done" if in_time else "is-late", words, share, name, _sentence(row, used))
    now = clock.now()
    if row.breached_at or (row.due_at and row.due_at < now):
        late = now - (row.breached_at or row.due_at)
        return ClockFace(
            "is-danger", about(row) + _("%(time)s late") % {"time": ui.duration(int(late.total_seconds()))}, 100, name, _sentence(row, used)
        )
    left = max(row.target_s - used, 0)
    if not row.running:
        return ClockFace("is-off", _("Paused: %(time)s left") % {"time": ui.duration(left)}, share, name, _sentence(row, used))
    words = about(row) + _("%(time)s left") % {"time": ui.duration(left)}
    return ClockFace("is-late" if share >= 80 else "", words, share, name, _sentence(row, used))


def _sentence(row: Clock, used: int) -> str:
    """One sentence that tells the counting."""
    counts = _("round the clock") if row.calendar_version_id is None else _("in working time")
    values = {"start": ui.when_words(row.started_at), "target": ui.duration(row.target_s), "counts": counts, "used": ui.duration(used)}
    if row.met_at:
        values["end"] = ui.when_words(row.met_at)
        if row.breached_at:
            return _("From %(start)s to %(end)s: %(used)s of %(target)s %(counts)s, too late.") % values
        return _("From %(start)s to %(end)s: %(used)s of %(target)s %(counts)s, in time.") % values
    if row.due_at:
        values["due"] = due_words(row)
        return _("%(target)s %(counts)s from %(start)s, used %(used)s: due %(due)s.") % values
    return _("%(target)s %(counts)s from %(start)s, used %(used)s; paused.") % values


def clock_cell(row: Clock | None) -> Any:
    """The clock as a list cell."""
    shown = face(row)
    return ui.clock(shown) if shown else ""
