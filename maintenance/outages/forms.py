"""What people type about outages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from logistics.accounts.models import Person
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice, RemoteSelectMultiple
from maintenance.models import Outage, OutageLoad, WorkOrder


def moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class OutageForm(ActingModelForm):
    """A source or places, from when to when, and why; the supply map adds what the source feeds."""

    source = RecordChoice(
        Equipment.objects.exclude(status="disposed"),
        resource="assets.equipment",
        label=_("What is shut off"),
        required=False,
        help_text=_("The places that it feeds are added by the supply map."),
    )
    places = forms.ModelMultipleChoiceField(
        Place.objects.all(), label=_("Places that go without"), required=False, widget=RemoteSelectMultiple("campus.place")
    )
    begin = forms.DateTimeField(label=_("Off from"), required=False, widget=moment())
    end = forms.DateTimeField(label=_("Back by"), required=False, widget=moment())
    contact = RecordChoice(Person, resource="accounts.person", label=_("Who answers questions"))
    work_order = RecordChoice(WorkOrder, resource="maintenance.workorder", label=_("Work order"), required=False)

    groups = ((_("More"), ("reason_en", "substitute", "notice_hours", "work_order"), False, ""),)

    class Meta:
        model = Outage
        fields = ("utility", "kind", "source", "reason_zh", "contact", "reason_en", "substitute", "notice_hours", "work_order")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["utility", "kind", "source", "places", "begin", "end", "reason_zh", "contact"])
        self.fields["reason_zh"].label = _("Reason")
        self.fields["notice_hours"].required = False
        if self.instance.pk:
            planned = self.instance.planned
            self.initial |= {
                "begin": planned.lower if planned else None,
                "end": planned.upper if planned else None,
                "places": list(self.instance.places.values_list("place_id", flat=True)),
            }
            del self.fields["kind"]
        else:
            self.initial.pop("notice_hours", None)


class AnswerForm(ActingForm):
    """What was agreed with whoever answers for a critical load."""

    load = forms.ModelChoiceField(OutageLoad.objects.none(), label=_("Load"))
    arrangement = forms.CharField(label=_("What was arranged"), max_length=300, help_text=_("Who prepares what, until when."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = OutageLoad.objects.select_related("load__place", "load__equipment", "load__contact")
        field: Any = self.fields["load"]
        field.queryset = rows.filter(outage=self.record) if self.record is not None else rows
        field.label_from_instance = lambda row: f"{row.load} · {row.load.contact}"


class ExtendForm(ActingForm):
    new_end = forms.DateTimeField(label=_("Back by"), widget=moment())
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class NewsForm(ActingForm):
    note = forms.CharField(label=_("What people should know"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
