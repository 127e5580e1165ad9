"""House figures of renewal."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

SHOWN = limit("assets.renewal_shown", _("things shown on the renewal page"), 30, low=10, high=500)
AHEAD_YEARS = limit("assets.renewal_years", _("years of the cost line of renewal"), 10, low=1, high=40)
