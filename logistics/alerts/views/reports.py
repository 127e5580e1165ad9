"""What one person got of a report, its file, and the way out."""
from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from logistics.alerts.models import ReportParcel
from logistics.alerts.services import reports
from logistics.core.resources import RESOURCES
from logistics.core.sheets import CONTENT_TYPES


def own(request: HttpRequest, pk: int) -> ReportParcel:
    rows = ReportParcel.objects.select_related("run__schedule__owner", "run__schedule__saved")
    return get_object_or_404(rows, pk=pk, person_id=request.user.pk, state="sent")


@login_required
@require_safe
def parcel(request: HttpRequest, pk: int) -> HttpResponse:
    """One report as it was sent to the person."""
    row = own(request, pk)
    report, saved = row.run.schedule, row.run.schedule.saved
    declared = RESOURCES.get(saved.kind) if saved else None
    page = {
        "title": report.name, "parcel": row, "report": report, "kept": bool(row.file),
        "list_url": f"{reverse(declared.url_name('list'))}?{saved.query}" if declared and saved else "",
        "leave_url": reverse("report-leave", args=[reports.leaving_token(report.pk, row.person_id)]), "back_url": reverse("notifications"),
    }
    return render(request, "alerts/report_parcel.html", {"page": page})


@login_required
@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file, to whom it was made for."""
    row = own(request, pk)
    path = Path(settings.MEDIA_ROOT) / row.file
    if not row.file or not path.is_file():
        raise Http404(_("The file is not kept any more."))
    response = FileResponse(path.open("rb"), as_attachment=True, filename=row.file_name,
                            content_type=CONTENT_TYPES.get(path.suffix, "application/pdf"))
    response["Cache-Control"] = "private, no-store"
    return response


@csrf_exempt  # the signed address is the permission: mail programs post to it without a page of ours
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """"Send me this no more", from a mail, without signing in; and back again."""
    found = reports.by_token(token)
    if found is None:
        raise Http404
    report, person = found
    if request.method == "POST":
        (reports.come_back if request.POST.get("again") else reports.leave)(report, person)
        return redirect("report-leave", token=token)
    page = {"title": _("Reports by e-mail"), "report": report, "left": report.left.filter(pk=person.pk).exists()}
    return render(request, "alerts/report_leave.html", {"page": page})
