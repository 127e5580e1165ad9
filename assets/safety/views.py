"""Cards of the things of a unit, as they hang beside extinguishers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assets.models import Requirement, StatutoryRecord
from assets.safety.models import SafetyGroup
from logistics.core.templatetags import ui

LINES = 6  # empty ones below the last checks, for the pen


@login_required
@require_GET
def cards(request: HttpRequest, pk: int) -> HttpResponse:
    """Each thing of the unit with its facts, next dues and last checks, and room for the next ones."""
    from logistics.core.pdf.report import Facts, Report, Table, heading

    group = get_object_or_404(SafetyGroup.objects.visible_to(request.user).select_related("place"), pk=pk)
    things = list(group.members.exclude(status="disposed").order_by("number", "pk"))
    due: dict[int, list[Any]] = {}
    for row in Requirement.objects.filter(equipment__in=things).select_related("scheme").order_by("next_due_on"):
        due.setdefault(row.equipment_id, []).append(row)
    checks: dict[int, list[Any]] = {}
    for record in StatutoryRecord.objects.standing().filter(equipment__in=things).select_related("scheme", "by").order_by("-performed_on"):
        if len(checks.setdefault(record.equipment_id, [])) < LINES:
            checks[record.equipment_id].append(record)
    sections: list[Any] = []
    for thing in things:
        facts = [
            (_("Number"), thing.number or "–"),
            (_("Place"), group.place.place_label),
            (_("Made by"), thing.maker or "–"),
            (_("Agent"), thing.attributes.get("agent", "–")),
            (_("Rating"), thing.attributes.get("rating", "–")),
            (_("In use since"), ui.paper_day(thing.commissioned_on) if thing.commissioned_on else "–"),
        ]
        facts += [(row.scheme.name, ui.paper_day(row.next_due_on)) for row in due.get(thing.pk, []) if row.next_due_on]
        lines = [
            [ui.paper_day(row.performed_on), row.scheme.name, str(row.get_result_display()), str(row.by or row.inspector)]
            for row in reversed(checks.get(thing.pk, []))
        ]
        lines += [["", "", "", ""]] * max(1, LINES - len(lines))
        sections += [Facts(facts, title=str(thing), columns=3), Table([_("Day"), _("What was done"), _("Result"), _("Who")], lines, name=1)]
    report = Report(_("Cards: %(what)s") % {"what": group}, sections or [Facts([(_("Members"), 0)])], **heading(request))
    response = HttpResponse(report.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="cards-{group.pk}.pdf"'
    return response
