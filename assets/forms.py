"""What people type into the register."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, EquipmentCategory, UseLock
from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, ReasonForm, RecordChoice

DAY = DayInput()


class EquipmentForm(ActingModelForm):
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Category"))
    place = RecordChoice(Place, resource="campus.place", label=_("Place"), required=False)
    department = RecordChoice(Department, resource="accounts.department", label=_("Department"), required=False)
    keeper = RecordChoice(Person, resource="accounts.person", label=_("Keeper"), required=False)
    groups = (
        (_("Who answers for it"), ("department", "keeper"), True, ""),
        (
            _("Maker and numbers"),
            ("maker", "model_name", "serial_no", "fixed_asset_no"),
            False,
            _("From the nameplate and the asset label."),
        ),
        (
            _("Dates, cost and life"),
            ("purchased_on", "commissioned_on", "warranty_until", "purchase_cost", "life_years", "criticality"),
            False,
            "",
        ),
    )

    class Meta:
        model = Equipment
        fields = (
            "category",
            "name_zh",
            "name_en",
            "place",
            "department",
            "keeper",
            "maker",
            "model_name",
            "serial_no",
            "fixed_asset_no",
            "purchased_on",
            "commissioned_on",
            "warranty_until",
            "purchase_cost",
            "life_years",
            "criticality",
        )
        widgets = {"purchased_on": DAY, "commissioned_on": DAY, "warranty_until": DAY}


class CategoryForm(ActingModelForm):
    parent = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Parent category"), required=False)

    class Meta:
        model = EquipmentCategory
        fields = ("parent", "code", "name_zh", "name_en", "kind", "trade", "default_life_years", "default_criticality")


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
