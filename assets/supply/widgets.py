"""On the page of a thing: what it feeds. On the page of a place: what feeds it, and what there cannot do without."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models import CriticalLoad, Equipment, Supply
from logistics.campus.models import Place
from logistics.core.publishing import widget

MOST = 8


def lines(rows: Any, url: str, words: Any) -> str:
    found = [(words(row), row.get_absolute_url(), row.get_utility_display()) for row in rows[: MOST + 1]]
    return render_to_string("assets/_supply.html", {"lines": found[:MOST], "more": len(found) > MOST, "url": url}) if found else ""


@widget("assets.feeds", "record:assets.Equipment", _("Feeds"), order=40, permission="assets.supply:view")
def feeds(request: Any, record: Equipment) -> str:
    rows = Supply.objects.visible_to(request.user).filter(equipment=record).select_related("place")
    return lines(rows, f"{reverse('assets:supply-list')}?equipment={record.pk}", lambda row: row.place.place_label)


@widget("assets.fed_by", "record:campus.Place", _("Fed by"), order=40, permission="assets.supply:view")
def fed_by(request: Any, record: Place) -> str:
    rows = Supply.objects.visible_to(request.user).filter(place_id__in=record.ancestors).select_related("equipment")
    return lines(rows, f"{reverse('assets:supply-list')}?place={record.pk}", lambda row: row.equipment.name)


@widget("assets.loads", "record:campus.Place", _("Critical loads"), order=41, permission="assets.criticalload:view")
def loads(request: Any, record: Place) -> str:
    rows = CriticalLoad.objects.visible_to(request.user).within([record]).select_related("equipment", "place")
    return lines(
        rows,
        f"{reverse('assets:criticalload-list')}?place={record.pk}",
        lambda row: row.equipment.name if row.equipment_id else row.place.name,
    )
