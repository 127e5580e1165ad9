"""What the page and the dossier of a thing say beyond its columns: papers, technical facts, parts, custody, cost of a lifetime."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from assets.facts import Definitions, shown
from assets.limits import DEAR
from assets.models import Custody, Equipment, EquipmentCategory
from assets.publishing import COSTS
from logistics.core.models import RecordFile


@dataclass
class Dossier:
    """一机一档: how complete the papers and facts of a thing are."""

    papers: list[tuple[str, bool]] = field(default_factory=list)  # (kind in words, is it there?)
    facts: list[tuple[str, str, bool]] = field(default_factory=list)  # (name, value, does it count?)

    @property
    def wanted(self) -> int:
        return len(self.papers) + sum(counts for _name, _value, counts in self.facts)

    @property
    def there(self) -> int:
        return sum(here for _kind, here in self.papers) + sum(counts and bool(value) for _name, value, counts in self.facts)

    @property
    def missing(self) -> list[str]:
        return [kind for kind, here in self.papers if not here] + [name for name, value, counts in self.facts if counts and not value]


def dossier(thing: Equipment) -> Dossier:
    """Three statements: the papers that the categories above ask for, those that are there, the facts."""
    labels = {code: str(label) for code, label in RecordFile.Label.choices}
    wanted: list[str] = []
    for codes in (
        EquipmentCategory.objects.filter(pk__in=thing.category.ancestors).order_by("ancestors__len").values_list("documents", flat=True)
    ):
        wanted += [code for code in codes if code not in wanted]
    here = (
        set(RecordFile.objects.filter(kind="assets.equipment", object_id=thing.pk, removed_at__isnull=True).values_list("label", flat=True))
        if wanted
        else set()
    )
    facts = [
        (row.name, shown(thing.attributes[row.code], row) if row.code in thing.attributes else "", row.required)
        for row in Definitions().of(thing.category)
    ]
    return Dossier([(labels.get(code, code), code in here) for code in wanted], facts)


@dataclass(frozen=True)
class Lifetime:
    """What a thing has cost since it was bought. CNY."""

    bought: Decimal | None
    kept: list[tuple[str, Decimal]]
    new: Decimal | None
    new_year: int | None
    dear: bool

    @property
    def keeping(self) -> Decimal:
        return sum((amount for _label, amount in self.kept), Decimal(0))

    @property
    def share(self) -> int | None:
        """Keeping in percent of a new one."""
        return round(100 * self.keeping / self.new) if self.new else None


def lifetime(thing: Equipment) -> Lifetime:
    """One statement for each kind of cost that the upper apps publish."""
    kept = [(str(source.label), source.cost([thing.pk]).get(thing.pk, Decimal(0))) for source in COSTS]
    new, year = thing.price
    spent = sum((amount for _label, amount in kept), Decimal(0))
    return Lifetime(thing.purchase_cost, kept, new, year, bool(new and spent and 100 * spent >= DEAR.value() * new))


def kin(thing: Equipment) -> dict[str, list[Equipment]]:
    """What it is part of, its parts, what it stands in for and what replaced it, in one statement."""
    above = Q(pk__in=[pk for pk in (thing.parent_id, thing.replaces_id) if pk])
    rows = list(Equipment.objects.filter(above | Q(parent=thing) | Q(replaces=thing)).order_by("number", "pk")[:60])
    return {
        "whole": [row for row in rows if row.pk == thing.parent_id],
        "parts": [row for row in rows if row.parent_id == thing.pk],
        "replaces": [row for row in rows if row.pk == thing.replaces_id],
        "replaced_by": [row for row in rows if row.replaces_id == thing.pk],
    }


def custody_of(thing: Equipment, most: int = 4) -> Iterable[Custody]:
    """Who has it and who had it, newest first."""
    return list(Custody.objects.filter(equipment=thing).select_related("holder", "holder_department").order_by("-id")[:most])
