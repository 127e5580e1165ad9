"""Certificates on the page of a thing or place, and on the home page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.certificates import words
from assets.certificates.limits import FIRST_DAYS, LAST_DAYS
from assets.certificates.models import Requirement
from logistics.core.access import access_of
from logistics.core.publishing import Waiting, inbox, widget


def lines(rows: Any) -> list[dict[str, Any]]:
    return [{"row": row, "look": words.look(row)} for row in rows]


@widget("assets.certificates", "record:assets.Equipment", _("What the law asks"), order=15, front=True)
def of_equipment(request: Any, record: Any = None) -> str:
    """The requirements of a thing, nearest first."""
    rows = Requirement.objects.visible_to(request.user).filter(equipment=record).select_related("scheme").order_by("next_due_on", "pk")[:12]
    found = lines(rows)
    return render_to_string("assets/certificates/_requirements.html", {"lines": found}) if found else ""


@widget("assets.certificates_of_place", "record:campus.Place", _("What the law asks"), order=30)
def of_place(request: Any, record: Any = None) -> str:
    """The requirements of a place itself."""
    rows = Requirement.objects.visible_to(request.user).filter(place=record).select_related("scheme").order_by("next_due_on", "pk")[:12]
    found = lines(rows)
    return render_to_string("assets/certificates/_requirements.html", {"lines": found}) if found else ""


@widget("assets.certificates_ahead", "home", _("Certificates that end soon"), order=40, permission="assets.statutoryrecord:add")
def ahead(request: Any, record: Any = None) -> str:
    """What is over and what ends next."""
    rows = Requirement.objects.visible_to(request.user).certificates()
    shown = (
        (rows.expired() | rows.due_within(FIRST_DAYS.value()))
        .select_related("scheme", "equipment", "place")
        .order_by("next_due_on", "pk")[:6]
    )
    found = lines(shown)
    return (
        render_to_string("assets/certificates/_requirements.html", {"lines": found, "named": True, "more": reverse("assets:certificates")})
        if found
        else ""
    )


@inbox("assets.certificates", _("Certificates"), icon="certificate", order=40)
def waiting(person: Any, limit: int) -> Any:
    """Certificates that are over or end within a week, for those who record them."""
    if not access_of(person).has("assets.statutoryrecord:add"):
        return
    rows = Requirement.objects.visible_to(person).certificates()
    near = (
        (rows.expired() | rows.due_within(LAST_DAYS.value()))
        .select_related("scheme", "equipment", "place", "stands_at")
        .order_by("next_due_on", "pk")
    )
    for row in near[:limit]:
        _kind, said, _icon = words.look(row)
        yield Waiting(str(row), row.get_absolute_url(), f"{said} · {row.stands_at.place_label}", late=(words.days_left(row) or 0) < 0)
