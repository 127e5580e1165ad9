"""What is typed to set a figure."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.core.forms import ActingForm, DayInput
from logistics.core.limits.declared import LIMITS


def choices() -> list[tuple[str, Any]]:
    return sorted(((declared.code, str(declared.label)) for declared in LIMITS), key=lambda pair: pair[1])


class LimitForm(ActingForm):
    """A figure, its value, from when on, and why."""

    code = forms.ChoiceField(label=_("House figure"), choices=choices)
    value = forms.IntegerField(label=_("Value"), min_value=0)
    since = forms.DateField(label=_("Holds from"), required=False, widget=DayInput(),
                            help_text=_("Empty: at once. What was judged until then stays."))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
