"""What was answered about an order, on its page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from logistics.core.publishing import widget
from maintenance.checklists.views import lines_of
from maintenance.models import ChecklistRun


@widget("maintenance.order_checklists", "record:maintenance.WorkOrder", _("Checklists"), order=15)
def of_order(request: Any, record: Any = None) -> str:
    runs = list(ChecklistRun.objects.filter(order=record).select_related("version__checklist"))
    return (
        render_to_string("maintenance/checklists/_answered.html", {"runs": [{"run": run, "lines": lines_of(run)} for run in runs]})
        if runs
        else ""
    )
