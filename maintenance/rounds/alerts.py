"""What of rounds calls people: those that were missed, and those that wait for a signature."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import alert_kind
from logistics.alerts.messages import message
from logistics.alerts.registries import on_deadline
from logistics.core.workflow import perform
from maintenance.following import follows_round
from maintenance.models import Round
from maintenance.rounds import duties
from maintenance.rounds.services import OVER

alert_kind("maintenance.round_missed", _("Round missed: %(title)s, %(place)s"), 3, roles="safety_officer team_leader facilities_manager")
message("maintenance.round_to_sign", _("To sign: %(title)s"), _("%(number)s at %(place)s was submitted."), icon="signature")
message("maintenance.round_yours", _("Your round: %(title)s"), _("%(number)s at %(place)s."), icon="route")


@on_deadline(OVER)
def window_over(deadline: Any, walk: Round) -> None:
    """What was not submitted by the end of its window is missed, and stays so."""
    if walk.state in ("due", "started"):
        perform(walk, "miss", by=None)


duties.declare()


@follows_round("maintenance.duties")
def evidence(walk: Round, move: str, *, by: Any, at: datetime) -> None:
    """The duty is done when the round is submitted, or, where others sign it, with the last signature (the law's own: receivers)."""
    if walk.route.scheme_id is None and move == ("countersigned" if walk.frozen.get("signatures") else "submitted"):
        duties.fulfilled(walk, by=by, at=walk.submitted_at or at)
