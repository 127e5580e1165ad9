"""Dangerous work under random days: nobody is at work without a permit that holds, nobody has an order without its licence."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logistics.alerts.services import scan_deadlines
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.models import Permit, WorkOrder
from maintenance.permits.services import ask_for_permit
from staff.models import Certificate, CertificateType
from tests.maintenance.scene import Scene, at, scene, technician

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, Conflict, NotAllowed)
TRIES = settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
number = st.integers(0, 5)


# permits -----------------------------------------------------------------------------------------------------------------
class Site:
    """One order of hot work at height: its technician, a watcher, an officer; hours go by."""

    def __init__(self, here: Scene) -> None:
        here.tap.permits = ["hot_work", "height"]
        here.tap.save()
        self.here, self.now = here, at("2026-09-15 08:00")
        self.officer, self.mender, self.watcher = (
            person_with("safety_officer"),
            technician(here, "Chen", 4).staff.person,
            technician(here, "Li", 3).staff.person,
        )
        with clock.standing_at(self.now):
            self.order = orders.make(by=None, place=here.room, category=here.tap, title_zh="焊管", priority="P3")
            perform(self.order, "assign", by=here.dispatcher, to=self.mender)
            perform(self.order, "accept", by=self.mender)

    def permit(self, n: int, *states: str) -> Any:
        rows = list(Permit.objects.filter(state__in=states).order_by("pk"))
        if not rows:
            raise ValidationError("none")
        return rows[n % len(rows)]

    def fresh(self) -> WorkOrder:
        return WorkOrder.objects.get(pk=self.order.pk)

    def ask(self, a: int, b: int) -> None:
        begin, kind = self.now + timedelta(hours=b - 2), ("hot_work", "height")[a % 2]
        asked = {"measures": "灭火器", "watcher": self.watcher, "by": self.mender}
        permit = ask_for_permit(order=self.fresh(), kind=kind, begin=begin, end=begin + timedelta(hours=a + 2), **asked)
        if a > 2:
            perform(permit, "issue", by=self.officer)

    def both(self, a: int, b: int) -> None:
        for kind in (2 * (a // 2) + 2, 2 * (a // 2) + 3):  # so that work can begin at all
            self.ask(kind % 6 if kind > 3 else kind + 2, 2)

    def issue(self, a: int, b: int) -> None:
        perform(self.permit(a, "requested"), "issue", by=(self.officer, self.mender, self.watcher)[b % 3])

    def end(self, a: int, b: int) -> None:
        if b % 2:
            perform(self.permit(a, "issued", "active"), "revoke", by=self.officer, reason="起风")
        else:
            perform(self.permit(a, "issued", "active"), "close", by=self.watcher, note="无余火")

    def begin(self, a: int, b: int) -> None:
        order = self.fresh()
        if order.state == "assigned":
            order = perform(order, "accept", by=self.mender)  # type: ignore[assignment]
        perform(order, "resume" if order.state == "on_hold" else "start", by=(self.mender, None)[b % 2])

    def finish(self, a: int, b: int) -> None:
        for permit in Permit.objects.filter(state="active") if a else ():
            perform(permit, "close", by=self.watcher, note="无余火")
        perform(self.fresh(), "finish", by=self.mender, completion_note="焊好")

    def look(self, a: int, b: int) -> None:
        """The leader takes it, sends it back, or it is opened again later."""
        order = self.fresh()
        if order.state == "closed":
            perform(order, "reopen", by=self.here.dispatcher, reason="又漏")
        else:
            perform(order, "return" if a % 2 else "verify", by=self.here.leader, reason="还漏")

    def wait(self, a: int, b: int) -> None:
        self.now += timedelta(hours=a + 1)
        with clock.standing_at(self.now):
            scan_deadlines(self.now)

    def step(self, what: str, a: int, b: int) -> None:
        self.now += timedelta(minutes=5)
        with clock.standing_at(self.now):
            scan_deadlines(self.now)
            before = self.fresh().state
            with suppress(*REFUSALS), transaction.atomic():
                getattr(self, what)(a, b)
        self.holds(before)

    def holds(self, before: str) -> None:
        order = self.fresh()
        rows = list(Permit.objects.filter(order=order).order_by("pk"))
        for row in rows:
            if row.issued_by_id:
                assert len({row.issued_by_id, row.applicant_id, row.watcher_id}) == 3
            assert row.state not in ("issued", "active") or row.during.upper > self.now, "none holds beyond its time"
        if order.state != "in_progress":
            return
        good = {row.kind for row in rows if row.state in ("issued", "active") and row.during.lower <= self.now < row.during.upper}
        if before != "in_progress":
            assert good == {"hot_work", "height"}, "no permit, no start"
        looked_at = {row.kind for row in rows if row.state == "closed"}
        assert good | looked_at == {"hot_work", "height"}, "what ran out or was revoked stops the work"


ACTS = ("ask", "ask", "both", "issue", "begin", "begin", "begin", "end", "finish", "finish", "look", "look", "wait")


@given(begun=st.booleans(), steps=st.lists(st.tuples(st.sampled_from(ACTS), number, number), min_size=8, max_size=24))
@TRIES
def test_whatever_is_asked_issued_revoked_or_runs_out_nobody_works_without_a_permit(begun: bool, steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        site = Site(scene())
        for step in [*([("both", 0, 0), ("begin", 0, 0)] if begun else []), *steps]:
            site.step(*step)
        transaction.set_rollback(True)


def test_work_that_is_sent_back_needs_its_permits_anew() -> None:
    site = Site(scene())
    for step in [("both", 0, 0), ("begin", 0, 0), ("end", 0, 0), ("end", 0, 0), ("finish", 0, 0)]:
        site.step(*step)
    assert site.fresh().state == "done"
    site.step("look", 1, 0)
    assert (site.fresh().state, site.fresh().holds.get(during__endswith__isnull=True).reason.code) == ("on_hold", "permit")  # type: ignore[attr-defined]
    site.step("begin", 0, 0)
    assert site.fresh().state == "on_hold"
    site.step("both", 0, 0)
    site.step("begin", 0, 0)
    assert site.fresh().state == "in_progress"


# licences ----------------------------------------------------------------------------------------------------------------
DAY = date(2026, 9, 15)


class Gas:
    """An order that needs a licence, two technicians whose licences come, end and are revoked; days go by."""

    def __init__(self, here: Scene) -> None:
        self.kind = CertificateType.objects.create(code="gas", name_zh="燃气证", name_en="Gas licence")
        here.tap.certificates.set([self.kind])
        self.here, self.now = here, at("2026-09-15 08:00")
        self.menders = [technician(here, name, 4) for name in ("Chen", "Li")]
        self.desk = client_of(person_with("dispatcher"))
        with clock.standing_at(self.now):
            self.order = orders.make(by=None, place=here.room, category=here.tap, title_zh="燃气管", priority="P3")

    def person(self, n: int) -> Any:
        return self.menders[n % 2].staff.person

    def fresh(self) -> WorkOrder:
        return WorkOrder.objects.get(pk=self.order.pk)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def span(self, a: int, b: int) -> dict[str, Any]:
        begin = self.now + timedelta(days=a % 3)
        return {"planned_start": begin, "planned_end": begin + timedelta(days=b)}

    def licence(self, a: int, b: int) -> None:
        """A paper of some days from about now on; pieces may follow each other."""
        first = self.today + timedelta(days=b - 2)
        fields = {"staff": self.menders[a % 2].staff, "type": self.kind, "number": f"{Certificate.objects.count()}", "valid_from": first}
        Certificate.objects.create(
            **fields,
            valid_until=first + timedelta(days=a + 2),
            state="valid",
            verified_by=self.here.leader,
            verified_at=self.now,
        )

    def revoke(self, a: int, b: int) -> None:
        row = Certificate.objects.filter(state="valid").order_by("pk")[a : a + 1].first()
        if row:
            Certificate.objects.filter(pk=row.pk).update(state="revoked")

    def assign(self, a: int, b: int) -> None:
        by = (self.here.dispatcher, self.here.leader, None)[b % 3]
        perform(self.fresh(), "assign", by=by, to=self.person(a), **self.span(a, b))

    def claim(self, a: int, b: int) -> None:
        WorkOrder.objects.filter(pk=self.order.pk, state="open").update(pool=True)
        perform(self.fresh(), "claim", by=self.person(a))

    def go_on(self, a: int, b: int) -> None:
        order = self.fresh()
        perform(order, {"assigned": "accept", "accepted": "start"}.get(order.state, "accept"), by=order.lead or self.person(a))

    def give_back(self, a: int, b: int) -> None:
        perform(self.fresh(), "decline", by=self.fresh().lead or self.person(a), reason="忙")

    def edit(self, a: int, b: int) -> None:
        """The desk plans it for other days on the page."""
        order, span = self.fresh(), self.span(a, b)
        given = {name: getattr(order, name) for name in ("title_zh", "title_en", "kind", "priority", "estimate_s")}
        days = {name: timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") for name, value in span.items()}
        given |= {"place": order.place_id, "category": order.category_id, "team": order.team_id or "", **days}
        answer = self.desk.post(reverse("maintenance:workorder-edit", args=[order.pk]), given)
        assert answer.status_code in (302, 422), answer.status_code

    def wait(self, a: int, b: int) -> None:
        self.now += timedelta(days=a)

    def covered(self, order: WorkOrder) -> bool:
        """Counted day by day: does the lead hold a valid paper on each planned day?"""
        first = timezone.localdate(order.planned_start) if order.planned_start else self.today
        last = timezone.localdate(order.planned_end) if order.planned_end else first
        papers = list(Certificate.objects.filter(staff__person=order.lead_id, type=self.kind, state="valid"))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return all(any(row.valid_from <= day <= row.valid_until for row in papers) for day in days)

    def step(self, what: str, a: int, b: int) -> bool:
        self.now += timedelta(minutes=5)
        before = self.fresh()
        with clock.standing_at(self.now):
            with suppress(*REFUSALS), transaction.atomic():
                getattr(self, what)(a, b)
            after = self.fresh()
            same = ("lead_id", "state", "planned_start", "planned_end")
            changed = any(getattr(before, name) != getattr(after, name) for name in same)
            if after.lead_id and changed:
                assert self.covered(after), f"{what}: the lead has no licence on each planned day"
        return changed


LIFE = ("licence", "licence", "assign", "assign", "claim", "go_on", "go_on", "edit", "edit", "give_back", "revoke", "wait")


@given(steps=st.lists(st.tuples(st.sampled_from(LIFE), number, number), min_size=8, max_size=24))
@TRIES
def test_by_no_door_and_on_no_day_has_anybody_an_order_without_the_licence_for_all_its_days(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        gas = Gas(scene())
        for step in [("licence", 0, 2), *steps]:
            gas.step(*step)
        transaction.set_rollback(True)


def test_the_whole_way_with_a_licence_is_among_the_random_ones() -> None:
    gas = Gas(scene())
    way = [("licence", 4, 2), ("licence", 5, 2), ("assign", 0, 3), ("edit", 0, 2), ("go_on", 0, 0), ("go_on", 0, 0)]
    assert [gas.step(*step) for step in way] == [False, False, True, True, True, True]
    assert gas.fresh().state == "in_progress"
    assert not gas.step("edit", 2, 5), "not beyond the last day of the licence"
