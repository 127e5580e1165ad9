"""What is typed about permits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.core import clock
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice
from maintenance.models import Permit, WorkOrder
from maintenance.permits.checks import lacking
from maintenance.permits.limits import HOURS
from staff.models import StaffMember


def colleagues() -> Any:
    """Who may stand by: everybody with a staff file."""
    staff = StaffMember.objects.values("person_id")
    return Person.objects.active().filter(pk__in=staff).order_by("number")


class PermitForm(ActingModelForm):
    order = RecordChoice(WorkOrder.objects.open(), resource="maintenance.workorder", label=_("Work order"))
    begin = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    end = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    watcher = forms.ModelChoiceField(colleagues(), label=_("Watcher"), help_text=_("Stands by all the time; not who asks."))

    class Meta:
        model = Permit
        fields = ("order", "kind", "watcher", "measures", "readings")
        widgets = {"measures": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.propose()
        self.order_fields(["order", "kind", "begin", "end", "watcher", "measures", "readings"])


    def propose(self) -> None:
        """What the order lacks, from now on for as long as such a permit may hold; whoever asks changes it."""
        order = WorkOrder.objects.filter(pk=self.initial["order"]).first() if str(self.initial.get("order", "")).isdigit() else None
        kind = next(iter(lacking(order)), "") if order is not None else ""
        if kind:
            begin = clock.now().replace(second=0, microsecond=0)
            proposed = {"kind": kind, "begin": begin, "end": begin + timedelta(hours=HOURS[kind].value(begin))}
            self.initial = {**proposed, **self.initial}


class CloseForm(ActingForm):
    """The site after the work."""

    note = forms.CharField(label=_("How the site was left"), max_length=300)
