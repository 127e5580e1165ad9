"""What people type about scheduled reports."""
from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Person
from logistics.alerts.models import ReportSchedule
from logistics.alerts.services.reports import may_export
from logistics.core.access import ROLES, access_of, roles_with
from logistics.core.forms import ActingModelForm, RemoteSelectMultiple, offer
from logistics.core.models import SavedList
from logistics.core.resources import RESOURCES


class SavedListChoice(forms.ModelChoiceField):
    def label_from_instance(self, row: Any) -> str:
        declared = RESOURCES.get(row.kind)
        return f"{str(declared.label_plural).capitalize() if declared else row.kind} · {row.name}"


class ReportForm(ActingModelForm):
    """Which list, when, to whom."""

    saved = SavedListChoice(SavedList.objects.none(), label=_("Saved list"),
                            help_text=_("Filters, order and columns are those of the saved list on the day of sending."))
    people = forms.ModelMultipleChoiceField(Person.objects.all(), label=_("To people"), required=False,
                                            widget=RemoteSelectMultiple("accounts.person"))
    role = forms.ChoiceField(label=_("To everybody with the role"), required=False)
    at = forms.TimeField(label=_("At what hour"), initial=time(7), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    groups = ((_("Further choices"), ("format", "school_days", "skip_empty"), False, ""),)

    class Meta:
        model = ReportSchedule
        fields = ("name", "saved", "every", "weekday", "monthday", "at", "to_me", "people", "role", "format", "school_days", "skip_empty")
        labels = {"skip_empty": _("Send nothing when no row matches"), "school_days": _("Only on school days"), "to_me": _("To me")}
        help_texts = {
            "weekday": _("For a report of every week."), "monthday": _("For a report of every month; 31 is its last day."),
            "school_days": _("What falls on a day off comes on the next school day, once."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        roles = access_of(self.person).roles if self.person else frozenset()
        mine = Q(owner=self.person) | Q(role__in=sorted(roles)) if self.person else Q(pk__in=[])
        offer(self, "saved", SavedList.objects.live().filter(mine))
        offer(self, "role", [("", "–"), *((one.code, str(one.label)) for one in ROLES)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        saved, role = data.get("saved"), data.get("role")
        if saved and self.person and not may_export(saved.kind, self.person):
            self.add_error("saved", _("You may not export this list."))
        if saved and role and role not in roles_with(f"{saved.kind}:view"):
            self.add_error("role", _("This role does not see the list."))
        if not (data.get("to_me") or data.get("people") or role):
            raise ValidationError(_("Say to whom it is sent."))
        return data
