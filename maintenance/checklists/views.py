"""The editor of a checklist: its draft as a list that can be changed, and how it will look on the phone."""
from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.pages import move_buttons
from maintenance.checklists import services
from maintenance.checklists.asking import consequences, limits_of, question
from maintenance.models import Checklist, ChecklistItem


def _check(person: Any) -> None:
    if not access_of(person).has("maintenance.checklist:change"):
        raise NotAllowed(_("You may not change this: %(what)s.") % {"what": Checklist._meta.verbose_name})


@login_required
def items(request: HttpRequest, pk: int) -> HttpResponse:
    """The items of the draft in their order; a draft begins with the items in force."""
    person: Any = request.user
    checklist = get_object_or_404(Checklist.objects.visible_to(person), pk=pk)
    _check(person)
    draft = services.draft_of(checklist) if request.method == "POST" else checklist.draft
    if request.method == "POST":
        return redirect("maintenance:checklist-items", pk)
    rows = list(draft.items.all()) if draft else []  # type: ignore[attr-defined]
    by_key = {row.key: row for row in rows}
    return render(request, "maintenance/checklists/items.html", {
        "page": {"title": checklist.name}, "checklist": checklist, "draft": draft, "current": checklist.current,
        "lines": [{"item": row, "limits": limits_of(row), "then": consequences(row), "after": by_key.get(row.show_if_key),
                   "asked": question(row)} for row in rows],
        "publish": next((move for move in move_buttons(draft, person) if move["name"] == "publish"), None) if draft else None,
        "add_url": f"{reverse('maintenance:checklistitem-add')}?version={draft.pk}" if draft else "",
    })


@login_required
@require_POST
def change_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item up, down or out of the draft."""
    person: Any = request.user
    item = get_object_or_404(ChecklistItem.objects.visible_to(person).select_related("version"), pk=pk)
    _check(person)
    act = request.POST.get("act", "")
    if act in ("up", "down"):
        services.move_item(item, up=act == "up")
    elif act == "remove":
        services.remove_item(item)
    return redirect("maintenance:checklist-items", item.version.checklist_id)
