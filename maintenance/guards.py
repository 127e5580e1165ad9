"""Reasons against a move, in words; None when nothing stands against it."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.approvals.services import against_asking, may_ask, missing
from logistics.core.models import Attachment, kind_of
from maintenance.checklists.services import unanswered_words
from maintenance.contracting.checks import unfit_firm, works_for
from maintenance.crew import helps
from maintenance.limits import DISPUTE_DAYS, INFO_DAYS, REOPEN_DAYS, working_days_since
from maintenance.models import RepairCategory, RepairRequest, Technician, WorkOrder
from maintenance.permits.checks import against_work, open_ones
from maintenance.plans.services import why_not_cancel

COST = "maintenance.cost"  # the purpose of an approval: what a work order is going to cost


def may_claim(order: WorkOrder, person: Any) -> bool:
    """A technician of the team, and the order lies in the pool."""
    access = access_of(person)
    return bool(order.pool and order.team_id and order.team_id in access.area_of(["technician"]).departments)


def join(request: RepairRequest, person: Any) -> str | None:
    if request.joined_to_id:
        return _("Already joined to %(number)s.") % {"number": request.joined_to.number}  # type: ignore[union-attr]
    return None


def detach(request: RepairRequest, person: Any) -> str | None:
    if not request.joined_to_id and not (request.work_order_id and request.joined.exists()):
        return _("This report stands alone.")
    if request.work_order_id and request.work_order.state in ("closed", "cancelled"):  # type: ignore[union-attr]
        return _("The order is closed.")
    return None


def reject(request: RepairRequest, person: Any) -> str | None:
    if request.joined.exists():
        return _("Others are joined to this report: take them out first.")
    if request.state == "needs_info" and request.asked_at and working_days_since(request.place, request.asked_at) < INFO_DAYS.value():
        return _("The reporter still has time to answer the question.")
    return None


def appeal(request: RepairRequest, person: Any) -> str | None:
    return _("It was looked at twice; if something has changed, report it anew.") if request.appealed_at else None


def dispute(request: RepairRequest, person: Any) -> str | None:
    days = DISPUTE_DAYS.value()
    if request.resolved_at and clock.now() > request.resolved_at + timedelta(days=days):
        return _("A repair can be disputed for %(days)s days; report it anew.") % {"days": days}
    return None


def claim(order: WorkOrder, person: Any) -> str | None:
    from maintenance.fitness import unfit

    technician = Technician.objects.filter(staff__person=person, active=True).first()
    if technician is None or not technician.takes_pool:
        return _("You are not set up to claim orders.")
    if WorkOrder.objects.open().filter(lead=person).count() >= technician.max_open:
        return _("You already have %(n)s open orders, the most you may hold.") % {"n": technician.max_open}
    return unfit(order, person) or None


def papers_key(category: int) -> str:
    return f"maintenance.papers:{category}"


def needs_papers(category: int) -> bool:
    """Does work of this category need a certificate? Kept for a minute and forgotten with each change: a phone sends two hundred facts."""
    found = cache.get(papers_key(category))
    if found is None:
        found = RepairCategory.certificates.through.objects.filter(repaircategory=category).exists()
        cache.set(papers_key(category), found, 60)
    return bool(found)


def papers(order: WorkOrder, person: Any) -> str | None:
    """Whoever takes or begins work that needs a certificate holds it on every planned day, even if it has ended since the order came."""
    from maintenance.fitness import unfit

    if person is None or not needs_papers(order.category_id):
        return None
    if person.pk != order.lead_id and not helps(order, person):
        return None
    return unfit(order, person) or None


def start(order: WorkOrder, person: Any) -> str | None:
    if order.blocked_by_id and order.blocked_by.live:  # type: ignore[union-attr]
        return _("Waits for %(number)s.") % {"number": order.blocked_by.number}  # type: ignore[union-attr]
    if order.contractor_id and person is not None and works_for(order, person) and (reason := unfit_firm(order, order.contractor, person)):
        return reason
    return papers(order, person) or against_work(order) or unapproved(order, person)


def resume(order: WorkOrder, person: Any) -> str | None:
    """Work goes on with its permits only; what was on hold before it began needs none yet."""
    return (against_work(order) if order.held_from == "in_progress" else None) or unapproved(order, person)


def unapproved(order: WorkOrder, person: Any) -> str | None:
    """An estimate above the limit of the school's approval routes has to be approved before work goes on."""
    return missing(order, COST) if order.estimate_cost is not None else None


def asks(order: WorkOrder, person: Any) -> bool:
    """Is there an approval to ask for?"""
    return order.estimate_cost is not None and may_ask(order, COST)


def ask_approval(order: WorkOrder, person: Any) -> str | None:
    return against_asking(order, COST)


def missing_proof(order: WorkOrder) -> list[str]:
    """Which photos still lack, in words."""
    if order.proof == "none":
        return []
    roles = set(Attachment.objects.filter(kind=kind_of(order), object_id=order.pk).values_list("role", flat=True))
    if "after" not in roles or order.proof == "before_after":
        roles |= roles_on_the_way(order)
    lacking = []
    if order.proof == "before_after" and not roles & {"before", "fault"} and not _fault_photos(order):
        lacking.append(_("1 photo before the work"))
    if "after" not in roles:
        lacking.append(_("1 photo after the work"))
    return lacking


def roles_on_the_way(order: WorkOrder) -> set[str]:
    """What photos show that a phone has announced and not sent yet; if they never come, the sync door tells a person."""
    from logistics.core.sync.kinds import expected_roles

    return expected_roles(order)


def _fault_photos(order: WorkOrder) -> bool:
    requests = RepairRequest.objects.filter(work_order=order).values("pk")
    return Attachment.objects.filter(kind="maintenance.repairrequest", object_id__in=requests).exists()


def finish(order: WorkOrder, person: Any) -> str | None:
    lacking = [*missing_proof(order), *unanswered_words(order)]
    return _("Still missing: %(what)s.") % {"what": _(", ").join(lacking)} if lacking else open_ones(order)


def verify(order: WorkOrder, person: Any) -> str | None:
    if person is not None and order.done_by_id == person.pk:
        return _("Somebody else must verify your own work.")
    return None


def reopen(order: WorkOrder, person: Any) -> str | None:
    days = REOPEN_DAYS.value()
    if order.closed_at and clock.now() > order.closed_at + timedelta(days=days):
        return _("Closed more than %(days)s days ago: make a new order.") % {"days": days}
    return None


def cancel(order: WorkOrder, person: Any) -> str | None:
    """Upkeep that the law requires is skipped by the safety director, never cancelled."""
    return why_not_cancel(order)
