"""Reading a meter off, replacing its counter, declaring a reading wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assets.meters import services
from assets.meters.charts import amount
from assets.meters.forms import ReadForm, ReplaceForm, VoidForm
from assets.meters.models import Meter, MeterReading
from assets.views import ask
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.idempotency import once
from logistics.core.pages import add_errors, after, client_uid


def allowed(request: HttpRequest, permission: str, record: Any) -> None:
    if not access_of(request.user).may(permission, record):
        raise NotAllowed(_("You may not do this."), [])


def act(
    request: HttpRequest, meter: Meter, form: Any, title: str, label: str, do: Callable[[dict[str, Any]], Any], danger: bool = False
) -> HttpResponse:
    """Ask, do it once, go back to the meter, or to the page that sent here (`next`)."""
    back = request.POST.get("next", "") or request.GET.get("next", "")
    back = back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            once(client_uid(request), request.user, [request.path, data], lambda: do(data))
            messages.success(request, _("Entered: %(what)s") % {"what": meter})
            return after(request, back or meter.get_absolute_url(), "meter")
        except ValidationError as error:
            add_errors(form, error)
    return ask(request, meter, form, title, label, danger, back)  # type: ignore[arg-type]


def meter_of(request: HttpRequest, pk: int) -> Meter:
    rows = Meter.objects.visible_to(request.user).select_related("equipment__place", "equipment__department")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what the counter shows; an unlikely value is asked about."""
    meter = meter_of(request, pk)
    if not Meter.objects.readable_by(request.user).filter(pk=pk).exists():
        raise NotAllowed(_("You may not do this."), [])
    last = MeterReading.objects.valid().filter(meter=meter).order_by("-read_at").first()
    form = ReadForm(request.POST or None, person=request.user, record=meter)
    if last is not None:
        form.fields["value"].help_text = _("Last read: %(value)s") % {"value": amount(last.value, meter)}
    return act(request, meter, form, str(meter), _("Save"), lambda data: services.read(meter=meter, by=request.user, **data))


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Another counter is fitted; what was counted goes on."""
    meter = meter_of(request, pk)
    allowed(request, "assets.meter:change", meter)
    form = ReplaceForm(request.POST or None, person=request.user, record=meter)

    def do(data: dict[str, Any]) -> Meter:
        services.replace_meter(meter=meter, by=request.user, **data)
        return meter

    return act(request, meter, form, _("Replace the counter of %(meter)s") % {"meter": meter}, _("Replace"), do)


@login_required
@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a reading wrong, with the reason."""
    rows = MeterReading.objects.visible_to(request.user).select_related("meter__equipment__place", "meter__equipment__department")
    row = get_object_or_404(rows, pk=pk)
    allowed(request, "assets.meter:void", row.meter)
    form = VoidForm(request.POST or None, person=request.user, record=row)

    def do(data: dict[str, Any]) -> MeterReading:
        services.void_reading(reading=row, by=request.user, **data)
        return row

    return act(
        request, row.meter, form, _("Void the reading %(value)s?") % {"value": amount(row.value, row.meter)}, _("Void it"), do, danger=True
    )
