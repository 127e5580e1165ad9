"""Figures of custody and use."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

USE_DAYS = limit("assets.use_days", _("days over which the page of a thing tells how much it is used"), 30, low=1, high=366)
IDLE_DAYS = limit("assets.idle_days", _("days without use after which equipment counts as idle"), 180, low=7, high=3650)
