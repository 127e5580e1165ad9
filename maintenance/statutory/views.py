"""Which duty of the law is met by which plan, and which by none."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from assets.models import Scheme, SchemeVersion
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.templatetags import ui
from maintenance.models import MaintenancePlan, SchemeRound
from maintenance.statutory.coverage import Counts, counts


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Own checks first, those without a plan on top; then what outside bodies do. Seven statements, however many schemes."""
    person = request.user
    if not access_of(person).has("maintenance.schemeround:view"):
        raise NotAllowed(_("This page is for those who look after safety."))
    told, ways = counts(person), {row.scheme_id: row for row in SchemeRound.objects.all()}
    plans: dict[int, list[MaintenancePlan]] = {}
    for plan in MaintenancePlan.objects.visible_to(person).active().filter(scheme__isnull=False).order_by("code"):
        plans.setdefault(plan.scheme_id or 0, []).append(plan)
    live = Prefetch("versions", SchemeVersion.objects.live(), to_attr="in_force")
    schemes = Scheme.objects.filter(pk__in=list(told)).prefetch_related(live).order_by("code")
    lines = [line(scheme, told[scheme.pk], ways.get(scheme.pk), plans.get(scheme.pk, [])) for scheme in schemes]
    lines.sort(key=lambda one: (not one["open"], -one["counts"].unplanned if one["own"] else 0, one["scheme"].code))
    own, bodies = [one for one in lines if one["own"]], [one for one in lines if not one["own"]]
    lacking = sum(one["open"] for one in own)
    page = {
        "title": _("Duties and their plans"),
        "sentence": ngettext(
            "%(n)s duty of the own people has things without a plan.", "%(n)s duties of the own people have things without a plan.", lacking
        )
        % {"n": lacking}
        if lacking
        else _("Every check that the law asks of the own people has its plan."),
        "groups": [(_("Checked by the school itself"), own), (_("By outside bodies, by certificate"), bodies)],
        "ways_url": reverse("maintenance:schemeround-list"),
        "requirements_url": reverse("assets:requirement-list"),
    }
    return render(request, "maintenance/statutory/overview.html", {"page": page})


def line(scheme: Scheme, told: Counts, way: SchemeRound | None, plans: list[MaintenancePlan]) -> dict[str, Any]:
    """One duty as the page shows it."""
    own = way is not None
    missing = told.unplanned if own and way.way != SchemeRound.Way.NONE else 0  # type: ignore[union-attr]
    if own and missing:
        badge = ui.state("danger", ngettext("%(n)s without a plan", "%(n)s without a plan", missing) % {"n": missing}, "calendar-off")
    elif told.over:
        badge = ui.state("late", ngettext("%(n)s over", "%(n)s over", told.over) % {"n": told.over}, "clock-exclamation")
    elif told.unknown:
        words = ngettext("%(n)s without a date", "%(n)s without a date", told.unknown) % {"n": told.unknown}
        badge = ui.state("late", words, "calendar-question")
    else:
        badge = ui.state("done", _("In order"), "check")
    if (own and way.way == SchemeRound.Way.ROUND) or plans:  # type: ignore[union-attr]
        by = ngettext("%(n)s plan", "%(n)s plans", len(plans)) % {"n": len(plans)}
        url = plans[0].get_absolute_url() if len(plans) == 1 else f"{reverse('maintenance:maintenanceplan-list')}?scheme={scheme.pk}"
    else:
        by = way.get_way_display() if own else _("certificate")  # type: ignore[union-attr]
        url = way.get_absolute_url() if own else f"{reverse('assets:requirement-list')}?scheme={scheme.pk}"  # type: ignore[union-attr]
    version = scheme.in_force[0] if scheme.in_force else None  # type: ignore[attr-defined]
    return {
        "scheme": scheme,
        "clause": version.clause if version else "",
        "counts": told,
        "own": own,
        "open": bool(missing),
        "badge": badge,
        "by": by,
        "by_url": url,
        "asked_url": f"{reverse('assets:requirement-list')}?scheme={scheme.pk}",
    }
