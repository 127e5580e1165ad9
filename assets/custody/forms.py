"""What people type when things are handed out, brought back and used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Custody, Equipment, UsageEntry
from logistics.accounts.models import Department, Person
from logistics.core import clock
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice

MINUTE = {"type": "datetime-local"}


class CustodyForm(ActingModelForm):
    equipment = RecordChoice(Equipment.objects.exclude(status="disposed"), resource="assets.equipment", label=gettext_lazy("Equipment"))
    holder = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Handed to"), required=False)
    holder_department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("or to a department"), required=False)

    class Meta:
        model = Custody
        fields = ("equipment", "holder", "holder_department", "due_on", "purpose", "condition_out")
        widgets = {"due_on": DayInput()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("holder")) == bool(data.get("holder_department")):
            raise ValidationError(_("Name either a person or a department."))
        return data


class ReturnForm(ActingForm):
    """In which condition it came back."""

    condition_in = forms.CharField(label=gettext_lazy("Condition"), max_length=200, required=False)


class ExtendForm(ActingForm):
    """Until when it may be kept."""

    due_on = forms.DateField(label=gettext_lazy("To be back on"), widget=DayInput())

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day < clock.today():
            raise ValidationError(_("This day is over."))
        return day


class UsageForm(ActingModelForm):
    equipment = RecordChoice(Equipment.objects.exclude(status="disposed"), resource="assets.equipment", label=gettext_lazy("Equipment"))
    person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Who used it"), required=False)
    begin = forms.DateTimeField(label=gettext_lazy("From"), widget=forms.DateTimeInput(attrs=MINUTE))
    end = forms.DateTimeField(label=gettext_lazy("To"), widget=forms.DateTimeInput(attrs=MINUTE))

    class Meta:
        model = UsageEntry
        fields = ("equipment", "person", "purpose")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["equipment", "begin", "end", "person", "purpose"])
