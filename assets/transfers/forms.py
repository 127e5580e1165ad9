"""What people type about transfers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.lines import PiecesField, ThingsField, WithThings, written
from assets.models import Transfer, TransferLine
from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice, offer


class TransferForm(WithThings, ActingModelForm):
    things = ThingsField()
    pieces = PiecesField()
    from_department = RecordChoice(Department, resource="accounts.department", label=_("From department"))
    to_department = RecordChoice(Department, resource="accounts.department", label=_("To department"))
    to_place = RecordChoice(Place, resource="campus.place", label=_("To place"))
    to_keeper = RecordChoice(Person, resource="accounts.person", label=_("New keeper"), required=False)

    class Meta:
        model = Transfer
        fields = ("from_department", "to_department", "to_place", "to_keeper", "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["things", "pieces", "from_department", "to_department", "to_place", "to_keeper", "reason"])
        if self.instance.pk:
            lines = list(self.instance.lines.select_related("equipment"))
            self.fields["things"].required = False
            self.initial |= {"things": [line.equipment_id for line in lines], "pieces": written(lines)}


class ReceiveForm(ActingForm):
    """What came, and what did not."""

    missing = forms.ModelMultipleChoiceField(
        TransferLine.objects.none(), label=_("Did not come"), required=False, widget=forms.CheckboxSelectMultiple
    )
    differences = forms.CharField(label=_("Differences"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            offer(self, "missing", self.record.lines.select_related("equipment"))
