"""What is lent out, what came back, and what nobody used for long."""
from __future__ import annotations

from datetime import timedelta

from assets.models import Custody, EquipmentCategory, UsageEntry
from logistics.accounts.models import RoleGrant
from logistics.core.demo import World

PURPOSES = ("运动会", "校庆演出", "家长会", "公开课", "科技节", "期末考试", "社团活动", "外出参赛")


def load(world: World) -> None:
    """24 things with somebody, two of them late; 40 came back; projectors and computers are used, but for a few."""
    officer = world["crews"]["TEAM-GENERAL"][1]
    world["asset_officer"] = officer
    RoleGrant.objects.create(person=officer, role="asset_officer", during=world.since, reason="demo")
    EquipmentCategory.objects.filter(code__in=["projector"]).update(use_noted=True)
    things = [row for row in world["equipment_of"]["computer"] if row.tracking == "unit"]
    teachers, rows, uses = world["teachers"], [], []
    for n, thing in enumerate(things[:64]):
        holder = teachers[n % len(teachers)]
        begun = world.at(world.today - timedelta(days=3 + n % 40), 540 + n % 60)
        fields = {"equipment": thing, "purpose": PURPOSES[n % len(PURPOSES)], "condition_out": "完好"}
        fields |= {"holder": holder} if n % 6 else {"holder_department": holder.department}
        if n < 24:
            due = world.today + timedelta(days=-2 if n in (4, 11) else 5 + n)
            rows.append(Custody(**fields, during=(begun, None), due_on=due, signed_at=begun if n % 6 else None, signed_by=holder if n % 6 else None))
        else:
            end = begun + timedelta(hours=4 + n % 30)
            rows.append(Custody(**fields, during=(begun, end), state="returned", condition_in="完好" if n % 9 else "外壳有划痕"))
    Custody.objects.bulk_create(rows)
    uses += [UsageEntry(equipment=row.equipment, person=row.holder, during=row.during, purpose=row.purpose, source="custody", source_key=str(row.pk))
             for row in rows if row.state == "returned"]
    for n, thing in enumerate(world["equipment_of"]["projector"][8:]):
        begun = world.at(world.today - timedelta(days=1 + n % 20), 480 + n % 5 * 50)
        uses.append(UsageEntry(equipment=thing, during=(begun, begun + timedelta(minutes=45)), purpose="上课", source="log", source_key=f"demo-{n}"))
    for n, thing in enumerate(things[64:-12]):  # the rest is used where it stands, but for a dozen
        begun = world.at(world.today - timedelta(days=1 + n % 30), 480 + n % 9 * 50)
        uses.append(UsageEntry(equipment=thing, during=(begun, begun + timedelta(hours=2)), source="log", source_key=f"demo-pc-{n}"))
    UsageEntry.objects.bulk_create(uses, batch_size=2000)
