"""Categories, the facts that they ask for, and models, as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets import filters, forms
from assets.models import CategoryAttribute, Equipment, EquipmentCategory, EquipmentModel
from logistics.core.columns import Column, NameColumn
from logistics.core.counting import bounded_count
from logistics.core.models import RecordFile
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.transfer.declaration import Transfer


@resource
class Categories(Resource):
    model = EquipmentCategory
    slug = "categories"
    icon = "category"
    menu = ("registers", 30)
    filterset = filters.CategoryFilters
    order = ("code",)
    form = forms.CategoryForm
    transfer = Transfer(key="code", also={"asset_class_code": ("资产分类代码", "国标分类")},
                        examples=({"code": "ac-vrf", "parent": "ac", "name_zh": "多联机", "name_en": "VRF system"},))
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="code", second="code", export=str),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind"),
        Column("parent", gettext_lazy("Parent category"), joins=("parent",), export=lambda row: str(row.parent or "")),
        Column("get_trade_display", gettext_lazy("Trade"), sort="trade"),
        Column("default_life_years", gettext_lazy("Usual life (years)"), sort="default_life_years", kind="number", css="hq-end"),
    )
    facts = (
        Column("code", gettext_lazy("Code")),
        Column("parent", gettext_lazy("Parent category"), joins=("parent",)),
        Column("get_kind_display", gettext_lazy("Kind")),
        Column("get_trade_display", gettext_lazy("Trade")),
        Column("default_life_years", gettext_lazy("Usual life (years)")),
        Column("get_default_criticality_display", gettext_lazy("Usual criticality")),
        Column("group_allowed", gettext_lazy("May be kept as a group")),
        Column("use_noted", gettext_lazy("Its use is noted")),
        Column("asset_class_code", gettext_lazy("Fixed asset class")),
        Column("documents", gettext_lazy("Papers needed"), show=lambda row: papers_words(row.documents)),
    )
    api_fields = ("code", "name_zh", "name_en", "parent", "kind", "trade", "default_life_years", "default_criticality", "group_allowed",
                  "use_noted", "asset_class_code", "documents")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        count = bounded_count(Equipment.objects.filter(category__ancestors__contains=[record.pk]).exclude(status="disposed"))
        rows = sorted(CategoryAttribute.objects.filter(category_id__in=record.ancestors).select_related("category"),
                      key=lambda row: (record.ancestors.index(row.category_id), row.position, row.code))
        may = cls.may(request.user, "change", record)
        listing = fragment("assets/_attributes.html", rows=rows, category=record, may=may, add_url=(
            f"{reverse('assets:categoryattribute-add')}?category={record.pk}" if may else ""))
        url = f"{reverse('assets:equipment-list')}?category={record.pk}"
        things = format_html('<a href="{}">{}</a>', url, ngettext("%(n)s thing", "%(n)s things", count.rows) % {"n": count})
        return [(_("Equipment"), things), (_("Technical facts"), listing)]


def papers_words(codes: list[str]) -> str:
    labels = dict(RecordFile.Label.choices)
    return _(", ").join(str(labels.get(code, code)) for code in codes) or _("none")


@resource
class Attributes(Resource):
    model = CategoryAttribute
    slug = "category-attributes"
    icon = "list-details"
    filterset = filters.AttributeFilters
    order = ("category__code", "position", "code")
    form = forms.AttributeForm
    list_joins = ("category",)
    columns = (
        NameColumn("label", gettext_lazy("Fact"), sort="name_zh", second="code", export=str),
        Column("category", gettext_lazy("Category"), joins=("category",), sort="category__code", export=lambda row: str(row.category)),
        Column("get_type_display", gettext_lazy("What it holds"), sort="type"),
        Column("unit", gettext_lazy("Unit")),
        Column("required", gettext_lazy("Counts for the dossier")),
    )
    facts = (
        Column("category", gettext_lazy("Category"), joins=("category",)), Column("code", gettext_lazy("Code")),
        Column("get_type_display", gettext_lazy("What it holds")), Column("unit", gettext_lazy("Unit")),
        Column("choices", gettext_lazy("Choices")), Column("required", gettext_lazy("Counts for the dossier")),
    )
    api_fields = ("category", "code", "name_zh", "name_en", "type", "unit", "choices", "required", "position")


@resource
class Models(Resource):
    model = EquipmentModel
    slug = "models"
    icon = "versions"
    filterset = filters.ModelFilters
    order = ("maker", "name")
    form = forms.ModelForm
    files = photos = open_to_all = True
    list_joins = ("category",)
    option_hint = "category.name"
    transfer = Transfer(
        key="label", also={"maker": ("厂家", "品牌"), "name": ("型号", "规格型号"), "replacement_cost": ("重置单价", "现价")},
        examples=(
            {"maker": "海岚", "name": "AC-320", "category": "ac", "life_years": "10", "replacement_cost": "5200", "price_year": "2026"},
        ))
    columns = (
        NameColumn("name", gettext_lazy("Model"), sort="name", second="maker", export=str),
        Column("category", gettext_lazy("Category"), joins=("category",), sort="category__code", export=lambda row: str(row.category)),
        Column("life_years", gettext_lazy("Life (years)"), sort="life_years", kind="number", css="hq-end"),
        Column("replacement_cost", gettext_lazy("Cost of a new one (yuan)"), sort="replacement_cost", kind="money", css="hq-end"),
        Column("price_year", gettext_lazy("Price of the year"), css="hq-end c-hide", show=lambda row: str(row.price_year or "")),
    )
    facts = (
        Column("maker", gettext_lazy("Maker")), Column("name", gettext_lazy("Model")),
        Column("category", gettext_lazy("Category"), joins=("category",)), Column("life_years", gettext_lazy("Life (years)")),
        Column("replacement_cost", gettext_lazy("Cost of a new one (yuan)")),
        Column("price_year", gettext_lazy("Price of the year"), show=lambda row: str(row.price_year or "")),
    )
    api_fields = ("category", "maker", "name", "life_years", "replacement_cost", "price_year")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        things = Equipment.objects.filter(model=record).exclude(status="disposed")
        count, url = bounded_count(things), f"{reverse('assets:equipment-list')}?model={record.pk}"
        link = format_html('<a href="{}">{}</a>', url, ngettext("%(n)s thing", "%(n)s things", count.rows) % {"n": count})
        return [(_("Equipment"), link)]
