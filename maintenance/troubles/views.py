"""Things that break again and again: how often, why, at what cost, and what to do about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from assets.models import RenewalItem
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.templatetags import ui
from logistics.core.trades import Trade
from maintenance.dashboard.repairs import allowed
from maintenance.troubles.limits import BAD_DAYS, BAD_ORDERS, SHOWN
from maintenance.troubles.services import Actor, actors

ITEM = "assets.renewalitem"


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Repairs, stops, upkeep and score of each; one step to the renewal list."""
    allowed(request.user)
    access = access_of(request.user)
    found = actors(request.user, clock.now(), SHOWN.value())
    days = BAD_DAYS.value()
    rows = [shown(one, access, days) for one in found]
    words = ngettext(
        "%(n)s thing had at least %(least)s repairs in %(days)s days.",
        "%(n)s things had at least %(least)s repairs in %(days)s days.",
        len(rows),
    ) % {"n": len(rows), "least": BAD_ORDERS.value(), "days": days}
    trained = sum(bool(one.training) for one in found)
    if trained:
        words += " " + ngettext("At %(n)s of them repairs keep coming back.", "At %(n)s of them repairs keep coming back.", trained) % {
            "n": trained
        }
    head = {
        "title": _("Break again and again"),
        "sentence": words,
        "days": days,
        "may_cost": access.has("maintenance.figures:money"),
        "may_score": access.has(f"{ITEM}:view"),
        "renewal_url": reverse("assets:renewal") if access.has(f"{ITEM}:view") else "",
    }
    return render(request, "maintenance/troubles.html", {"page": head, "rows": rows})


def shown(one: Actor, access: Any, days: int) -> dict[str, Any]:
    thing = one.thing
    said = ngettext("%(n)s repair in %(days)s days", "%(n)s repairs in %(days)s days", one.repairs) % {"n": one.repairs, "days": days}
    why = [said, *(_("%(problem)s %(n)s times") % {"problem": code, "n": n} for code, n in one.problems[:2] if n > 1)]
    asked = {"equipment": thing.pk, "risk_note": _(", ").join(why)}
    return {
        "actor": one,
        "thing": thing,
        "orders_url": f"{reverse('maintenance:workorder-list')}?equipment={thing.pk}",
        "trades": [Trade(trade).label for trade, _n, _again in one.trades],
        "training": [Trade(trade).label for trade in one.training],
        "problems": [f"{code} × {n}" if n > 1 else str(code) for code, n in one.problems[:3]],
        "down": ui.duration(one.down_s) if one.down_s else "",
        "share": None if one.facts.cost_ratio is None else round(one.facts.cost_ratio * 100),
        "state": RenewalItem.workflow.state(one.item) if one.item else None,
        "propose_url": f"{reverse('assets:renewalitem-add')}?{urlencode(asked)}" if access.may(f"{ITEM}:add", thing) else "",
    }
