"""The paper of a transfer, to be signed by both sides."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assets.models import Transfer
from assets.papers import day, pdf, thing_heads, thing_rows


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """设备调拨单 as PDF."""
    from logistics.core.pdf.report import Facts, Report, Table, heading  # the compiler is heavy: loaded when something is printed

    rows = Transfer.objects.visible_to(request.user).select_related("from_department", "to_department", "to_place", "to_keeper", "asked_by")
    row = get_object_or_404(rows, pk=pk)
    lines = list(row.lines.select_related("equipment__place"))
    received = row.state == "received"
    return pdf(
        Report(
            _("Transfer of equipment"),
            [
                Facts(
                    [
                        (_("From department"), row.from_department),
                        (_("To department"), row.to_department),
                        (_("To place"), row.to_place.place_label),
                        (_("New keeper"), row.to_keeper or "–"),
                        (_("Asked by"), row.asked_by or "–"),
                        (_("State"), Transfer.workflow.state(row).label),
                        (_("Received"), day(row.received_at)),
                        (_("Reason"), row.reason),
                        (_("Differences"), row.differences or "–"),
                    ]
                ),
                Table(
                    thing_heads(*([_("Received")] if received else [])),
                    thing_rows(lines, *([lambda line: line.received] if received else [])),
                    name=1,
                    numbers=[4, 5] if received else [4],
                ),
            ],
            number=row.number or "",
            signatures=[
                _("Head of the department that gives"),
                _("Handed over by"),
                _("Received by"),
                _("Head of the department that takes"),
            ],
            url=request.build_absolute_uri(row.get_absolute_url()),
            wide=True,
            **heading(request),
        ),
        row.number or "transfer",
    )
