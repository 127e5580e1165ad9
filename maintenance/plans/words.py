"""A rule in a sentence, as a caretaker would say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.meters.models import UNITS, Quantity
from logistics.core.bilingual import chinese, in_both
from logistics.core.templatetags import ui
from maintenance.plans.models import MaintenancePlan, PlanTrigger

WEEKDAYS = [
    (1, gettext_lazy("Monday")),
    (2, gettext_lazy("Tuesday")),
    (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")),
    (5, gettext_lazy("Friday")),
    (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
]
MONTHS = [
    (1, gettext_lazy("January")),
    (2, gettext_lazy("February")),
    (3, gettext_lazy("March")),
    (4, gettext_lazy("April")),
    (5, gettext_lazy("May")),
    (6, gettext_lazy("June")),
    (7, gettext_lazy("July")),
    (8, gettext_lazy("August")),
    (9, gettext_lazy("September")),
    (10, gettext_lazy("October")),
    (11, gettext_lazy("November")),
    (12, gettext_lazy("December")),
]
POSITIONS = [
    (1, gettext_lazy("the first")),
    (2, gettext_lazy("the second")),
    (3, gettext_lazy("the third")),
    (4, gettext_lazy("the fourth")),
    (-1, gettext_lazy("the last")),
]


def number(value: Any) -> str:
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def listed(words: Sequence[Any]) -> str:
    return _(", ").join(str(word) for word in words)


def sentence(plan: MaintenancePlan, triggers: Iterable[PlanTrigger]) -> str:
    """When it falls due, how far it may move, and what happens meanwhile; in the reader's language."""
    rows = list(triggers)
    if not rows:
        return _("It is not said yet when it falls due.")
    parts = [trigger_words(row) for row in rows]
    if len(parts) > 1:
        told = _("%(one)s, or %(other)s, whichever comes first") % {"one": listed(parts[:-1]), "other": parts[-1]}
    else:
        told = parts[0]
    if plan.season_from:
        told = _("%(rule)s, from %(first)s to %(last)s") % {"rule": told, "first": plan.season_from, "last": plan.season_to}
    told = _("%(rule)s.") % {"rule": told[:1].upper() + told[1:]}
    shift = {
        "next_workday": _("On a day off it moves to the next working day."),
        "previous_workday": _("On a day off it moves to the working day before."),
        "vacation_only": _("It moves into the holidays."),
    }.get(plan.shift, "")
    window = _("In time from %(before)s days before to %(after)s days after.") % {"before": plan.before_days, "after": plan.after_days}
    return ("" if chinese() else " ").join(part for part in (told, shift, window) if part)


def in_both_languages(plan: MaintenancePlan, triggers: Iterable[PlanTrigger]) -> dict[str, str]:
    rows = list(triggers)
    return in_both(lambda: sentence(plan, rows))


def trigger_words(row: PlanTrigger) -> str:
    if row.type == PlanTrigger.Type.FIXED:
        return fixed_words(row)
    if row.type == PlanTrigger.Type.FLOATING:
        return _("%(time)s after the last time") % {"time": interval_words(row.every_months or 0, row.every_days or 0)}
    quantity = dict(Quantity.choices).get(row.quantity, row.quantity)
    unit = UNITS.get(row.quantity, "")
    if row.type == PlanTrigger.Type.INTERVAL:
        return _("after %(n)s more: %(quantity)s") % {"n": f"{number(row.every_units)} {unit}".strip(), "quantity": quantity}
    values = {"quantity": quantity, "set": f"{number(row.set_at)} {unit}".strip(), "clear": f"{number(row.clear_at)} {unit}".strip()}
    if row.comparator == "ge":
        return _("when %(quantity)s reaches %(set)s (again after it was at %(clear)s)") % values
    return _("when %(quantity)s falls to %(set)s (again after it was at %(clear)s)") % values


def interval_words(months: int, days: int) -> str:
    parts = []
    if months:
        parts.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": months})
    if days:
        parts.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    return _("%(months)s and %(days)s") % {"months": parts[0], "days": parts[1]} if len(parts) > 1 else parts[0]


def fixed_words(row: PlanTrigger) -> str:
    every = row.every or 1
    rhythm = {
        "daily": _("every day") if every == 1 else _("every %(n)s days") % {"n": every},
        "weekly": _("every week") if every == 1 else _("every %(n)s weeks") % {"n": every},
        "monthly": _("every month") if every == 1 else _("every %(n)s months") % {"n": every},
        "yearly": _("every year") if every == 1 else _("every %(n)s years") % {"n": every},
    }[row.freq]
    anchor = row.anchor_on
    days = [str(dict(WEEKDAYS)[n]) for n in sorted(row.weekdays)]
    numbers = [_("the last day") if n == -1 else _("day %(n)s") % {"n": n} for n in sorted(row.month_days, key=lambda n: (n < 0, n))]
    if row.freq == "weekly" and not days and anchor:
        days = [str(dict(WEEKDAYS)[anchor.isoweekday()])]
    if row.freq in ("monthly", "yearly") and not days and not numbers and anchor:
        numbers = [_("day %(n)s") % {"n": anchor.day}]
    which = listed([*days, *numbers])
    if row.set_pos and which:
        one = _("%(position)s %(days)s") if len(days) == 1 and not numbers else _("%(position)s of %(days)s")
        which = one % {"position": dict(POSITIONS)[row.set_pos], "days": which}
    months = row.months or ([anchor.month] if row.freq == "yearly" and anchor else [])
    told = _("%(rhythm)s on %(days)s") % {"rhythm": rhythm, "days": which} if which else rhythm
    if months:
        told = _("%(rule)s in %(months)s") % {"rule": told, "months": listed([dict(MONTHS)[n] for n in sorted(months)])}
    if anchor and every > 1:
        told = _("%(rule)s, counted from %(day)s") % {"rule": told, "day": ui.paper_day(anchor)}
    return told


def hours(seconds: float) -> str:
    """Effort as people read it: 38 h, 1.5 h."""
    value = round(seconds / 3600, 1)
    return _("%(n)s h") % {"n": f"{value:g}"}


def badged(rows: Iterable[Any]) -> list[Any]:
    """Due dates with their state as a badge, for a card."""
    found = list(rows)
    for row in found:
        state = type(row).workflow.state(row)
        row.badge = ui.state(state.kind, state.label, state.icon)
    return found
