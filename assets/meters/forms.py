"""What people type about meters and readings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.meters.models import Meter, MeterReading, Quantity
from assets.models import Equipment
from logistics.core import clock
from logistics.core.forms import ActingForm, ActingModelForm, ReasonForm, RecordChoice

VALUE: dict[str, Any] = {"max_digits": 14, "decimal_places": 3}


class MeterForm(ActingModelForm):
    equipment = RecordChoice(Equipment, resource="assets.equipment", label=gettext_lazy("Equipment"))

    class Meta:
        model = Meter
        fields = ("equipment", "quantity", "kind", "decimals", "max_rate_per_day", "read_every_days")


class NewMeterForm(MeterForm):
    """A meter with the counter that is fitted now."""

    start_value = forms.DecimalField(label=gettext_lazy("Shows now"), required=False, min_value=0, initial=0, **VALUE)
    rolls_over_at = forms.DecimalField(
        label=gettext_lazy("Begins anew at"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("100,000 for a counter of five digits."),
        **VALUE,
    )


class ReadForm(ActingForm):
    """What the counter shows."""

    value = forms.DecimalField(label=gettext_lazy("Reading"), **VALUE)
    read_at = forms.DateTimeField(
        label=gettext_lazy("Read at"),
        required=False,
        help_text=gettext_lazy("Empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    rolled_over = forms.BooleanField(label=gettext_lazy("It began anew at zero since the last reading"), required=False)
    confirmed = forms.BooleanField(label=gettext_lazy("It is right, although unlikely"), required=False)


class ReadingForm(ActingModelForm):
    """A reading by the name of its thing, as a row of a table."""

    equipment = RecordChoice(Equipment, resource="assets.equipment", label=gettext_lazy("Equipment"))
    quantity = forms.ChoiceField(choices=Quantity.choices, label=gettext_lazy("Quantity"))
    value = forms.DecimalField(label=gettext_lazy("Reading"), **VALUE)
    read_at = forms.DateTimeField(
        label=gettext_lazy("Read at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    confirmed = forms.BooleanField(label=gettext_lazy("It is right, although unlikely"), required=False)

    class Meta:
        model = MeterReading
        fields = ("value", "read_at", "rolled_over", "confirmed")

    field_order = ("equipment", "quantity", "value", "read_at", "rolled_over", "confirmed")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("equipment") and data.get("quantity"):
            data["meter"] = Meter.objects.visible_to(self.person).filter(equipment=data["equipment"], quantity=data["quantity"]).first()
            if data["meter"] is None:
                self.add_error("quantity", _("This thing has no such meter."))
        data["read_at"] = data.get("read_at") or clock.now()
        return data

    def _post_clean(self) -> None:
        """The row is judged by the service, which knows the readings around it."""


class ReplaceForm(ActingForm):
    """The old counter comes off, another one goes on."""

    end_value = forms.DecimalField(label=gettext_lazy("The old one showed at last"), min_value=0, **VALUE)
    start_value = forms.DecimalField(label=gettext_lazy("The new one shows now"), min_value=0, initial=Decimal(0), **VALUE)
    rolls_over_at = forms.DecimalField(label=gettext_lazy("Begins anew at"), required=False, min_value=0, **VALUE)


class VoidForm(ReasonForm):
    """Why the reading was wrong."""
