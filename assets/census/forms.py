"""What people type about a count."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Census, CensusLine, Equipment, EquipmentCategory
from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice, RemoteSelectMultiple


class CensusForm(ActingModelForm):
    place = RecordChoice(
        Place,
        resource="campus.place",
        label=_("Place"),
        required=False,
        help_text=_("Everything that stands there or below. Empty: everywhere."),
    )
    department = RecordChoice(Department, resource="accounts.department", label=_("Department"), required=False)
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Category"), required=False)
    counters = forms.ModelMultipleChoiceField(
        Person.objects.all(), label=_("Who counts"), required=False, widget=RemoteSelectMultiple("accounts.person")
    )

    class Meta:
        model = Census
        fields = ("name", "place", "department", "category", "begins_on", "ends_on", "counters")
        widgets = {"begins_on": DayInput(), "ends_on": DayInput()}


class DecideForm(ActingModelForm):
    category = RecordChoice(
        EquipmentCategory,
        resource="assets.equipmentcategory",
        label=_("Category"),
        required=False,
        help_text=_("Only of a thing that is new to the register."),
    )

    class Meta:
        model = CensusLine
        fields = ("decision", "category", "note")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["decision"].required = True


class SeeForm(ActingForm):
    """One thing, seen at a place: by its number on file, or in words when it bears no label."""

    place = RecordChoice(Place, label=_("Seen at"), widget=forms.HiddenInput)
    thing = RecordChoice(Equipment, label=_("Equipment"), required=False, widget=forms.HiddenInput)
    found_name = forms.CharField(label=_("What is it?"), max_length=80, required=False)
    quantity = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=999_999, required=False)
    broken = forms.BooleanField(label=_("It is broken"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
