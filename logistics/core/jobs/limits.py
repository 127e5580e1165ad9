"""Figures of long work."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

FILES_KEPT = limit("core.result_days", _("days that the files of finished work are kept"), 30, low=1, high=3650)
