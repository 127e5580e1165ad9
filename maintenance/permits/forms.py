"""What is typed about permits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice
from maintenance.models import Permit, WorkOrder
from staff.models import StaffMember


def colleagues() -> Any:
    """Who may stand by: everybody with a staff file."""
    staff = StaffMember.objects.values("person_id")
    return Person.objects.active().filter(pk__in=staff).order_by("number")


class PermitForm(ActingModelForm):
    order = RecordChoice(WorkOrder.objects.open(), resource="maintenance.workorder", label=_("Work order"))
    begin = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    end = forms.DateTimeField(label=_("To"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    watcher = forms.ModelChoiceField(colleagues(), label=_("Watcher"), help_text=_("Stands by all the time; not who asks."))

    class Meta:
        model = Permit
        fields = ("order", "kind", "watcher", "measures", "readings")
        widgets = {"measures": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["order", "kind", "begin", "end", "watcher", "measures", "readings"])


class CloseForm(ActingForm):
    """The site after the work."""

    note = forms.CharField(label=_("How the site was left"), max_length=300)
