"""House figures of certificates."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

FIRST_DAYS = limit("assets.certificate_first_days", _("days before a certificate ends: first alert"), 60, low=1, high=400)
SECOND_DAYS = limit("assets.certificate_second_days", _("days before a certificate ends: second alert"), 30, low=1, high=400)
LAST_DAYS = limit("assets.certificate_last_days", _("days before a certificate ends: last alert"), 7, low=1, high=400)
