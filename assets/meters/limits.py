"""House figures of meters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

USE_AFTER_DAYS = limit("assets.meter_use_after_days", _("days after which a reading of running hours is noted as use"), 1, low=0, high=60)
