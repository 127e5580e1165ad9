"""What maintenance adds to the page of a label: the button that reports, and what was reported here already."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.meters.registries import meter_reader
from assets.models import Equipment
from logistics.campus.registries import Mark, TagAction, TagCard, TagPart, Target, Use, place_user, plan_layer, tag_page
from logistics.core.access import Access, access_of
from maintenance.models import Assignment, Finding, MaintenancePlan, PlanTarget, RepairRequest, Round, Route, RoutePoint, WorkOrder
from maintenance.services.reporting import open_reports

MOST = 3
NAMED = 10


@tag_page("maintenance.report", order=10)
def report_here(request: Any, target: Target) -> TagPart:
    """Report what is broken here; open reports without anybody's name or words."""
    if target.place.kind in ("school", "campus"):
        return TagPart()
    equipment = target.record if isinstance(target.record, Equipment) else None
    code = request.resolver_match.kwargs.get("code", "") if request.resolver_match else ""
    if request.user.is_authenticated:
        base, query = reverse("maintenance:report"), {"tag": code} if code else {"place": target.place.pk}
    elif target.open_to_guests and target.place.public and code:
        base, query = reverse("guest-report", args=[code]), {}
    else:
        return TagPart()

    def url(**more: Any) -> str:
        asked = urlencode({**query, **{key: value for key, value in more.items() if value}})
        return f"{base}?{asked}" if asked else base

    found = open_reports(target.place, equipment, limit_to=MOST)
    cards = [(twin, url(symptom=twin.root.symptom_id)) for twin in found]
    title = _("Already reported here")
    note = ngettext("%(n)s report", "%(n)s reports", len(found)) % {"n": len(found)}
    return TagPart(
        actions=[TagAction(_("Report a problem here"), url(), "plus", 10)],
        cards=[TagCard(title, render_to_string("maintenance/_report_open.html", {"cards": cards}), note)] if found else [],
    )


def orders_of(person: Any) -> QuerySet[WorkOrder]:
    """Orders that this person leads or helps with and that are still to be worked on."""
    crew = Assignment.objects.filter(order=OuterRef("pk"), person=person, released_at__isnull=True)
    at_work = WorkOrder.objects.filter(state__in=["assigned", "accepted", "in_progress", "on_hold"])
    return at_work.filter(Q(lead=person) | Q(Exists(crew)))


@meter_reader("maintenance.orders")
def at_work_there(access: Access) -> QuerySet | None:
    """Whoever works on a thing reads its meters off."""
    if "technician" not in access.roles:
        return None
    return orders_of(access.person).filter(equipment__isnull=False).values("equipment")


@tag_page("maintenance.mine", order=3)
def my_order_here(request: Any, target: Target) -> TagPart:
    """Whoever works on an order here comes to it by scanning."""
    person = request.user
    if not person.is_authenticated or "technician" not in access_of(person).roles:
        return TagPart()
    mine = orders_of(person)
    here = mine.filter(equipment=target.record) if isinstance(target.record, Equipment) else mine.filter(place=target.place)
    return TagPart(
        actions=[
            TagAction(_("My job here: %(title)s") % {"title": order.title}, reverse("maintenance:order", args=[order.pk]), "tool", 1)
            for order in here.order_by("priority", "pk")[:MOST]
        ]
    )


@plan_layer("maintenance.orders", gettext_lazy("Open orders"))
def orders_on_plan(person: Any, places: list[int]) -> dict[int, Mark]:
    """How many orders are open at each place and in it, as far as the reader sees them; red when one of them is of priority 1."""
    found: dict[int, list[str]] = {}
    wanted = set(places)
    rows = WorkOrder.objects.visible_to(person).live().filter(place__ancestors__overlap=places)
    for above, priority in rows.values_list("place__ancestors", "priority"):
        for pk in wanted.intersection(above):
            found.setdefault(pk, []).append(priority)
    return {
        pk: Mark(
            len(priorities), ngettext("%(n)s open order", "%(n)s open orders", len(priorities)) % {"n": len(priorities)},
            f"{reverse('maintenance:workorder-list')}?{urlencode({'place': pk})}", "danger" if "P1" in priorities else "run",
        )
        for pk, priorities in found.items()
    }


# what keeps a place in use, and what an outage or a closure touches: span None asks for now
def used(rows: Any) -> Iterator[Use]:
    count = rows.count()
    if count:
        yield Use(rows.model._meta.verbose_name_plural, count, [(str(row), row.get_absolute_url()) for row in rows.order_by("pk")[:NAMED]])


@place_user("maintenance.orders")
def orders_here(places: list[int], span: Any = None) -> Iterator[Use]:
    """Open work orders; in a span those that are planned into it."""
    rows = WorkOrder.objects.open().filter(place_id__in=places)
    if span is not None:
        ends = Q(planned_end__gt=span[0]) | Q(planned_end__isnull=True, planned_start__gte=span[0])
        rows = rows.filter(Q(state="in_progress") | (Q(planned_start__lt=span[1]) & ends))
    yield from used(rows)


@place_user("maintenance.reports")
def reports_here(places: list[int], span: Any = None) -> Iterator[Use]:
    """Reports that nobody has put into an order yet."""
    if span is None:
        yield from used(RepairRequest.objects.filter(place_id__in=places, state__in=["submitted", "needs_info"]))


@place_user("maintenance.findings")
def findings_here(places: list[int], span: Any = None) -> Iterator[Use]:
    """Dangers that are not removed."""
    if span is None:
        yield from used(Finding.objects.open().filter(place_id__in=places))


@place_user("maintenance.rounds")
def rounds_here(places: list[int], span: Any = None) -> Iterator[Use]:
    """Routes that come by, and rounds still to be walked there. What the law asks for ends by itself with what it asks it of."""
    passing = RoutePoint.objects.filter(place_id__in=places).values("route")
    rounds = Round.objects.filter(Q(place_id__in=places) | Q(route__in=passing))
    if span is not None:
        yield from used(rounds.filter(state__in=["due", "started"], window_from__lt=span[1], window_to__gt=span[0]))
        return
    yield from used(Route.objects.filter(Q(place_id__in=places) | Q(pk__in=passing), active=True).exclude(points="law"))
    yield from used(rounds.exclude(state="due", route__points="law").filter(state__in=["due", "started"]))


@place_user("maintenance.plans")
def plans_here(places: list[int], span: Any = None) -> Iterator[Use]:
    """Plans that cover the place itself or what stands in it."""
    if span is None:
        named = PlanTarget.objects.filter(place_id__in=places, until__isnull=True).values("plan")
        rows = MaintenancePlan.objects.filter(Q(pk__in=named) | Q(scope="filter", place_id__in=places), state__in=["active", "suspended"])
        yield from used(rows.exclude(route__points="law"))
