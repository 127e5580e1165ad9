"""Figures of papers."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

MOST_MEGABYTES = limit("core.file_megabytes", _("megabytes that one paper may have"), 20, low=1, high=200)
