"""The desk: queue, board, buildings; what needs more than a list."""
from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from logistics.accounts.models import Person
from logistics.campus.models import Place
from logistics.core import clock, resources
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Event, kind_of
from logistics.core.pages import client_uid, move_buttons
from logistics.core.photos import photo_cards, photos_of
from logistics.core.templatetags import ui
from logistics.core.workflow import perform
from maintenance import orders
from maintenance.models import Clock, RepairRequest, WorkOrder
from maintenance.querysets import LIVE_STATES
from maintenance.services.reporting import contact_of, known_work, open_reports
from maintenance.suggestions import suggest
from maintenance.words import ClockFace, face

MOST = 200


def desk_only(request: HttpRequest) -> None:
    """The desk is for those who dispatch."""
    if not access_of(request.user).has("maintenance.repairrequest:change"):
        raise NotAllowed(_("Only the dispatcher works at this desk."), [_("Dispatcher"), _("Facilities manager")])


@dataclass
class Entry:
    """One line of the queue: a report to decide on, or an order to assign."""

    key: str
    record: Any
    priority: str
    people: int
    face: Any
    due: Any
    waited_s: int
    category: Any
    who: str

    @property
    def late(self) -> bool:
        return bool(self.face and self.face.kind == "is-danger")


def entries(person: Any) -> list[Entry]:
    """What waits for the desk, most urgent first; six statements whatever waits."""
    now = clock.now()
    response = Prefetch("clocks", Clock.objects.filter(kind="response").select_related("calendar_version__calendar"))
    found, rules = [], orders.priority_rules(now)
    waiting = (RepairRequest.objects.visible_to(person).waiting().roots()
               .select_related("category__parent", "reporter", "symptom", "equipment")
               .annotate(joined_count=Count("joined")).prefetch_related(response).order_by("submitted_at")[:MOST])
    for row in waiting:
        clock_ = next(iter(row.clocks.all()), None)
        priority = orders.urgency_of(row, rules)
        shown = ClockFace("is-off", _("Waiting for the reporter"), 100) if row.state == "needs_info" else face(clock_)
        found.append(
            Entry(
                f"r{row.pk}",
                row,
                priority,
                row.joined_count + 1,
                shown,
                clock_.due_at if clock_ else None,
                int((now - row.submitted_at).total_seconds()),
                row.category,
                row.reporter.name if row.reporter_id else _("Guest"),
            )
        )
    unassigned = (WorkOrder.objects.visible_to(person).to_assign().select_related("category__parent", "team")
                  .annotate(joined_count=Count("requests")).prefetch_related(response).order_by("reported_at")[:MOST])
    for order in unassigned:
        clock_ = next(iter(order.clocks.all()), None)
        found.append(
            Entry(
                f"o{order.pk}",
                order,
                order.priority,
                max(order.joined_count, 1),
                face(clock_),
                clock_.due_at if clock_ else None,
                int((now - order.reported_at).total_seconds()),
                order.category,
                _("Pool") if order.pool else order.team.name if order.team_id else "",
            )
        )
    return sorted(found, key=lambda one: (one.priority != "P1", not one.late, one.due is None, one.due or now, one.key))


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """One queue with ages and clocks; the picked entry beside it with its suggestion."""
    desk_only(request)
    everything = entries(request.user)
    show = request.GET.get("show", "")
    kinds = Counter((one.category.parent or one.category).code for one in everything)
    names = {(one.category.parent or one.category).code: (one.category.parent or one.category).name for one in everything}
    tests: dict[str, Any] = {
        "": lambda one: True, "late": lambda one: one.late, "info": lambda one: getattr(one.record, "state", "") == "needs_info",
        "assign": lambda one: one.key.startswith("o"),
        **{code: (lambda one, code=code: (one.category.parent or one.category).code == code) for code in kinds},
    }
    shown = [one for one in everything if tests.get(show, tests[""])(one)]
    chips = [(_("All"), "", len(everything), ""), (_("Late"), "late", sum(one.late for one in everything), "clock-exclamation"),
             (_("Needs info"), "info", sum(tests["info"](one) for one in everything), "help-circle"),
             (_("To assign"), "assign", sum(tests["assign"](one) for one in everything), "user-check"),
             *[(names[code], code, n, "") for code, n in kinds.most_common(4)]]
    picked = next((one for one in everything if one.key == request.GET.get("pick")), shown[0] if shown else None)
    late = sum(one.late for one in everything)
    page = {
        "title": _("Queue"),
        "sentence": queue_sentence(everything, late),
        "chips": [
            {"label": label, "count": n, "icon": icon, "on": code == show, "url": f"?show={code}" if code else "?"}
            for label, code, n, icon in chips
        ],
        "empty": None
        if shown
        else {
            "kind": "done",
            "title": _("Nothing is waiting for you"),
            "text": _("New reports appear here by themselves."),
            "actions": [{"label": _("See the board"), "url": reverse("maintenance:workorder-board")}],
        },
    }
    return render(
        request,
        "maintenance/queue.html",
        {
            "page": page,
            "entries": shown,
            "picked": picked,
            "show": show,
            **(panel_of(request, picked) if picked else {}),
        },
    )


def queue_sentence(everything: list[Entry], late: int) -> str:
    if not everything:
        return _("Nothing waits for a decision or a technician.")
    oldest = ui.duration(max(one.waited_s for one in everything))
    first = ngettext("%(n)s waits", "%(n)s wait", len(everything)) % {"n": len(everything)}
    second = ngettext("%(n)s of them is late", "%(n)s of them are late", late) % {"n": late} if late else _("none of them late")
    return _("%(first)s, %(second)s. The oldest has waited %(oldest)s.") % {"first": first, "second": second, "oldest": oldest}


def pick(person: Any, key: str) -> Any:
    """The record behind a line of the queue, in scope; else 404."""
    models: dict[str, Any] = {"r": RepairRequest, "o": WorkOrder}
    if key[:1] not in models or not key[1:].isdigit():
        raise Http404
    joins = ("category__parent", "place", "equipment", *(("reporter__department", "symptom") if key[0] == "r" else ("team", "lead")))
    return get_object_or_404(models[key[0]].objects.visible_to(person).select_related(*joins), pk=int(key[1:]))


def panel_of(request: HttpRequest, entry: Any) -> dict[str, Any]:
    """Photos, words, duplicates and ranked people for one line."""
    record = pick(request.user, entry.key if isinstance(entry, Entry) else entry)
    key = entry.key if isinstance(entry, Entry) else entry
    if isinstance(record, RepairRequest):
        draft = WorkOrder(
            category=record.category,
            place=record.place,
            equipment=record.equipment,
            team=record.category.team,
            planned_start=None,
            planned_end=None,
        )
        rule = orders.rule_for(draft, clock.now())
        draft.team = rule.team if rule else draft.team
        words, photos = record.description, photos_of(record)
        works = known_work(record.place, record.equipment, record.category) if record.state in ("submitted", "needs_info") else []
        twins = [
            one
            for one in open_reports(record.place, record.equipment, record.category)
            if one.root.pk not in (record.pk, record.joined_to_id)
        ]
    else:
        draft, twins, works = record, [], []
        requests = list(record.requests.values_list("pk", "description"))
        words = "\n".join(text for _pk, text in requests if text)
        from logistics.core.models import Attachment

        photos = Attachment.objects.filter(kind="maintenance.repairrequest", object_id__in=[pk for pk, _text in requests]).select_related(
            "by"
        )
    candidates = suggest(draft, clock.now()) if draft.team_id else []
    return {
        "key": key,
        "record": record,
        "is_request": isinstance(record, RepairRequest),
        "guest": contact_of(record, request.user) if isinstance(record, RepairRequest) else None,
        "appeal": Event.objects.filter(kind=kind_of(record), object_id=record.pk, move="appeal").first(),
        "words": words,
        "photos": photo_cards(photos),
        "twins": twins,
        "works": works,
        "fit": [one for one in candidates if not one.reason][:4],
        "away": [one for one in candidates if one.reason and not one.barred][:4],
        "unfit": [one for one in candidates if one.barred],
        "team": draft.team,
        "moves": move_buttons(record, request.user),
        "client_uid": uuid.uuid4(),
        "oldest_twin": min((one.root.pk for one in twins), default=None),
    }


@login_required
def panel(request: HttpRequest, key: str) -> HttpResponse:
    """The right side of the queue, asked by htmx."""
    desk_only(request)
    return render(request, "maintenance/_queue_panel.html", panel_of(request, key))


@login_required
@require_POST
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Accept if need be and assign, in one click."""
    desk_only(request)
    record = pick(request.user, key)
    to = get_object_or_404(Person.objects.active(), pk=request.POST.get("to") if str(request.POST.get("to", "")).isdigit() else 0)

    def act() -> Any:
        with transaction.atomic():
            order = record
            if isinstance(record, RepairRequest):
                order = perform(record, "accept", by=request.user).work_order
            return perform(WorkOrder.objects.get(pk=order.pk), "assign", by=request.user, to=to)

    try:
        order, _made = resources.once(client_uid(request), request.user, ["give", key, to.pk], act)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('maintenance:queue')}?pick={key}")
    messages.success(request, _("%(number)s assigned to %(name)s") % {"number": order.number, "name": to.name})  # type: ignore[attr-defined]
    return redirect(f"{reverse('maintenance:queue')}?show={request.POST.get('show', '')}")


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Join the picked reports to the oldest of them; says how many went and why others did not."""
    desk_only(request)
    keys = [key for key in request.POST.getlist("pk") if key.startswith("r") and key[1:].isdigit()]
    rows = list(RepairRequest.objects.visible_to(request.user).filter(pk__in=[int(key[1:]) for key in keys]).order_by("submitted_at", "pk"))
    if len(rows) < 2:
        messages.error(request, _("Pick at least two reports to join."))
        return redirect("maintenance:queue")
    root, *others = rows
    done, refused = 0, []
    for other in others:
        try:
            perform(other, "join", by=request.user, root=root)
            done += 1
        except (Conflict, ValidationError) as error:
            refused.append(f"{other.number}: {' '.join(error.messages) if isinstance(error, ValidationError) else error}")
    messages.success(
        request, ngettext("%(n)s report joined to %(root)s", "%(n)s reports joined to %(root)s", done) % {"n": done, "root": root.number}
    )
    for line in refused:
        messages.error(request, line)
    return redirect(f"{reverse('maintenance:queue')}?pick=r{root.pk}")


# buildings ---------------------------------------------------------------------------------------------------
def live_orders(person: Any) -> Any:
    resolve = Prefetch("clocks", Clock.objects.filter(kind="resolve").select_related("calendar_version__calendar"))
    return WorkOrder.objects.visible_to(person).filter(state__in=LIVE_STATES).select_related("lead", "team").prefetch_related(resolve)


@login_required
def buildings(request: HttpRequest) -> HttpResponse:
    """Open orders by building: where the work lies."""
    if not access_of(request.user).has("maintenance.workorder:view"):
        raise NotAllowed(_("This view is for those who lead repairs."))
    late = Clock.objects.filter(kind="resolve", breached_at__isnull=False).values("order_id")
    rows = (
        WorkOrder.objects.visible_to(request.user)
        .filter(state__in=LIVE_STATES)
        .order_by()
        .values(building=F("place__ancestors__2"))
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(pk__in=late)),
            waiting=Count("pk", filter=Q(pk__in=WorkOrder.objects.to_assign().values("pk"))),
            p1=Count("pk", filter=Q(priority="P1")),
        )
    )
    found = {row["building"]: row for row in rows if row["building"]}
    places = Place.objects.in_bulk(found)
    parents = Place.objects.in_bulk({place.parent_id for place in places.values()})
    groups: dict[int, list[Any]] = {}
    for pk, row in sorted(found.items(), key=lambda item: (-item[1]["late"], -item[1]["n"])):
        place = places[pk]
        groups.setdefault(place.parent_id, []).append(
            {**row, "place": place, "url": f"{reverse('maintenance:workorder-list')}?live=true&place={pk}"})
    page = {"title": _("Buildings"), "segments": resources.resource_of(WorkOrder).views("buildings"),
            "sentence": _("Where work is open now; the worst first.") if found else _("No order is open anywhere.")}
    return render(request, "maintenance/buildings.html", {
        "page": page, "groups": [(parents[parent], rows_) for parent, rows_ in groups.items()]})
