"""Filters of places, labels, closures, calendars and stewardships."""
from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from logistics.accounts.models import Person
from logistics.campus.models import CalendarVersion, Place, PlaceClosure, Stewardship, Tag, WorkCalendar
from logistics.campus.services.stewardship import role_choices
from logistics.core import clock
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect
from logistics.core.qr import normalise


@extend_schema_field({"type": "integer"})
class PlaceTreeFilter(django_filters.ModelChoiceFilter):
    """A place with everything in it; the field name leads from the row to its place ("" = the row itself)."""

    def __init__(self, path: str = "place", **options: Any) -> None:
        self.path = f"{path}__" if path else ""
        super().__init__(queryset=Place.objects.all(), label=_("Place"), widget=RemoteSelect("campus.place"), **options)

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs.filter(**{f"{self.path}ancestors__contains": [value.pk]}) if value else qs


class PlaceFilters(RecordFilters):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=Place.Kind.choices)
    use = django_filters.MultipleChoiceFilter(label=_("Use"), choices=Place.Use.choices)
    campus = django_filters.ModelChoiceFilter(label=_("Campus"), queryset=Place.objects.campuses(), method="in_campus")
    inside = PlaceTreeFilter("", field_name="parent")
    public = django_filters.BooleanFilter(label=_("Open to guests"))
    untagged = django_filters.BooleanFilter(label=_("Without label"), method="without_label")
    active = django_filters.BooleanFilter(label=_("In use"), method="in_use")
    quick = (
        (_("Whole buildings"), {"kind": "building"}, "building"),
        (_("Rooms"), {"kind": "room"}, "door"),
        (_("Outdoor areas"), {"kind": "outdoor"}, "trees"),
        (_("Without label"), {"untagged": "true"}, "tag-off"),
        (_("Open to guests"), {"public": "true"}, "world"),
    )

    class Meta:
        model = Place
        fields: tuple[str, ...] = ()

    def in_campus(self, rows: QuerySet, name: str, value: Place) -> QuerySet:
        return rows.at(value)  # type: ignore[attr-defined]

    def without_label(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.untagged() if value else rows.tagged()  # type: ignore[attr-defined]

    def in_use(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        active = {"valid__contains": clock.today()}
        return rows.filter(**active) if value else rows.exclude(**active)


class TagFilters(RecordFilters):
    code = django_filters.CharFilter(label=_("Code"), method="of_code")
    place = PlaceTreeFilter()
    state = django_filters.ChoiceFilter(label=_("State"), choices=[("printed", _("Not bound")), ("bound", _("Bound")), ("void", _("Void"))])
    batch = django_filters.NumberFilter(label=_("Batch"))
    scanned = django_filters.BooleanFilter(label=_("Scanned though dead"), method="dead_scans")
    quick = (
        (_("Not bound"), {"state": "printed"}, "tag"), (_("Bound"), {"state": "bound"}, "link"), (_("Void"), {"state": "void"}, "ban"),
        (_("Scanned though dead"), {"scanned": "true"}, "scan"),
    )

    class Meta:
        model = Tag
        fields: tuple[str, ...] = ()

    def of_code(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(code__startswith=normalise(value))

    def dead_scans(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(scans__isnull=not value).distinct()


class ClosureFilters(RecordFilters):
    place = PlaceTreeFilter()
    state = django_filters.ChoiceFilter(label=_("State"), choices=[("open", _("Closed now or later")), ("lifted", _("Lifted"))])
    level = django_filters.ChoiceFilter(label=_("Level"), choices=PlaceClosure.Level.choices)
    quick = ((_("Closed now or later"), {"state": "open"}, "lock"), (_("Lifted"), {"state": "lifted"}, "lock-open"))

    class Meta:
        model = PlaceClosure
        fields: tuple[str, ...] = ()


class CalendarFilters(RecordFilters):
    purpose = django_filters.ChoiceFilter(label=_("Purpose"), choices=WorkCalendar.Purpose.choices)

    class Meta:
        model = WorkCalendar
        fields: tuple[str, ...] = ()


class VersionFilters(RecordFilters):
    calendar = django_filters.ModelChoiceFilter(label=_("Calendar"), queryset=WorkCalendar.objects.all())
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[("draft", _("Draft")), ("published", _("In force")), ("superseded", _("Replaced"))]
    )

    class Meta:
        model = CalendarVersion
        fields: tuple[str, ...] = ()


class StewardshipFilters(RecordFilters):
    place = PlaceTreeFilter()
    role = django_filters.ChoiceFilter(label=_("Role"), choices=role_choices())
    person = django_filters.ModelChoiceFilter(label=_("Person"), queryset=Person.objects.all(), widget=RemoteSelect("accounts.person"))
    live = django_filters.BooleanFilter(label=_("Today"), method="holds_today")
    quick = ((_("Today"), {"live": "true"}, "calendar"),)

    class Meta:
        model = Stewardship
        fields: tuple[str, ...] = ()

    def holds_today(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.live() if value else rows.exclude(during__contains=clock.now())  # type: ignore[attr-defined]
