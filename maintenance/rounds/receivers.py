"""What rounds answer to plans, and how their beginning reads in the timeline."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.timeline import note
from maintenance.rounds import planned

__all__ = ["planned"]  # opened with this room: it makes the rounds of plans

note("drawn_up", _("drew up the round"), "route")
