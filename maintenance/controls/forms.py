"""What people type on control sheets."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import EquipmentCategory
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, DayInput, RecordChoice
from maintenance.controls.models import ControlSheet


class SheetForm(ActingForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=ControlSheet.Kind)
    category = RecordChoice(EquipmentCategory, resource="assets.equipmentcategory", label=_("Kind of device"))
    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    day = forms.DateField(label=_("A day of the period"), widget=DayInput())
    notes = forms.CharField(label=_("Measures and decisions"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))


class NotesForm(ActingForm):
    notes = forms.CharField(label=_("Measures and decisions"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.fields["notes"].initial = self.record.notes
