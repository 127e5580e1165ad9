"""What the page of a label says while something is or will be off there; and a place with an outage is not retired unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus.models import Place
from logistics.campus.registries import TagCard, TagPart, Target, Use, place_user, tag_page
from logistics.core.publishing import widget
from maintenance.models import Outage

MOST = 3


def coming(place: Place) -> str:
    found = list(Outage.objects.coming().at(place).order_by("planned", "pk")[:MOST])
    return render_to_string("maintenance/_outage_lines.html", {"outages": found}) if found else ""


@tag_page("maintenance.outages", order=5)
def here(request: Any, target: Target) -> TagPart:
    """Announced and running outages; no names, so guests may read it."""
    html = coming(target.place)
    return TagPart(cards=[TagCard(_("Off now or soon"), html)] if html else [])


@widget("maintenance.outages_here", "record:campus.Place", gettext_lazy("Off now or soon"), order=5)
def on_place(request: Any, record: Place) -> str:
    return coming(record)


@widget("maintenance.outages_told", "home:reporter", gettext_lazy("Off now or soon"), order=5)
@widget("maintenance.outages_mine", "home", gettext_lazy("Off now or soon"), order=5)
def mine(request: Any) -> str:
    """For those who were told."""
    found = list(Outage.objects.coming().filter(told__person=request.user).order_by("planned", "pk")[:MOST])
    return render_to_string("maintenance/_outage_lines.html", {"outages": found}) if found else ""


@place_user("maintenance.outages")
def planned_here(places: list[int], span: Any = None) -> Iterator[Use]:
    rows = Outage.objects.coming().filter(places__place_id__in=places)
    if span is not None:
        return
    count = rows.distinct().count()
    if count:
        yield Use(_("Outages"), count, [(str(row), row.get_absolute_url()) for row in rows.distinct()[:5]])
