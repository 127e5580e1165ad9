"""Figures of labels."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

SCAN_DAYS = limit("campus.scan_days", _("days for which scans of labels are kept"), 180, low=7, high=3650)
DEAD_SCANS = limit("campus.dead_scans", _("scans an hour of labels that lead nowhere, by guests from one source"), 60, low=1)
