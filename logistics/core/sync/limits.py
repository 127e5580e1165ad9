"""Figures of work without a network."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

LONGEST_OFFLINE = limit("core.offline_hours", _("hours on a phone after which a person decides about a move"), 72, low=1, high=720)
STALE_AFTER = limit("core.stale_hours", _("hours on a phone until its own time counts no more"), 24, low=1, high=720)
MOST_SKEW = limit("core.skew_seconds", _("seconds that a phone's clock may be off"), 300, low=5, high=3600)
