"""Two disposals: one closed, one that waits for its second appraiser."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import NumericRange

from assets.disposals.services import draft
from assets.disposals.workflow import VALUE
from logistics.core import clock
from logistics.core.demo import World
from logistics.core.models import ApprovalRoute
from logistics.core.workflow import perform


def load(world: World) -> None:
    """Above 50,000 yuan the director approves, above 200,000 the principal as well."""
    ApprovalRoute.objects.bulk_create([
        ApprovalRoute(purpose=VALUE, amounts=NumericRange(50000, 200000, "(]"), steps=["logistics_director"], higher_role="principal",
                      during=world.since),
        ApprovalRoute(purpose=VALUE, amounts=NumericRange(200000, None, "(]"), steps=["logistics_director", "principal"], remind_h=16,
                      during=world.since),
    ])
    office, by, officer = world["departments"]["O-LOG"], world["named"]["S1002"], world["asset_officer"]
    old = sorted((row for row in world["equipment_of"]["camera"]), key=lambda row: row.commissioned_on)
    outsider = world["named"]["S0901"]
    with clock.standing_at(world.at(world.today - timedelta(days=40), 600)):
        row = draft(things=old[:2], by=by, department=office, reason="超过使用年限，画面模糊，已换新", appraiser_a=by, appraiser_b=outsider)
        perform(row, "appraise", by=by, verdict="worn_out", note="镜头老化，主板无配件。")
        perform(row, "appraise", by=outsider, verdict="too_dear")
        perform(row, "approve", by=officer)
    with clock.standing_at(world.at(world.today - timedelta(days=33), 900)):
        perform(row, "execute", by=officer, executed_on=clock.today(), receipt_no="HS-1127", residual_value=Decimal(60))
        perform(row, "close", by=officer, finance_ref="CW-2026-088")
    with clock.standing_at(world.at(world.today - timedelta(days=2), 640)):
        things = [next(row for row in world["equipment_of"]["server"]), next(row for row in world["equipment_of"]["steamer"] if row.use_state == "normal")]
        row = draft(things=things, by=by, department=office, reason="故障频繁，维修费已超过原值一半", appraiser_a=officer, appraiser_b=outsider)
        perform(row, "appraise", by=officer, verdict="too_dear", note="一年修了五次。")
