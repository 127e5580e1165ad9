"""What people type about safety units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from assets.safety.models import SafetyGroup
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, ActingModelForm, RecordChoice, RemoteSelectMultiple


class SafetyGroupForm(ActingModelForm):
    """A unit and its members."""

    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    members = forms.ModelMultipleChoiceField(
        Equipment.objects.exclude(status="disposed"),
        label=_("What belongs to it"),
        required=False,
        widget=RemoteSelectMultiple("assets.equipment"),
    )

    class Meta:
        model = SafetyGroup
        fields = ("name_zh", "name_en", "place", "scheme", "max_out_share")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = self.fields["scheme"].queryset.filter(versions__figures__code="max_out_share").distinct()
        if self.instance.pk:
            self.fields["members"].initial = list(self.instance.members.values_list("pk", flat=True))


class TakeOutForm(ActingForm):
    """Which thing goes, and why."""

    equipment = RecordChoice(Equipment.objects.filter(safety_group__isnull=False), resource="assets.equipment", label=_("Equipment"))
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class StandInForm(ActingForm):
    """What stands in for what."""

    original = RecordChoice(Equipment, resource="assets.equipment", label=_("Original"))
    substitute = RecordChoice(
        Equipment, resource="assets.equipment", label=_("Stands in"), help_text=_("Same category and agent, and at least the same rating.")
    )
