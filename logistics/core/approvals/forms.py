"""What people type about approvals: decisions and routes."""
from __future__ import annotations

from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext_lazy as _

from logistics.core.access import ROLES
from logistics.core.approvals.purposes import purpose_choices
from logistics.core.fields import DaysField
from logistics.core.forms import ActingForm, ActingModelForm
from logistics.core.models import ApprovalRoute
from logistics.core.models.approval import MOST_STEPS

STEPS = tuple(f"step_{n}" for n in range(1, MOST_STEPS + 1))


class StepForm(ActingForm):
    """A decision names the step that it means, so that a page left open decides no other one."""

    step = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.fields["step"].initial = self.record.step


class ApproveForm(StepForm):
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(StepForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=_("Whoever asked reads it."))


def role_choices() -> list[tuple[str, Any]]:
    return [("", "–"), *sorted(((role.code, str(role.label)) for role in ROLES if role.code != "public"), key=lambda pair: pair[1])]


class RouteForm(ActingModelForm):
    """A route: what for, which amounts, who in which order."""

    purpose = forms.ChoiceField(label=_("What for"), choices=purpose_choices)
    above = forms.DecimalField(label=_("Above (CNY)"), min_value=0, max_digits=12, decimal_places=2, required=False,
                               help_text=_("Up to this amount nobody has to agree. Empty: every amount."))
    up_to = forms.DecimalField(label=_("Up to (CNY)"), min_value=0, max_digits=12, decimal_places=2, required=False,
                               help_text=_("Empty: without an upper limit."))
    step_1 = forms.ChoiceField(label=_("First decides"), choices=role_choices)
    step_2 = forms.ChoiceField(label=_("then"), choices=role_choices, required=False)
    step_3 = forms.ChoiceField(label=_("third"), choices=role_choices, required=False)
    step_4 = forms.ChoiceField(label=_("fourth"), choices=role_choices, required=False)
    step_5 = forms.ChoiceField(label=_("fifth"), choices=role_choices, required=False)
    higher_role = forms.ChoiceField(label=_("Passed on after the reminder to"), choices=role_choices, required=False,
                                    help_text=_("May then decide instead. Empty: reminders only."))
    during = DaysField(label=_("Holds from – to"))

    class Meta:
        model = ApprovalRoute
        fields = ("purpose", "reach", "remind_h", "higher_role", "during")
        labels = {"remind_h": _("Reminder after working hours")}

    field_order = ("purpose", "above", "up_to", *STEPS, "reach", "remind_h", "higher_role", "during")
    groups = (
        (_("Further steps"), STEPS[2:], False, ""),
        (_("Reminders"), ("remind_h", "higher_role"), True, ""),
        (_("Where and when"), ("reach", "during"), True, ""),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            amounts = self.instance.amounts
            steps = dict(zip(STEPS, self.instance.steps, strict=False))
            kept = {"above": amounts.lower, "up_to": amounts.upper, **steps}
            for name, value in kept.items():
                self.fields[name].initial = value
            if self.is_bound and kept.keys().isdisjoint(self.data):  # the API changes what it names and leaves the rest
                self.data = {**{name: value for name, value in kept.items() if value is not None}, **self.data}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        above, up_to = data.get("above"), data.get("up_to")
        if above is not None and up_to is not None and up_to <= above:
            self.add_error("up_to", _("Choose an amount above the first one."))
        else:
            self.instance.amounts = data["amounts"] = NumericRange(above, up_to, "(]")
        steps = [code for name in STEPS if (code := data.get(name))]
        if len(set(steps)) != len(steps):
            self.add_error("step_2", _("Each role decides once."))
        if data.get("higher_role") in steps:
            self.add_error("higher_role", _("This role decides a step of its own. Choose another one."))
        self.instance.steps = data["steps"] = steps
        return {name: value for name, value in data.items() if name not in ("above", "up_to") and not name.startswith("step_")}

