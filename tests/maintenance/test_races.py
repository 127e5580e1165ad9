"""Two people clicking at once: one winner, words for the others, no deadlock, no gap in the numbers."""
from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from logistics.core.errors import Conflict
from logistics.core.models import Event
from logistics.core.workflow import perform
from maintenance.models import RepairRequest, WorkOrder
from maintenance.services.reporting import report
from tests.maintenance.scene import scene, technician
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_six_threads_on_one_move_have_one_winner() -> None:
    here = scene()
    request = report(place=here.room, by=here.people[0], symptom=here.drip)[0]
    results = together(*[lambda: perform(request, "accept", by=here.dispatcher)] * 6)
    assert sum(isinstance(one, RepairRequest) for one in results) == 1
    assert sum(isinstance(one, Conflict) for one in results) == 5
    assert WorkOrder.objects.count() == 1
    assert Event.objects.filter(kind="maintenance.repairrequest", object_id=request.pk, move="accept").count() == 1


def test_twenty_technicians_claim_one_order_and_one_wins() -> None:
    here = scene()
    request = perform(report(place=here.room, by=here.people[0], symptom=here.drip)[0], "accept", by=here.dispatcher)
    WorkOrder.objects.update(pool=True)
    order = WorkOrder.objects.get(pk=request.work_order_id)  # type: ignore[attr-defined]
    crew = [technician(here, f"T{n}", 4).staff.person for n in range(20)]
    results = together(*[lambda person=person: perform(order, "claim", by=person) for person in crew])
    assert sum(isinstance(one, WorkOrder) for one in results) == 1
    assert sum(isinstance(one, Exception) for one in results) == 19
    order.refresh_from_db()
    assert order.state == "accepted"
    assert order.assignments.filter(released_at__isnull=True).count() == 1  # type: ignore[attr-defined]


def test_two_dispatchers_merging_crosswise_do_not_deadlock() -> None:
    here = scene()
    for _round in range(8):
        first = report(place=here.room, by=here.people[0], symptom=here.drip)[0]
        second = report(place=here.room, by=here.people[1], symptom=here.drip)[0]
        results = together(
            lambda a=first, b=second: perform(a, "join", by=here.dispatcher, root=b),
            lambda a=second, b=first: perform(a, "join", by=here.dispatcher, root=b),
        )
        assert sum(isinstance(one, RepairRequest) for one in results) == 1
        assert sum(isinstance(one, Conflict | ValidationError) for one in results) == 1
        assert RepairRequest.objects.filter(pk__in=[first.pk, second.pk], joined_to__isnull=False).count() == 1


def test_numbers_have_no_gap_and_no_double_under_parallel_reports() -> None:
    here = scene()
    for _batch in range(3):
        together(*[lambda person=person: report(place=here.room, by=person, symptom=here.drip) for person in here.people])
    numbers = sorted(int(number.rsplit("-", 1)[1]) for number in RepairRequest.objects.values_list("number", flat=True) if number)
    assert numbers == list(range(1, 28))
