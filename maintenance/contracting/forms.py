"""What is typed about quotes, visits and papers of firms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Organisation, Person
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice, RemoteSelectMultiple
from maintenance.models import FirmCertificate, Quote, Visit, WorkOrder


def firms() -> Any:
    return Organisation.objects.filter(kind="contractor", active=True)


class QuoteForm(ActingModelForm):
    """Ask a firm for its price."""

    order = RecordChoice(WorkOrder.objects.open(), resource="maintenance.workorder", label=_("Work order"))
    organisation = forms.ModelChoiceField(firms(), label=_("Firm"))

    class Meta:
        model = Quote
        fields = ("order", "organisation", "note")


class OfferForm(ActingForm):
    amount = forms.DecimalField(label=_("Amount in CNY"), max_digits=12, decimal_places=2, min_value=0.01)
    valid_until = forms.DateField(label=_("Valid until"), widget=DayInput())
    note = forms.CharField(label=_("What it covers"), max_length=500, required=False)


class AcceptQuoteForm(ActingForm):
    warranty_reason = forms.CharField(
        label=_("Why paid although under warranty"), max_length=300, required=False, help_text=_("Asked only while the warranty holds.")
    )


class VisitForm(ActingModelForm):
    """When somebody comes, and who."""

    order = RecordChoice(WorkOrder.objects.open(), resource="maintenance.workorder", label=_("Work order"))
    begin = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    end = forms.DateTimeField(label=_("To"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    people = forms.ModelMultipleChoiceField(
        Person.objects.filter(kinds__contains=["contractor"]), label=_("Who comes"), widget=RemoteSelectMultiple("accounts.person")
    )

    class Meta:
        model = Visit
        fields = ("order", "people")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.order_fields(["order", "begin", "end", "people"])
        if self.instance.pk:
            self.initial |= {"begin": self.instance.span.lower, "end": self.instance.span.upper}
            del self.fields["order"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("begin") and data.get("end") and data["end"] <= data["begin"]:
            self.add_error("end", _("It ends after it begins."))
        return data


class FirmCertificateForm(ActingModelForm):
    person = RecordChoice(Person.objects.filter(kinds__contains=["contractor"]), resource="accounts.person", label=_("Person"))

    class Meta:
        model = FirmCertificate
        fields = ("person", "type", "number", "valid_from", "valid_until")
        widgets = {"valid_from": DayInput(), "valid_until": DayInput()}
