"""Cards and inbox lines: today's rounds, rounds at a place or thing, what waits for a signature."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.publishing import Waiting, inbox, widget
from maintenance.models import PointVisit, Round
from maintenance.rounds.workflow import ROUNDS, SAFETY, role_to_sign

MOST = 6


@widget("maintenance.rounds_today", "home", _("Rounds today"), order=15, permission="maintenance.round:view")
def today(request: Any, record: Any = None) -> str:
    """What is walked today: missed and late ones first, then those under way, then what is still to come."""
    rows = list(
        Round.objects.visible_to(request.user).today().exclude(state="void").select_related("inspector").order_by("window_to", "pk")[:120]
    )
    if not rows:
        return ""
    now = clock.now()
    missed = [row for row in rows if row.state == "missed"]
    live = [row for row in rows if row.state in ("due", "started")]
    shown = [*missed, *(row for row in live if row.window_from <= now), *(row for row in live if row.window_from > now)][:MOST]
    return render_to_string(
        "maintenance/rounds/_today.html",
        {
            "lines": [{"walk": row, "state": ROUNDS.state(row)} for row in shown],
            "all": len(rows),
            "missed": len(missed),
            "left": len(live),
            "done": len(rows) - len(missed) - len(live),
            "url": f"{reverse('maintenance:round-list')}?today=true",
        },
    )


@widget("maintenance.rounds_equipment", "record:assets.Equipment", _("Rounds"), order=30)
def of_equipment(request: Any, record: Any = None) -> str:
    """When somebody last stood before it."""
    visits = PointVisit.objects.filter(equipment=record, round__in=Round.objects.visible_to(request.user)).select_related("round", "by")
    rows = list(visits.order_by("-pk")[:3])
    return render_to_string("maintenance/rounds/_visits.html", {"visits": rows}) if rows else ""


@inbox("maintenance.sign_rounds", _("Rounds to sign"), icon="signature", order=25)
def to_sign(person: Any, limit: int) -> Any:
    """Submitted rounds that ask for this person's signature, or for a review."""
    access = access_of(person)
    safety = not access.roles.isdisjoint(SAFETY)
    rows = Round.objects.visible_to(person).filter(state__in=["submitted", "countersigned"]).exclude(submitted_by=person)
    for walk in rows.select_related("place__department").order_by("submitted_at")[: 4 * limit]:
        asked = walk.frozen.get("signatures")
        if (walk.state == "submitted" and asked and role_to_sign(walk, person)) or (
            safety and (walk.state == "countersigned" or not asked)
        ):
            yield Waiting(walk.title, walk.get_absolute_url(), f"{walk.number} · {walk.place_label}", walk.submitted_at)
            limit -= 1
            if limit <= 0:
                return
