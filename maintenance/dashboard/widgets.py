"""The way to the dashboard."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.menu import item
from maintenance.widgets import LEADERS

item("maintenance.facilities", "data", 5, _("Facilities"), "chart-bar", "maintenance:facilities", roles=LEADERS)
