"""What people type about how the checks of a scheme are done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Scheme
from logistics.accounts.models import Department
from logistics.core.forms import ActingModelForm, RecordChoice
from maintenance.models import Checklist, ControlSheet, SchemeRound
from maintenance.rounds.duties import CHOICES


class ArrangeForm(ActingModelForm):
    """By what it is checked; rounds take their questions, team and labels from here."""

    scheme = RecordChoice(Scheme.objects.filter(body_required=False), label=gettext_lazy("Statutory scheme"))
    duty = forms.ChoiceField(
        label=gettext_lazy("Fulfils the duty"),
        required=False,
        choices=[*CHOICES, (gettext_lazy("Control sheets"), ControlSheet.Kind.choices)],
        help_text=gettext_lazy("Of routes: their duty. Of control sheets: their kind."),
    )
    checklist = RecordChoice(
        Checklist.objects.in_use(),
        resource="maintenance.checklist",
        label=gettext_lazy("Checklist"),
        required=False,
        help_text=gettext_lazy("Empty: made from the name of the scheme with the first round."),
    )
    team = RecordChoice(Department.objects.filter(kind="team"), label=gettext_lazy("Team"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    class Meta:
        model = SchemeRound
        fields = ("scheme", "way", "duty", "domain", "checklist", "team", "tag_needed", "min_s", "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["scheme"]
        self.initial["reason"] = ""  # a change needs a reason of its own

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kinds = set(ControlSheet.Kind.values)
        way, duty = data.get("way"), data.get("duty", "")
        if way == SchemeRound.Way.PATROL and (not duty or duty in kinds):
            self.add_error("duty", _("Choose the duty that the routes carry."))
        if way == SchemeRound.Way.SHEET and duty not in kinds:
            self.add_error("duty", _("Choose the kind of control sheet."))
        if way == SchemeRound.Way.ROUND and duty in kinds:
            self.add_error("duty", _("Choose a duty of rounds, or none."))
        return data
