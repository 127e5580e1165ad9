"""What the register is filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.custody.services import idle
from assets.models import CategoryAttribute, Equipment, EquipmentCategory, EquipmentModel
from assets.renewal.services import aged
from assets.safety.standing import READY, asked_of_safety
from logistics.accounts.filters import DepartmentTreeFilter
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class EquipmentFilters(RecordFilters):
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=EquipmentCategory.objects.all(), method="under", widget=RemoteSelect("assets.equipmentcategory")
    )
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="under", widget=RemoteSelect("campus.place")
    )
    model = django_filters.ModelChoiceFilter(
        label=_("Model on file"), queryset=EquipmentModel.objects.all(), widget=RemoteSelect("assets.equipmentmodel")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), field_name="category__kind", choices=EquipmentCategory.Kind.choices)
    department = DepartmentTreeFilter()
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Equipment._meta.get_field("status").choices)
    use_state = django_filters.ChoiceFilter(label=_("May be used"), choices=Equipment._meta.get_field("use_state").choices)
    tracking = django_filters.ChoiceFilter(label=_("Kept as"), choices=Equipment.Tracking.choices)
    criticality = django_filters.ChoiceFilter(label=_("Criticality"), choices=Equipment._meta.get_field("criticality").choices)
    warranty = django_filters.BooleanFilter(label=_("Warranty ends within 30 days"), method="ending", widget=forms.CheckboxInput)
    idle = django_filters.BooleanFilter(label=_("Idle"), method="unused", widget=forms.CheckboxInput)
    beyond_life = django_filters.BooleanFilter(label=_("Beyond its life"), method="aged", widget=forms.CheckboxInput)
    unready = django_filters.BooleanFilter(label=_("Safety equipment not ready"), method="not_ready", widget=forms.CheckboxInput)
    mine = django_filters.BooleanFilter(label=_("Kept by me"), method="kept", widget=forms.CheckboxInput)
    quick = (
        (_("Locked"), {"use_state": "locked"}, "lock"),
        (_("Warranty ends within 30 days"), {"warranty": "true"}, "hourglass"),
        (_("Vital"), {"criticality": "A"}, "star"),
        (_("Kept by me"), {"mine": "true"}, "user-check"),
        (_("Idle"), {"idle": "true"}, "moon"),
    )

    class Meta:
        model = Equipment
        fields: tuple[str, ...] = ()

    def under(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(**{f"{name}__ancestors__contains": [value.pk]})

    def ending(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.warranty_ending() if value else rows

    def unused(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(pk__in=idle().values("pk")) if value else rows

    def aged(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        old = aged(Equipment.objects.all()).filter(years__gte=F("life"))
        return rows.filter(pk__in=old.values("pk")) if value else rows

    def not_ready(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(pk__in=asked_of_safety(Equipment.objects.all()).exclude(READY).values("pk")) if value else rows

    def kept(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(keeper=self.request.user) if value else rows


class CategoryFilters(RecordFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=EquipmentCategory.Kind.choices)

    class Meta:
        model = EquipmentCategory
        fields: tuple[str, ...] = ()


class AttributeFilters(RecordFilters):
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=EquipmentCategory.objects.all(), widget=RemoteSelect("assets.equipmentcategory"))

    class Meta:
        model = CategoryAttribute
        fields: tuple[str, ...] = ()


class ModelFilters(RecordFilters):
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=EquipmentCategory.objects.all(), method="under", widget=RemoteSelect("assets.equipmentcategory"))

    class Meta:
        model = EquipmentModel
        fields: tuple[str, ...] = ()

    def under(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.filter(category__ancestors__contains=[value.pk])
