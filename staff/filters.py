"""What staff files, papers and duties are filtered by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from logistics.accounts.models import Department, Person
from logistics.core import clock
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from logistics.core.search import search
from logistics.core.trades import Trade
from staff.models import Certificate, CertificateType, Duty, Leave, RosterPeriod, Skill, StaffMember, StaffSkill


@extend_schema_field({"type": "integer"})
class TeamFilter(django_filters.ModelChoiceFilter):
    """A team with the teams below it; `path` leads from the row to its team."""

    def __init__(self, path: str = "team") -> None:
        super().__init__(queryset=Department.objects.teams(), label=_("Team"), widget=RemoteSelect("accounts.department", kind="team"))
        self.path = path

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs.filter(**{f"{self.path}__ancestors__contains": [value.pk]}) if value else qs


class PersonSearch(django_filters.CharFilter):
    """The search box over people's names and numbers; `path` leads from the row to the person."""

    def __init__(self, path: str) -> None:
        super().__init__(label=_("Search"))
        self.path = path

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(**{f"{self.path}__in": search(Person.objects.all(), value)}) if value else qs


class NumberOrName(django_filters.CharFilter):
    """Staff number, or the person's name, number or initials."""

    def __init__(self) -> None:
        super().__init__(label=_("Search"))

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        return qs.filter(
            Q(pk__in=search(StaffMember.objects.all(), value).values("pk")) | Q(person__in=search(Person.objects.all(), value))
        )


class StaffFilters(RecordFilters):
    team = TeamFilter()
    employment = django_filters.ChoiceFilter(label=_("Employment"), choices=StaffMember.Employment.choices)
    trade = django_filters.ChoiceFilter(label=_("Trade"), choices=Trade.choices, method="of_trade")
    here = django_filters.BooleanFilter(label=_("Works here now"), method="employed", widget=forms.CheckboxInput)
    quick = ((_("Works here now"), {"here": "true"}, "user-check"), (_("Outsourced"), {"employment": "outsourced"}, "briefcase"))

    class Meta:
        model = StaffMember
        fields: tuple[str, ...] = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return super().get_filters() | {"q": NumberOrName()}

    def of_trade(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(pk__in=StaffSkill.objects.filter(skill__trade=value).values("staff"))

    def employed(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.employed() if value else rows


class SkillFilters(RecordFilters):
    trade = django_filters.ChoiceFilter(label=_("Trade"), choices=Trade.choices)

    class Meta:
        model = Skill
        fields: tuple[str, ...] = ()


class StaffSkillFilters(RecordFilters):
    q = PersonSearch("staff__person")
    team = TeamFilter("staff__team")
    trade = django_filters.ChoiceFilter(label=_("Trade"), choices=Trade.choices, field_name="skill__trade")
    newest = django_filters.BooleanFilter(label=_("Only what counts now"), method="counting", widget=forms.CheckboxInput)
    quick = ((_("Only what counts now"), {"newest": "true"}, "star"),)

    class Meta:
        model = StaffSkill
        fields: tuple[str, ...] = ()

    def counting(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.newest() if value else rows


class CertificateFilters(RecordFilters):
    q = PersonSearch("staff__person")
    team = TeamFilter("staff__team")
    type = django_filters.ModelChoiceFilter(label=_("Certificate type"), queryset=CertificateType.objects.all())
    state = django_filters.ChoiceFilter(label=_("State"), choices=Certificate._meta.get_field("state").choices)
    ends = django_filters.ChoiceFilter(
        label=_("Ends"),
        method="ending",
        choices=[("over", _("Expired")), ("7", _("Within 7 days")), ("30", _("Within 30 days")), ("60", _("Within 60 days"))],
    )
    quick = (
        (_("To be verified"), {"state": "pending"}, "eye-check"),
        (_("Ends within 30 days"), {"ends": "30"}, "hourglass"),
        (_("Expired"), {"ends": "over"}, "alert-octagon"),
    )

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = ()

    def ending(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        today = clock.today()
        if value == "over":
            return rows.ending(today - timedelta(days=3650), today - timedelta(days=1))
        return rows.ending(today, today + timedelta(days=int(value)))


class RosterFilters(RecordFilters):
    team = TeamFilter()
    state = django_filters.ChoiceFilter(label=_("State"), choices=RosterPeriod._meta.get_field("state").choices)

    class Meta:
        model = RosterPeriod
        fields: tuple[str, ...] = ()


class DutyFilters(RecordFilters):
    q = PersonSearch("staff__person")
    team = TeamFilter("period__team")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Duty.Kind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=Duty._meta.get_field("state").choices)
    now = django_filters.BooleanFilter(label=_("On duty now"), method="present", widget=forms.CheckboxInput)
    quick = ((_("On duty now"), {"now": "true"}, "user-check"), (_("On call"), {"kind": "on_call"}, "phone-call"))

    class Meta:
        model = Duty
        fields: tuple[str, ...] = ()

    def present(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.live().at(clock.now()) if value else rows


class LeaveFilters(RecordFilters):
    q = PersonSearch("staff__person")
    team = TeamFilter("staff__team")
    state = django_filters.ChoiceFilter(label=_("State"), choices=Leave._meta.get_field("state").choices)
    quick = ((_("Waiting for a decision"), {"state": "asked"}, "hourglass"),)

    class Meta:
        model = Leave
        fields: tuple[str, ...] = ()
