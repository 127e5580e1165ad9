"""What the page and the dossier of a thing say beyond its columns: papers, technical facts, parts, custody, cost of a lifetime."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from assets.facts import shown
from assets.limits import DEAR
from assets.models import CategoryAttribute, Equipment, EquipmentCategory
from assets.publishing import COSTS
from logistics.core.models import RecordFile
from logistics.core.records.dossier import gather


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


def dossier(thing: Equipment, read: About | None = None) -> Dossier:
    """The papers that the categories above ask for, those that are there, and the facts."""
    labels = {code: str(label) for code, label in RecordFile.Label.choices}
    read = read or about(thing)
    facts = [(row.name, shown(thing.attributes[row.code], row) if row.code in thing.attributes else "", row.required) for row in read.facts]
    return Dossier([(labels.get(code, code), code in read.papers) for code in read.wanted], facts)


@dataclass(frozen=True)
class About:
    """What stands about a thing in other tables."""

    wanted: list[str]
    papers: set[str]
    facts: list[CategoryAttribute]
    kin: dict[str, list[Equipment]]


def about(thing: Equipment) -> About:
    """Papers asked for and there, facts asked for, and kin: one statement for all."""
    chain = list(thing.category.ancestors)
    above = Q(pk__in=[pk for pk in (thing.parent_id, thing.replaces_id) if pk])
    names = ("id", "category_id", "code", "name_zh", "name_en", "type", "unit", "required", "position", "choices")
    kin = ("id", "name_zh", "name_en", "use_state", "parent_id", "replaces_id")
    found = gather({
        "category": (EquipmentCategory.objects.filter(pk__in=chain).order_by(), {"id": "id", "documents": "documents"}),
        "fact": (CategoryAttribute.objects.filter(category_id__in=chain).order_by(), {name: name for name in names}),
        "paper": (RecordFile.objects.filter(kind="assets.equipment", object_id=thing.pk, removed_at__isnull=True).order_by(),
                  {"label": "label"}),
        "kin": (Equipment.objects.filter(above | Q(parent=thing) | Q(replaces=thing)).order_by("number", "pk")[:60],
                {name: name for name in kin}),
    })
    wanted: list[str] = []
    for row in sorted(found["category"], key=lambda one: chain.index(one["id"])):
        wanted += [code for code in row["documents"] if code not in wanted]
    facts = sorted((CategoryAttribute(**row) for row in found["fact"]),
                   key=lambda row: (chain.index(row.category_id), row.position, row.code))
    rows = [Equipment(**row) for row in found["kin"]]
    return About(wanted, {row["label"] for row in found["paper"]}, facts, {
        "whole": [row for row in rows if row.pk == thing.parent_id],
        "parts": [row for row in rows if row.parent_id == thing.pk],
        "replaces": [row for row in rows if row.pk == thing.replaces_id],
        "replaced_by": [row for row in rows if row.replaces_id == thing.pk],
    })


@dataclass(frozen=True)
class Lifetime:
    """What a thing has cost since it was bought. CNY."""

    bought: Decimal | None
    kept: list[tuple[str, Decimal]]
    years: list[tuple[int, Decimal]]  # keeping by year, newest first
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
    found = [(str(source.label), source.years([thing.pk]).get(thing.pk, {})) for source in COSTS]
    kept = [(label, sum(years.values(), Decimal(0))) for label, years in found]
    by_year: dict[int, Decimal] = {}
    for booked, amount in (row for _label, years in found for row in years.items()):
        by_year[booked] = by_year.get(booked, Decimal(0)) + amount
    new, year = thing.price
    spent = sum((amount for _label, amount in kept), Decimal(0))
    dear = bool(new and spent and 100 * spent >= DEAR.value() * new)
    return Lifetime(thing.purchase_cost, kept, sorted(by_year.items(), reverse=True), new, year, dear)
