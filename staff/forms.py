"""What people type into the staff files and the roster."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import Department, Organisation, Person
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice
from staff.models import Certificate, CertificateType, Duty, Leave, RosterPeriod, Skill, StaffMember, StaffSkill

DAY = DayInput()
INSTANT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def staff_choice(**options: Any) -> RecordChoice:
    rows = StaffMember.objects.select_related("person")
    return RecordChoice(rows, resource="staff.staffmember", label=_("Staff member"), **options)


class StaffMemberForm(ActingModelForm):
    person = RecordChoice(Person, resource="accounts.person", label=_("Person"))
    team = RecordChoice(Department.objects.teams(), resource="accounts.department", query={"kind": "team"}, label=_("Team"))
    employer = RecordChoice(Organisation, resource="accounts.organisation", label=_("Employer"), required=False,
                            help_text=_("Only for outsourced people; empty means the school."))

    class Meta:
        model = StaffMember
        fields = ("person", "staff_no", "team", "employment", "employer", "joined_on", "left_on")
        widgets = {"joined_on": DAY, "left_on": DAY}


class SkillForm(ActingModelForm):
    class Meta:
        model = Skill
        fields = ("code", "name_zh", "name_en", "trade")


class AssessForm(ActingForm):
    """A new level; earlier ones stay."""

    staff = staff_choice()
    skill = RecordChoice(Skill, resource="staff.skill", label=_("Skill"))
    level = forms.TypedChoiceField(label=_("Skill level"), coerce=int, choices=StaffSkill._meta.get_field("level").choices)
    assessed_on = forms.DateField(label=_("Assessed on"), widget=DAY)
    evidence = forms.CharField(label=_("Evidence"), max_length=200, required=False)


class CertificateTypeForm(ActingModelForm):
    class Meta:
        model = CertificateType
        fields = ("code", "name_zh", "name_en", "issuer", "validity_months")


class CertificateForm(ActingModelForm):
    staff = staff_choice()
    type = RecordChoice(CertificateType, resource="staff.certificatetype", label=_("Certificate type"))

    class Meta:
        model = Certificate
        fields = ("staff", "type", "number", "issued_on", "valid_from", "valid_until")
        widgets = {"issued_on": DAY, "valid_from": DAY, "valid_until": DAY}


class RosterForm(ActingModelForm):
    team = RecordChoice(Department.objects.teams(), resource="accounts.department", query={"kind": "team"}, label=_("Team"))

    class Meta:
        model = RosterPeriod
        fields = ("team", "first_day", "last_day")
        widgets = {"first_day": DAY, "last_day": DAY}


class DutyForm(ActingForm):
    period = RecordChoice(RosterPeriod.objects.select_related("team"), resource="staff.rosterperiod", action="change", label=_("Roster"))
    staff = staff_choice()
    kind = forms.ChoiceField(label=_("Kind"), choices=Duty.Kind.choices)
    start = forms.DateTimeField(label=_("Starts at"), widget=INSTANT)
    end = forms.DateTimeField(label=_("Ends at"), widget=INSTANT)


class LeaveForm(ActingForm):
    """Leave is asked for oneself."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Leave.Kind.choices)
    first_day = forms.DateField(label=_("First day"), widget=DAY)
    last_day = forms.DateField(label=_("Last day"), widget=DAY)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class WeekForm(ActingForm):
    """Which team's week is made."""

    team = forms.ModelChoiceField(Department.objects.teams())
    week = forms.DateField()
