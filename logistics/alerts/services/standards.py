"""The chains that a new school begins with; rows afterwards, which the school changes."""
from __future__ import annotations

from typing import Any

from django.db import transaction

from logistics.alerts.models import Chain, ChainStep

# code, Chinese, English, the first acknowledgement ends it, rounds, steps (target, roles, wait in seconds, hours, told at least as)
STANDARD: tuple[tuple[str, str, str, bool, int, tuple[tuple[str, str, int, str, str], ...]], ...] = (
    ("work", "通知经办人", "Tell whoever is nearest", True, 1, (("nearest", "", 0, "any", ""),)),
    ("late", "超时催办", "Work that is late", True, 1, (
        ("nearest", "", 1800, "any", ""), ("role", "", 3600, "working", ""),
        ("role", "facilities_manager logistics_director", 0, "any", "urgent"),
    )),
    ("urgent", "紧急呼叫", "Urgent call", True, 1, (
        ("nearest", "", 600, "any", "urgent"), ("role", "", 600, "any", "urgent"),
        ("role", "duty_leader facilities_manager logistics_director", 600, "any", "urgent"),
    )),
    ("life", "生命危险呼叫", "Danger to life", True, 2, (
        ("nearest", "", 60, "any", "life"), ("role", "duty_officer duty_leader safety_officer dispatcher", 60, "any", "life"),
        ("role", "safety_director logistics_director facilities_manager principal", 180, "any", "life"),
    )),
    ("system", "系统管理员", "System managers", True, 1, (("role", "system_manager", 0, "any", ""),)),
)


@transaction.atomic
def standard_chains(**_signal: Any) -> None:
    """What has to be there before anybody can be called; run after every migration, changes nothing that exists."""
    known = set(Chain.objects.values_list("code", flat=True))
    for code, zh, en, ack_stops, rounds, steps in STANDARD:
        if code in known:
            continue
        chain = Chain.objects.create(code=code, name_zh=zh, name_en=en, ack_stops=ack_stops, rounds=rounds)
        ChainStep.objects.bulk_create(
            ChainStep(chain=chain, order=n, target=target, roles=roles.split(), wait_s=wait, hours=hours, importance=importance)
            for n, (target, roles, wait, hours, importance) in enumerate(steps, 1)
        )
