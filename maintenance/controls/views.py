"""A control sheet on paper."""
from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from maintenance.controls.models import ControlSheet


@login_required
def sheet_paper(request: HttpRequest, pk: int) -> HttpResponse:
    from logistics.core.pdf.report import heading  # the compiler is heavy: loaded when something is printed
    from maintenance.controls.papers import paper

    sheet = get_object_or_404(ControlSheet.objects.visible_to(request.user).select_related("category"), pk=pk)
    response = HttpResponse(paper(sheet, heading(request)["school"]), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="control-{sheet.kind}-{sheet.first_on:%Y%m%d}.pdf"'
    return response
