"""House figures of proposals."""

from django.utils.translation import gettext_lazy as _

from logistics.core.limits.declared import limit

OFFERED = limit("assets.proposal_offered", _("items offered when renewals are proposed"), 120, low=10, high=500)
EVENTS = limit("assets.proposal_failures", _("failures listed as evidence of each thing"), 5, low=1, high=20)
PICTURES = limit("assets.proposal_photos", _("photos kept as evidence of each thing"), 2, low=0, high=8)
