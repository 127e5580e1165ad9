"""Figures of outages."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

NOTICE_HOURS = limit("maintenance.notice_hours", _("hours before a planned outage by which people are told"), 24, high=720)
QUICK_MIN = limit("maintenance.outage_quick_minutes", _("minutes by which the outage desk extends with one tap"), 30, low=5, high=600)
EARLIER_MIN = limit("maintenance.outage_earlier_minutes", _("minutes before an outage from which reports may be about it"), 60, high=1440)
