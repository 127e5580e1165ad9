"""What people type about hidden dangers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment
from logistics.accounts.models import Department, Person
from logistics.campus.models import Place
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice
from maintenance.models import Finding, RepairCategory
from maintenance.models.policy import Priority


class FindingForm(ActingModelForm):
    """A danger seen outside of a round."""

    title = forms.CharField(label=_("What is dangerous?"), max_length=120)
    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    equipment = RecordChoice(Equipment, resource="assets.equipment", label=_("Equipment"), required=False)
    responsible = RecordChoice(Person, resource="accounts.person", label=_("Person responsible"), required=False)
    department = RecordChoice(Department, resource="accounts.department", label=_("Department responsible"), required=False)
    category = RecordChoice(
        RepairCategory.objects.filter(active=True),
        label=_("Make a work order for"),
        required=False,
        help_text=_("Leave empty to put it right without one."),
    )
    priority = forms.ChoiceField(label=_("Its priority"), choices=[("", "–"), *Priority.choices], required=False)
    field_order = ["title", "place", "severity", "domain", "description"]
    groups = (
        (_("Who removes it"), ("responsible", "department", "category", "priority"), False, ""),
        (_("More"), ("equipment", "level"), False, ""),
    )

    class Meta:
        model = Finding
        fields = ("place", "severity", "domain", "description", "equipment", "level", "responsible", "department")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("category") and not data.get("priority"):
            data["priority"] = {"critical": "P1", "major": "P2"}.get(data.get("severity", ""), "P3")
        return data


class PlanForm(ActingForm):
    """Measures, responsibility, money, deadline, plan: all five for a major danger (措施、责任、资金、时限、预案)."""

    responsible = RecordChoice(Person, resource="accounts.person", label=_("Person responsible"), required=False)
    department = RecordChoice(Department, resource="accounts.department", label=_("Department responsible"), required=False)
    measures = forms.CharField(label=_("Measures"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    rectify_by = forms.DateTimeField(
        label=_("Rectify by"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    money = forms.DecimalField(label=_("Money (yuan)"), max_digits=12, decimal_places=2, min_value=0, required=False)
    plan_text = forms.CharField(
        label=_("Plan until it is gone"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What keeps people safe while it is there."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            for name in ("responsible", "department", "measures", "rectify_by", "money", "plan_text"):
                self.fields[name].initial = getattr(self.record, name)


class LevelForm(ActingForm):
    level = forms.ChoiceField(label=_("Danger level"), choices=Finding.Level)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class OrderForm(ActingForm):
    """Who is to do the work."""

    category = RecordChoice(RepairCategory.objects.filter(active=True), label=_("Category"))
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.fields["priority"].initial = {"critical": "P1", "major": "P2"}.get(self.record.severity, "P3")


class RiskForm(ActingForm):
    until = forms.DateField(label=_("Accepted until"), widget=DayInput())
    reason = forms.CharField(
        label=_("Why it can wait, and what keeps people safe"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
