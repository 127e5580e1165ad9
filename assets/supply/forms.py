"""A line of the supply map, and a load that cannot do without."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assets.models import CriticalLoad, Equipment, Supply
from logistics.accounts.models import Person
from logistics.campus.models import Place
from logistics.core.forms import ActingModelForm, RecordChoice


class SupplyForm(ActingModelForm):
    equipment = RecordChoice(Equipment.objects.exclude(status="disposed"), resource="assets.equipment", label=_("Fed by"))
    place = RecordChoice(Place, resource="campus.place", label=_("Place"))

    class Meta:
        model = Supply
        fields = ("equipment", "place", "utility", "share")


class CriticalLoadForm(ActingModelForm):
    place = RecordChoice(Place, resource="campus.place", label=_("Place"))
    equipment = RecordChoice(
        Equipment.objects.exclude(status="disposed"),
        resource="assets.equipment",
        label=_("Equipment"),
        required=False,
        help_text=_("Empty: the place itself."),
    )
    contact = RecordChoice(Person, resource="accounts.person", label=_("Who answers for it"))

    class Meta:
        model = CriticalLoad
        fields = ("place", "equipment", "utility", "contact", "need")
