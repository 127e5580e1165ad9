"""Certificates of the demo school: 5 end soon, 1 is over, and the school's own checks are up to date."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from assets.certificates import services
from assets.certificates.models import Requirement, SchemeVersion, StatutoryRecord
from assets.certificates.services.lapsing import ended
from assets.models import UseLock
from logistics.accounts.models import Organisation
from logistics.core.demo import World

BODIES = (("TJY-01", "江南特种设备检验所（示例）", "Jiangnan Special Equipment Institute (sample)"), ("FL-01", "蓝桥防雷检测公司（示例）", "Lanqiao Lightning Tests (sample)"),
          ("XF-01", "安泽消防检测公司（示例）", "Anze Fire Tests (sample)"))
DAYS = {"day": 1, "week": 7, "half_month": 15, "month": 30.4}
# (scheme, how many-th thing by number, days until its end): those that are in view, and the one that is over
IN_VIEW = {("lift.inspection", 1): 6, ("lift.test", 4): 24, ("boiler.external", 0): 18, ("vessel.inspection", 3): 41, ("lightning.yearly", 2): 55,
           ("vessel.inspection", 0): -4}
CONFIRMED = ("lift.inspection", "lift.test", "boiler.external", "extinguisher.check", "fire.patrol", "special.self_check", "building.survey")


def load(world: World) -> None:
    bodies = {code: Organisation.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en, "kind": "authority"})[0] for code, zh, en in BODIES}
    rows: list[StatutoryRecord] = []
    turn: dict[str, int] = {}
    found = Requirement.objects.select_related("scheme", "interval", "equipment", "place").order_by("scheme__code", "action", "equipment__number", "place__code")
    for asked in found:
        code = asked.scheme.code
        n = turn[code] = turn.get(code, -1) + 1
        row = record(world, asked, bodies, IN_VIEW.get((code, n)))
        if row is not None:
            rows.append(row)
    StatutoryRecord.objects.bulk_create(rows, batch_size=5000)
    versions = SchemeVersion.objects.live().filter(scheme__code__in=CONFIRMED)
    versions.update(confirmed_by=world["safety"], confirmed_at=world.at(world.today - timedelta(days=60), 600), confirm_reason="对照正式文本逐条核对（示例）")
    over = Requirement.objects.expired(world.today).filter(equipment__isnull=False, scheme__on_expiry="lock").select_related("basis", "scheme")
    told = [ended(one.scheme, one.next_due_on) for one in over]
    UseLock.objects.bulk_create([
        UseLock(equipment_id=one.equipment_id, level="locked", cause="certificate", reason=why["zh"], reason_en=why["en"],
                source_kind="assets.statutoryrecord", source_id=one.basis_id, opened_at=world.at(one.next_due_on + timedelta(days=1), 0))
        for one, why in zip(over, told, strict=True)])
    services.call_for_applications()


def record(world: World, asked: Requirement, bodies: dict[str, Any], ends_in: int | None) -> StatutoryRecord | None:
    """The latest record of one requirement; none where its first turn is still to come."""
    if asked.interval is None:
        return None
    length = round(asked.interval.every * DAYS[asked.interval.unit])
    certificate = asked.action != "check" and (asked.scheme.body_required or asked.scheme.on_expiry == "lock" or asked.action == "replace")
    begun = asked.equipment.commissioned_on if asked.equipment else None
    if ends_in is None and asked.next_due_on and asked.next_due_on > world.today + timedelta(days=60) and begun and asked.action in ("replace", "test"):
        return None
    if certificate:
        left = ends_in if ends_in is not None else world.random.randint(70, max(72, min(330, length - 10)))
        end = world.today + timedelta(days=left)
        done = end - timedelta(days=min(length, 365) - world.random.randint(1, 4))
        done = min(max(done, begun + timedelta(days=1)) if begun else done, world.today - timedelta(days=1))
    else:
        end, done = None, world.today - timedelta(days=world.random.randint(0, max(0, round(length * 0.7) - 1)))
        done = max(done, begun) if begun else done
    body = None
    if asked.scheme.body_required:
        body = bodies["FL-01" if asked.scheme.code.startswith("lightning") else "XF-01" if "fire" in asked.scheme.code or "exting" in asked.scheme.code else "TJY-01"]
    return StatutoryRecord(
        equipment=asked.equipment, place=asked.place, stands_at_id=asked.stands_at_id, scheme=asked.scheme, action=asked.action, performed_on=done,
        result="pass", valid_until=end if certificate and asked.action != "replace" else None, body=body, inspector=world.pick(("一组", "二组", "三组")) if body else "",
        certificate_no=f"{asked.scheme.code.split('.')[0][:2].upper()}{done:%Y}-{asked.pk:05d}" if body else "", by=world["safety"],
        at=world.at(done, 990))
