"""Figures of custody and use."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

IDLE_DAYS = limit("assets.idle_days", _("days without use after which equipment counts as idle"), 180, low=7, high=3650)
