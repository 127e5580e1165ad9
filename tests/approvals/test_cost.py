"""Costly work orders: start waits for the approval of what is above the limit (facilities.md 4.2, 5.6, scenario 9)."""
from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from logistics.alerts.models import Notification
from logistics.core.approvals.services import approved, missing
from logistics.core.errors import Conflict
from logistics.core.models import Approval, ApprovalStep, Event
from logistics.core.testing.world import client_of, person_with
from logistics.core.timeline import timeline
from logistics.core.workflow import perform
from tests.approvals.conftest import ask, order_of
from tests.maintenance.scene import technician

COST = "maintenance.cost"


def test_an_estimate_of_6000_over_a_limit_of_5000_may_not_start_until_it_is_approved(here, routes, tech, zhou):
    order = order_of(here, tech)
    perform(order, "estimate", by=tech, amount=Decimal(6000))
    with pytest.raises(ValidationError, match="¥6,000 has to be approved first by: Logistics director"):
        perform(order, "start", by=tech)
    approval = ask(order, tech)
    with pytest.raises(ValidationError, match="Waits for the approval of ¥6,000 by: Logistics director"):
        perform(order, "start", by=tech)
    assert perform(approval, "approve", by=zhou).state == "approved"
    assert perform(order, "start", by=tech).state == "in_progress"


@pytest.mark.parametrize("cost", [None, 0, 5000])
def test_up_to_the_limit_nobody_has_to_agree(here, routes, tech, cost):
    order = order_of(here, tech, cost)
    assert perform(order, "start", by=tech).state == "in_progress"
    assert not Approval.objects.exists()


def test_without_a_route_nothing_needs_an_approval(here, tech):
    assert perform(order_of(here, tech, 90000), "start", by=tech).state == "in_progress"


def test_above_20000_the_director_and_then_the_principal_have_to_agree(here, routes, tech, zhou, ma):
    order = order_of(here, tech, 30000)
    approval = ask(order, tech)
    with pytest.raises(Conflict, match="waits for: Logistics director"):
        perform(approval, "approve", by=ma)
    assert perform(approval, "approve", by=zhou).state == "asked"
    assert missing(order, COST) == "Waits for the approval of ¥30,000 by: Principal."
    assert perform(approval, "approve", by=ma).state == "approved"
    assert list(ApprovalStep.objects.values_list("position", "role", "outcome", "decided_by__name_en")) == [
        (1, "logistics_director", "approved", "Zhou"), (2, "principal", "approved", "Ma")]


def test_an_amount_that_grew_beyond_what_was_approved_needs_an_approval_anew(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    perform(ask(order, tech), "approve", by=zhou)
    order = perform(order, "estimate", by=tech, amount=Decimal(5500))
    assert approved(order, COST) and missing(order, COST) is None
    order = perform(order, "estimate", by=tech, amount=Decimal(7000))
    assert not approved(order, COST)
    with pytest.raises(ValidationError, match="¥6,000 was approved, ¥7,000 is needed now"):
        perform(order, "start", by=tech)
    perform(ask(order, tech), "approve", by=zhou)
    assert perform(order, "start", by=tech).state == "in_progress"


def test_raising_the_amount_while_somebody_decides_ends_the_request(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    approval = ask(order, tech)
    perform(order, "estimate", by=tech, amount=Decimal(9000))
    with pytest.raises(Conflict, match="the record is now “Withdrawn”"):
        perform(approval, "approve", by=zhou)
    assert next(entry.quote for entry in timeline(approval, internal=True)) == "The amount changed to ¥9,000."


def test_lowering_the_amount_below_the_limit_ends_the_request_and_lets_the_work_start(here, routes, tech):
    from tests.approvals.conftest import holder

    holder("logistics_director", "Zhou")
    order = order_of(here, tech, 6000)
    approval = ask(order, tech)
    perform(order, "estimate", by=tech, amount=Decimal(4000))
    approval.refresh_from_db()
    assert approval.state == "withdrawn"
    assert perform(order, "start", by=tech).state == "in_progress"


def test_work_on_hold_does_not_resume_before_its_new_estimate_is_approved(here, routes, tech, zhou):
    order = order_of(here, tech, 3000)
    perform(order, "start", by=tech)
    from maintenance.models import HoldReason

    perform(order, "hold", by=tech, hold_reason=HoldReason.objects.first(), note="")
    perform(order, "estimate", by=tech, amount=Decimal(8000))
    with pytest.raises(ValidationError, match="¥8,000 has to be approved"):
        perform(order, "resume", by=tech)
    perform(ask(order, tech), "approve", by=zhou)
    assert perform(order, "resume", by=tech).state == "in_progress"


def test_sent_back_with_a_reason_it_is_asked_again(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    perform(ask(order, tech), "send_back", by=zhou, reason="Get a second quote.")
    with pytest.raises(ValidationError, match="Get a second quote"):
        perform(order, "start", by=tech)
    again = ask(order, tech, "Second quote: 6,400. The first stays.")
    perform(again, "approve", by=zhou)
    assert list(Approval.objects.order_by("id").values_list("state", flat=True)) == ["sent_back", "approved"]
    assert Notification.objects.filter(person=tech, code="approval.sent_back").count() == 1


def test_refused_it_is_asked_again_only_with_another_amount(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    perform(ask(order, tech), "refuse", by=zhou, reason="We replace it in summer.")
    with pytest.raises(ValidationError, match=r"We replace it in summer.*Change the amount"):
        ask(order, tech)
    order = perform(order, "estimate", by=tech, amount=Decimal(5200))
    assert ask(order, tech).state == "asked"


def test_a_refusal_or_sending_back_without_a_reason_is_not_accepted(here, routes, tech, zhou):
    approval = ask(order_of(here, tech, 6000), tech)
    for move in ("refuse", "send_back"):
        assert client_of(zhou).post(f"/core/approvals/{approval.pk}/move/{move}/", {}).status_code == 422
    approval.refresh_from_db()
    assert approval.state == "asked"


def test_cancelling_the_order_ends_the_request(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    approval = ask(order, tech)
    perform(order, "cancel", by=here.dispatcher, reason="Replaced by a project.")
    approval.refresh_from_db()
    assert (approval.state, approval.roles_now) == ("withdrawn", [])


def test_a_route_changed_later_changes_nothing_for_what_is_under_way(here, routes, tech, zhou, ma):
    approval = ask(order_of(here, tech, 6000), tech)
    routes[0].steps = ["principal"]
    routes[0].save()
    assert perform(approval, "approve", by=zhou).state == "approved"


def test_who_works_on_it_or_dispatches_it_may_estimate_and_nobody_else(here, routes, tech):
    order = order_of(here, tech)
    other = technician(here, "Lu", 2).staff.person
    for person in (here.people[0], other, person_with("auditor")):
        with pytest.raises(PermissionDenied):
            perform(order, "estimate", by=person, amount=Decimal(10))
    for person in (tech, here.dispatcher, here.leader):
        perform(order, "estimate", by=person, amount=Decimal(10))


def test_when_nobody_else_could_decide_asking_says_so(here, routes, tech):
    with pytest.raises(ValidationError, match="Nobody but you could approve this as: Logistics director"):
        ask(order_of(here, tech, 6000), tech)
    assert not Approval.objects.exists()


# pages ---------------------------------------------------------------------------------------------------------------
def test_the_start_button_says_why_it_is_grey_and_asking_is_offered_beside_it(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    page = client_of(tech).get(reverse("maintenance:order", args=[order.pk])).content.decode()
    assert "¥6,000 has to be approved first by: Logistics director. Ask for the approval." in page
    assert f"/maintenance/work-orders/{order.pk}/move/ask_approval/" in page
    ask(order, tech)
    page = client_of(here.dispatcher).get(order.get_absolute_url()).content.decode()
    assert "/move/ask_approval/" not in page
    assert "is next" in page and "Logistics director" in page


def test_the_inbox_shows_the_figures_that_matter_and_approves_in_one_tap(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    approval = ask(order, tech, "The pump leaks on the switchboard.")
    page = client_of(zhou).get("/approvals/").content.decode()
    for words in ("1 waits for your approval", "¥6,000", "The pump leaks on the switchboard.", order.title, order.place_label, "Priority"):
        assert words in page
    answer = client_of(zhou).post(f"/core/approvals/{approval.pk}/move/approve/", {"step": 1, "next": "/approvals/"})
    assert (answer.status_code, answer.url) == (302, "/approvals/")
    approval.refresh_from_db()
    assert approval.state == "approved"
    assert "Everything is decided" in client_of(zhou).get("/approvals/").content.decode()
    done = client_of(zhou).get("/approvals/?show=done").content.decode()
    assert order.title in done and "Zhou: Approved" in done
    assert order.title in client_of(tech).get("/approvals/?show=asked").content.decode()


def test_the_inbox_costs_the_same_number_of_queries_with_1_and_with_12(here, routes, tech, zhou, django_assert_num_queries):
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(zhou)

    def cost() -> int:
        cache.clear()
        client.get("/approvals/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/approvals/").status_code == 200
        return len(seen)

    ask(order_of(here, tech, 6000), tech)
    few = cost()
    for n in range(11):
        ask(order_of(here, tech, 6001 + n), tech)
    assert cost() == few <= 20


def test_the_count_stands_in_the_menu_and_on_the_dock_of_those_who_approve(here, routes, tech, zhou):
    ask(order_of(here, tech, 6000), tech)
    page = client_of(zhou).get("/approvals/").content.decode()
    assert '<span class="hq-count is-hot">1</span>' in page
    assert page.count('href="/approvals/"') >= 2
    assert 'href="/approvals/"' not in client_of(here.people[0]).get("/").content.decode()


def test_the_record_tells_who_asked_and_who_approved(here, routes, tech, zhou):
    order = order_of(here, tech, 6000)
    perform(ask(order, tech), "approve", by=zhou, note="Do it before the frost.")
    told = [(entry.who, entry.text, entry.quote) for entry in timeline(order, internal=True)][:2]
    assert told[0] == ("Zhou", "approved: Cost of a work order, 6,000 CNY", "Do it before the frost.")
    assert told[1][:2] == ("Chen", "asked for approval of the cost")
    assert Event.objects.filter(kind="core.approval").count() == 3


# the API -------------------------------------------------------------------------------------------------------------
def test_the_api_lists_what_waits_for_me_and_decides_it(here, routes, tech, zhou):
    approval = ask(order_of(here, tech, 6000), tech)
    api = client_of(zhou)
    rows = api.get("/api/v1/core/approvals/?waiting=true").json()["results"]
    assert [(row["id"], row["amount"], row["state"], row["roles_now"]) for row in rows] == [
        (approval.pk, "6000.00", "asked", ["logistics_director"])]
    answer = api.post(f"/api/v1/core/approvals/{approval.pk}/approve/", {"step": 1}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    again = api.post(f"/api/v1/core/approvals/{approval.pk}/approve/", {"step": 1}, content_type="application/json")
    assert (again.status_code, "Approved" in again.json()["detail"]) == (409, True)
    assert api.get("/api/v1/core/approvals/?waiting=true").json()["results"] == []


def test_out_of_scope_is_404_and_seen_but_not_mine_is_403(here, routes, tech, zhou):
    approval = ask(order_of(here, tech, 6000), tech)
    url = f"/core/approvals/{approval.pk}/"
    for person in (here.people[0], here.dispatcher, technician(here, "Lu", 2).staff.person):
        assert client_of(person).get(url).status_code == 404
        assert client_of(person).get(f"/api/v1{url}").status_code == 404
        assert client_of(person).post(f"{url}move/approve/", {}).status_code == 404
    auditor = client_of(person_with("auditor"))
    assert auditor.get(url).status_code == 200
    assert auditor.post(f"{url}move/approve/", {}).status_code == 403
    assert client_of(tech).get(url).status_code == 200
    assert client_of(tech).post(f"{url}move/approve/", {}).status_code == 403


# the database --------------------------------------------------------------------------------------------------------
def refused(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except (IntegrityError, InternalError):
        return True
    return False


def test_the_database_itself_holds_the_separation_of_duties(here, routes, tech, zhou, ma):
    from logistics.core import clock

    approval = ask(order_of(here, tech, 30000), tech)
    first, second = approval.steps.all()
    by = {"outcome": "approved", "decided_at": clock.now()}
    steps = ApprovalStep.objects
    assert refused(lambda: steps.filter(pk=first.pk).update(decided_by=tech, **by))  # asked himself
    assert refused(lambda: steps.filter(pk=first.pk).update(decided_by=ma, on_behalf_of=tech, **by))  # for who asked
    assert refused(lambda: steps.filter(pk=second.pk).update(decided_by=ma, **by))  # skips a step
    assert refused(lambda: Approval.objects.filter(pk=approval.pk).update(state="approved", ended_at=clock.now()))  # not agreed by all
    perform(approval, "approve", by=zhou)
    assert refused(lambda: steps.filter(pk=second.pk).update(decided_by=zhou, **by))  # decides twice
    assert refused(lambda: steps.filter(pk=first.pk).update(outcome="refused", reason="no"))  # a decision stands
    assert refused(lambda: steps.filter(pk=first.pk).delete())
