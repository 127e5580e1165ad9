"""Rounds that a plan asks for: one for each due date, made together in few statements."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError

from logistics.alerts.services.deadlines import arm
from logistics.core import clock
from logistics.core.models import Event
from logistics.core.numbers import assign_numbers
from maintenance.models import Round
from maintenance.orders import stand
from maintenance.plans.outputs import plan_output
from maintenance.rounds.services import OVER, freeze

log = logging.getLogger(__name__)


@plan_output("round")
def rounds(occurrences: Sequence[Any], now: datetime) -> None:
    """From the first to the last day of the window. A route that cannot be walked yet keeps its due date and makes no round."""
    made = []
    for row in occurrences:
        route = row.plan.route
        begin, end = clock.midnight(row.first_on), clock.midnight(row.last_on + timedelta(days=1))
        try:
            frozen = freeze(route, seed=f"{route.pk}:{begin.isoformat()}")
        except ValidationError as error:
            log.warning("no round for %s: %s", row, error)
            continue
        walk = Round(
            route=route,
            occurrence=row,
            domain=route.domain,
            kind=route.kind,
            title_zh=route.name_zh,
            title_en=route.name_en,
            team_id=row.plan.team_id or route.team_id,
            statutory=row.plan.statutory,
            window_from=begin,
            window_to=end,
            frozen=frozen,
            planned=len(frozen["points"]),
            created_at=now,
        )
        stand(walk, route.place)
        made.append(walk)
    Round.objects.bulk_create(made)
    Event.objects.bulk_create(
        [
            Event(
                kind="maintenance.round", object_id=walk.pk, move="drawn_up", to_state="due", at=now, recorded_at=clock.now(), act=uuid4()
            )
            for walk in made
        ]
    )
    arm([(OVER, walk, walk.window_to) for walk in made])
    if made:
        assign_numbers(Round, [walk.pk for walk in made], "XJ")
