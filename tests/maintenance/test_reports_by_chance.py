"""Reports and their orders under random days at the desk: who is joined to whom, who is told, what a silence counts, what the work cost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from statistics import mean
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Event
from logistics.core.publishing import MEASURES
from logistics.core.workflow import perform
from maintenance import labour, orders
from maintenance.costs import spend
from maintenance.models import LabourEntry, LabourRate, Rating, RepairRequest, WorkOrder
from maintenance.querysets import OPEN_STATES
from maintenance.services.reporting import report
from maintenance.tasks import lapse_unanswered
from tests.maintenance.scene import EVER, Scene, at, scene, technician

pytestmark = pytest.mark.django_db
BEGIN, SPAN = at("2026-09-07 08:00"), (at("2026-09-01 00:00"), at("2027-03-01 00:00"))
IN_WORK = {"accepted", "resolved", "confirmed", "auto_closed"}
REFUSALS = (ValidationError, Conflict, NotAllowed)
SEEN = (Phase.explicit, Phase.reuse, Phase.generate)  # a shorter way to a fault would take minutes to find
number = st.integers(0, 5)


class Desk:
    """A desk, a technician and three people who report; what they did is kept beside the database in plain dictionaries."""

    def __init__(self, here: Scene) -> None:
        self.here, self.now = here, BEGIN
        self.mender = technician(here, "Chen", 4).staff.person
        self.scores: dict[int, int] = {}
        self.disputed: set[int] = set()
        self.bills: dict[int, Decimal] = {}  # what a closed order had cost when it was closed
        self.rate = LabourRate.objects.create(team=here.team, rate=Decimal(45), during=EVER)

    def request(self, n: int, *states: str) -> Any:
        """One of the reports, rather one in these states: most steps then have something to do."""
        return self._pick(RepairRequest, n, states)

    def order(self, n: int, *states: str) -> Any:
        return self._pick(WorkOrder, n, states)

    @staticmethod
    def _pick(model: Any, n: int, states: tuple[str, ...]) -> Any:
        rows = list(model.objects.order_by("pk"))
        fit = [row for row in rows if row.state in states] or rows
        if not fit:
            raise ValidationError("nothing there yet")
        return fit[n % len(fit)]

    def move(self, row: Any, name: str, by: Any, **data: Any) -> Any:
        return perform(row, name, by=by, **data)

    # what people do ----------------------------------------------------------------------------------------------------
    def report(self, a: int, b: int) -> None:
        joined = self.request(b, "submitted", "accepted") if a > 2 and RepairRequest.objects.exists() else None
        report(place=self.here.room, by=self.here.people[a % 3], symptom=self.here.drip if b % 2 else self.here.dark, join_to=joined)

    def accept(self, a: int, b: int) -> None:
        self.move(self.request(a, "submitted"), "accept", self.here.dispatcher)

    def accept_into(self, a: int, b: int) -> None:
        self.move(self.request(a, "submitted"), "accept", self.here.dispatcher, order=self.order(b, "open", "assigned"))

    def join(self, a: int, b: int) -> None:
        self.move(self.request(a, "submitted", "accepted"), "join", self.here.dispatcher, root=self.request(b, "submitted", "accepted"))

    def detach(self, a: int, b: int) -> None:
        joined = list(RepairRequest.objects.filter(joined_to__isnull=False).order_by("pk"))
        self.move(joined[a % len(joined)] if joined else self.request(a), "detach", self.here.dispatcher)

    def split(self, a: int, b: int) -> None:
        given = {"description": "灯也坏了", "category": self.here.light}
        self.move(self.request(a, "submitted", "accepted"), "split", self.here.dispatcher, **given)

    def reject(self, a: int, b: int) -> None:
        self.move(self.request(a, "submitted"), "reject", self.here.dispatcher, reason="正常")

    def withdraw(self, a: int, b: int) -> None:
        row = self.request(a, "submitted")
        self.move(row, "withdraw", row.reporter)

    def begin(self, a: int, b: int) -> None:
        order = self.order(a, "open")
        self.move(order, "assign", self.here.dispatcher, to=self.mender)
        for name in ("accept", "start"):
            order = self.move(order, name, self.mender)

    def finish(self, a: int, b: int) -> None:
        self.move(self.order(a, "in_progress"), "finish", self.mender, completion_note="好了")

    def verify(self, a: int, b: int) -> None:
        self.move(self.order(a, "done"), "verify", self.here.leader)

    def send_back(self, a: int, b: int) -> None:
        self.move(self.order(a, "done"), "return", self.here.leader, reason="还漏")

    def reopen(self, a: int, b: int) -> None:
        self.move(self.order(a, "closed"), "reopen", self.here.dispatcher, reason="又漏")

    def cancel(self, a: int, b: int) -> None:
        self.move(self.order(a, "open", "in_progress"), "cancel", self.here.dispatcher, reason="重复")

    def confirm(self, a: int, b: int) -> None:
        row = self.request(a, "resolved")
        self.move(row, "confirm", row.reporter, score=b or None)
        if b:
            self.scores[row.pk] = b

    def dispute(self, a: int, b: int) -> None:
        row = self.request(a, "resolved")
        self.move(row, "dispute", row.reporter, reason="没修好")
        self.disputed.add(row.pk)

    def wait(self, a: int, b: int) -> None:
        """Days go by and nobody says anything."""
        self.now += timedelta(days=8)
        with clock.standing_at(self.now):
            lapse_unanswered()

    def book(self, a: int, b: int) -> None:
        labour.book(order=self.order(a), person=self.mender, begin=self.now - timedelta(minutes=50), minutes=7 * b + 1)

    def void(self, a: int, b: int) -> None:
        entries = list(LabourEntry.objects.filter(voided_by__isnull=True, during__endswith__isnull=False).order_by("pk"))
        if entries:
            labour.void(entry=entries[a % len(entries)], by=self.here.leader, reason="记错")

    def spend(self, a: int, b: int) -> None:
        spend(order=self.order(a), type_="credit" if b == 0 else "service", amount=Decimal(b * 10 - 7), note="x", by=self.here.leader)

    def reprice(self, a: int, b: int) -> None:
        """The hour costs something else from now on, and also the rate of yesterday is written anew."""
        LabourRate.objects.filter(pk=self.rate.pk).update(rate=Decimal(30 + 10 * b), during=DateTimeTZRange(EVER.lower, None))

    # what must hold ----------------------------------------------------------------------------------------------------
    def step(self, what: str, a: int, b: int) -> None:
        self.now += timedelta(hours=1)
        states = dict(RepairRequest.objects.values_list("pk", "state"))
        of_order = dict(RepairRequest.objects.values_list("pk", "work_order"))
        live = dict(WorkOrder.objects.values_list("pk", "state"))
        done: set[int] = set()
        with clock.standing_at(self.now), suppress(*REFUSALS):
            with transaction.atomic():
                getattr(self, what)(a, b)
            done = {pk for pk, state in WorkOrder.objects.values_list("pk", "state") if state == "done" and live.get(pk) == "in_progress"}
        told = {pk for pk, state in RepairRequest.objects.values_list("pk", "state") if state == "resolved" != states.get(pk)}
        expected = {pk for pk, state in states.items() if state == "accepted" and of_order[pk] in done}
        assert told == expected, "whose repair is done, and no other"
        self.holds()

    def holds(self) -> None:
        rows = {row.pk: row for row in RepairRequest.objects.all()}
        for row in rows.values():
            assert (row.state in IN_WORK) == (row.work_order_id is not None)
            if row.joined_to_id:
                root = rows[row.joined_to_id]
                assert root.joined_to_id is None, "no chains"
                if row.state not in ("rejected", "withdrawn"):
                    assert row.work_order_id == root.work_order_id, "a joined report has its root's order"
        found = list(WorkOrder.objects.all())
        open_ = {order.pk for order in found if order.state in OPEN_STATES}
        assert all(row.work_order_id in open_ for row in rows.values() if row.state == "accepted"), "somebody works on each accepted report"
        for order in found:
            if order.state == "closed":
                assert orders.cost_of(order) == self.bills.setdefault(order.pk, orders.cost_of(order)), "what is closed costs what it cost"
            else:
                self.bills.pop(order.pk, None)
            if order.pk in open_ and order.source_kind == "maintenance.repairrequest":
                assert order.requests.exists(), "an order made from reports has one as long as it is open"  # type: ignore[attr-defined]
        self._said()
        self._steps()

    def _said(self) -> None:
        """Ratings are what people gave, and nothing else is in the mean."""
        assert dict(Rating.objects.values_list("request", "score")) == self.scores
        assert not Rating.objects.filter(request__state="auto_closed").exists()

    def _steps(self) -> None:
        """The state of each is where its last step led."""
        for kind, model in (("maintenance.repairrequest", RepairRequest), ("maintenance.workorder", WorkOrder)):
            led = dict(Event.objects.filter(kind=kind).exclude(to_state="").order_by("pk").values_list("object_id", "to_state"))
            states = dict(model.objects.values_list("pk", "state"))
            assert {pk: led.get(pk, state) for pk, state in states.items()} == states

    def figures(self) -> None:
        """What the school reads about satisfaction is counted from the plain dictionaries."""
        with clock.standing_at(self.now):
            said, share = (MEASURES[f"maintenance.{name}"].compute(self.here.dispatcher, SPAN) for name in ("satisfaction", "rating_share"))
        scores = list(self.scores.values())
        assert (said.value, said.n) == (pytest.approx(mean(scores)) if len(scores) >= 3 else None, len(scores))
        ended = set(RepairRequest.objects.filter(state__in=["confirmed", "auto_closed"]).values_list("pk", flat=True))
        ended |= self.disputed  # also one whose order was given up afterwards
        assert share.value == (pytest.approx(100 * len(scores) / len(ended)) if ended else None)


OFTEN = ("report", "accept", "begin", "finish", "confirm", "dispute")
SELDOM = ("accept_into", "join", "detach", "split", "reject", "withdraw", "verify", "send_back", "reopen", "cancel", "wait")
MONEY = ("book", "void", "spend", "reprice")
STEP = st.tuples(st.sampled_from([*OFTEN, *OFTEN, *SELDOM, *MONEY]), number, number)


def tried(act: Callable[[Scene], None]) -> None:
    """A school of its own for each try, gone afterwards."""
    with transaction.atomic():
        act(scene())
        transaction.set_rollback(True)


# three reports of three people, two orders, one at work: the random steps begin where something can go wrong
MORNING = [("report", 0, 1), ("report", 1, 1), ("report", 2, 1), ("report", 4, 0), ("accept", 0, 0), ("accept", 0, 0), ("begin", 0, 0)]


@given(steps=st.lists(STEP, min_size=8, max_size=30))
@settings(max_examples=10, deadline=None, phases=SEEN, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_the_desk_does_reports_orders_ratings_and_costs_agree(steps: list[tuple[str, int, int]]) -> None:
    def lived(here: Scene) -> None:
        desk = Desk(here)
        for step in [*MORNING, *steps]:
            desk.step(*step)
        desk.figures()

    tried(lived)


def test_the_whole_way_of_a_report_is_among_the_random_ones() -> None:
    """Four are joined to one order; two rate, one is silent, one disputes: the mean needs three and never takes the silent one."""
    desk = Desk(scene())
    way = [
        ("report", 0, 1),
        ("accept", 0, 0),
        ("report", 3, 0),
        ("report", 4, 0),
        ("report", 5, 0),
        ("begin", 0, 0),
        ("finish", 0, 0),
        ("dispute", 3, 0),
        ("finish", 0, 0),
        ("confirm", 0, 5),
        ("confirm", 0, 4),
        ("confirm", 0, 3),
        ("wait", 0, 0),
        ("verify", 0, 0),
        ("book", 0, 1),
        ("spend", 0, 2),
        ("reprice", 0, 5),
    ]
    for step in way:
        desk.step(*step)
    desk.figures()
    assert sorted(RepairRequest.objects.values_list("state", flat=True)) == ["auto_closed", "confirmed", "confirmed", "confirmed"]
    assert (list(desk.scores.values()), len(desk.disputed), WorkOrder.objects.get().state) == ([5, 4, 3], 1, "closed")
    assert desk.bills
