"""The editor of a checklist: its draft as a list that can be changed, and how it will look on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from logistics.core import resources
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.pages import client_uid, move_buttons
from logistics.core.photos import clean_photos
from logistics.core.sync.pages import waits
from maintenance.checklists import services
from maintenance.checklists.asking import consequences, limits_of, question
from maintenance.checklists.metering import stood
from maintenance.models import Checklist, ChecklistItem, ChecklistRun, ItemAnswer, WorkOrder


@dataclass(frozen=True)
class Refused:
    """An answer that was not taken: at which question, what was typed, why; an unlikely one may be confirmed."""

    item: str
    value: str
    words: str
    confirmable: bool

    @classmethod
    def of(cls, refusal: ValidationError, item: str, value: str) -> Refused:
        return cls(str(item), value, " ".join(refusal.messages), getattr(refusal, "code", "") == "unlikely")


@dataclass(frozen=True)
class Asked:
    """One question of a run with the answer that counts."""

    asked: Any
    answer: ItemAnswer | None
    photos: int

    @property
    def words(self) -> str:
        return self.answer.item.words_of(self.answer.value) if self.answer else ""


def lines_of(run: ChecklistRun) -> list[Asked]:
    """What is asked in a run, after what was answered so far."""
    given = services.newest_answers(run)
    photos = services.photos_of_answers(list(given.values()))
    asked = services.items_asked(run, given)
    meters = stood((run.equipment_id, item) for item in asked)
    lines = []
    for item in asked:
        answer = given.get(item.key)
        shown = len(photos.get(answer.pk, ())) if answer else 0
        lines.append(Asked(question(item, meters.get((run.equipment_id or 0, item.quantity))), answer, shown))
    return lines


def run_card(run: ChecklistRun, order: WorkOrder, refused: Refused | None = None) -> dict[str, Any]:
    """The checklist of an order for its page on the phone."""
    answers = waits(order, "maintenance.answer", _("Answer"), photo=_("Photo of an answer"))
    record = f'data-record="maintenance.workorder:{order.pk}"'
    lines = lines_of(run)
    return {
        "run": run,
        "lines": lines,
        "open": order.state in ("accepted", "in_progress", "on_hold"),
        "error": refused.words if refused and not any(str(line.asked.item.pk) == refused.item for line in lines) else "",
        "refused": refused,
        "waits": mark_safe(str(answers).replace(record, 'data-record="maintenance.itemanswer:new"')),
        "left": sum(1 for line in lines if line.answer is None and line.asked.item.required),
    }


@login_required
@require_POST
def order_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer to the checklist of an order, by whoever works on it."""
    person: Any = request.user
    orders = WorkOrder.objects.visible_to(person).filter(
        Q(lead=person) | Q(assignments__person=person, assignments__released_at__isnull=True)
    )
    run = get_object_or_404(ChecklistRun.objects.select_related("version__checklist", "order"), pk=pk, order__in=orders.values("pk"))
    order: Any = run.order
    item = run.version.items.filter(pk=request.POST.get("item", "0") if request.POST.get("item", "").isdigit() else 0).first()
    refused = None
    try:
        if item is None:
            raise ValidationError(_("This item does not belong to the checklist."))
        photos, key = clean_photos(request.FILES.getlist("photos")), client_uid(request)
        data = {"value": request.POST.get("value", ""), "note": request.POST.get("note", "")}

        def act() -> Any:
            return services.answer(
                run=run, item=item, by=person, photos=photos, client_uid=key, late=order.state in ("done", "closed"),
                confirmed=bool(request.POST.get("confirmed")), **data,
            )

        resources.once(key, person, ["order answer", pk, item.pk, data], act)
    except ValidationError as refusal:
        refused = Refused.of(refusal, str(item.pk if item else ""), request.POST.get("value", ""))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('maintenance:order', args=[order.pk])}#run{pk}")
    card = run_card(run, order, refused)
    response = render(request, "maintenance/checklists/_run.html", {"card": card}, status=422 if refused else 200)
    if not refused and not card["left"]:
        response["HX-Refresh"] = "true"  # all is answered: what is to be done next stands outside of the checklist
    return response


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
    rows = list(draft.items.all()) if draft else []
    by_key = {row.key: row for row in rows}
    return render(
        request,
        "maintenance/checklists/items.html",
        {
            "page": {"title": checklist.name},
            "checklist": checklist,
            "draft": draft,
            "current": checklist.current,
            "lines": [
                {
                    "item": row,
                    "limits": limits_of(row),
                    "then": consequences(row),
                    "after": by_key.get(row.show_if_key),
                    "asked": question(row),
                }
                for row in rows
            ],
            "publish": next((move for move in move_buttons(draft, person) if move["name"] == "publish"), None) if draft else None,
            "add_url": f"{reverse('maintenance:checklistitem-add')}?version={draft.pk}" if draft else "",
        },
    )


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
