"""Fourteen outages of a year: twelve that are over, one that was called off, and one planned for tomorrow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assets.models import CriticalLoad, Supply
from logistics.campus.models import label_of
from logistics.campus.services.places import people_by_place
from logistics.core.demo import World
from logistics.core.models import NumberSeries
from maintenance.models import Outage, OutageLoad, OutagePerson, OutagePlace, OutageUpdate

WHY = {
    "water": (
        ("更换楼栋总阀", "Main valve of the building replaced"),
        ("市政水管抢修", "Repair of the town's water main"),
        ("水箱清洗", "Water tank cleaned"),
    ),
    "electricity": (
        ("配电柜检修", "Switchboard overhauled"),
        ("线路跳闸", "A line tripped"),
        ("变压器预防性试验", "Preventive test of the transformer"),
    ),
    "hot_water": (("锅炉检验", "Inspection of the boiler"),),
}
MANY = 60
TALE = ("阀体锈死，多用半小时。", "配件已到，正在装。", "正在逐层恢复。")


def load(world: World) -> None:
    contact, by = world["named"]["S0002"], world["named"]["S0001"] if "S0001" in world["named"] else world["named"]["S0002"]
    lines = list(Supply.objects.select_related("place", "equipment").order_by("pk"))
    people = world["pupils"]
    houses = [one for one in lines if one.utility == "water" and one.place.use == "dormitory"]
    living = people_by_place(list({one.place_id: one.place for one in lines}.values()))
    made: list[Outage] = []
    plans: list[dict[str, Any]] = []
    for n in range(14):
        line = lines[(n * 7) % len(lines)]
        if n == 13 and houses:  # tomorrow a dormitory goes without water
            line = houses[0]
        begin = (
            world.at(world.today + timedelta(days=1), 9 * 60)
            if n == 13
            else world.at(world.today - timedelta(days=340 - 25 * n + world.random.randint(0, 9)), world.pick((480, 540, 840, 1290)))
        )
        planned, hours = n % 4 != 2, world.pick((2, 3, 4))
        if n == 12:  # one is going on
            begin, planned, hours = world.now - timedelta(minutes=50), False, 2
        zh, en = world.pick(WHY[line.utility])
        lasted = hours * 60 + world.pick((-20, -10, 0, 0, 30))
        state = "announced" if n == 13 else "ongoing" if n == 12 else "cancelled" if n == 6 else "closed"
        over = state == "closed"
        outage = Outage(
            utility=line.utility,
            kind="planned" if planned or n in (6, 13) else "unplanned",
            place=line.place,
            place_zh=label_of(line.place, "zh-hans"),
            place_en=label_of(line.place, "en"),
            planned=(begin, begin + timedelta(hours=hours)),
            reason_zh=zh,
            reason_en=en,
            source=line.equipment,
            contact=contact,
            state=state,
            created_at=begin - timedelta(days=3),
            substitute="一楼值班室有饮用水" if line.utility == "water" else "",
            announced_at=begin - timedelta(hours=world.pick((48, 30, 26, 20))) if planned or n in (6, 13) else begin + timedelta(minutes=5),
            began_at=begin if over or state == "ongoing" else None,
            restored_at=begin + timedelta(minutes=lasted) if over else None,
            cancel_reason="施工单位改期" if n == 6 else "",
        )
        outage.first_end = outage.planned[1]
        if n == 13:
            outage.announced_at = world.now - timedelta(hours=2)
        here = [person for person, _why in living[line.place_id]]
        if len(here) < MANY and n < 12:  # those who were there then
            here = world.random.sample(people, min(len(people), 60 + 20 * (n % 6)))
        outage.people = len(here)
        made.append(outage)
        plans.append({"outage": outage, "here": here, "line": line})
    years: dict[int, int] = {}
    for outage in sorted(made, key=lambda one: one.created_at):
        year = outage.created_at.year
        years[year] = years.get(year, 0) + 1
        outage.number = f"TG-{year}-{years[year]:06d}"
    NumberSeries.objects.bulk_create([NumberSeries(prefix="TG", year=year, last=last) for year, last in years.items()])
    Outage.objects.bulk_create(made)
    places, told, loads, news = [], [], [], []
    critical = list(CriticalLoad.objects.select_related("place"))
    for plan in plans:
        outage = plan["outage"]
        places.append(OutagePlace(outage=outage, place=plan["line"].place, people=outage.people, told_at=outage.announced_at))
        told += [OutagePerson(outage=outage, person=person, told_at=outage.announced_at) for person in plan["here"]]
        loads += [
            OutageLoad(outage=outage, load=load, arrangement="已电话确认，提前准备", answered_by=contact, answered_at=outage.announced_at)
            for load in critical
            if load.utility == outage.utility and plan["line"].place_id in load.place.ancestors
        ]
        if outage.restored_at and outage.restored_at > outage.planned[1]:
            news.append(OutageUpdate(outage=outage, text=world.pick(TALE), new_end=outage.restored_at, by=by, at=outage.planned[1]))
    OutagePlace.objects.bulk_create(places)
    OutagePerson.objects.bulk_create(told, batch_size=2000)
    OutageLoad.objects.bulk_create(loads)
    OutageUpdate.objects.bulk_create(news)
