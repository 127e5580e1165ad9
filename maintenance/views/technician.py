"""The technician's day and the order on the phone: one primary button, and what is missing in words."""
from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from logistics.campus.models import Place
from logistics.core import clock, resources
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Attachment, Comment
from logistics.core.pages import DetailPage, add_errors, after, client_uid, move_buttons
from logistics.core.photos import photo_cards, photos_of
from logistics.core.records import files
from logistics.core.sync.pages import waits
from logistics.core.templatetags import ui
from maintenance import costs, crew, labour, orders, readings
from maintenance.checklists.views import run_card
from maintenance.contracting.checks import from_outside
from maintenance.feeds import feed_url
from maintenance.forms import CostForm, LabourForm
from maintenance.models import Assignment, Clock, LabourEntry, MaintenancePlan, RepairRequest, WorkOrder
from maintenance.permits.checks import against_work
from maintenance.words import face

TO_DO = ("assigned", "accepted", "in_progress")
PRIMARY = ("claim", "accept", "start", "resume", "finish", "clock_on", "clock_off")
URGENT = "P1"
MOST_POOL = 10


# my day --------------------------------------------------------------------------------------------------------------
@dataclass
class Job:
    """One order as a line of the day."""

    order: Any
    face: Any
    room: str
    path: tuple[tuple[int, str], ...]
    building: str
    access: list[str] = field(default_factory=list)
    since: Any = None

    @property
    def late(self) -> bool:
        return bool(self.face and self.face.kind == "is-danger")

    @property
    def url(self) -> str:
        return reverse("maintenance:order", args=[self.order.pk])

    @property
    def state(self) -> Any:
        return type(self.order).workflow.state(self.order)

    @property
    def reporters(self) -> int:
        return len(self.order.requests.all())

    @property
    def photos(self) -> int:
        return sum(row.photo_count for row in self.order.requests.all())

    @property
    def worked(self) -> str:
        """How long the running span has lasted; "" when none runs."""
        return ui.duration(clock.now() - self.since) if self.since else ""


def mine(person: Any) -> Any:
    """Orders that this person leads or helps with."""
    crew = Assignment.objects.filter(order=OuterRef("pk"), person=person, released_at__isnull=True)
    return WorkOrder.objects.filter(Q(lead=person) | Q(Exists(crew)))


def jobs_of(person: Any) -> list[Job]:
    """Everything on today's plate, open, on hold and done today; four statements whatever lies there."""
    photos = Attachment.objects.filter(kind="maintenance.repairrequest", object_id=OuterRef("pk")).order_by().values("object_id")
    photos = photos.annotate(n=Count("pk")).values("n")
    requests = RepairRequest.objects.annotate(photo_count=Coalesce(Subquery(photos), 0)).order_by("submitted_at")
    clocks = Clock.objects.filter(kind="resolve").select_related("calendar_version__calendar")
    running = LabourEntry.objects.filter(order=OuterRef("pk"), person=person, during__endswith__isnull=True, voided_by__isnull=True)
    rows = list(
        mine(person).filter(Q(state__in=[*TO_DO, "on_hold"]) | Q(state__in=["done", "closed"], done_at__gte=clock.midnight(clock.today())))
        .select_related("place").annotate(since=Subquery(running.values("during__startswith")[:1]))
        .prefetch_related(Prefetch("requests", requests), Prefetch("clocks", clocks))
    )
    places = Place.objects.in_bulk({pk for row in rows for pk in row.place.ancestors})
    return sorted((_job(row, places) for row in rows), key=lambda job: (job.path, job.order.priority, job.order.pk))


def _job(order: Any, places: dict[int, Place]) -> Job:
    chain = [places[pk] for pk in order.place.ancestors if pk in places]
    building = next((place for place in chain if place.kind in ("building", "outdoor", "technical")), chain[0] if chain else None)
    below = chain[chain.index(building) + 1:] if building else chain
    inner = [place for place in below if place.kind != "floor"] or below  # the number of a room tells its floor
    room = " / ".join(place.name for place in inner[-2:]) or (building.name if building else "")
    return Job(order, face(next(iter(order.clocks.all()), None)), room, tuple((place.position, place.code) for place in chain),
               building.name if building else "", access_words(order.requests.all()), order.since)


def access_words(requests: Any) -> list[str]:
    """When somebody may be let in; coming at any time needs no words."""
    told = [row for row in requests if row.access != "anytime" or row.access_note]
    return list(dict.fromkeys(row.access_note or str(row.get_access_display()) for row in told))


def groups_of(jobs: list[Job]) -> list[tuple[str, str, list[Job]]]:
    """(title, words, jobs): being done, urgent first, then building by building as one walks."""
    doing = [job for job in jobs if job.order.state == "in_progress"]
    urgent = [job for job in jobs if job not in doing and (job.order.priority == URGENT or job.late)]
    found = [(_("Doing now"), doing[0].building if len(doing) == 1 else "", doing), (_("Urgent first"), "", urgent)]
    for job in jobs:
        if job in doing or job in urgent:
            continue
        if found[-1][0] != job.building or len(found) == 2:
            found.append((job.building, "", []))
        found[-1][2].append(job)
    return [(title, words, rows) for title, words, rows in found if rows]


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """My work today, in walking order."""
    person: Any = request.user
    teams = access_of(person).area_of(["technician"]).departments
    if "technician" not in access_of(person).roles:
        raise NotAllowed(_("This page is for those who repair."), [_("Technician")])
    jobs = jobs_of(person)
    parts = {"": [job for job in jobs if job.order.state in TO_DO], "hold": [job for job in jobs if job.order.state == "on_hold"],
             "done": [job for job in jobs if job.order.state in ("done", "closed")]}
    show = request.GET.get("show", "") if request.GET.get("show", "") in parts else ""
    offered = WorkOrder.objects.filter(pool=True, state="open", team_id__in=teams).order_by("priority", "reported_at")
    pool = [] if show else list(offered[:MOST_POOL])
    n = len(parts[""])
    page = {
        "title": _("My work today"),
        "heading": ngettext("%(name)s, %(n)s job left today", "%(name)s, %(n)s jobs left today", n) % {"name": person.name, "n": n} if n
        else _("%(name)s, nothing is left today") % {"name": person.name},
        "segments": [{"label": label % {"n": len(parts[code])}, "url": f"?show={code}" if code else "?", "current": code == show}
                     for code, label in (("", _("To do %(n)s")), ("hold", _("On hold %(n)s")), ("done", _("Done %(n)s")))],
        "empty": None if parts[show] or pool else _empty(show),
        "feed_url": feed_url(request),
    }
    groups = groups_of(parts[show]) if not show else [("", "", parts[show])] if parts[show] else []
    return render(request, "maintenance/today.html", {"page": page, "groups": groups, "pool": [(order, uuid.uuid4()) for order in pool],
                                                      "day": date_format(clock.today(), _("D j M Y"))})


def _empty(show: str) -> dict[str, Any]:
    if show == "hold":
        return {"kind": "done", "title": _("Nothing is on hold"), "text": _("What has to wait for a part or for access stands here.")}
    if show == "done":
        return {"kind": "first", "icon": "checks", "title": _("Nothing is finished today yet"),
                "text": _("Finished work of today stands here.")}
    return {"kind": "done", "title": _("Nothing is left to do"), "text": _("New work appears here and in your notifications.")}


# one order -----------------------------------------------------------------------------------------------------------
def find(request: HttpRequest, pk: int) -> Any:
    joins = ("place", "category__parent", "equipment", "lead", "team", "blocked_by")
    return get_object_or_404(WorkOrder.objects.visible_to(request.user).select_related(*joins), pk=pk)


@login_required
def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    """An order on the phone."""
    return show_order(request, find(request, pk))


def show_order(request: HttpRequest, order: Any, *, status: int = 200, labour_form: Any = None, cost_form: Any = None,
               reading_form: Any = None) -> HttpResponse:
    person: Any = request.user
    moves = {move["name"]: move for move in move_buttons(order, person)}
    first = next((moves[name] for name in PRIMARY if name in moves), None)
    entries = list(order.labour.filter(voided_by__isnull=True).select_related("person").order_by("during"))
    running = next((entry for entry in entries if entry.running and entry.person_id == person.pk), None)
    firm = from_outside(person)
    requests = [] if firm else list(order.requests.select_related("reporter").order_by("submitted_at"))
    photos = list(photos_of(order))
    reports = Q(kind="maintenance.repairrequest", object_id__in=[row.pk for row in requests])
    told = order.requests.order_by("submitted_at").values_list("pk", "description") if firm else []  # what is wrong, nobody's name
    if firm:
        reports = Q(kind="maintenance.repairrequest", object_id__in=[pk for pk, _words in told])
    fault_photos = list(Attachment.objects.filter(reports).order_by("id"))
    clocks = {row.kind: row for row in order.clocks.select_related("calendar_version__calendar")}
    words = Comment.objects.filter(Q(kind="maintenance.workorder", object_id=order.pk) | (reports if not firm else Q(pk__in=[])),
                                   withdrawn_at__isnull=True)
    if firm:
        words = words.filter(internal=False)
    talk = words.select_related("by").order_by("at", "id")
    books = costs.may_book(order, person) and order.live
    permits = list(order.permits.filter(state__in=["requested", "issued", "active"]).order_by("pk"))
    for permit in permits:
        permit.look = type(permit).workflow.state(permit)
    quotes = list(order.quotes.filter(organisation_id=person.organisation_id)) if firm else []
    for quote in quotes:
        quote.look = type(quote).workflow.state(quote)
    runs = [run_card(run, order) for run in order.checklist_runs.select_related("version__checklist")]
    page = {"title": order.title, "short_title": order.number,
            "crumbs": [{"label": _("My work today"), "url": reverse("maintenance:today")}]}
    return render(request, "maintenance/order.html", {
        "page": page, "order": order, "state": type(order).workflow.state(order), "first": first, "hold": moves.get("hold"),
        "crew": crew.names(order), "take_back": order.live and access_of(person).may("maintenance.workorder:cost", order),
        "rest": [move for name, move in moves.items() if name not in (*PRIMARY, "hold")], "face": clock_face(order, clocks),
        "missing_before": order.proof == "before_after" and not any(row.role in ("before", "fault") for row in photos) and not fault_photos,
        "waiting": order.holds.filter(during__endswith__isnull=True).select_related("reason").first() if order.state == "on_hold" else None,
        "told": [words_ for _pk, words_ in told if words_],
        "quotes": quotes,
        "visits": list(order.visits.filter(organisation_id=person.organisation_id)) if firm and order.contractor_id else [],
        "instructions": instructions(order), **of_thing(order, person, firm, reading_form),
        "permit_lack": against_work(order) if order.live else None, "permits": permits,
        "asked": any(row.state == "requested" for row in permits), "firm": firm,
        "requests": requests, "needs_contact": {row.pk for row in requests if row.access in ("windows", "present")},
        "fault_photos": photo_cards(fault_photos),
        "before": photo_cards(row for row in photos if row.role == "before"),
        "after": photo_cards(row for row in photos if row.role in ("after", "photo")),
        "photo_url": reverse("maintenance:workorder-photos", args=[order.pk]) if order.live and moves else "", "running": running,
        "now": clock.now(),
        "minutes": sum(entry.minutes for entry in entries), "entries": entries,
        "lines": list(order.costs.select_related("by")) if books else [],
        "total": orders.cost_of(order) if books else None, "books": books, "warranty": under_warranty(order), "talk": talk,
        "runs": runs, "unanswered": next((card["run"].pk for card in runs if card["left"]), None),
        "lacking": lacking(order, photos, fault_photos), "waits": {
            "labour": waits(order, "maintenance.labour", _("Hours")),
            "reading": waits(order, "maintenance.reading", _("Reading")),
            "comment": waits(order, "core.comment", _("Message")),
            "before": waits(order, "core.photo", _("Photo before the work")),
            "after": waits(order, "core.photo", _("Photo after the work")),
        },
        "labour_form": labour_form or LabourForm(person=person, initial={"minutes": 30, "type": "work"}),
        "cost_form": cost_form or CostForm(person=person, record=order),
        "here": reverse("maintenance:order", args=[order.pk]), "after_finish": reverse("maintenance:today"),
        "comment_url": reverse("maintenance:workorder-comment", args=[order.pk]), "papers": files.panel(order, person),
        "manuals": files.panel(order.equipment, person)["files"] if order.equipment_id else [],
    }, status=status)


def of_thing(order: Any, person: Any, firm: bool, refused: Any = None) -> dict[str, Any]:
    """What stands against using the thing, and what of it can be read off here."""
    if not order.equipment_id:
        return {"locks": [], "meters": []}
    return {"locks": list(order.equipment.locks.live().order_by("-level", "pk")),
            "meters": [] if firm else readings.counters(order, person, refused)}


def instructions(order: Any) -> str:
    """What the plan behind the order says is to be done."""
    if order.source_kind != "maintenance.planoccurrence":
        return ""
    return MaintenancePlan.objects.filter(occurrences__pk=order.source_id).values_list("instructions", flat=True).first() or ""


def lacking(order: Any, photos: list[Any], fault_photos: list[Any]) -> str:
    """What the proof of the work still needs, for a phone that cannot ask: [[role, what it is, what to do], …] as JSON."""
    roles = {row.role for row in photos}
    found = []
    if order.proof == "before_after" and not roles & {"before", "fault"} and not fault_photos:
        found.append(("before", _("1 photo before the work"), _("Take the photo before")))
    if order.proof != "none" and "after" not in roles:
        found.append(("after", _("1 photo after the work"), _("Take the photo after")))
    return json.dumps(found)


def clock_face(order: Any, clocks: dict[str, Clock]) -> Any:
    """The clock that matters now: the answer until somebody has taken it, then the repair."""
    response = clocks.get("response")
    return face(response if response and response.met_at is None and order.state in ("open", "assigned") else clocks.get("resolve"))


def under_warranty(order: Any) -> str:
    """The last day of the warranty, if it still holds."""
    until = order.equipment.warranty_until if order.equipment_id else None
    return ui.day_words(until) if until and until >= clock.today() else ""


@login_required
@require_POST
def book_labour(request: HttpRequest, pk: int) -> HttpResponse:
    """Hours booked after the fact."""
    order = find(request, pk)
    costs.check(order, request.user)
    form = LabourForm(request.POST, person=request.user)
    if not form.is_valid():
        return show_order(request, order, status=422, labour_form=form)
    data = form.cleaned_data

    def act() -> Any:
        return labour.book(order=order, person=request.user, begin=data["begin"], minutes=data["minutes"], type_=data["type"])

    try:
        resources.once(client_uid(request), request.user, ["labour", pk, data], act)
    except ValidationError as error:
        add_errors(form, error)
        return show_order(request, order, status=422, labour_form=form)
    messages.success(request, _("Hours booked"))
    return after(request, reverse("maintenance:order", args=[pk]), "labour")


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Hours that were booked wrongly, with the reason."""
    order = find(request, pk)
    if not access_of(request.user).may("maintenance.workorder:cost", order):
        raise NotAllowed(_("Hours are taken back by whoever leads the team or dispatches."))
    row = get_object_or_404(LabourEntry, pk=entry, order=order, voided_by__isnull=True)
    try:
        labour.void(entry=row, by=request.user, reason=request.POST.get("reason", ""))
    except (ValidationError, Conflict) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    else:
        messages.success(request, _("Hours taken back"))
    return after(request, reverse("maintenance:work-order" if "page" in request.POST else "maintenance:order", args=[pk]), "labour")


@login_required
@require_POST
def enter_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """What a meter of the thing shows."""
    order = find(request, pk)
    meter = readings.meter_of(order, request.POST.get("meter"))
    form = readings.OrderReadingForm(request.POST, person=request.user, record=meter)
    if not form.is_valid():
        return show_order(request, order, status=422, reading_form=form)
    data = form.cleaned_data
    try:
        resources.once(client_uid(request), request.user, ["reading", pk, meter, data],
                       lambda: readings.take(order, meter, data, by=request.user))
    except ValidationError as error:
        add_errors(form, error)
        return show_order(request, order, status=422, reading_form=form)
    messages.success(request, _("Entered: %(what)s") % {"what": meter})
    return after(request, reverse("maintenance:order", args=[pk]), "reading")


@login_required
@require_POST
def book_cost(request: HttpRequest, pk: int) -> HttpResponse:
    """Money spent on the job."""
    order = find(request, pk)
    costs.check(order, request.user)
    form = CostForm(request.POST, person=request.user, record=order)
    if not form.is_valid():
        return show_order(request, order, status=422, cost_form=form)
    data = form.cleaned_data

    def act() -> Any:
        return costs.spend(order=order, type_=data["type"], amount=data["amount"], note=data["note"], by=request.user,
                           organisation=data["organisation"], warranty_reason=data.get("warranty_reason", ""))

    try:
        resources.once(client_uid(request), request.user, ["cost", pk, data], act)
    except ValidationError as error:
        add_errors(form, error)
        return show_order(request, order, status=422, cost_form=form)
    messages.success(request, _("Cost booked"))
    return redirect("maintenance:order", pk)


class OrderPage(DetailPage):
    """The generic page of an order; whoever only works on it is led to the page for the phone."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.resource.may_list(request.user) and WorkOrder.objects.visible_to(request.user).filter(pk=pk).exists():
            return redirect("maintenance:order", pk)
        return super().get(request, pk)
