"""How an approval is shown: a card with the figures that matter, its steps, and the section on the page of its record."""
from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core import clock
from logistics.core.approvals import deciding
from logistics.core.approvals.purposes import PURPOSES
from logistics.core.models import Approval, ApprovalStep
from logistics.core.models.approval import role_label
from logistics.core.resources import RESOURCES
from logistics.core.templatetags import ui
from logistics.core.workflow import WORKFLOWS

DAY = 86400


def records_of(approvals: Sequence[Approval]) -> dict[tuple[str, int], Any]:
    """The records of many approvals, one statement a kind."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in approvals:
        wanted[row.kind].append(row.object_id)
    found = {}
    for kind, ids in wanted.items():
        rows = apps.get_model(kind)._base_manager.filter(pk__in=ids)
        declared = RESOURCES.get(kind)
        if declared and declared.list_joins:
            rows = rows.select_related(*declared.list_joins)
        found.update({(kind, row.pk): row for row in rows})
    return found


def facts_of(approvals: Sequence[Approval], records: dict[tuple[str, int], Any]) -> dict[int, list[dict[str, Any]]]:
    """The figures that matter, by approval; the app that owns the record knows them."""
    found: dict[int, list[dict[str, Any]]] = {}
    for declared in PURPOSES:
        mine = [(row, record) for row in approvals if row.purpose == declared.code and (record := records.get((row.kind, row.object_id)))]
        known = declared.facts([record for _row, record in mine]) if declared.facts and mine else {}
        for row, record in mine:
            found[row.pk] = [{"label": label, "value": value} for label, value in known.get(record.pk, ())]
    return found


def cards(approvals: Sequence[Approval], person: Any) -> list[dict[str, Any]]:
    """Approvals that wait for a person, ready to be decided."""
    records = records_of(approvals)
    facts = facts_of(approvals, records)
    absent = {row.pk: deciding.for_whom(row, person) for row in approvals}
    names = get_user_model()._base_manager.in_bulk({pk for pk in absent.values() if pk}) if any(absent.values()) else {}
    return [_card(row, records.get((row.kind, row.object_id)), facts.get(row.pk, []), names.get(absent[row.pk])) for row in approvals]


def _card(approval: Approval, record: Any, facts: list[dict[str, Any]], absent: Any) -> dict[str, Any]:
    return {
        "row": approval, "title": title_of(approval, record), "number": getattr(record, "number", None) or "",
        "what": approval.purpose_label, "facts": facts, "waited": waited(approval), "step": approval.step,
        "steps": len(approval.steps.all()), "for": absent.name if absent else "", "asker": asker(approval),
        "client_uid": str(uuid.uuid4()), "url": approval.get_absolute_url(),
        **{move: reverse("core:approval-move", args=[approval.pk, move]) for move in ("approve", "send_back", "refuse")},
    }


def waited(approval: Approval) -> str:
    """ "has waited 2 days"; hours and minutes on the first day."""
    seconds = (clock.now() - approval.asked_at).total_seconds()
    days = int(seconds // DAY)
    if not days:
        return _("has waited %(time)s") % {"time": ui.duration(seconds)}
    return ngettext("has waited %(n)s day", "has waited %(n)s days", days) % {"n": days}


def title_of(approval: Approval, record: Any) -> str:
    """What the record is called now, else what it was called when it was asked for."""
    declared = RESOURCES.get(approval.kind)
    return declared.title(record) if declared and record is not None else approval.label


def steps_of(approval: Approval) -> list[dict[str, Any]]:
    """Each step in words: who decided, for whom, when; who is next."""
    looks = {"approved": "done", "sent_back": "late", "refused": "off"}
    found = []
    for step in approval.steps.all():
        waits = approval.state == "asked" and step.position == approval.step
        roles = deciding.who_decides(approval) if waits else role_label(step.role)
        open_word = _("is next") if waits else _("later") if approval.state == "asked" else _("not asked")
        found.append({
            "kind": looks.get(step.outcome, "wait" if waits else "draft"),
            "word": step.get_outcome_display() if step.outcome else open_word,
            "role": roles, "who": who(step), "at": step.decided_at, "reason": step.reason, "since": step.opened_at if waits else None,
        })
    return found


def who(step: ApprovalStep) -> str:
    """"Lin for Zhou"."""
    if step.decided_by is None:
        return ""
    if step.on_behalf_of is None:
        return step.decided_by.name
    return _("%(deputy)s for %(absent)s") % {"deputy": step.decided_by.name, "absent": step.on_behalf_of.name}


def with_steps(rows: Any) -> Any:
    """Approvals with their steps and the people in them, in three statements."""
    steps = ApprovalStep.objects.select_related("decided_by", "on_behalf_of").order_by("position")
    return rows.select_related("asked_by", "asked_for").prefetch_related(Prefetch("steps", steps))


def sections(record: Any, request: Any) -> list[tuple[str, str]]:
    """What the page of a record shows about its approvals: the steps, who is next, and earlier requests; nothing when there are none."""
    seen = Exists(Approval.objects.visible_to(request.user).filter(pk=OuterRef("pk")))
    rows = list(with_steps(Approval.objects.of(record).annotate(seen=seen).order_by("-id"))[:6])
    if not rows:
        return []
    flow = WORKFLOWS["core.approval"]
    shown = [{"row": row, "state": flow.state(row), "steps": steps_of(row), "url": row.get_absolute_url() if row.seen else "",
              "asker": asker(row)} for row in rows]
    return [(_("Approval"), render_to_string("core/approvals/_section.html", {"first": shown[0], "earlier": shown[1:]}, request=request))]


def asker(approval: Approval) -> str:
    if approval.asked_for is None:
        return approval.asked_by.name
    return _("%(deputy)s for %(absent)s") % {"deputy": approval.asked_by.name, "absent": approval.asked_for.name}
