"""Figures of stops."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

STRIP_DAYS = limit("assets.strip_days", _("days that the availability strip shows"), 30, low=7, high=120)
