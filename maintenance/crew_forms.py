"""Who helps, and who does not any more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.core.forms import ActingForm, RecordChoice, offer
from maintenance import crew


class HelperForm(ActingForm):
    to = RecordChoice(Person, resource="accounts.person", query={"technician": "true"}, label=_("Helper"))


class TakeOffForm(ActingForm):
    helper = forms.ModelChoiceField(Person.objects.none(), label=_("Helper"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            offer(self, "helper", crew.helpers(self.record))
