"""A control sheet on paper: what stands in it, and who signed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from logistics.core.access import ROLES
from logistics.core.bilingual import pick
from logistics.core.pdf.report import Facts, Report, Table, Words
from logistics.core.templatetags import ui
from maintenance.controls.models import ControlSheet, ControlSignature


def paper(sheet: ControlSheet, school: str) -> bytes:
    """Out of the frozen facts only: a signed sheet prints the same for ever."""
    facts: dict[str, Any] = sheet.facts

    def rows(name: str) -> list[list[str]]:
        def last(one: dict[str, Any]) -> str:
            return pick(one.get("why") or "", one.get("why_en") or "") or one.get("severity") or one.get("priority") or ""

        return [[one.get("number") or "", pick(one["zh"], one["en"]), last(one)] for one in facts.get(name, [])]

    sections: list[Any] = [
        Facts(
            [
                (_("Kind of device"), sheet.category.name),
                (_("Place"), sheet.place_label),
                (_("Period"), f"{ui.paper_day(sheet.first_on)} – {ui.paper_day(sheet.last_on)}"),
                (_("Devices in use"), str(facts.get("devices", 0))),
                (_("Looked at"), str(facts.get("checked", 0))),
                (_("Dangers found"), str(facts.get("found", 0))),
                (_("Dangers removed"), str(facts.get("removed", 0))),
            ]
        )
    ]
    for name, title in (
        ("rounds", _("Rounds")),
        ("open", _("Dangers not removed")),
        ("locked", _("Locked")),
        ("orders", _("Work orders not closed")),
    ):
        found = rows(name)
        if found:
            sections.append(Table([_("Number"), _("What"), _("Note")], found, title=title, name=1))
    if sheet.notes:
        sections.append(Words(sheet.notes, title=_("Measures and decisions")))
    signed = [
        f"{ROLES[row.role].label}{_(': ')}{row.person.name}  {ui.paper_time(row.at)}"
        for row in ControlSignature.objects.filter(sheet=sheet).select_related("person").order_by("at", "pk")
    ]
    title = {
        "daily": _("Record of daily control"),
        "weekly": _("Record of the weekly check"),
        "monthly": _("Record of the monthly meeting"),
    }[sheet.kind]
    return Report(
        title,
        sections,
        school=school,
        signatures=signed,
        footnote=_("As of %(time)s") % {"time": facts["as_of"][:16].replace("T", " ")} if "as_of" in facts else "",
    ).pdf()
