"""How inspections and changes of the law read in the timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.timeline import note

note("inspected", _("recorded a passed inspection: %(scheme)s"), "certificate", "done")
note("inspection_failed", _("recorded a failed inspection: %(scheme)s"), "alert-octagon", "danger")
note("confirmed", _("confirmed the clause %(clause)s"), "eye-check", "done")
note("amended", _("changed what it asks from %(since)s on, by %(clause)s"), "pencil", "info")
