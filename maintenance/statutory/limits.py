"""House figures of rounds that arise from the law."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

EARLY_PERCENT = limit(
    "maintenance.statutory_early_percent",
    _("part of the interval before the due day in which a statutory round may be walked (%)"),
    33,
    low=0,
    high=90,
)
