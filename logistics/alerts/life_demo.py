"""Alerts of the demo school as they stand on a busy day: open, taken on, kept quiet, called further up, coming and going, ended."""
from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from logistics.accounts.models import RoleGrant
from logistics.alerts import services
from logistics.alerts.models import Alert, AlertPolicy, Chain, ChainStep
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.workflow import perform

NIGHT = (("duty", "", 5), ("role", "duty_officer", 10), ("role", "duty_leader facilities_manager", 0))
FOOD = (("stewards", "", 15), ("role", "facilities_manager", 30), ("role", "logistics_director", 0))


def chain(code: str, zh: str, en: str, steps: tuple[tuple[str, str, int], ...]) -> Chain:
    found = Chain.objects.create(code=code, name_zh=zh, name_en=en)
    ChainStep.objects.bulk_create(
        ChainStep(chain=found, order=n, target=target, roles=roles.split(), wait_s=minutes * 60,
                  importance="urgent" if n == len(steps) else "") for n, (target, roles, minutes) in enumerate(steps, 1))
    return found


def device(zh: str, en: str) -> dict[str, Any]:
    return {"device": {"zh": zh, "en": en}}


def load(world: World) -> None:
    """Two chains and rules of the school's own, alerts in every state, a silence, and works that are planned."""
    officer = RoleGrant.objects.filter(role="duty_officer").order_by("pk").first()
    buildings = list(Place.objects.active().filter(kind="building").order_by("pk")[:6])
    if officer is None or len(buildings) < 3:
        return
    watch, now = officer.person, world.now
    always = DateTimeTZRange(world.since.lower, None)
    night, food = chain("dorm-night", "宿舍夜间呼叫", "Dormitories at night", NIGHT), chain("cold-chain", "冷链呼叫", "Cold chain", FOOD)
    dormitory = Place.objects.active().filter(kind="building", use="dormitory").order_by("pk").first() or buildings[0]
    kitchen = Place.objects.active().filter(use="kitchen").order_by("pk").first() or buildings[1]
    AlertPolicy.objects.create(kind="signal.water_leak", place=dormitory, chain=night, during=always)
    AlertPolicy.objects.create(kind="signal.temperature", chain=food, severity=4, during=always)

    def ago(minutes: float) -> datetime:
        return now - timedelta(minutes=minutes)

    def at(minutes: float, kind: str, place: Any, zh: str, en: str, key: str = "") -> Alert:
        with clock.standing_at(ago(minutes)):
            return services.raise_alert(kind=kind, key=key or f"demo:{zh}", place=place, params=device(zh, en))[0]

    def step(*minutes: float) -> None:
        for before in minutes:
            with clock.standing_at(ago(before)):
                services.step_chains()

    for day in range(1, 13):  # what is over
        row = at(day * 1475, "signal.power_loss", buildings[day % len(buildings)], f"配电柜 {day} 号", f"distribution cabinet {day}")
        with clock.standing_at(ago(day * 1475 - 6)):
            perform(row, "ack", by=watch)
        with clock.standing_at(ago(day * 1475 - 40)):
            perform(row, "resolve", by=watch, resolution="false_alarm" if day % 4 == 0 else "fixed",
                    reason="合闸后恢复" if day % 4 else "检修时误触")
    at(48, "signal.door_forced", buildings[1], "屋面检修门", "roof door")
    step(37, 26, 15)  # nobody takes it on: called further up
    taken = at(55, "signal.power_loss", buildings[2], "实验楼二层配电柜", "distribution cabinet, laboratory floor 2")
    with clock.standing_at(ago(51)):
        perform(taken, "ack", by=watch)
    at(9, "signal.water_leak", dormitory, "热水间地面", "floor of the hot water room")
    at(190, "signal.battery", buildings[0], "门磁 A-12", "door contact A-12")
    quiet = at(130, "signal.water_level", buildings[0], "屋顶水箱浮球", "float of the roof tank")
    with clock.standing_at(ago(75)):
        services.keep_quiet(by=watch, reason="浮球卡住，已报修，今天下午更换", start=clock.now(), length=timedelta(hours=4),
                            place=quiet.place, dedup_key=quiet.dedup_key)
    cold = device("冷库 2 号探头", "cold store 2")
    for n in range(27):
        with clock.standing_at(ago(20) + timedelta(seconds=40 * n)):
            if n % 2 == 0:
                services.raise_alert(kind="signal.temperature", key="demo:cold", place=kitchen, params=cold)
            else:
                services.clear_alert(kind="signal.temperature", key="demo:cold")
    tomorrow = timezone.make_aware(datetime.combine(world.today + timedelta(days=1), time(9)))
    services.keep_quiet(by=watch, kind="works", reason="消防水泵房改造，试水期间水位、水浸报警不呼叫", start=tomorrow,
                        length=timedelta(hours=8), place=buildings[0])
    services.step_chains()
