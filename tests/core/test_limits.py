"""Figures of the house rules: set from a day on, with a reason; what was judged stays judged."""
from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics.core import clock
from logistics.core.limits.declared import LIMITS, in_force
from logistics.core.limits.services import deliver, set_limit
from logistics.core.models import Limit
from logistics.core.sync.limits import LONGEST_OFFLINE, MOST_SKEW
from logistics.core.testing.world import client_of, person_with
from maintenance.limits import DISPUTE_DAYS
from tests.races import at_once

DAY = timedelta(days=1)


@pytest.fixture
def manager(db: Any) -> Any:
    return person_with("facilities_manager")


def test_every_figure_stands_in_the_table_as_it_was_delivered(db: Any) -> None:
    deliver()
    assert {(row.code, row.value) for row in Limit.objects.all()} == {(declared.code, declared.shipped) for declared in LIMITS}
    assert in_force(LONGEST_OFFLINE, MOST_SKEW) == [72, 300]


def test_a_figure_is_set_on_the_page_with_a_reason_and_holds_at_once(manager: Any) -> None:
    client, url = client_of(manager), "/core/limits/add/"
    assert "reason" in client.post(url, {"code": "maintenance.dispute_days", "value": 10}).context["page"]["form"].errors
    answer = client.post(url, {"code": "maintenance.dispute_days", "value": 10, "reason": "Agreed with the teachers."})
    assert answer.status_code == 302
    assert DISPUTE_DAYS.value() == 10
    page = client.get(answer.url).content.decode()
    assert "Agreed with the teachers." in page and "code=maintenance.dispute_days&amp;value=10" in page


def test_a_planned_figure_waits_for_its_day_and_the_past_stays(manager: Any) -> None:
    deliver()
    now = clock.now()
    set_limit(code="maintenance.dispute_days", value=9, reason="From next week", by=manager, since=now + 7 * DAY)
    set_limit(code="maintenance.dispute_days", value=8, reason="Until then", by=manager)
    later = clock.now()
    assert [DISPUTE_DAYS.value(now - DAY), DISPUTE_DAYS.value(later), DISPUTE_DAYS.value(now + 8 * DAY)] == [7, 8, 9]
    with pytest.raises(ValidationError, match="days that are over"):
        set_limit(code="maintenance.dispute_days", value=1, reason="Too late", by=manager, since=now - DAY)
    with pytest.raises(ValidationError, match="From 0 to 365"):
        set_limit(code="maintenance.dispute_days", value=366, reason="Too much", by=manager)


def test_what_is_asked_together_costs_one_query(db: Any) -> None:
    with CaptureQueriesContext(connection, ) as seen:
        in_force(LONGEST_OFFLINE, MOST_SKEW, DISPUTE_DAYS)
    assert len(seen) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_set_one_figure_at_once_leave_one_row_for_each_instant() -> None:
    deliver()
    manager, now = person_with("facilities_manager"), clock.now()

    at_once(8, lambda n: set_limit(
        code="maintenance.dispute_days", value=n + 1, reason=f"{n}", by=manager, since=now + (n % 3 + 1) * DAY
    ))
    spans = list(Limit.objects.filter(code="maintenance.dispute_days").order_by("during").values_list("during", flat=True))
    assert len(spans) == 4 and all(a.upper == b.lower for a, b in pairwise(spans)) and spans[-1].upper is None
