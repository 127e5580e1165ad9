"""What people type about disposals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.lines import PiecesField, ThingsField, WithThings, written
from assets.models import Appraisal, Disposal
from logistics.accounts.models import Department, Person
from logistics.core import clock
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice
from logistics.core.photos import clean_photos


class DisposalForm(WithThings, ActingModelForm):
    things = ThingsField()
    pieces = PiecesField()
    department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("Department"))
    appraiser_a = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("First appraiser"), required=False)
    appraiser_b = RecordChoice(
        Person,
        resource="accounts.person",
        label=gettext_lazy("Second appraiser"),
        required=False,
        help_text=gettext_lazy("Two people look at the things; at least one works in another department."),
    )

    class Meta:
        model = Disposal
        fields = ("department", "way", "reason", "appraiser_a", "appraiser_b")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["things", "pieces", "department", "way", "reason", "appraiser_a", "appraiser_b"])
        if self.instance.pk:
            lines = list(self.instance.lines.select_related("equipment"))
            self.fields["things"].required = False
            self.initial |= {"things": [line.equipment_id for line in lines], "pieces": written(lines)}


class AppraiseForm(ActingForm):
    """What the appraiser says."""

    verdict = forms.ChoiceField(label=gettext_lazy("Verdict"), choices=Appraisal.Verdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AskForm(ActingForm):
    """Why the things have to go, for those who approve."""

    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ExecuteForm(ActingForm):
    """When the things left, with receipt and photos."""

    executed_on = forms.DateField(label=gettext_lazy("Taken away on"), widget=DayInput())
    receipt_no = forms.CharField(label=gettext_lazy("Receipt number"), max_length=60)
    residual_value = forms.DecimalField(
        label=gettext_lazy("Received for it (yuan)"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    photos = forms.FileField(label=gettext_lazy("Photo"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/*"}))

    def clean_executed_on(self) -> Any:
        day = self.cleaned_data["executed_on"]
        if day > clock.today():
            raise ValidationError(_("This day is still to come."))
        return day

    def clean_photos(self) -> Any:
        return clean_photos([self.cleaned_data.get("photos")])


class CloseForm(ActingForm):
    """Under which number the finance office wrote it off."""

    finance_ref = forms.CharField(label=gettext_lazy("Reference of the finance office"), max_length=60)
