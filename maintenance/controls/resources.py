"""Control sheets, declared once for page and API."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.access import ROLES
from logistics.core.bilingual import pick
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from maintenance.controls import filters, forms, services
from maintenance.controls.models import ControlSheet, ControlSignature
from maintenance.controls.workflow import SIGNED_BY


def period(row: ControlSheet) -> str:
    first, last = ui.paper_day(row.first_on), ui.paper_day(row.last_on)
    return first if first == last else f"{first} – {last}"


@resource
class ControlSheets(Resource):
    model = ControlSheet
    slug = "control-sheets"
    icon = "clipboard-check"
    menu = ("safety", 50)
    order = ("-first_on", "-id")
    list_joins = ("category", "place")
    comments = files = True
    add_form = forms.SheetForm
    filterset = filters.SheetFilters
    columns = (
        NameColumn("get_kind_display", gettext_lazy("Sheet"), joins=("category", "place"), second="category.name", width=30),
        Column("first_on", gettext_lazy("Period"), sort="first_on", show=period, export=period),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("place_label", gettext_lazy("Place")),
        Column(
            "open",
            gettext_lazy("Open dangers"),
            show=lambda row: str(len(row.facts.get("open", ()))),
            export=lambda row: len(row.facts.get("open", ())),
            kind="number",
            css="hq-end",
        ),
    )
    facts = (
        Column("category", gettext_lazy("Kind of device"), joins=("category",)),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("first_on", gettext_lazy("Period"), show=period),
    )
    api_fields = ("kind", "category", "place", "place_label", "first_on", "last_on", "facts", "notes", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.make_sheet(by=by, **data)

    @classmethod
    def title(cls, record: Any) -> str:
        return f"{record.get_kind_display()}{_(': ')}{record.category.name}"

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{period(record)} · {record.place_label}"

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": str(_("Print")), "url": reverse("maintenance:controlsheet-paper", args=[record.pk]), "icon": "printer"}]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        signed = [
            (ROLES[row.role].label, row)
            for row in ControlSignature.objects.filter(sheet=record).select_related("person").order_by("at", "pk")
        ]
        left = [ROLES[code].label for code in SIGNED_BY[record.kind][len(signed) :]]
        facts = {**record.facts}
        for name in ("rounds", "open", "locked", "orders"):
            facts[name] = [{**one, "words": pick(one["zh"], one["en"])} for one in facts.get(name, [])]
        found = [(_("What the records say"), render_to_string("maintenance/controls/_facts.html", {"facts": facts}))]
        if record.notes:
            found.append((_("Measures and decisions"), render_to_string("core/parts/quote.html", {"text": record.notes})))
        return [*found, (_("Signatures"), render_to_string("maintenance/rounds/_signed.html", {"signed": signed, "open": left}))]
