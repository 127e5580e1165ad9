"""Walking a round on the phone: my rounds, the points, being there, answering, submitting; and a round by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from logistics.core import clock, resources
from logistics.core.access import ROLES, access_of
from logistics.core.asked import HtmxRequest
from logistics.core.errors import NotAllowed
from logistics.core.pages import after, client_uid
from logistics.core.photos import clean_photos
from logistics.core.sync.pages import waits
from logistics.core.workflow import may_move, who_may
from maintenance.checklists.views import Refused
from maintenance.models import Round, Route
from maintenance.rounds import services
from maintenance.rounds.reading import stops_of
from maintenance.rounds.workflow import ROUNDS, WALKERS

ANSWER = "maintenance.itemanswer:new"


def mine(person: Any) -> Any:
    """Rounds of today, and those still under way, that this person walks or may take."""
    rows = Round.objects.visible_to(person).filter(
        Q(inspector=person) | Q(inspector__isnull=True) | Q(state__in=["submitted", "reviewed"], submitted_by=person)
    )
    today = Round.objects.today().values("pk")
    return rows.filter(Q(pk__in=today) | Q(state="started")).exclude(state="void").order_by("window_to", "pk")


@login_required
def my_rounds(request: HttpRequest) -> HttpResponse:
    """What is to be walked today, first what ends first."""
    person: Any = request.user
    if access_of(person).roles.isdisjoint(WALKERS):
        raise NotAllowed(_("This page is for those who walk rounds."), [str(ROLES[code].label) for code in WALKERS])
    rows = list(mine(person).select_related("place", "inspector")[:60])
    waiting = [row for row in rows if row.state in ("due", "started")]
    over = [row for row in rows if row.state not in ("due", "started")]
    n = len(waiting)
    heading = (
        ngettext("%(name)s, %(n)s round left today", "%(name)s, %(n)s rounds left today", n) % {"name": person.name, "n": n}
        if n
        else _("%(name)s, nothing left to walk today") % {"name": person.name}
    )
    return render(
        request,
        "maintenance/rounds/mine.html",
        {
            "page": {"title": _("My rounds"), "heading": heading},
            "waiting": [_line(row) for row in waiting],
            "over": [_line(row) for row in over],
            "day": clock.today(),
            "routes": Route.objects.visible_to(person).active().order_by("name_zh")[:12],
        },
    )


def _line(walk: Round) -> dict[str, Any]:
    return {
        "walk": walk,
        "state": ROUNDS.state(walk),
        "url": reverse("maintenance:round-walk", args=[walk.pk]) if walk.state in ("due", "started") else walk.get_absolute_url(),
        "left": walk.planned - walk.visited,
    }


def find(request: HttpRequest, pk: int) -> Round:
    """The round, if this person walks it."""
    person: Any = request.user
    walk = get_object_or_404(Round.objects.visible_to(person).select_related("place", "route", "inspector", "team"), pk=pk)
    move = ROUNDS.moves["submit"]
    if not may_move(move, walk, person)[0]:
        raise NotAllowed(_("This round is walked by somebody else."), who_may(move))
    return walk


@login_required
def walk(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole round on one page, so that the phone can keep it."""
    return show(request, find(request, pk))


def show(request: HttpRequest, row: Round, status: int = 200, error: str = "") -> HttpResponse:
    stops = stops_of(row, labels=True)
    return render(
        request,
        "maintenance/rounds/walk.html",
        {
            "page": {"title": row.title, "back_url": reverse("maintenance:my-rounds")},
            "walk": row,
            "state": ROUNDS.state(row),
            "stops": stops,
            "open": row.state in ("due", "started"),
            "error": error,
            "left": [one for one in stops if one.visit is None],
            "partly": [one for one in stops if one.visit is not None and one.open_lines],
            "waits": waits_of(row),
            "here": reverse("maintenance:round-walk", args=[row.pk]),
            "scan_here": f"{reverse('maintenance:round-walk', args=[row.pk])}#tag={{code}}",
            "done_url": reverse("maintenance:my-rounds"),
            "uid": "",
        },
        status=status,
    )


def waits_of(row: Round) -> dict[str, Any]:
    """The forms of a round that may wait on the phone; an answer is a record that the phone itself begins."""
    answers = str(waits(row, "maintenance.answer", _("Answer"), photo=_("Photo of an answer")))
    about = f'data-record="maintenance.round:{row.pk}"'
    from django.utils.safestring import mark_safe

    return {
        "visit": waits(row, "maintenance.visit", _("At a point")),
        "answer": mark_safe(answers.replace(about, f'data-record="{ANSWER}"')),
        "submit": waits(row, "maintenance.round_submit", _("Submit the round")),
    }


def part(
    request: HttpRequest, row: Round, point: str, status: int = 200, error: str = "", refused: Refused | None = None
) -> HttpResponse:
    """One point again, as it stands now; without scripts the whole page."""
    if not request.htmx:  # type: ignore[attr-defined]
        if error:
            return show(request, row, status, error)
        return redirect(f"{reverse('maintenance:round-walk', args=[row.pk])}#p{point}")
    fresh = Round.objects.select_related("place", "route").get(pk=row.pk)
    stops = stops_of(fresh, [point], labels=True)
    if not stops:
        raise ValidationError(_("This point does not belong to the round."))
    return render(
        request,
        "maintenance/rounds/_stop.html",
        {
            "stop": stops[0],
            "walk": fresh,
            "open": fresh.state in ("due", "started"),
            "waits": waits_of(fresh),
            "error": "" if refused else error,
            "refused": refused,
            "fresh": True,
            "here": reverse("maintenance:round-walk", args=[row.pk]),
        },
        status=status,
    )


@login_required
@require_POST
def be_there(request: HttpRequest, pk: int) -> HttpResponse:
    """At a point, by its label or without."""
    row, point = find(request, pk), request.POST.get("point", "")
    tag = request.POST.get("tag", "")

    def act() -> Any:
        return services.visit(walk=row, point=point, by=request.user, tag=tag)

    try:
        resources.once(client_uid(request), request.user, ["visit", pk, point], act)
    except ValidationError as refusal:
        return part(request, row, point, 422, " ".join(refusal.messages))
    return part(request, row, point)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer at a point; a wrong one brings its photo along."""
    row, data = find(request, pk), request.POST
    point, item = data.get("point", ""), data.get("item", "")
    try:
        photos = clean_photos(request.FILES.getlist("photos"))
        key = client_uid(request)

        def act() -> Any:
            return services.answer_at(
                walk=row,
                point=point,
                item=int(item) if item.isdigit() else 0,
                value=data.get("value", ""),
                by=request.user,
                note=data.get("note", ""),
                photos=photos,
                client_uid=key,
                confirmed=bool(data.get("confirmed")),
            )

        resources.once(key, request.user, ["answer", pk, point, item, data.get("value", ""), data.get("note", "")], act)
    except ValidationError as refusal:
        return part(request, row, point, 422, " ".join(refusal.messages), Refused.of(refusal, item, data.get("value", "")))
    return part(request, row, point)


@login_required
@require_POST
def submit(request: HtmxRequest, pk: int) -> HttpResponse:
    """The end of the round: what was not visited is explained."""
    row = find(request, pk)
    form = resources.move_form(row, "submit", request.user, request.POST)
    assert form is not None
    error = ""
    if form.is_valid():
        try:
            done: Any = resources.move(row, "submit", form.cleaned_data, by=request.user, client_uid=client_uid(request))
            messages.success(request, _("%(what)s: %(state)s") % {"what": done.title, "state": ROUNDS.state(done).label})
            return after(request, reverse("maintenance:my-rounds"), "submit")
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
    error = error or _("Not saved: there is something to correct.")
    if request.htmx:
        return render(request, "maintenance/rounds/_refused.html", {"error": error}, status=422)
    return show(request, row, 422, error)


@login_required
@require_POST
def by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """A round without a plan begins now."""
    person: Any = request.user
    route = get_object_or_404(Route.objects.visible_to(person).active(), pk=pk)
    if access_of(person).grant_over(WALKERS, route) is None:
        raise NotAllowed(_("This page is for those who walk rounds."), [str(ROLES[code].label) for code in WALKERS])

    def act() -> Any:
        return services.start_now(route=route, by=person)

    begun = resources.once(client_uid(request), person, ["round", pk], act)[0]
    return redirect("maintenance:round-walk", begun.pk)


@login_required
def round_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of a round as PDF, to whoever may see the round."""
    from logistics.core.pdf.report import heading  # the compiler is heavy: loaded when something is printed
    from maintenance.rounds.papers import paper

    row = get_object_or_404(Round.objects.visible_to(request.user).select_related("place", "route"), pk=pk)
    response = HttpResponse(paper(row, heading(request)["school"]), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    return response
