"""How taking away reads in the timeline of the thing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.timeline import note

note("taken_out", _("took it away for service"), "truck", "late")
