"""Figures of reports."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

REPORT_DAYS = limit("alerts.report_days", _("days that the files of sent reports are kept"), 30, low=1, high=3650)
