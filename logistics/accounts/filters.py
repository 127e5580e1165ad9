"""Filters of people, departments, organisations, grants, delegations and memberships."""
from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from logistics.accounts.models import ApiToken, Delegation, Department, Membership, Organisation, Person, RoleGrant
from logistics.core import clock
from logistics.core.access import ROLES
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class DepartmentTreeFilter(django_filters.ModelChoiceFilter):
    """A department with everything under it; the field name leads from the row to its department."""

    def __init__(self) -> None:
        super().__init__(queryset=Department.objects.all(), label=_("Department"), widget=RemoteSelect("accounts.department"))

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs.filter(**{f"{self.field_name}__ancestors__contains": [value.pk]}) if value else qs


class PersonFilters(RecordFilters):
    department = DepartmentTreeFilter()
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Person.Kind.choices, method="of_kind")
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Person.Status.choices)
    quick = (
        (_("Students"), {"kind": "student"}, "school"), (_("Teachers"), {"kind": "teacher"}, "chalkboard"),
        (_("Staff"), {"kind": "staff"}, "users"), (_("Suspended"), {"status": "suspended"}, "lock"),
    )

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def of_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(kinds__contains=[value])


class DepartmentFilters(RecordFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Department.Kind.choices)
    active = django_filters.BooleanFilter(label=_("Active"))
    quick = ((_("Classes"), {"kind": "class"}, "school"), (_("Teams"), {"kind": "team"}, "users"))

    class Meta:
        model = Department
        fields: tuple[str, ...] = ()


class OrganisationFilters(RecordFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Organisation.Kind.choices)

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()


class DatedFilters(RecordFilters):
    """Rows that hold for a time: those of now, or all."""

    when = django_filters.ChoiceFilter(label=_("Time"), choices=[("now", _("Now")), ("over", _("Ended"))], method="at_time")
    quick = ((_("Now"), {"when": "now"}, "clock"),)

    def at_time(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(during__contains=clock.now()) if value == "now" else rows.filter(during__endswith__lte=clock.now())


class RoleGrantFilters(DatedFilters):
    role = django_filters.ChoiceFilter(label=_("Role"), choices=[(role.code, role.label) for role in ROLES])
    department = DepartmentTreeFilter()

    class Meta:
        model = RoleGrant
        fields: tuple[str, ...] = ()


class DelegationFilters(DatedFilters):
    class Meta:
        model = Delegation
        fields: tuple[str, ...] = ()


class MembershipFilters(DatedFilters):
    department = DepartmentTreeFilter()

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()


class ApiTokenFilters(RecordFilters):
    owner = django_filters.ModelChoiceFilter(queryset=Person.objects.all(), widget=RemoteSelect("accounts.person"), label=_("Acts as"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=ApiToken.State.choices)
    holds = django_filters.BooleanFilter(label=_("Holds now"), method="holding_now")
    device = django_filters.CharFilter(label=_("Code of the device"))
    quick = ((_("Holds now"), {"holds": "true"}, "key"), (_("Revoked"), {"state": "revoked"}, "key-off"))

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ()

    def holding_now(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        now = {"state": "valid", "expires_at__gt": clock.now()}
        return queryset if value is None else queryset.filter(**now) if value else queryset.exclude(**now)
