"""Figures of the use of rooms."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

IDLE_PERCENT = limit("campus.idle_percent", _("per cent of bookable time below which a room is called idle"), 10, low=0, high=100)
IDLE_WEEKS = limit("campus.idle_weeks", _("teaching weeks over which idle rooms are looked for"), 8, low=1, high=40)
