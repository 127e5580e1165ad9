"""Figures of the register."""
from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

DEAR = limit("assets.dear_percent", _("repairs of a thing that count as dear, in percent of a new one"), 50, low=1, high=1000)
