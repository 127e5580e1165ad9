"""Renewal of the demo school: grades of what is old, prices, and a list of 40."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from assets.models import Equipment
from assets.renewal import services
from assets.renewal.models import ConditionGrade, PriceIndex, RenewalItem
from logistics.campus.models import Place
from logistics.core.demo import World

RISKS = ("停机会影响整栋楼上课。", "维修配件已停产。", "能耗明显高于新机。", "再坏一次就要停用。")


def load(world: World) -> None:
    year = world.today.year
    PriceIndex.objects.bulk_create(
        [PriceIndex(year=year + n, factor=Decimal("1.03") ** n, note="按每年 3% 估计（示例）") for n in range(-3, 11)]
    )
    weights = services.weights_at()
    weights.fabric_cost_m2, weights.reason = Decimal(4200), "参照本地校舍造价（示例）"
    weights.save(update_fields=["fabric_cost_m2", "reason"])
    graded = [
        thing
        for thing in Equipment.objects.filter(tracking="unit", status="in_service", category__default_criticality__in=["A", "B"])
        .exclude(category__code__in=["extinguisher", "hydrant", "camera"])
        .select_related("category", "place")
        .order_by("number")
    ]
    rows = []
    for thing in graded:
        share = (world.today - thing.commissioned_on).days / 365 / (thing.years or 10)
        grade = min(5, max(1, round(1 + 3.4 * share + world.random.uniform(-0.6, 0.7))))
        rows.append(
            ConditionGrade(
                equipment=thing,
                stands_at=thing.place,
                grade=grade,
                graded_on=world.today - timedelta(days=world.random.randint(10, 300)),
                by=world["named"]["S1002"],
            )
        )
    for building in Place.objects.filter(kind="building").order_by("code"):
        for system in ("roof", "water", "electric"):
            rows.append(
                ConditionGrade(
                    place=building,
                    system=system,
                    stands_at=building,
                    grade=2 + (building.year_built or 2000) % 3,
                    graded_on=world.today - timedelta(days=120),
                    by=world["safety"],
                )
            )
    ConditionGrade.objects.bulk_create(rows, batch_size=1000)
    lines, _little = services.ranking(world["named"]["S1002"], most=36)
    items = []
    for n, line in enumerate(services.named(lines)):
        state = "deferred" if n in (2, 7, 11) else "proposed"
        items.append(
            RenewalItem(
                equipment=line.thing,
                stands_at=line.thing.place,
                year=year + 1 + (state == "deferred"),
                score=line.score.value,
                coverage=line.score.coverage,
                parts={part: None if points is None else str(points) for part, points in line.score.parts.items()},
                cost=line.cost,
                price_year=line.price_year,
                risk_note=RISKS[n % 4],
                state=state,
                defer_reason="当年预算不足，先维修顶用" if state == "deferred" else "",
            )
        )
    for n, building in enumerate(Place.objects.filter(kind="building", year_built__lte=2004).order_by("code")[:4]):
        items.append(
            RenewalItem(
                place=building,
                stands_at=building,
                what=("屋面防水翻修", "给水立管更换", "门窗更换", "配电改造")[n],
                year=year + 2,
                cost=Decimal(180000 + 95000 * n),
                price_year=year,
                risk_note="漏点逐年增多。",
                state="deferred",
                defer_reason="列入下一年计划",
            )
        )
    RenewalItem.objects.bulk_create(items)
