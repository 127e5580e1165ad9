"""The supply map as lists, pages, forms and API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from assets.models import CriticalLoad, Supply
from assets.supply import filters, forms
from logistics.core.columns import Column, NameColumn
from logistics.core.resources import Resource, resource
from logistics.core.transfer.declaration import Transfer


@resource
class SupplyLines(Resource):
    model = Supply
    slug = "supply"
    icon = "sitemap"
    menu = ("registers", 46)
    filterset = filters.SupplyFilters
    form = forms.SupplyForm
    transfer = Transfer(
        also={"equipment": ("供给设备", "设备编号"), "place": ("供给场所", "场所编码"),
              "utility": ("类别", "供给类别"), "share": ("占比",)},
        examples=({"equipment": "ZC-2026-000012", "place": "MD", "utility": "water"},
                  {"equipment": "ZC-2026-000013", "place": "SY", "utility": "electricity", "share": "60"}),
    )
    list_joins = detail_joins = ("equipment", "place")
    columns = (
        NameColumn(
            "equipment.name", gettext_lazy("Fed by"), second="equipment.number", export=lambda row: row.equipment.number or "", width=30
        ),
        Column("place.place_label", gettext_lazy("Place"), sort="place__code", export=lambda row: row.place.code, width=30),
        Column("get_utility_display", gettext_lazy("Utility"), sort="utility", css="c-state"),
        Column("share", gettext_lazy("Share of the need (%)"), kind="number", css="hq-end c-hide"),
    )
    facts = (
        Column("equipment", gettext_lazy("Fed by")),
        Column("place", gettext_lazy("Place")),
        Column("get_utility_display", gettext_lazy("Utility")),
        Column("share", gettext_lazy("Share of the need (%)")),
    )
    api_fields = ("equipment", "place", "utility", "share")

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": str(other.label_plural).capitalize(), "url": reverse(other.url_name("list"))}
                for other in (CriticalLoads,) if other.may_list(person)]


@resource
class CriticalLoads(Resource):
    model = CriticalLoad
    slug = "critical-loads"
    icon = "alert-triangle"
    filterset = filters.CriticalLoadFilters
    form = forms.CriticalLoadForm
    transfer = Transfer(
        also={"place": ("场所编码",), "equipment": ("设备编号",), "utility": ("类别",), "contact": ("责任人", "工号"), "need": ("要求",)},
        examples=({"place": "ST-107", "utility": "water", "contact": "S1002", "need": "备餐时不能停，提前一晚储水"},),
    )
    list_joins = detail_joins = ("equipment", "place", "contact")
    columns = (
        NameColumn("__str__", gettext_lazy("Load"), second="place.place_label", export=str, width=30),
        Column("get_utility_display", gettext_lazy("Utility"), sort="utility", css="c-state"),
        Column("contact.name", gettext_lazy("Who answers for it")),
        Column("need", gettext_lazy("What it needs"), css="c-hide", width=40),
    )
    facts = (
        Column("place", gettext_lazy("Place")),
        Column("equipment", gettext_lazy("Equipment")),
        Column("get_utility_display", gettext_lazy("Utility")),
        Column("contact.name", gettext_lazy("Who answers for it")),
        Column("need", gettext_lazy("What it needs")),
    )
    api_fields = ("place", "equipment", "utility", "contact", "need")
