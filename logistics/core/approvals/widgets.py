"""Where approvals show up: the menu with its count, and what waits on the home page."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.core.access import access_of
from logistics.core.approvals import cards, deciding
from logistics.core.menu import item
from logistics.core.models import Approval
from logistics.core.publishing import Waiting, inbox
from logistics.core.templatetags import ui


def waiting_count(person: Any) -> tuple[int, str]:
    return Approval.objects.waiting_for(person).order_by().values("pk")[:100].count(), "is-hot"


item("approvals", "", 5, _("Approvals"), "checkbox", "approvals", test=deciding.is_approver, count=waiting_count, badge=True)


@inbox("core.approvals", _("To approve"), icon="checkbox", order=5)
def to_approve(person: Any, limit: int) -> Any:
    """What waits for this person's approval."""
    if not deciding.is_approver(access_of(person)):
        return
    rows = list(Approval.objects.waiting_for(person).select_related("asked_by").order_by("asked_at")[:limit])
    records = cards.records_of(rows)
    for row in rows:
        meta = " · ".join(filter(None, [row.purpose_label, ui.money(row.amount), row.asked_by.name]))
        yield Waiting(cards.title_of(row, records.get((row.kind, row.object_id))), row.get_absolute_url(), meta, row.asked_at)
