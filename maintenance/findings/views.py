"""Looking again on the phone, with the item shown; and the ledger on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from logistics.core import resources
from logistics.core.errors import NotAllowed
from logistics.core.models import Attachment
from logistics.core.pages import after, client_uid, filtered_rows
from logistics.core.photos import clean_photos, photo_cards
from logistics.core.resources import resource_of
from logistics.core.workflow import may_move, who_may
from maintenance.checklists.asking import question
from maintenance.findings import words
from maintenance.findings.services import recheck
from maintenance.findings.workflow import FINDINGS, own_work
from maintenance.models import Finding, ItemAnswer


@login_required
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The question that failed, asked again: a right answer removes the danger from the ledger, a wrong one sends it back."""
    person: Any = request.user
    rows = Finding.objects.visible_to(person).select_related(
        "item__version__checklist", "equipment", "work_order", "rectified_by", "finished_by"
    )
    finding = get_object_or_404(rows, pk=pk)
    move = FINDINGS.moves["verify"]
    if not may_move(move, finding, person)[0]:
        raise NotAllowed(_("You may not do this: %(move)s.") % {"move": move.label}, who_may(move))
    error = ""
    if request.method == "POST":
        data = {"value": request.POST.get("value", ""), "note": request.POST.get("note", "")[:500]}
        try:
            photos = clean_photos(request.FILES.getlist("photos"))

            def act() -> Any:
                return recheck(finding=finding, by=person, photos=photos, **data)

            done: Any = resources.once(client_uid(request), person, ["recheck", pk, data], act)[0]
            messages.success(request, _("%(what)s: %(state)s") % {"what": done.title, "state": FINDINGS.state(done).label})
            return after(request, done.get_absolute_url(), "look")
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
    return render(
        request,
        "maintenance/findings/look.html",
        {
            "finding": finding,
            "deadline": words.deadline(finding, sprite=False),
            "state": FINDINGS.state(finding),
            "against": own_work(finding, person) or "",
            "asked": question(finding.item) if finding.item_id else None,
            "error": error,
            "fault": photo_cards(_photos(finding, ("fault", "photo"))),
            "after": photo_cards(_photos(finding, ("after",))),
            "page": {"title": _("Look at it again"), "back_url": finding.get_absolute_url()},
        },
        status=422 if error else 200,
    )


def _photos(finding: Finding, roles: tuple[str, ...]) -> list[Attachment]:
    """Photos of the danger, of the answers about it, and of its work order."""
    answers = ItemAnswer.objects.filter(finding_link__finding=finding).values_list("pk", flat=True)
    rows = Attachment.objects.filter(kind="maintenance.finding", object_id=finding.pk, role__in=roles) | Attachment.objects.filter(
        kind="maintenance.itemanswer", object_id__in=list(answers), role__in=roles
    )
    if finding.work_order_id:
        rows |= Attachment.objects.filter(kind="maintenance.workorder", object_id=finding.work_order_id, role__in=roles)
    return list(rows.select_related("by").order_by("at", "pk")[:12])


@login_required
def ledger_paper(request: HttpRequest) -> HttpResponse:
    """The ledger as PDF, exactly what is filtered."""
    from logistics.core.pdf.report import heading  # the compiler is heavy: loaded when something is printed
    from maintenance.findings.papers import MOST, ledger

    declared = resource_of(Finding)
    if not declared.may(request.user, "export"):
        raise NotAllowed(_("You may not export this list."))
    filtered = filtered_rows(declared, request)
    people = ("found_by", "responsible", "department", "rectified_by", "verified_by")
    rows = list(filtered.rows.select_related(*people).order_by("-found_at", "-pk")[: MOST + 1])
    if len(rows) > MOST:
        raise ValidationError(_("More than %(n)s rows match. Narrow the filter, or take the Excel file.") % {"n": f"{MOST:,}"})
    chosen = _(", ").join(str(chip["label"]) for chip in filtered.chips if chip["on"])
    response = HttpResponse(ledger(rows, heading(request), chosen), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="ledger.pdf"'
    return response
