"""Figures by which rounds are judged (facilities.md 5.9)."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

FASTEST = limit("maintenance.round_fastest", _("fastest way between two points of a round (decimetres a second)"), 30, low=5, high=200)
BACKFILL_MIN = limit("maintenance.round_backfill", _("minutes after which an entry of a round counts as late"), 120, low=5, high=10_080)
