"""Questions about requests and orders, and who may see them."""
from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from logistics.core import clock
from logistics.core.access import EVERYTHING, NOTHING, Access, either
from logistics.core.scoping import ScopedQuerySet

OPEN_STATES = ("open", "assigned", "accepted", "in_progress", "on_hold")
LIVE_STATES = (*OPEN_STATES, "done")
NEARLY = 80  # the step, in percent of the promised time, at which somebody is warned


def me(access: Access) -> int:
    return getattr(access.person, "pk", None) or 0


class RequestQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """The reporter sees the own ones; technicians those of their orders; others by role and place."""
        if action == "join":  # "me too" may point at any open report; nothing of it is shown but the symptom and the state
            return EVERYTHING if me(access) else NOTHING
        rule = super().scope(access, action)
        if action in ("view", "add"):
            rule = either(rule, Q(reporter_id=me(access)) if me(access) else NOTHING)
        if action == "view" and me(access) and "technician" in access.roles:
            rule = either(rule, Q(work_order__lead_id=me(access)))
        return rule

    def waiting(self) -> Self:
        """Nobody has decided on them yet."""
        return self.filter(state__in=["submitted", "needs_info"])

    def open(self) -> Self:
        return self.filter(state__in=["submitted", "needs_info", "accepted"])

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])

    def roots(self) -> Self:
        return self.filter(joined_to__isnull=True)


class WorkOrderQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Lead, crew and firm see their orders, technicians the pool of their team, others by role, place and team."""
        if action == "join":  # a report may name any open repair; nothing of it is shown but its title and state
            return EVERYTHING if me(access) else NOTHING
        rule = super().scope(access, action)
        if action != "view" or not me(access):
            return rule
        crew = apps.get_model("maintenance.Assignment").objects.filter(order=OuterRef("pk"), person_id=me(access), released_at__isnull=True)
        if "technician" in access.roles:
            teams = list(access.area_of(["technician"]).departments)
            rule = either(rule, Q(lead_id=me(access)), Q(pool=True, state="open", team_id__in=teams), Q(Exists(crew)))
        firm = getattr(access.person, "organisation_id", None) if "contractor" in access.roles else None
        if firm:  # its own orders, and those for which it was asked for a price
            quotes = apps.get_model("maintenance.Quote").objects
            asked = quotes.filter(order=OuterRef("pk"), organisation_id=firm, state__in=["asked", "offered"])
            rule = either(rule, Q(contractor_id=firm), Q(Exists(asked)))
        return rule

    def live(self) -> Self:
        """Not closed and not cancelled."""
        return self.filter(state__in=LIVE_STATES)

    def open(self) -> Self:
        """Still to be worked on."""
        return self.filter(state__in=OPEN_STATES)

    def to_assign(self) -> Self:
        """Open orders that wait for the desk. Planned upkeep lies in the pool of its team and waits for nobody until its window ends."""
        return self.filter(state="open").exclude(kind="preventive", pool=True, planned_end__gt=clock.now())

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])

    def late(self) -> Self:
        """Open orders whose time for the repair has passed."""
        late = apps.get_model("maintenance.Clock").objects.filter(order=OuterRef("pk"), kind="resolve").filter(
            Q(breached_at__isnull=False) | Q(running=True, due_at__lt=clock.now())
        )
        return self.open().filter(Exists(late))


    def at_risk(self) -> Self:
        """Open orders that have used most of their time for the repair and are still in time."""
        near = apps.get_model("maintenance.ClockStep").objects.filter(percent__gte=NEARLY, clock=OuterRef("pk"))
        clocks = apps.get_model("maintenance.Clock").objects.filter(
            Exists(near), order=OuterRef("pk"), kind="resolve", running=True, breached_at__isnull=True, due_at__gte=clock.now()
        )
        return self.open().filter(Exists(clocks))


class OrderPartQuerySet(ScopedQuerySet):
    """Rows that hang on an order: seen by those who see the order."""

    def scope(self, access: Access, action: str) -> Q:
        return Q(order__in=apps.get_model("maintenance.WorkOrder").objects.visible_to(access.person, "view"))
