"""The renewal list: ranked, explained, priced, proposed; and the condition index of buildings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from inspect import signature
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Func, IntegerField, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from assets.models import Downtime, Equipment, Requirement
from assets.querysets import anew, anew_year, life
from assets.renewal.models import ConditionGrade, PriceIndex, RenewalItem, RenewalWeights
from assets.renewal.scoring import Facts, Score, Weights, as_json, at_prices_of, score
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.publishing import MEASURES
from logistics.core.workflow import write_event

COST = "maintenance.cost_ratio"
A_YEAR = Decimal("365.25")
FEW = 50  # as many things are asked about by name, more of them all together
NAMES = ("age", "condition", "failures", "cost", "criticality", "failures_full", "cost_full", "min_coverage")


@dataclass(frozen=True, slots=True)
class Bare:
    """A thing as far as its rank needs it: two hundred thousand of them are read, fifty are shown."""

    pk: int
    commissioned_on: date | None
    years: int | None
    criticality: str
    price: tuple[Decimal | None, int | None]


@dataclass(frozen=True)
class Line:
    """One thing of the ranking; `named` turns it into its record."""

    thing: Equipment | Bare
    facts: Facts
    score: Score
    cost: Decimal | None  # of a new one, at prices of `price_year`
    price_year: int | None
    item: RenewalItem | None = None


def weights_at(at: Any = None) -> RenewalWeights:
    """The weights in force; a school that has none gets the shipped ones."""
    return RenewalWeights.objects.live(at).first() or ship_weights()


@transaction.atomic
def ship_weights(**_signal: Any) -> RenewalWeights:
    """What a new school begins with; run after every migration, changes nothing that exists."""
    known = RenewalWeights.objects.order_by("during").last()
    if known is not None:
        return known
    row = RenewalWeights.objects.create(during=DateTimeTZRange(clock.midnight(date(2000, 1, 1)), None))
    row.refresh_from_db()
    return row


def as_weights(row: Any) -> Weights:
    """A row of weights as the arithmetic takes it."""
    return Weights(**{name: Decimal(getattr(row, name)) for name in NAMES})


@transaction.atomic
def set_weights(*, values: dict[str, Any], reason: str, by: Any, since: date | None = None) -> RenewalWeights:
    """Other weights from a day on (today at the earliest), with a reason; rankings of earlier days keep theirs."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    begin = clock.midnight(since or clock.today())
    if begin < clock.midnight(clock.today()):
        raise ValidationError({"since": _("From today on, not for days that are over.")})
    weights_at()
    for row in RenewalWeights.objects.select_for_update(of=("self",)).filter(during__contains=begin):
        if row.during.lower == begin:
            row.delete()
        else:
            row.during = DateTimeTZRange(row.during.lower, begin)
            row.save(update_fields=["during"])
    later = RenewalWeights.objects.filter(during__startswith__gt=begin).order_by("during").first()
    new = RenewalWeights(during=DateTimeTZRange(begin, later.during.lower if later else None), reason=reason.strip(), made_by=by, **values)
    new.full_clean(exclude=["during"])
    new.save()
    return new


# the ranking -----------------------------------------------------------------------------------------------------------
def facts_of(things: Sequence[Equipment | Bare], rows: Any = None) -> dict[int, Facts]:
    """What is known of many things, in five statements; the same whoever asks. `rows`: the same things, not yet read."""
    ids, today = [thing.pk for thing in things] if rows is None else rows.order_by().values("pk"), clock.today()
    year_ago = clock.now() - timedelta(days=int(A_YEAR))
    graded = ConditionGrade.objects.filter(equipment__in=ids).order_by("equipment", "graded_on", "pk")
    grades = {pk: (value, day) for pk, value, day in graded.values_list("equipment", "grade", "graded_on")}  # the latest of each wins
    stops = Downtime.objects.filter(equipment__in=ids, cause="failure", during__startswith__gte=year_ago).values_list(
        "equipment", "work_kind", "work_id", "pk"
    )
    failures: dict[int, set[Any]] = {}
    for thing_id, kind, work, pk in stops:
        failures.setdefault(thing_id, set()).add((kind, work) if work is not None else pk)
    failed = set(Requirement.objects.failed().filter(equipment__in=ids).values_list("equipment", flat=True))
    costs = upkeep([thing.pk for thing in things] if len(things) <= FEW else None)
    known_stops = bool(failures) or Downtime.objects.exists()
    found = {}
    for thing in things:
        age = Decimal((today - thing.commissioned_on).days) / A_YEAR if thing.commissioned_on else None
        grade, graded_on = grades.get(thing.pk, (None, None))
        spent, ratio = (None, None) if costs is None else costs.get(thing.pk, (Decimal(0), Decimal(0) if thing.price[0] else None))
        found[thing.pk] = Facts(
            age,
            thing.years,
            grade,
            len(failures.get(thing.pk, ())) if known_stops else None,
            ratio,
            thing.criticality,
            thing.pk in failed,
            spent,
            graded_on,
        )
    return found


def upkeep(things: list[int] | None = None) -> dict[int, tuple[Decimal | None, Decimal | None]] | None:
    """Upkeep of 12 months of each thing (of these only) on which orders were closed: (yuan, over what a new one costs).

    None where nobody publishes it.
    """
    measure = MEASURES.get(COST)
    if measure is None:
        return None
    now = clock.now()
    narrow = {"things": things} if things is not None and "things" in signature(measure.compute).parameters else {}
    try:
        figures = measure.compute(None, (now - timedelta(days=int(A_YEAR)), now), by="equipment", **narrow)
    except (KeyError, TypeError):  # it is published, but not by equipment
        return None
    part = Decimal(100) if measure.unit == "%" else Decimal(1)
    return {int(key): (decimal(figure.parts.get("cost")), decimal(figure.value, part)) for key, figure in figures.items() if key}


def decimal(value: Any, part: Decimal = Decimal(1)) -> Decimal | None:
    return None if value is None else Decimal(str(value)) / part


def ranking(
    person: Any, *, weights: Weights | None = None, place: Any = None, category: Any = None, most: int = 0
) -> tuple[list[Line], list[Line]]:
    """(ranked, too little known): things and groups in use by score, what failed its certificate first; `most` cuts the first list."""
    rows = Equipment.objects.visible_to(person).filter(status__in=["in_service", "idle", "out_of_service"])
    if place is not None:
        rows = rows.at(place)
    if category is not None:
        rows = rows.filter(category__ancestors__contains=[category.pk])
    weights = weights or as_weights(weights_at())
    bare = rows.order_by().values_list("pk", "commissioned_on", life(), "criticality", anew(), anew_year())
    things = [Bare(pk, since, years, criticality, (cost, year)) for pk, since, years, criticality, cost, year in bare]
    facts = facts_of(things, rows)
    open_items = {item.equipment_id: item for item in RenewalItem.objects.open().filter(equipment__isnull=False)}
    enough: list[Line] = []
    little: list[Line] = []
    for thing in things:
        one = score(facts[thing.pk], weights)
        cost, price_year = thing.price
        line = Line(thing, facts[thing.pk], one, cost, price_year, open_items.get(thing.pk))
        (enough if one.enough or facts[thing.pk].certificate_failed else little).append(line)
    enough.sort(key=lambda line: (-(line.score.value or 0), line.thing.pk))
    little.sort(key=lambda line: (-(line.score.value or 0), line.thing.pk))
    return (enough[:most] if most else enough), little


def named(lines: list[Line]) -> list[Line]:
    """The same lines with the records of their things, in one statement."""
    rows = Equipment.objects.select_related("category", "place", "model").in_bulk([line.thing.pk for line in lines])
    return [replace(line, thing=rows[line.thing.pk]) for line in lines if line.thing.pk in rows]


def prices() -> dict[int, Decimal]:
    return dict(PriceIndex.objects.values_list("year", "factor"))


def due_year(thing: Equipment | Bare) -> int | None:
    """The year in which its life is over."""
    return thing.commissioned_on.year + thing.years if thing.commissioned_on and thing.years else None


def cost_line(lines: Iterable[Line], first: int, years: int = 10) -> list[tuple[int, Decimal, int]]:
    """(year, cost at its prices, things) of the next years; what is over already falls into the first."""
    index = prices()
    costs = {first + n: Decimal(0) for n in range(years)}
    counts = dict.fromkeys(costs, 0)
    for line in lines:
        due = due_year(line.thing)
        if due is None or line.cost is None:
            continue
        year = max(due, first)
        if year in costs:
            then = at_prices_of(line.cost, line.price_year or first, year, index)
            costs[year] += line.cost if then is None else then
            counts[year] += 1
    return [(year, cost, counts[year]) for year, cost in costs.items()]


def within(lines: Iterable[Line], budget: Decimal) -> tuple[list[Line], Decimal]:
    """What a budget pays for, from the top of the list; what does not fit is passed over. (lines, what is left)"""
    chosen, left = [], budget
    for line in lines:
        if line.cost is not None and line.cost <= left:
            chosen.append(line)
            left -= line.cost
    return chosen, left


# items -------------------------------------------------------------------------------------------------------------------
@transaction.atomic
def put_on_list(
    *,
    equipment: Equipment | None = None,
    place: Any = None,
    what: str = "",
    year: int,
    cost: Decimal | None = None,
    price_year: int | None = None,
    risk_note: str = "",
    by: Any,
) -> RenewalItem:
    """Propose one thing, or work on a building, for a year; the score of today is kept with it."""
    target = equipment or place
    if by is not None and not access_of(by).may("assets.renewalitem:add", target):
        raise NotAllowed(_("You may not propose renewals here."))
    item = RenewalItem(equipment=equipment, place=place, what=what, year=year, cost=cost, price_year=price_year, risk_note=risk_note)
    if equipment is not None:
        if equipment.place is None:
            raise ValidationError({"equipment": _("It stands nowhere yet.")})
        item.stands_at = equipment.place
        one = score(facts_of([equipment])[equipment.pk], as_weights(weights_at()))
        item.score, item.coverage, item.parts = one.value, one.coverage, as_json(one.parts)
        if cost is None:
            item.cost, item.price_year = equipment.price
    else:
        item.stands_at = place
    if item.cost is not None and item.price_year is None:
        item.price_year = clock.today().year
    item.full_clean(exclude=["stands_at"])
    item.save()
    write_event(item, "create", by=by, to_state="proposed")
    return item


@transaction.atomic
def grade(
    *, grade: int, graded_on: date, equipment: Equipment | None = None, place: Any = None, system: str = "", note: str = "", by: Any
) -> ConditionGrade:
    """Note how good a thing, or a system of a building, was found to be."""
    target = equipment or place
    if by is not None and not access_of(by).may("assets.conditiongrade:add", target):
        raise NotAllowed(_("You may not grade this."))
    where = equipment.place if equipment is not None else place
    if where is None:
        raise ValidationError({"equipment": _("It stands nowhere yet.")})
    if graded_on > clock.today():
        raise ValidationError({"graded_on": _("It lies in the future.")})
    row = ConditionGrade(
        equipment=equipment, place=place, system=system, grade=grade, graded_on=graded_on, note=note, by=by, stands_at=where
    )
    row.full_clean(exclude=["stands_at"])
    row.save()
    return row


# buildings -----------------------------------------------------------------------------------------------------------------
def deferred_of(place: Place) -> Decimal:
    """Open deferred work of a place and everything in it, in yuan."""
    rows = RenewalItem.objects.deferred_work().filter(stands_at__ancestors__contains=[place.pk])
    return rows.aggregate(total=Coalesce(Sum("cost"), Decimal(0)))["total"]


def value_of(place: Place, fabric_m2: Decimal | None) -> Decimal | None:
    """What a building would cost anew, with the equipment in it; None while the fabric has no price or no area."""
    if fabric_m2 is None or place.area_m2 is None:
        return None
    rows = Equipment.objects.filter(place__ancestors__contains=[place.pk]).exclude(status__in=["planned", "disposed"])
    return place.area_m2 * fabric_m2 + rows.aggregate(worth=Coalesce(Sum(anew()), Decimal(0)))["worth"]


@dataclass(frozen=True)
class Condition:
    """How much work on a building waits, and what it would cost anew; both in yuan."""

    place: Place
    deferred: Decimal
    value: Decimal

    def index(self, deferred: Decimal | None = None) -> Decimal:
        """Condition index in %, as it is or with another sum of deferred work."""
        return 100 * (self.deferred if deferred is None else deferred) / self.value


def aged(things: Any) -> Any:
    """Of these, things in use whose age and life are known, with both in years."""
    age = Func(F("commissioned_on"), function="age", template="extract(year from age(%(expressions)s))::int", output_field=IntegerField())
    return things.in_use().annotate(life=life(), years=age).filter(commissioned_on__isnull=False, life__isnull=False)


def conditions(person: Any, fabric_m2: Decimal | None) -> list[Condition]:
    """The buildings of a reader whose value is known, in three statements."""
    if fabric_m2 is None:
        return []
    known = list(buildings(person).filter(area_m2__isnull=False))
    at = F("place__ancestors__2")  # a building stands on a campus of the school
    worth = dict(Equipment.objects.exclude(status__in=["planned", "disposed"]).order_by().values_list(at).annotate(worth=Sum(anew())))
    waits = dict(RenewalItem.objects.deferred_work().order_by().values_list(F("stands_at__ancestors__2")).annotate(sum=Sum("cost")))
    found = [Condition(one, waits.get(one.pk) or Decimal(0), one.area_m2 * fabric_m2 + (worth.get(one.pk) or Decimal(0))) for one in known]
    return [one for one in found if one.value]


def fci(building: Place) -> tuple[Decimal | None, str]:
    """(condition index in %, band): open deferred work over the value. (None, "") while the value is not known."""
    row = weights_at()
    value = value_of(building, row.fabric_cost_m2)
    if not value:
        return None, ""
    index = 100 * deferred_of(building) / value
    return index, band_of(index, row)


def band_of(index: Decimal, row: RenewalWeights) -> str:
    return "good" if index < row.fci_good else "fair" if index < row.fci_fair else "poor"


def buildings(person: Any) -> Any:
    return Place.objects.visible_to(person).active().filter(Q(kind="building")).order_by("position", "code")
