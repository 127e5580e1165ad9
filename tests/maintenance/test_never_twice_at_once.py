"""No two stops of a thing, hours of a technician, holds of an order, counters of a meter or custodies of a thing at one time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.custody.factories import CustodyFactory
from assets.downtime.factories import DowntimeFactory
from assets.factories import EquipmentFactory
from assets.meters.factories import MeterFactory, MeterFitFactory
from logistics.accounts.factories import PersonFactory
from logistics.campus.factories import RoomFactory
from maintenance.factories import HoldFactory, HoldReasonFactory, LabourEntryFactory, WorkOrderFactory
from tests.maintenance.scene import at

pytestmark = pytest.mark.django_db
START = at("2026-09-01 00:00")
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.booleans()), min_size=2, max_size=8)


def kept(kind: str) -> tuple[Any, dict[str, Any]]:
    """The factory of a kind and what its rows share."""
    if kind == "stop":
        return DowntimeFactory, {"equipment": EquipmentFactory(place=RoomFactory())}
    if kind == "custody":
        return CustodyFactory, {"equipment": EquipmentFactory(place=RoomFactory()), "holder": PersonFactory()}
    if kind == "counter":
        return MeterFitFactory, {"meter": MeterFactory(), "end_value": 1}
    if kind == "hold":
        return HoldFactory, {"order": WorkOrderFactory(), "reason": HoldReasonFactory()}
    return LabourEntryFactory, {"order": WorkOrderFactory(), "person": PersonFactory()}


@pytest.mark.parametrize("kind", ["stop", "custody", "counter", "hold", "hours"])
@given(spans=SPANS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_never_overlaps_and_what_is_refused_always_would(kind: str, spans: list[tuple[int, int, bool]]) -> None:
    with transaction.atomic():
        make, shared = kept(kind)
        make._meta.model.objects.filter(**{name: row for name, row in shared.items() if name in ("meter",)}).delete()
        taken: list[tuple[int, float]] = []
        for first, length, runs_on in spans:
            open_ended = runs_on and kind != "hours"
            last = float("inf") if open_ended else first + length
            upper = None if open_ended else START + timedelta(hours=first + length)
            told = {"state": "out" if open_ended else "returned"} if kind == "custody" else {}
            clash = any(first < end and begin < last for begin, end in taken)
            try:
                with transaction.atomic():
                    make(**shared, **told, during=DateTimeTZRange(START + timedelta(hours=first), upper))
                taken.append((first, last))
                assert not clash
            except IntegrityError:
                assert clash
        transaction.set_rollback(True)
