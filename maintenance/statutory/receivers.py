"""What statutory rounds hear: rounds handed in, dangers gone, sheets signed, places and things that changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, SchemeInterval, SchemeRule
from logistics.campus.models import Place
from logistics.core.tasks import hand_over
from logistics.core.timeline import note
from maintenance.following import follows_finding, follows_round, follows_sheet
from maintenance.rounds import duties
from maintenance.statutory import services

note("arose", _("arose from what the law asks"), "gavel")
ASKED_SECONDS = 10
LATER_SECONDS = ASKED_SECONDS + 2  # asking is open again before the run begins: no change falls between the two


@follows_round("maintenance.statutory")
def round_went_on(walk: Any, move: str, *, by: Any, at: datetime) -> None:
    """What it found is written back first; then its duty may be done."""
    if move == "submitted":
        services.write_back(walk, by=by)
    if walk.route.scheme_id and move == ("countersigned" if walk.frozen.get("signatures") else "submitted"):
        duties.fulfilled(walk, by=by, at=walk.submitted_at or at)


@follows_finding("maintenance.statutory")
def danger_went(finding: Any, move: str, *, by: Any, at: datetime) -> None:
    services.danger_gone(finding, by=by, at=at)


@follows_sheet("maintenance.statutory")
def sheet_stands(sheet: Any, move: str, *, by: Any, at: datetime) -> None:
    services.sheet_signed(sheet, by=by, at=at)


def changed(sender: Any, instance: Any, **_more: Any) -> None:
    """After a place, a thing or the law has changed the rounds follow at once; many changes in a row ask once."""
    transaction.on_commit(ask, robust=True)


def ask() -> None:
    from maintenance.statutory.tasks import sync_statutory_rounds

    if cache.add("maintenance.statutory.asked", 1, ASKED_SECONDS):
        hand_over(sync_statutory_rounds, countdown=LATER_SECONDS)


for _sender in (Place, Equipment, SchemeInterval, SchemeRule):
    post_save.connect(changed, sender=_sender, dispatch_uid=f"maintenance.statutory.{_sender.__name__}")
