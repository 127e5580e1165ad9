"""Figures of imports."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

FILES_KEPT = limit("core.import_days", _("days that imported files are kept"), 90, low=1, high=3650)
