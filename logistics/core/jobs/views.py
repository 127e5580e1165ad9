"""The live part of a job's page, and its file."""
from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from logistics.core.jobs.resources import Jobs, card
from logistics.core.pages import move_buttons
from logistics.core.sheets import CONTENT_TYPES


@login_required
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is. When the work has ended, the page around it is asked for again, once."""
    job = get_object_or_404(Jobs.rows(request.user).select_related("owner"), pk=pk)
    response = render(request, "core/jobs/_progress.html", {"progress": card(job), "moves": move_buttons(job, request.user)})
    if job.ended:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> FileResponse:
    """What the work made, to whoever started it: it holds what that person may see."""
    job = get_object_or_404(Jobs.rows(request.user), pk=pk, owner_id=request.user.pk)
    path = Path(settings.MEDIA_ROOT) / job.file
    if not job.file or not path.is_file():
        raise Http404(_("The file is not kept any more."))
    response = FileResponse(path.open("rb"), as_attachment=True, filename=job.file_name,
                            content_type=CONTENT_TYPES.get(path.suffix, "application/octet-stream"))
    response["Cache-Control"] = "private, no-store"
    return response
