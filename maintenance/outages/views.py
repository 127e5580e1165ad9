"""The notice on paper."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from logistics.core.templatetags import ui
from maintenance.models import Outage


@login_required
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The announcement of an outage as PDF, to hang up at the door; to whoever may see it."""
    from logistics.core.pdf.report import Facts, Report, heading  # the compiler is heavy: loaded when something is printed

    outage = get_object_or_404(Outage.objects.visible_to(request.user).select_related("contact"), pk=pk)
    places = _(", ").join(row.place.place_label for row in outage.places.select_related("place").order_by("place__code"))
    facts = [(_("What is off"), outage.get_utility_display()), (_("Where"), places)]
    if outage.begins:
        facts.append((_("From"), ui.paper_time(outage.begins)))
    facts.append((_("To"), ui.paper_time(outage.ends) if outage.ends else _("We tell you when it is back.")))
    facts += [(_("Reason"), outage.reason), (_("Substitute"), outage.substitute or "–"), (_("Who answers questions"), outage.contact.name)]
    title = _("Notice: %(utility)s off") % {"utility": outage.get_utility_display()}
    response = HttpResponse(Report(title, [Facts(facts)], **heading(request)).pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{outage.number}.pdf"'
    return response
