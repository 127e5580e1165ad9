"""A stop that nobody reported as broken: entered by hand."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Downtime, Equipment
from logistics.core.forms import ActingModelForm, RecordChoice


class DowntimeForm(ActingModelForm):
    equipment = RecordChoice(Equipment.objects.exclude(status="disposed"), resource="assets.equipment", label=_("Equipment"))
    begin = forms.DateTimeField(label=_("Stood still from"))
    end = forms.DateTimeField(label=_("Runs again since"), required=False, help_text=_("Empty: it still stands still."))
    cause = forms.ChoiceField(label=_("Cause"), choices=[
        (code, label) for code, label in Downtime.Cause.choices if code in ("failure", "planned", "outage")])

    class Meta:
        model = Downtime
        fields = ("equipment", "cause", "note")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("begin", "end"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        self.order_fields(["equipment", "begin", "end", "cause", "note"])
        if self.instance.pk:
            self.initial |= {"begin": self.instance.during.lower, "end": self.instance.during.upper}
            del self.fields["equipment"]
