"""The bell: how many notices a person has not read; and what a person has to do, in the menu, at home, among what waits."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from logistics.alerts.duties import DUTIES
from logistics.alerts.models import Notification, Obligation, Silence
from logistics.alerts.views.duties import JOINS, SOON, line
from logistics.core import clock, menu
from logistics.core.context import SHELL
from logistics.core.publishing import Waiting, inbox, widget

MOST = 100  # the bell says 99+


def unread(person: Any) -> int:
    """One bounded count on a partial index."""
    return Notification.objects.visible_to(person).unread()[:MOST].count()


SHELL.add("unread", unread)


# duties --------------------------------------------------------------------------------------------------------------
def to_do(person: Any) -> tuple[int, str]:
    """The number in the menu: what this person has to do now; amber when something is overdue or due within 4 hours."""
    due = list(Obligation.objects.mine(person).live().order_by("due_at").values_list("due_at", flat=True)[:MOST])
    return len(due), "is-hot" if due and due[0] <= clock.now() + SOON else ""


# every `alerts` room is open by now: whoever a declared duty asks finds the page in the menu
menu.item(
    "alerts.duties", "", 10, _("Today's duties"), "clipboard-check", "alerts:duties", count=to_do, permission="alerts.obligation:view",
    roles=" ".join(sorted({duty.role for duty in DUTIES})),
)


@inbox("alerts.duties", _("Duties to do"), icon="clipboard-check", order=15)
def waiting_duties(person: Any, limit: int) -> Iterator[Waiting]:
    """What one's own roles have to do now, the most urgent first."""
    now = clock.now()
    for row in Obligation.objects.mine(person).live().select_related(*JOINS).order_by("due_at", "pk")[:limit]:
        shown = line(row, now, act=False)
        yield Waiting(row.title, row.get_absolute_url(), f"{shown.state[1]} · {row.subject}" if row.subject else shown.state[1], row.due_at,
                      late=row.due_at <= now)


@widget("alerts.duties_soon", "home", _("Due in 4 hours"), order=5, permission="alerts.obligation:view")
def duties_soon(request: Any, record: Any = None) -> str:
    """What is overdue or becomes so within 4 hours, in everything this person oversees."""
    now = clock.now()
    soon = Obligation.objects.visible_to(request.user).filter(state__in=["scheduled", "open", "overdue"])
    rows = soon.filter(due_at__lte=now + SOON, due_at__gte=now - timedelta(days=7))
    lines = [line(row, now, act=False) for row in rows.select_related(*JOINS).order_by("due_at", "pk")[:8]]
    return render_to_string("alerts/_duties_soon.html", {"lines": lines}) if lines else ""


# places --------------------------------------------------------------------------------------------------------------
@widget("alerts.kept_quiet", "record:campus.Place", _("Kept quiet"), order=20, permission="alerts.silence:view")
def kept_quiet(request: Any, record: Any = None) -> str:
    """Silences and works windows in force at a place, so that nobody wonders why it is so quiet there."""
    rows = Silence.objects.visible_to(request.user).in_force().filter(place__in=record.ancestors)
    found = list(rows.select_related("place", "by").order_by("during")[:5])
    return render_to_string("alerts/_kept_quiet.html", {"rows": found}) if found else ""
