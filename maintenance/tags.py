"""What maintenance adds to the page of a label: the button that reports, and what was reported here already."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assets.models import Equipment
from logistics.campus.registries import TagAction, TagCard, TagPart, Target, tag_page
from maintenance.services.reporting import open_reports

MOST = 3


@tag_page("maintenance.report", order=10)
def report_here(request: Any, target: Target) -> TagPart:
    """Report what is broken here; open reports without anybody's name or words."""
    if target.place.kind in ("school", "campus"):
        return TagPart()
    equipment = target.record if isinstance(target.record, Equipment) else None
    code = request.resolver_match.kwargs.get("code", "") if request.resolver_match else ""
    if request.user.is_authenticated:
        base, query = reverse("maintenance:report"), {"tag": code} if code else {"place": target.place.pk}
    elif target.open_to_guests and target.place.public and code:
        base, query = reverse("guest-report", args=[code]), {}
    else:
        return TagPart()

    def url(**more: Any) -> str:
        asked = urlencode({**query, **{key: value for key, value in more.items() if value}})
        return f"{base}?{asked}" if asked else base

    found = open_reports(target.place, equipment, limit_to=MOST)
    cards = [(twin, url(symptom=twin.root.symptom_id)) for twin in found]
    title = _("Already reported here")
    note = ngettext("%(n)s report", "%(n)s reports", len(found)) % {"n": len(found)}
    return TagPart(
        actions=[TagAction(_("Report a problem here"), url(), "plus", 10)],
        cards=[TagCard(title, render_to_string("maintenance/_report_open.html", {"cards": cards}), note)] if found else [],
    )
