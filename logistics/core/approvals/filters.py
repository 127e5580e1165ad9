"""What the list of approvals is filtered by."""
from __future__ import annotations

from typing import Any

import django_filters
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from logistics.core.approvals.purposes import purpose_choices
from logistics.core.filters import RecordFilters
from logistics.core.models import Approval, ApprovalRoute

PURPOSES = SimpleLazyObject(purpose_choices)  # declared later than filters are read


class ApprovalFilters(RecordFilters):
    waiting = django_filters.BooleanFilter(label=_("Waits for me"), method="only_waiting")
    decided = django_filters.BooleanFilter(label=_("Decided by me"), method="only_decided")
    asked = django_filters.BooleanFilter(label=_("Asked by me"), method="only_asked")
    state = django_filters.ChoiceFilter(label=_("State"), choices=Approval.State)
    purpose = django_filters.ChoiceFilter(label=_("What for"), choices=PURPOSES)
    quick = ((_("Waits for me"), {"waiting": "true"}, "hourglass"), (_("Asked by me"), {"asked": "true"}, "user"),
             (_("Decided by me"), {"decided": "true"}, "checkbox"), (_("To approve"), {"state": "asked"}, ""))

    class Meta:
        model = Approval
        fields: tuple[str, ...] = ()

    def only_waiting(self, rows: Any, name: str, value: bool) -> Any:
        return rows.waiting_for(self.request.user) if value else rows

    def only_decided(self, rows: Any, name: str, value: bool) -> Any:
        return rows.decided_by(self.request.user) if value else rows

    def only_asked(self, rows: Any, name: str, value: bool) -> Any:
        return rows.asked_by(self.request.user) if value else rows


class RouteFilters(RecordFilters):
    purpose = django_filters.ChoiceFilter(label=_("What for"), choices=PURPOSES)

    class Meta:
        model = ApprovalRoute
        fields: tuple[str, ...] = ()
