"""The paper of a disposal, with what the appraisers said."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assets.models import Disposal
from assets.papers import day, pdf, thing_heads, thing_rows
from logistics.core.templatetags import ui


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """设备报废处置单 as PDF."""
    from logistics.core.pdf.report import Facts, Report, Table, heading  # the compiler is heavy: loaded when something is printed

    row = get_object_or_404(Disposal.objects.visible_to(request.user).select_related("department", "asked_by"), pk=pk)
    lines = list(row.lines.select_related("equipment__place"))
    said = list(row.appraisals.select_related("person__department"))
    return pdf(
        Report(
            _("Disposal of equipment"),
            [
                Facts(
                    [
                        (_("Department"), row.department),
                        (_("How it goes"), row.get_way_display()),
                        (_("Asked by"), row.asked_by or "–"),
                        (_("Cost when bought (yuan)"), ui.number(row.cost) or "–"),
                        (_("Received for it (yuan)"), ui.number(row.residual_value) or "–"),
                        (_("Taken away on"), day(row.executed_on)),
                        (_("Receipt number"), row.receipt_no or "–"),
                        (_("Reference of the finance office"), row.finance_ref or "–"),
                        (_("Reason"), row.reason),
                    ]
                ),
                Table(
                    thing_heads(_("In use since"), _("Cost (yuan)")),
                    thing_rows(lines, lambda line: day(line.equipment.commissioned_on), lambda line: ui.number(line.cost) or "–"),
                    name=1,
                    numbers=[4, 6],
                    title=_("What goes"),
                ),
                Table(
                    [_("Appraised by"), _("Department"), _("Verdict"), _("Note"), _("Day")],
                    [
                        [one.person, one.person.department or "–", one.get_verdict_display(), one.note or "–", day(one.at)]
                        for one in said
                    ],
                    title=_("Appraisals"),
                    roomy=[3],
                ),
            ],
            number=row.number or "",
            signatures=[_("First appraiser"), _("Second appraiser"), _("Head of department"), _("Asset officer"), _("Finance office")],
            url=request.build_absolute_uri(row.get_absolute_url()),
            wide=True,
            **heading(request),
        ),
        row.number or "disposal",
    )
