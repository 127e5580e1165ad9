"""The ledger of hidden dangers 隐患台账 on paper: found, rectify by, rectified, verified, by whom, with photos."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.core.models import Attachment
from logistics.core.pdf.report import Facts, Photos, Report, Table
from logistics.core.photos import on_paper
from logistics.core.templatetags import ui
from maintenance.findings.words import who
from maintenance.models import Finding, FindingAnswer

MOST = 1000
MOST_PHOTOS = 48


def by_whom(instant: Any, person: Any) -> str:
    return f"{ui.paper_time(instant)}\n{person.name if person else ''}".strip() if instant else "–"


def ledger(rows: list[Finding], head: dict[str, str], chosen: str = "") -> bytes:
    """The rows as they are filtered; at most 48 photos follow."""
    table = Table(
        [
            _("Number"),
            _("Danger and place"),
            _("How grave"),
            _("Found"),
            _("Responsible"),
            _("Rectify by"),
            _("Rectified"),
            _("Off the ledger"),
            _("State"),
        ],
        [
            [
                row.number or "",
                f"{row.title}\n{row.place_label}",
                f"{row.get_severity_display()}{_(', ')}{row.get_level_display()}" if row.level == "major" else row.get_severity_display(),
                by_whom(row.found_at, row.found_by),
                who(row) or "–",
                ui.paper_time(row.rectify_by) if row.rectify_by else "–",
                by_whom(row.rectified_at, row.rectified_by),
                by_whom(row.verified_at, row.verified_by),
                state(row),
            ]
            for row in rows
        ],
        name=1,
        dense=True,
    )
    facts = [
        (_("Rows"), ngettext("%(n)s danger", "%(n)s dangers", len(rows)) % {"n": len(rows)}),
        (_("Not removed"), str(sum(1 for row in rows if row.state not in ("verified", "void")))),
    ]
    if chosen:
        facts.append((_("Filtered by"), chosen))
    found = photos(rows)
    sections: list[Any] = [Facts(facts), table, *([Photos(found, title=_("Photos"))] if found else [])]
    return Report(_("Ledger of hidden dangers"), sections, wide=True, signatures=[_("Filled in by"), _("Checked by")], **head).pdf()


def state(row: Finding) -> str:
    words = str(row.get_state_display())
    return (
        ngettext("%(state)s, rejected %(n)s time", "%(state)s, rejected %(n)s times", row.rejected_count)
        % {"state": words, "n": row.rejected_count}
        if row.rejected_count
        else words
    )


def photos(rows: list[Finding]) -> list[tuple[bytes, int, int, Any]]:
    """Small photos of the dangers, of the answers about them and of their work orders, in the order of the ledger."""
    own = {row.pk: row for row in rows}
    links = dict(FindingAnswer.objects.filter(finding__in=own).values_list("answer", "finding"))
    orders: dict[int, list[int]] = {}
    for row in rows:
        if row.work_order_id:
            orders.setdefault(row.work_order_id, []).append(row.pk)
    where = {"maintenance.finding": list(own), "maintenance.itemanswer": list(links), "maintenance.workorder": list(orders)}
    taken: dict[int, list[Attachment]] = {}
    for kind, ids in where.items():
        for photo in Attachment.objects.filter(kind=kind, object_id__in=ids).order_by("pk"):
            pks = (
                [photo.object_id]
                if kind == "maintenance.finding"
                else [links[photo.object_id]]
                if kind == "maintenance.itemanswer"
                else orders[photo.object_id]
            )
            for pk in pks:
                taken.setdefault(pk, []).append(photo)
    found: list[tuple[bytes, int, int, Any]] = []
    for row in rows:
        for photo in taken.get(row.pk, []):
            small = on_paper(photo) if len(found) < MOST_PHOTOS else None
            if small:
                found.append((*small, f"{row.number} · {photo.get_role_display()} · {ui.paper_time(photo.at)}"))
    return found
