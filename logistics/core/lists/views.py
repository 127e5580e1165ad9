"""The saved lists of a page: open, save, rename, share, send on, delete and bring back."""
from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from logistics.core.access import ROLES, access_of
from logistics.core.errors import Conflict
from logistics.core.lists import services
from logistics.core.lists.registry import links_of
from logistics.core.models import SavedList
from logistics.core.pages import after
from logistics.core.resources import RESOURCES, Resource


class SaveForm(forms.Form):
    """The name, and who finds it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    role = forms.ChoiceField(label=gettext_lazy("Shared with"), required=False,
                             help_text=gettext_lazy("Everybody of a role that you hold finds it; each sees only the own rows."))
    default = forms.BooleanField(label=gettext_lazy("Show it first when I open this list"), required=False)

    def __init__(self, person: Any, *args: Any, kept: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        codes = sorted(code for code in {*access_of(person).roles, kept} if code in ROLES)
        self.fields["role"].choices = [("", str(gettext_lazy("only me"))), *((code, str(ROLES[code].label)) for code in codes)]


def declared_or_404(kind: str) -> type[Resource]:
    declared = RESOURCES.get(kind)
    if declared is None:
        raise Http404
    return declared


def own(request: HttpRequest, pk: int, *, gone: bool = False) -> SavedList:
    return get_object_or_404(SavedList, pk=pk, owner_id=request.user.pk, gone_at__isnull=not gone)


def ask(request: HttpRequest, template: str, page: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {"page": page}, status=status)


@login_required
@require_safe
def menu(request: HttpRequest, kind: str) -> HttpResponse:
    """All saved lists of a page, and where the present one is kept. The present filters stand behind the address."""
    declared = declared_or_404(kind)
    url, query = reverse(declared.url_name("list")), request.GET.urlencode()
    lists = list(services.lists_for(request.user, kind).select_related("owner"))
    current = next((one for one in lists if str(one.pk) == request.GET.get("view", "")), None)
    mine = current if current and current.owner_id == request.user.pk else None
    kept = services.kept_query(query)
    page = {
        "title": _("Saved lists"), "list_url": url, "back_url": f"{url}?{query}" if query else url,
        "lists": [
            {"row": one, "url": f"{url}{one.place}", "current": one is current, "own": one.owner_id == request.user.pk,
             "role": ROLES[one.role].label if one.role in ROLES else "", "links": links_of(one, request.user)}
            for one in lists
        ],
        "changed": mine if mine and mine.query != kept else None, "update_query": kept,
        "gone": services.gone_lists(request.user, kind), "save_url": f"{reverse('core:savedlist-save', args=[kind])}?{kept}",
    }
    return ask(request, "core/lists/menu.html", page)


@login_required
def save(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the list whose query stands behind the address."""
    declared = declared_or_404(kind)
    url = reverse(declared.url_name("list"))
    form = SaveForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = services.keep(person=request.user, kind=kind, query=request.GET.urlencode(), **form.cleaned_data)
        messages.success(request, _("Saved: %(what)s") % {"what": row})
        return after(request, f"{url}{row.place}", "saved")
    page = {"title": _("Save this list"), "form": form, "submit_label": _("Save"), "action": request.get_full_path(), "cancel_url": url,
            "back_url": url, "intro": _("Filters, search, columns and order are kept under a name.")}
    return ask(request, "core/lists/save.html", page, 422 if request.method == "POST" else 200)


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The short address that is sent to a colleague: what the list holds now."""
    row = get_object_or_404(SavedList.objects.live(), pk=pk)
    declared = declared_or_404(row.kind)
    if not services.lists_for(request.user, row.kind).filter(pk=pk).exists():
        raise Http404
    return redirect(f"{reverse(declared.url_name('list'))}{row.place}")


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, other readers, shown first or not."""
    row = own(request, pk)
    url = f"{reverse(declared_or_404(row.kind).url_name('list'))}{row.place}"
    first = {"name": row.name, "role": row.role, "default": row.default}
    form = SaveForm(request.user, request.POST or None, initial=first, kept=row.role)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(row, **form.cleaned_data)
        except Conflict as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Saved: %(what)s") % {"what": row})
            return after(request, url, "saved")
    page = {"title": _("Change %(what)s") % {"what": row.name}, "form": form, "submit_label": _("Save"), "action": request.path,
            "cancel_url": url, "back_url": url, "address": request.build_absolute_uri(reverse("core:savedlist-show", args=[pk]))}
    return ask(request, "core/lists/save.html", page, 422 if request.method == "POST" else 200)


@login_required
@require_POST
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the present filters, columns and order under the name it has."""
    row = own(request, pk)
    row = services.keep(person=request.user, kind=row.kind, name=row.name, query=request.POST.get("query", ""), role=row.role,
                        default=row.default)
    messages.success(request, _("Saved: %(what)s") % {"what": row})
    return redirect(f"{reverse(declared_or_404(row.kind).url_name('list'))}{row.place}")


@login_required
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own list away; the line that says so brings it back."""
    row = own(request, pk)
    services.forget(row)
    messages.success(request, mark_safe(render_to_string("core/lists/_forgotten.html", {"row": row}, request)))
    return redirect(f"{reverse(declared_or_404(row.kind).url_name('list'))}?view=0")


@login_required
@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the deletion."""
    row = own(request, pk, gone=True)
    services.bring_back(row)
    messages.success(request, _("It is back: %(what)s") % {"what": row})
    return redirect(f"{reverse(declared_or_404(row.kind).url_name('list'))}{row.place}")
