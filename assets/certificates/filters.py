"""What schemes, requirements and records are filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.certificates.limits import FIRST_DAYS, LAST_DAYS, SECOND_DAYS
from assets.certificates.models import ACTIONS, Requirement, Scheme, SchemeRule, SchemeVersion, StatutoryRecord
from assets.models import Equipment, EquipmentCategory
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect

STANDINGS = [
    ("expired", _("Over")),
    ("failed", _("Failed")),
    ("last", _("Ends within the last days")),
    ("second", _("Ends soon")),
    ("first", _("Ends in view")),
    ("met", _("Met")),
    ("missing", _("Nothing recorded")), ("later", _("First turn to come")),
    ("unknown", _("Cannot be worked out")),
]


def standing_rows(rows: Any, standing: str) -> Any:
    """The requirements of one standing; each is of exactly one, but that ending ones are met as well."""
    match standing:
        case "expired":
            return rows.expired()
        case "failed":
            return rows.failed()
        case "last":
            return rows.due_within(LAST_DAYS.value())
        case "second":
            return rows.due_within(SECOND_DAYS.value())
        case "first":
            return rows.due_within(FIRST_DAYS.value())
        case "met":
            return rows.met()
        case "missing":
            return rows.unrecorded()
        case "later":
            return rows.not_yet()
        case "unknown":
            return rows.filter(interval__isnull=True, next_due_on__isnull=True)
    return rows


class RequirementFilters(RecordFilters):
    standing = django_filters.ChoiceFilter(label=_("Standing"), choices=STANDINGS, method="stands")
    kind = django_filters.ChoiceFilter(
        label=_("Proved by"), method="proved", choices=[("certificate", _("Certificate")), ("round", _("Own checks"))]
    )
    scheme = django_filters.ModelChoiceFilter(
        label=_("Statutory scheme"), queryset=Scheme.objects.all(), widget=RemoteSelect("assets.scheme")
    )
    action = django_filters.ChoiceFilter(label=_("Action"), choices=ACTIONS)
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="below", widget=RemoteSelect("campus.place")
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=EquipmentCategory.objects.all(), method="of_category", widget=RemoteSelect("assets.equipmentcategory")
    )
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    due_before = django_filters.DateFilter(label=_("Due until"), field_name="next_due_on", lookup_expr="lte")
    quick = (
        (_("Over"), {"standing": "expired", "kind": "certificate"}, "alert-octagon"),
        (_("Failed"), {"standing": "failed"}, "ban"),
        (_("Ends soon"), {"standing": "second", "kind": "certificate"}, "hourglass"),
        (_("Nothing recorded"), {"standing": "missing", "kind": "certificate"}, "file-off"),
    )

    class Meta:
        model = Requirement
        fields: tuple[str, ...] = ()

    def stands(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return standing_rows(rows, value)

    def proved(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.certificates() if value == "certificate" else rows.filter(action="check")

    def below(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(stands_at__ancestors__contains=[value.pk])

    def of_category(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(equipment__category__ancestors__contains=[value.pk])


class StatutoryRecordFilters(RecordFilters):
    result = django_filters.ChoiceFilter(label=_("Result"), choices=StatutoryRecord.Result.choices)
    scheme = django_filters.ModelChoiceFilter(
        label=_("Statutory scheme"), queryset=Scheme.objects.all(), widget=RemoteSelect("assets.scheme")
    )
    action = django_filters.ChoiceFilter(label=_("Action"), choices=ACTIONS)
    equipment = django_filters.ModelChoiceFilter(
        label=_("Equipment"), queryset=Equipment.objects.all(), widget=RemoteSelect("assets.equipment")
    )
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="below", widget=RemoteSelect("campus.place")
    )
    done_after = django_filters.DateFilter(label=_("Done from"), field_name="performed_on", lookup_expr="gte")
    done_before = django_filters.DateFilter(label=_("Done until"), field_name="performed_on", lookup_expr="lte")
    quick = ((_("Failed"), {"result": "fail"}, "ban"),)

    class Meta:
        model = StatutoryRecord
        fields: tuple[str, ...] = ()

    def below(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(stands_at__ancestors__contains=[value.pk])


class SchemeFilters(RecordFilters):
    target = django_filters.ChoiceFilter(label=_("About"), choices=Scheme.Target.choices)
    status = django_filters.ChoiceFilter(label=_("Clause"), choices=SchemeVersion.Status.choices, method="of_status")
    unconfirmed = django_filters.BooleanFilter(label=_("Not confirmed by the school"), method="not_confirmed")
    quick = (
        (_("Not confirmed by the school"), {"unconfirmed": "true"}, "eye-question"),
        (_("Clause to be checked"), {"status": "to_check"}, "zoom-question"),
    )

    class Meta:
        model = Scheme
        fields: tuple[str, ...] = ()

    def versions(self, **which: Any) -> Exists:
        return Exists(SchemeVersion.objects.live().filter(scheme=OuterRef("pk"), **which))

    def of_status(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(self.versions(status=value))

    def not_confirmed(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        open_ = self.versions(confirmed_by__isnull=True)
        return rows.filter(open_ if value else ~open_)


class SchemeRuleFilters(RecordFilters):
    scheme = django_filters.ModelChoiceFilter(
        label=_("Statutory scheme"), queryset=Scheme.objects.all(), widget=RemoteSelect("assets.scheme")
    )

    class Meta:
        model = SchemeRule
        fields: tuple[str, ...] = ()
