"""What people type into the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from assets import facts
from assets.models import CategoryAttribute, Equipment, EquipmentCategory, EquipmentModel, UseLock
from logistics.accounts.models import Department, Organisation, Person
from logistics.campus.models import LabelBatch, Place
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, ReasonForm, RecordChoice
from logistics.core.models import RecordFile

DAY = DayInput()


class EquipmentForm(ActingModelForm):
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Category"))
    place = RecordChoice(Place, resource="campus.place", label=_("Place"), required=False)
    department = RecordChoice(Department, resource="accounts.department", label=_("Department"), required=False)
    keeper = RecordChoice(Person, resource="accounts.person", label=_("Keeper"), required=False)
    model = RecordChoice(
        EquipmentModel, resource="assets.equipmentmodel", label=_("Model on file"), required=False,
        help_text=_("Gives maker, model, life and price. Not on file: write maker and model below."))
    parent = RecordChoice(Equipment, resource="assets.equipment", label=_("Part of"), required=False)
    replaces = RecordChoice(Equipment, resource="assets.equipment", label=_("Stands in for"), required=False)
    supplier = RecordChoice(Organisation, resource="accounts.organisation", label=_("Supplier"), required=False)
    made_by = RecordChoice(Organisation, resource="accounts.organisation", label=_("Maker as a company on file"), required=False)
    contractor = RecordChoice(Organisation, resource="accounts.organisation", label=_("Serviced by"), required=False)
    attributes = facts.FactsField(
        label=_("Technical facts"), required=False, help_text=_("In a sheet: name=value, separated by semicolons."))
    groups = (
        (_("Who answers for it"), ("department", "keeper"), True, ""),
        (
            _("Maker and numbers"),
            ("model", "maker", "model_name", "serial_no", "fixed_asset_no", "registration_no", "device_code"),
            False,
            _("From the nameplate and the asset label."),
        ),
        (_("Technical facts"), ("attributes",), False, ""),
        (
            _("Dates, cost and life"),
            ("purchased_on", "commissioned_on", "warranty_until", "purchase_cost", "replacement_cost", "price_year", "life_years",
             "criticality"),
            False,
            "",
        ),
        (_("Companies"), ("supplier", "made_by", "contractor"), False, ""),
        (_("Belongs together"), ("parent", "stops_parent", "replaces"), False, ""),
    )

    class Meta:
        model = Equipment
        fields = (
            "category", "name_zh", "name_en", "place", "tracking", "quantity", "department", "keeper", "model", "maker", "model_name",
            "serial_no", "fixed_asset_no", "registration_no", "device_code", "purchased_on", "commissioned_on", "warranty_until",
            "purchase_cost", "replacement_cost", "price_year", "life_years", "criticality", "supplier", "made_by", "contractor", "parent",
            "stops_parent", "replaces", "attributes",
        )
        widgets = {"purchased_on": DAY, "commissioned_on": DAY, "warranty_until": DAY}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.definitions = facts.Definitions()
        self.fields["tracking"].required = self.fields["quantity"].required = False
        category = self.fields["category"]
        category.widget.attrs |= {
            "hx-get": reverse_lazy("assets:facts"), "hx-trigger": "change", "hx-target": "#facts-attributes", "hx-swap": "outerHTML"}
        chosen = self._category()
        if chosen is not None:
            asked = self.fields["attributes"].widget.definitions = self.definitions.of(chosen)
            self.groups = tuple((title, names, open_ or (bool(asked) and names == ("attributes",)), hint)
                                for title, names, open_, hint in self.groups)
        if self.instance.pk:
            own = self.instance.pk
            for name in ("parent", "replaces"):
                field = self.fields[name]
                field.queryset = field.queryset.exclude(pk=own)  # type: ignore[attr-defined]

    def _category(self) -> EquipmentCategory | None:
        """The category of which the page shows the facts."""
        given = (self.data.get("category") if self.is_bound else None) or self.initial.get("category")
        if given is None or isinstance(given, EquipmentCategory):
            return given
        if self.instance.pk and str(given) == str(self.instance.category_id):
            return self.instance.category
        return EquipmentCategory.objects.filter(pk=given).first() if str(given).isdecimal() and len(str(given)) < 19 else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["tracking"] = data.get("tracking") or "unit"
        data["quantity"] = data.get("quantity") or 1
        category = data.get("category")
        if category is None:
            return data
        if data["tracking"] == "group" and not category.group_allowed:
            self.add_error("tracking", _("Things of this category are kept one by one."))
        if "attributes" in data:
            try:
                data["attributes"] = facts.read(data["attributes"] or {}, self.definitions.of(category) if data["attributes"] else ())
            except ValidationError as error:
                self.add_error("attributes", error)
        return data


class CategoryForm(ActingModelForm):
    parent = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Parent category"), required=False)
    documents = forms.MultipleChoiceField(
        label=_("Papers needed"), required=False, choices=RecordFile.Label.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("What the dossier of such a thing must hold; categories below need them too."))

    class Meta:
        model = EquipmentCategory
        fields = (
            "parent", "code", "name_zh", "name_en", "kind", "trade", "default_life_years", "default_criticality", "group_allowed",
            "use_noted", "asset_class_code", "documents",
        )


class AttributeForm(ActingModelForm):
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Category"))

    class Meta:
        model = CategoryAttribute
        fields = ("category", "code", "name_zh", "name_en", "type", "unit", "choices", "required", "position")


class ModelForm(ActingModelForm):
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Category"))

    class Meta:
        model = EquipmentModel
        fields = ("category", "maker", "name", "life_years", "replacement_cost", "price_year")


class LockForm(ActingForm):
    """Why it must not be used, or only with care."""

    level = forms.ChoiceField(
        label=_("How far"),
        choices=[(UseLock.Level.LOCKED, _("Nobody may use it")), (UseLock.Level.RESTRICTED, _("Only with care"))],
        widget=forms.RadioSelect,
        initial=UseLock.Level.LOCKED,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who wants to use it reads this."),
    )


class LiftForm(ReasonForm):
    """Why it may be used again."""


class LabelForm(ActingForm):
    """Labels for things that bear none yet."""

    place = RecordChoice(Place, resource="campus.place", label=_("Things that stand in"), required=False,
                         help_text=_("With everything below. Empty: everywhere."))
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Category"), required=False)
    department = RecordChoice(Department, resource="accounts.department", label=_("Department"), required=False)
    layout = forms.ChoiceField(label=_("Layout"), choices=LabelBatch.Layout.choices)
