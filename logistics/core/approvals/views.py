"""The inbox of those who approve: what waits for them with the figures that matter, and what they have decided."""
from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from logistics.core.access import access_of
from logistics.core.approvals import cards, deciding
from logistics.core.models import Approval
from logistics.core.templatetags import ui
from logistics.core.workflow import WORKFLOWS

MOST = 50


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Waiting for me, decided by me, asked by me; oldest first what waits, newest first what is done."""
    person: Any = request.user
    show = request.GET.get("show", "")
    show = show if show in ("done", "asked") else ""
    page: dict[str, Any] = {"title": _("Approvals"), "segments": _segments(person, show), "show": show}
    if show:
        rows = Approval.objects.decided_by(person) if show == "done" else Approval.objects.asked_by(person)
        page |= {"lines": _lines(list(cards.with_steps(_latest_first(rows, show))[:MOST]), person, show)}
    else:
        waiting = list(cards.with_steps(Approval.objects.waiting_for(person).order_by("asked_at", "id"))[:MOST])
        page |= {"cards": cards.cards(waiting, person), "heading": _heading(len(waiting)), "sentence": _sentence(waiting)}
    page["empty"] = None if page.get("cards") or page.get("lines") else _empty(show, access_of(person))
    return render(request, "core/approvals/inbox.html", {"page": page})


def _segments(person: Any, show: str) -> list[dict[str, Any]]:
    return [{"label": label, "url": f"?show={code}" if code else "?", "current": code == show}
            for code, label in (("", _("Waiting")), ("done", _("Decided")), ("asked", _("Asked by me")))]


def _latest_first(rows: Any, show: str) -> Any:
    if show == "done":
        return rows.annotate(decided=Max("steps__decided_at")).order_by(F("decided").desc(), "-id")
    return rows.order_by("-asked_at", "-id")


def _heading(n: int) -> str:
    if not n:
        return _("Nothing waits for your approval")
    return ngettext("%(n)s waits for your approval", "%(n)s wait for your approval", n) % {"n": n}


def _sentence(waiting: list[Approval]) -> str:
    if not waiting:
        return ""
    total = sum((row.amount or Decimal(0) for row in waiting), Decimal(0))
    return _("%(total)s together, the oldest first.") % {"total": ui.money(total)} if total else _("The oldest first.")


def _lines(rows: list[Approval], person: Any, show: str) -> list[dict[str, Any]]:
    flow, records = WORKFLOWS["core.approval"], cards.records_of(rows)
    found = []
    for row in rows:
        mine = next((step for step in row.steps.all() if person.pk in (step.decided_by_id, step.on_behalf_of_id)), None)
        told = mine if show == "done" else next((step for step in reversed(row.steps.all()) if step.outcome), None)
        found.append({
            "row": row, "state": flow.state(row), "title": cards.title_of(row, records.get((row.kind, row.object_id))),
            "url": row.get_absolute_url(), "told": told, "who": cards.who(told) if told else "",
            "at": told.decided_at if told else row.asked_at, "waits": deciding.who_decides(row) if row.state == "asked" else "",
        })
    return found


def _empty(show: str, access: Any) -> dict[str, Any]:
    if show == "done":
        return {"kind": "first", "icon": "checkbox", "title": _("You have decided nothing yet"),
                "text": _("What you approve, send back or refuse stands here.")}
    if show == "asked":
        return {"kind": "first", "icon": "send", "title": _("You have asked for no approval yet"),
                "text": _("You ask on the page of the record that needs it.")}
    if not deciding.is_approver(access):
        return {"kind": "first", "icon": "checkbox", "title": _("Nothing comes to you for approval"),
                "text": _("The approval routes of the school ask other roles.")}
    return {"kind": "done", "icon": "mood-smile", "title": _("Everything is decided"),
            "text": _("New requests appear here and in your notices.")}
