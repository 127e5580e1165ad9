"""What silences and rules are filtered by."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import KINDS
from logistics.alerts.life_forms import kind_choices
from logistics.alerts.models import AlertPolicy, Silence
from logistics.campus.models import Place
from logistics.core.filters import RecordFilters
from logistics.core.forms import RemoteSelect


class KindChoices:
    """The declared kinds, read when the filter is used: by then every app has declared its own."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(kind_choices())

    def __len__(self) -> int:
        return len(KINDS)


class SilenceFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=_("State"), choices=Silence._meta.get_field("state").choices)
    kind = django_filters.ChoiceFilter(label=_("What it is"), choices=Silence.Kind.choices)
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Place.objects.all(), method="over", widget=RemoteSelect("campus.place")
    )

    quick = (
        (_("In force"), {"state": "active"}, "bell-off"), (_("Planned"), {"state": "planned"}, "hourglass"),
        (_("Works windows"), {"kind": "works"}, "barrier-block"),
    )

    class Meta:
        model = Silence
        fields: tuple[str, ...] = ()

    def over(self, rows: QuerySet, name: str, value: Place) -> Any:
        """Those that hold at this place: its own, and those of what holds it."""
        return rows.filter(place__in=value.ancestors)


class PolicyFilters(RecordFilters):
    kind = django_filters.ChoiceFilter(label=_("Kind of alert"), choices=KindChoices())
    place = django_filters.ModelChoiceFilter(label=_("Place"), queryset=Place.objects.all(), widget=RemoteSelect("campus.place"))

    class Meta:
        model = AlertPolicy
        fields: tuple[str, ...] = ()
