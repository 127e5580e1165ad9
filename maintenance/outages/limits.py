"""Figures of outages."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

NOTICE_HOURS = limit("maintenance.notice_hours", _("hours before a planned outage by which people are told"), 24, high=720)
