"""The drawing of a plan, and setting pins on it."""
from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics.campus.models import FloorPlan, Pin
from logistics.campus.plans import services
from logistics.campus.plans.forms import PinForm
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.pages import add_errors


def _plan(request: HttpRequest, pk: int, change: bool = False) -> FloorPlan:
    plan = get_object_or_404(FloorPlan.objects.visible_to(request.user).select_related("place"), pk=pk)
    if change and not access_of(request.user).may("campus.floorplan:change", plan):
        raise NotAllowed(_("You may not change this plan."))
    return plan


@login_required
@require_safe
def image(request: HttpRequest, pk: int) -> FileResponse:
    """The drawing, to whoever may see the plan."""
    path = Path(settings.MEDIA_ROOT) / _plan(request, pk).file
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="plan-{pk}.jpg"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pins(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what to pin, click where it is; what is pinned already moves there."""
    plan = _plan(request, pk, change=True)
    form = PinForm(request.POST or None, person=request.user, plan=plan)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            pin = services.set_pin(plan=plan, target=data["target"], x=float(data["x"]) / 100, y=float(data["y"]) / 100)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Pinned: %(what)s") % {"what": pin.label})
            return redirect("campus:plan-pins", pk)
    spots = services.spots_of(plan, request.user)
    page = {
        "title": _("Pins of %(place)s") % {"place": plan.place},
        "crumbs": [
            {"label": _("Floor plans"), "url": reverse("campus:floorplan-list")}, {"label": str(plan), "url": plan.get_absolute_url()},
        ],
    }
    context = {"page": page, "plan": plan, "spots": spots, "r": services.size_of(plan), "form": form}
    return render(request, "campus/pins.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def unpin(request: HttpRequest, pk: int, pin: int) -> HttpResponse:
    """Take a pin off."""
    plan = _plan(request, pk, change=True)
    row = get_object_or_404(Pin, pk=pin, plan=plan)
    row.delete()
    messages.success(request, _("Taken off: %(what)s") % {"what": row.label})
    return redirect("campus:plan-pins", pk)
