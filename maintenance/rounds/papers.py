"""The record of a round on paper: fire patrol record 防火巡查记录, fire inspection record 防火检查记录 with two signatures, others alike.

Everything is read from what was frozen or is never changed, and the file carries the time of its last fact: an old round prints the same
bytes for ever, whatever becomes of its checklist or route.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from logistics.core.access import ROLES
from logistics.core.bilingual import pick
from logistics.core.pdf.report import Facts, Report, Table, Words
from logistics.core.templatetags import ui
from maintenance.models import Round, RoundSignature
from maintenance.rounds.reading import Stop, stops_of


def title_of(walk: Round) -> str:
    """The name that the record has by its kind."""
    if walk.domain == "fire" and walk.kind == "patrol":
        return _("Fire patrol record")
    if walk.domain == "fire" and walk.kind == "inspection":
        return _("Fire inspection record")
    return _("Record of a campaign") if walk.kind == "campaign" else _("Record of a round")


def paper(walk: Round, school: str) -> bytes:
    """The file, in the language that is active."""
    stops = stops_of(walk)
    signed = list(RoundSignature.objects.filter(round=walk).select_related("person").order_by("at", "pk"))
    last = max([walk.window_to, *(row.at for row in signed), *(stop.visit.recorded_at for stop in stops if stop.visit)])
    sections: list[Any] = [
        Facts(facts(walk)),
        Table(
            [_("No."), _("Point"), _("When, who"), _("Proof")],
            [[stop.key, f"{stop.name}\n{stop.where}", when(stop), proof(stop)] for stop in stops],
            title=_("Points"),
            name=1,
            roomy=[3],
            dense=True,
        ),
    ]
    answers = [[stop.key, line.asked.item.text, line.words, verdict(line)] for stop in stops for line in stop.lines if line.answer]
    if answers:
        sections.append(Table([_("No."), _("Item"), _("Answer"), _("Verdict")], answers, title=_("What was seen"), name=1, dense=True))
    dangers = [
        [
            row.number or "",
            pick(row.title_zh, row.title_en),
            row.get_severity_display(),
            ui.paper_time(row.rectify_by) if row.rectify_by else "–",
        ]
        for row in dangers_of(walk)
    ]
    if dangers:
        sections.append(
            Table([_("Number"), _("Danger"), _("How grave"), _("Rectify by")], dangers, title=_("Hidden dangers found"), name=1, dense=True)
        )
    if walk.note:
        sections.append(Words(walk.note, title=_("Note")))
    return Report(
        title_of(walk),
        sections,
        number=walk.number or "",
        school=school,
        signatures=signatures(walk, signed),
        footnote=_("Made by the system from the records of the round."),
    ).pdf(made_at=last)


def facts(walk: Round) -> list[tuple[Any, Any]]:
    return [
        (_("Route"), walk.title),
        (_("Place"), walk.place_label),
        (_("Domain"), walk.get_domain_display()),
        (_("Window"), f"{ui.paper_time(walk.window_from)} – {ui.paper_time(walk.window_to)}"),
        (_("Submitted"), ui.paper_time(walk.submitted_at) if walk.submitted_at else _("Round missed") if walk.state == "missed" else "–"),
        (_("Result"), walk.get_result_display() or "–"),
        (_("Points visited"), f"{walk.visited}/{walk.planned}"),
        (_("Points scanned"), f"{walk.scanned}/{walk.planned}"),
        (_("Items failed"), str(walk.failed)),
    ]


def when(stop: Stop) -> str:
    if stop.visit is None:
        return _("not visited: %(why)s") % {"why": stop.explained} if stop.explained else _("not visited")
    return f"{ui.paper_time(stop.visit.judged_at)}\n{stop.visit.by.name if stop.visit.by else ''}"


def proof(stop: Stop) -> str:
    if stop.visit is None:
        return ""
    scanned = [_("label scanned")] if stop.visit.scan and "no_scan" not in stop.visit.flags else []
    return _(", ").join([*scanned, *(str(flag) for flag in stop.flags)])


def verdict(line: Any) -> str:
    words = str(line.answer.get_verdict_display())
    return f"{words}{_(': ')}{line.answer.note}" if line.answer.note else words


def dangers_of(walk: Round) -> Any:
    """The dangers that this round opened or found again, as they are called; their number and deadline of then stand in the ledger."""
    from maintenance.models import Finding

    return Finding.objects.filter(answers__answer__run__visit__round=walk).distinct().order_by("pk")


def signatures(walk: Round, signed: list[RoundSignature]) -> list[str]:
    """Names of those who signed, empty lines for those who still have to."""
    words = [
        f"{ROLES[row.role].label if row.role in ROLES else row.role}{_(': ')}{row.person.name}  {ui.paper_time(row.at)}" for row in signed
    ]
    done = {row.role for row in signed}
    return [*words, *(str(ROLES[code].label) for code in walk.frozen.get("signatures", ()) if code in ROLES and code not in done)]
