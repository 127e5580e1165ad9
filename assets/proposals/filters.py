"""What the list of proposals is filtered by."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from assets.models import RenewalProposal
from assets.proposals.workflow import FLOW
from logistics.core.filters import RecordFilters


class ProposalFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=[(state.code, state.label) for state in FLOW.states])
    year = django_filters.NumberFilter(label=_("Planned year"))
    quick = ((_("Handed in"), {"state": "handed_in"}, "send"),)

    class Meta:
        model = RenewalProposal
        fields: tuple[str, ...] = ()
