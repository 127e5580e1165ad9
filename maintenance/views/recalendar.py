"""Running clocks that still count by an older version of a calendar: the manager moves the chosen ones to the one in force."""
from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.campus.models import WorkCalendar
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from maintenance import clocks

MOST = 200  # on one page, the soonest due first


@login_required
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Old and new due times with a box each; nothing moves that is not ticked."""
    if not access_of(request.user).has("maintenance.servicepolicy:change"):
        raise NotAllowed(_("Only the facilities manager moves clocks."), [_("Facilities manager")])
    calendar = get_object_or_404(WorkCalendar.objects.select_related("place"), pk=pk)
    version = calendar.versions.filter(state="published").select_related("calendar").first()
    if request.method == "POST":
        if version is None or str(version.pk) != request.POST.get("version"):
            raise Conflict(_("Another version of the calendar is in force by now. Look again."))
        n = clocks.recalendar(version, [int(one) for one in request.POST.getlist("clock") if one.isdigit()], by=request.user)
        words = ngettext("%(n)s clock counts by the new calendar", "%(n)s clocks count by the new calendar", n) % {"n": n}
        messages.success(request, words)
        return redirect("maintenance:recalendar", pk)
    lines = [line_of(*one) for one in clocks.preview_recalendar(version, MOST)] if version else []
    shown = {
        "title": _("Clocks by an older calendar"),
        "crumbs": [{"label": str(calendar), "url": calendar.get_absolute_url()}],
        "sentence": _("A new version changes no running clock. Tick those that shall count by it from now on."),
        "empty": {"kind": "done", "title": _("No clock would end at another time"),
                  "text": _("All running clocks agree with the calendar in force.")},
    }
    return render(request, "maintenance/recalendar.html", {"page": shown, "lines": lines, "version": version})


def line_of(row: Any, old: Any, new: Any) -> dict[str, Any]:
    return {"clock": row, "owner": row.order or row.request, "old": old, "new": new}
