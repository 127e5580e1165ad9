"""Twelve people of four firms, what they quoted and when they came; permits of the dangerous work among it."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from logistics.accounts.models import Person
from logistics.core.demo import World, latin
from logistics.core.models import NumberSeries
from maintenance.models import CostLine, FirmCertificate, Permit, Quote, RepairCategory, Visit, WorkOrder

NEEDS = {"build.wall": ["height"], "gas": ["hot_work"]}
WORK = ("含材料和人工，质保一年", "更换主板，旧件交回", "现场检测后更换配件", "含高处作业措施")


def load(world: World) -> None:
    firms = [one for one in world["organisations"] if one.kind == "contractor"][:4]
    people = _people(world, firms)
    _papers(world, people)
    _quotes(world, firms, people)
    for code, kinds in NEEDS.items():
        RepairCategory.objects.filter(code=code).update(permits=kinds)
    _permits(world)


def _people(world: World, firms: list[Any]) -> dict[int, list[Person]]:
    rows, locked = [], make_password(None)
    for n, firm in enumerate(firms):
        for k in range(3):
            name = world.name(grown=True)
            rows.append(Person(number=f"C{n + 1}{k + 1:02d}", name_zh=name, name_en=latin(name), kinds=["contractor"], organisation=firm,
                               password=locked))
    Person.objects.bulk_create(rows)
    return {firm.pk: [row for row in rows if row.organisation_id == firm.pk] for firm in firms}


def _papers(world: World, people: dict[int, list[Person]]) -> None:
    kinds = list(world["certificate_types"].values())
    FirmCertificate.objects.bulk_create([
        FirmCertificate(person=person, type=kinds[n % len(kinds)], number=f"WB-{person.number}", valid_from=world.today - timedelta(days=400),
                        valid_until=world.today + timedelta(days=world.pick((40, 300, 600))), seen_by=world["safety"])
        for crew in people.values() for n, person in enumerate(crew)
    ])


def _quotes(world: World, firms: list[Any], people: dict[int, list[Person]]) -> None:
    """Costly repairs of the past year were partly done by firms: quoted, accepted, visited, paid."""
    done = list(WorkOrder.objects.filter(state="closed", kind="corrective", category__code__in=["power.ac", "lift", "build.wall", "power.it"])
                .order_by("-closed_at")[:400:16])
    quotes, visits, crews, costs = [], [], [], []
    for order in done:
        firm, rival = world.random.sample(firms, 2)
        amount = Decimal(world.pick((280, 420, 860, 1350, 2400)))
        for one, price, state in ((firm, amount, "accepted"), (rival, amount + 120, "refused")):
            quotes.append(Quote(order=order, organisation=one, amount=price, valid_until=order.closed_at.date() + timedelta(days=30),
                                note=world.pick(WORK), state=state, created_at=order.created_at + timedelta(hours=2)))
        begin = order.done_at - timedelta(hours=3)
        visits.append(Visit(order=order, organisation=firm, span=(begin, order.done_at), arrived_at=begin, left_at=order.done_at, state="left"))
        crews.append(world.pick(people[firm.pk]))
        costs.append(CostLine(order=order, type="service", amount=amount, note=firm.name_zh, by=world["safety"], organisation=firm, at=order.done_at))
    for order, state in zip(WorkOrder.objects.filter(state="open", kind="corrective").order_by("pk")[:3], ("asked", "offered", "asked"),
                            strict=False):
        quotes.append(Quote(order=order, organisation=world.pick(firms), state=state, created_at=world.now - timedelta(hours=5),
                            **({"amount": Decimal(680), "valid_until": world.today + timedelta(days=20)} if state == "offered" else {})))
    Quote.objects.bulk_create(quotes)
    Visit.objects.bulk_create(visits)
    Visit.people.through.objects.bulk_create([
        Visit.people.through(visit_id=visit.pk, person_id=person.pk) for visit, person in zip(visits, crews, strict=True)])
    CostLine.objects.bulk_create(costs)


def _permits(world: World) -> None:
    """Permits of the past year, closed by their watchers."""
    done = list(WorkOrder.objects.filter(state="closed", category__code__in=list(NEEDS), lead__isnull=False).select_related("category", "place")
                .order_by("-closed_at")[:240:12])
    crew = sorted({order.lead_id for order in done if order.lead_id})
    rows, years = [], {}
    for order in sorted(done, key=lambda one: one.created_at):
        watcher = next((pk for pk in crew if pk != order.lead_id), None)
        if watcher is None:
            continue
        begin = order.done_at - timedelta(hours=4)  # type: ignore[operator]
        year = begin.year
        years[year] = years.get(year, 0) + 1
        rows.append(Permit(number=f"ZY-{year}-{years[year]:06d}", order=order, kind=NEEDS[order.category.code][0], place=order.place,
                           during=(begin, order.done_at), measures="围挡、监护到位，灭火器两具", readings="", applicant_id=order.lead_id,
                           watcher_id=watcher, issued_by=world["safety"], state="closed", created_at=begin - timedelta(hours=1)))
    Permit.objects.bulk_create(rows)
    NumberSeries.objects.bulk_create([NumberSeries(prefix="ZY", year=year, last=last) for year, last in years.items()])
