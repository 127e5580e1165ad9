"""Figures of reports, and from when on something of the floors below needs attention."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

REPORT_DAYS = limit("alerts.report_days", _("days that the files of sent reports are kept"), 30, low=1, high=3650)
CONFIRM_DAYS = limit(
    "alerts.confirm_days", _("days before the confirmed part of a calendar ends that its keeper is told"),
    60, low=1, high=400)
TOKEN_UNUSED_DAYS = limit(
    "alerts.token_unused_days", _("days after which an access token that nobody used is called stale"),
    90, low=1, high=400)
TOKEN_ENDING_DAYS = limit(
    "alerts.token_ending_days", _("days before an access token in use ends that its owner is told"),
    14, low=1, high=400)
TOKEN_IN_USE_DAYS = limit(
    "alerts.token_in_use_days", _("days within which an access token was used to count as in use"),
    30, low=1, high=400)
