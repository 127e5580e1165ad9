"""What people type when they propose renewals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.forms import ActingForm


class FrameForm(forms.Form):
    """For which year, and how much money there is; nothing is saved."""

    year = forms.IntegerField(label=_("Planned year"), min_value=2000, max_value=2200)
    budget = forms.DecimalField(
        label=_("Budget (yuan)"), required=False, min_value=0, max_digits=14, decimal_places=2, help_text=_("Empty: choose by hand.")
    )

    def __init__(self, data: Any = None):
        super().__init__(data or None)
        self.fields["year"].initial = clock.today().year + 1

    @property
    def year_asked(self) -> int:
        known = self.cleaned_data.get("year") if self.is_bound and (self.is_valid() or "year" not in self.errors) else None
        return known or clock.today().year + 1


class ProposalForm(ActingForm):
    """Under which words it is handed in."""

    title = forms.CharField(label=_("Title"), max_length=120)
    note = forms.CharField(label=_("Why"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
