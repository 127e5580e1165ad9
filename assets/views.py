"""Locking a thing and lifting a lock."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assets import facts, services
from assets.forms import LiftForm, LockForm
from assets.models import Equipment, EquipmentCategory, UseLock
from logistics.core.idempotency import once
from logistics.core.pages import add_errors, client_uid


def ask(request: HttpRequest, thing: Equipment, form: Any, title: str, label: str, danger: bool) -> HttpResponse:
    page = {
        "title": title,
        "record": thing,
        "form": form,
        "submit_label": label,
        "danger": danger,
        "action": request.path,
        "cancel_url": thing.get_absolute_url(),
        "client_uid": client_uid(request) or str(uuid.uuid4()),
        "next": "",
        "enctype": "",
        "why": "",
    }
    layout = "fragment.html" if request.htmx else "base.html"  # type: ignore[attr-defined]
    return render(request, "core/move.html", {"layout": layout, "page": page, "record": thing}, status=422 if form.is_bound else 200)


def visible(request: HttpRequest, pk: int) -> Equipment:
    return get_object_or_404(Equipment.objects.visible_to(request.user).select_related("place", "department"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock or restrict a thing by hand, with a reason that everybody reads."""
    thing = visible(request, pk)
    services.check_role(thing, services.MAY_LOCK, request.user, _("You may not lock this."))
    form = LockForm(request.POST or None, person=request.user, record=thing)
    if request.method == "POST" and form.is_valid():
        once(
            client_uid(request),
            request.user,
            ["lock", pk, form.cleaned_data],
            lambda: services.open_lock(equipment=thing, by=request.user, **form.cleaned_data),
        )
        return redirect(thing)
    return ask(request, thing, form, _("Lock %(name)s?") % {"name": thing}, _("Lock"), True)


@login_required
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift one lock, unless its cause stands."""
    row = get_object_or_404(UseLock.objects.visible_to(request.user).select_related("equipment__place", "equipment__department"), pk=pk)
    services.check_role(row.equipment, services.MAY_LIFT, request.user, _("You may not lift this lock."))
    form = LiftForm(request.POST or None, person=request.user, record=row)
    if request.method == "POST" and form.is_valid():
        try:
            once(
                client_uid(request),
                request.user,
                ["lift", pk, form.cleaned_data],
                lambda: services.lift_lock(lock=row, by=request.user, **form.cleaned_data),
            )
            return redirect(row.equipment)
        except ValidationError as error:
            add_errors(form, error)
    return ask(request, row.equipment, form, _("Lift this lock: %(reason)s") % {"reason": row.reason}, _("Lift the lock"), False)


@login_required
@require_http_methods(["GET"])
def facts_of_category(request: HttpRequest) -> HttpResponse:
    """The controls for the technical facts of the category that was just chosen in the form."""
    text = request.GET.get("category", "")
    category = EquipmentCategory.objects.visible_to(request.user).filter(pk=text).first() if text.isdecimal() and len(text) < 19 else None
    widget = facts.FactsWidget()
    widget.definitions = facts.Definitions().of(category)
    return render(request, widget.template_name, widget.get_context("attributes", {}, None))
