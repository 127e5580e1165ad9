"""Cards and inbox lines of the ledger."""
from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.publishing import Waiting, inbox, widget
from maintenance.checklists.models import Severity
from maintenance.findings import words
from maintenance.findings.workflow import SAFETY
from maintenance.models import Finding

AGES = ((0, 7), (7, 30), (30, None))  # bands of days


def url(**query: Any) -> str:
    return f"{reverse('maintenance:finding-list')}?{urlencode(query)}"


@widget("maintenance.findings_levels", "home", _("Hidden dangers"), order=16, permission="maintenance.finding:view")
def by_level(request: Any, record: Any = None) -> str:
    """What is not removed, by how grave it is and how long it is there; one statement."""
    now = clock.now()
    bands = {}
    for n, (first, last) in enumerate(AGES):
        rule = Q(found_at__lte=now - timedelta(days=first))
        bands[f"b{n}"] = Count("pk", filter=rule & Q(found_at__gt=now - timedelta(days=last)) if last else rule)
    rows = Finding.objects.visible_to(request.user).open().order_by().values("severity").annotate(
        n=Count("pk"), late=Count("pk", filter=Q(rectify_by__lt=now) & ~Q(state="accepted_risk")), **bands)
    found = {row["severity"]: row for row in rows}
    if not found:
        return ""
    lines = [{"label": label, "row": found[code], "kind": words.KINDS[code], "icon": words.SIGNS[code],
              "ages": [found[code][f"b{n}"] for n in range(len(AGES))], "url": url(open="true", severity=code)}
             for code, label in reversed(Severity.choices) if code in found]
    return render_to_string("maintenance/findings/_levels.html", {"lines": lines, "url": url(open="true")})


def _list(rows: Any, more: str) -> str:
    found = list(rows.select_related("responsible").order_by("rectify_by", "pk")[:5])
    return render_to_string("maintenance/findings/_list.html", {
        "lines": [{"row": row, "deadline": words.deadline_words(row)} for row in found], "more": more}) if found else ""


@widget("maintenance.findings_place", "record:campus.Place", _("Hidden dangers"), order=25)
def at_place(request: Any, record: Any = None) -> str:
    return _list(Finding.objects.visible_to(request.user).open().at(record), url(open="true", place=record.pk))


@widget("maintenance.findings_equipment", "record:assets.Equipment", _("Hidden dangers"), order=25)
def of_equipment(request: Any, record: Any = None) -> str:
    return _list(Finding.objects.visible_to(request.user).open().filter(equipment=record), url(equipment=record.pk))


@inbox("maintenance.verify_findings", _("Dangers to verify"), icon="eye-check", order=15)
def to_verify(person: Any, limit: int) -> Any:
    """What is reported as rectified and may be looked at by this person."""
    if access_of(person).roles.isdisjoint(SAFETY):
        return
    rows = Finding.objects.visible_to(person).filter(state="rectified").exclude(rectified_by=person).exclude(finished_by=person)
    for row in rows.order_by("rectify_by", "rectified_at")[:limit]:
        yield Waiting(row.title, reverse("maintenance:finding-look", args=[row.pk]), f"{row.number} · {row.place_label}", row.rectified_at)


@inbox("maintenance.my_findings", _("Dangers to remove"), icon="alert-triangle", order=12)
def mine(person: Any, limit: int) -> Any:
    """What this person answers for."""
    for row in Finding.objects.filter(responsible=person, state__in=["open", "rectifying"]).order_by("rectify_by")[:limit]:
        yield Waiting(row.title, row.get_absolute_url(), f"{row.number} · {words.deadline_words(row)}", row.found_at)
