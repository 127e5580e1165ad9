"""Saving and forgetting a list."""
from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from logistics.core.access import ROLES, access_of
from logistics.core.lists.services import keep
from logistics.core.models import SavedList
from logistics.core.pages import after
from logistics.core.resources import RESOURCES


class SaveForm(forms.Form):
    """The name, and who finds it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    role = forms.ChoiceField(label=gettext_lazy("Shared with"), required=False,
                             help_text=gettext_lazy("Everybody of a role that you hold finds it; each sees only the own rows."))
    default = forms.BooleanField(label=gettext_lazy("Show it first when I open this list"), required=False)

    def __init__(self, person: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        held = [(code, str(ROLES[code].label)) for code in sorted(access_of(person).roles) if code in ROLES]
        self.fields["role"].choices = [("", str(gettext_lazy("only me"))), *held]  # type: ignore[attr-defined]


@login_required
def save(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the list whose query stands behind the address."""
    declared = RESOURCES.get(kind)
    if declared is None:
        raise Http404
    url = reverse(declared.url_name("list"))
    query = request.GET.urlencode()
    form = SaveForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = keep(person=request.user, kind=kind, query=query, **form.cleaned_data)
        return after(request, f"{url}?{row.query}&view={row.pk}" if row.query else f"{url}?view={row.pk}", "saved")
    page = {"title": _("Save this list"), "form": form, "submit_label": _("Save"), "action": request.get_full_path(), "cancel_url": url,
            "back_url": url}
    layout = "fragment.html" if request.htmx else "base.html"  # type: ignore[attr-defined]
    return render(request, "core/lists/save.html", {"layout": layout, "page": page}, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own list away."""
    row = get_object_or_404(SavedList, pk=pk, owner_id=request.user.pk)
    row.delete()
    return redirect(f"{reverse(RESOURCES[row.kind].url_name('list'))}?view=0")
