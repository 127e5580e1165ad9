"""The pages of whoever reports: the form with tiles, my reports, one report with its five steps."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Prefetch, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assets.models import Equipment
from logistics.campus.models import Place
from logistics.campus.services.school import hotline_of
from logistics.campus.services.tags import resolve_tag
from logistics.core.access import access_of
from logistics.core.asked import HtmxRequest
from logistics.core.errors import NotAllowed
from logistics.core.models import Attachment, Event
from logistics.core.pages import DetailPage, add_errors, after, client_uid, form_groups, move_buttons
from logistics.core.photos import clean_photos, photo_cards, photos_of
from logistics.core.publishing import widgets_for
from maintenance import progress
from maintenance.limits import LAPSE_DAYS
from maintenance.models import Clock, Rating, RepairRequest, Symptom
from maintenance.phone_forms import OnBehalfForm, TileForm
from maintenance.querysets import LIVE_STATES
from maintenance.questions import shown
from maintenance.services.reporting import Duplicate, duplicates, known_work, report, words_about
from maintenance.tiles import every_tile, recent_places, tiles_of

PAGE = 20
MOST = 3  # of what may be the same thing


# where --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Where:
    """What a report is about: a place, perhaps a thing in it, perhaps found by its label."""

    place: Place
    equipment: Any = None
    tag: str = ""

    @property
    def too_wide(self) -> bool:
        return self.place.kind in ("school", "campus")

    @property
    def asks_access(self) -> bool:
        return self.place.use == "dormitory"

    @property
    def above(self) -> str:
        """The path that leads here with the floor, which labels leave out."""
        floor = self.place.parent if self.place.parent and self.place.parent.kind == "floor" else None
        return " / ".join([*self.place.path[:-1], floor.name] if floor else self.place.path[:-1])

    @property
    def name(self) -> str:
        return str(self.equipment) if self.equipment else self.place.name

    @property
    def query(self) -> dict[str, str]:
        found = {"place": str(self.place.pk), "equipment": str(self.equipment.pk) if self.equipment else "", "tag": self.tag}
        return {key: value for key, value in found.items() if value}


def where_of(request: HttpRequest) -> Where | None:
    """The place that a request names by label, thing or id; None when it names none; 404 when it is out of sight."""
    data = request.POST if request.method == "POST" else request.GET
    if data.get("tag"):
        found = resolve_tag(data["tag"], scanned_by=request.user, purpose="report")
        if found.target is not None:
            record = found.target.record
            return Where(found.target.place, record if isinstance(record, Equipment) else None, found.code)
    if _id(data, "equipment"):
        thing = get_object_or_404(Equipment.objects.visible_to(request.user).select_related("place__parent"), pk=_id(data, "equipment"),
                                  place__isnull=False)
        return Where(thing.place, thing)
    if _id(data, "place"):
        return Where(get_object_or_404(Place.objects.visible_to(request.user).active().select_related("parent"), pk=_id(data, "place")))
    return None


def _id(data: Any, name: str) -> int | None:
    text = data.get(name, "")
    return int(text) if text.isdigit() and len(text) < 19 else None


# the form ------------------------------------------------------------------------------------------------------------
@login_required
def report_page(request: HtmxRequest) -> HttpResponse:
    """Tile, photo, send; without a place first the choice of one."""
    where = where_of(request)
    if request.htmx and where is None:
        raise ValidationError(_("This label is not known. Choose the place."))
    if where is None or where.too_wide:
        return choose(request, where)
    if request.method != "POST":
        return ask(request, where, TileForm(person=request.user, initial={"symptom": _id(request.GET, "symptom")}))
    form = TileForm(request.POST, request.FILES, person=request.user)
    pictures = pictures_of(request, form)
    if not form.is_valid():
        return ask(request, where, form, status=422)
    data = form.cleaned_data
    twins = unseen_twins(request, where, data, pictures)
    if twins:
        return ask(request, where, form, twins=twins)
    kept = ("symptom", "description", "answers", "urgency_reported", "access", "access_note", "stops_use", "join_to", "join_order")
    fields = {name: data[name] for name in kept}
    try:
        made, _new = report(place=where.place, equipment=where.equipment, by=request.user, channel="qr" if where.tag else "web",
                            photos=pictures, client_uid=client_uid(request), **fields)
    except ValidationError as error:
        add_errors(form, error)
        return ask(request, where, form, status=422)
    messages.success(request, _("Sent: %(number)s") % {"number": made.number})
    return after(request, reverse("maintenance:my-report", args=[made.pk]), "report")


@login_required
@require_GET
def report_later(request: HttpRequest) -> HttpResponse:
    """The form for a place of which the phone has no page: it is kept beforehand and sent to the usual one."""
    from maintenance.views.technician import mine as orders_of

    places = {place.pk: place for place in recent_places(request.user)}
    places |= {row.place_id: row.place for row in orders_of(request.user).filter(state__in=LIVE_STATES).select_related("place")[:20]}
    first, more = every_tile()
    page = {"title": _("Report a problem"), "back_url": reverse("home")}
    return render(request, "maintenance/report_later.html", {
        "page": page, "places": places.values(), "tiles": first, "more": more, "draft": "report:later",
        "client_uid": uuid.uuid4()})


def pictures_of(request: HttpRequest, form: forms.BaseForm) -> list[Any]:
    """The photos of a request, drawn anew; what is wrong with them stands beside their field."""
    try:
        return clean_photos(request.FILES.getlist("photos"))
    except ValidationError as error:
        form.add_error("photos", error)
        return []


def unseen_twins(request: HttpRequest, where: Where, data: dict[str, Any], pictures: list[Any]) -> list[Duplicate]:
    """Reports of the same thing that this person was not shown yet (a browser without scripts).

    A danger is never held up, and photos would be lost on the way: the desk joins those itself.
    """
    if data.get("join_to") or "seen" in request.POST or pictures or data["symptom"].dangerous:
        return []
    return duplicates(place=where.place, category=data["symptom"].category, equipment=where.equipment)


def choose(request: HttpRequest, where: Where | None) -> HttpResponse:
    """Where is it? My places, the search, the label."""
    page = {"title": _("Report a problem"), "back_url": reverse("home")}
    return render(request, "maintenance/report_where.html", {
        "page": page, "recent": recent_places(request.user), "too_wide": where.place.name if where else "",
        "options": reverse("campus:place-options")}, status=422 if where else 200)


def ask(request: HttpRequest, where: Where, form: Any, *, status: int = 200, twins: list[Duplicate] | None = None) -> HttpResponse:
    chosen = chosen_of(form)
    if twins is None and chosen is not None:
        twins = duplicates(place=where.place, category=chosen.category, equipment=where.equipment)
    page = {"title": _("Report a problem"), "back_url": reverse("tag", args=[where.tag]) if where.tag else reverse("maintenance:report")}
    first, more = tiles_of(where.place, where.equipment)
    return render(request, "maintenance/report.html", {
        "page": page, "where": where, "form": form, "tiles": first, "more": more, "chosen": chosen.pk if chosen else None,
        "same": same_context(where, chosen, twins or []), "same_url": reverse("maintenance:report-same"), "later": True,
        "hotline": hotline_of(where.place),
        "client_uid": client_uid(request) or uuid.uuid4(), "draft": f"report:{where.place.pk}", "accesses": RepairRequest.Access.choices,
        "access": form["access"].value() or "anytime" if "access" in form.fields else "", "guest": False,
        "join_error": form.errors.get("join_to"), "questions": shown(chosen.category, form.data) if chosen else [],
    }, status=status)


def chosen_of(form: Any) -> Symptom | None:
    """The tile that is picked already."""
    value = str(form["symptom"].value() or "")
    return Symptom.objects.select_related("category").filter(pk=int(value), active=True).first() if value.isdigit() else None


@login_required
def same(request: HttpRequest) -> HttpResponse:
    """What is known about the picked tile: the hotline of a danger, and who reported it before. A fragment."""
    where = where_of(request)
    symptom = get_object_or_404(Symptom.objects.select_related("category"), pk=_id(request.GET, "symptom"), active=True)
    return show_same(request, where, symptom)


def show_same(request: HttpRequest, where: Where | None, symptom: Symptom) -> HttpResponse:
    if where is None or "different" in request.GET:
        return render(request, "maintenance/_report_same.html", {"same": {"seen": True}})
    twins = duplicates(place=where.place, category=symptom.category, equipment=where.equipment)
    return render(request, "maintenance/_report_same.html", {
        "same": same_context(where, symptom, twins), "same_url": request.path, "asks": True, "questions": shown(symptom.category, {})})


def same_context(where: Where, symptom: Symptom | None, twins: list[Duplicate]) -> dict[str, Any]:
    if symptom is not None and symptom.dangerous:  # a flood is not the tap that drips
        twins = [twin for twin in twins if twin.root.hazard != "none"]
    works = known_work(where.place, where.equipment, symptom.category)[: MOST - len(twins)] if symptom and not symptom.dangerous else []
    if symptom is not None:
        twins = sorted(twins, key=lambda twin: twin.root.symptom_id != symptom.pk)  # the same tile before its siblings
    return {
        "seen": symptom is not None, "danger": symptom if symptom and symptom.dangerous else None, "hotline": hotline_of(where.place),
        "twins": twins, "works": works,
        "different": urlencode({**where.query, "symptom": symptom.pk, "different": 1}) if symptom else "",
    }


@login_required
def report_for(request: HttpRequest) -> HttpResponse:
    """The desk takes down a call or somebody at the counter."""
    if not access_of(request.user).has("maintenance.repairrequest:on_behalf"):
        raise NotAllowed(_("Only the dispatcher may report for somebody else."))
    if request.method != "POST":
        known = {key: request.GET.get(key) for key in ("place", "equipment", "reporter")}
        return _ask_for(request, OnBehalfForm(person=request.user, initial=known))
    form = OnBehalfForm(request.POST, person=request.user)
    if not form.is_valid():
        return _ask_for(request, form, status=422)
    data = form.cleaned_data
    category = data.get("category") or data["symptom"].category
    danger = data["symptom"] is not None and data["symptom"].dangerous  # is never held up
    if not (data.pop("seen") or data["join_to"] or danger):
        twins = duplicates(place=data["place"], category=category, equipment=data["equipment"])
        if twins:
            form.offer(twins)
            return _ask_for(request, form, intro=_("Not sent yet: look whether this is the same, then send."))
    try:
        made, _new = report(by=request.user, client_uid=client_uid(request), **data)
    except ValidationError as error:
        add_errors(form, error)
        return _ask_for(request, form, status=422)
    messages.success(request, _("Sent: %(number)s") % {"number": made.number})
    return redirect(made.get_absolute_url())


def _ask_for(request: HttpRequest, form: Any, *, status: int = 200, intro: str = "") -> HttpResponse:
    page = {
        "title": _("Report for someone"), "intro": intro, "form": form, "groups": form_groups(form), "submit_label": _("Send"),
        "client_uid": client_uid(request) or uuid.uuid4(),
        "cancel_url": reverse("maintenance:queue"), "draft_key": "maintenance:report-for",
        "crumbs": [{"label": _("Queue"), "url": reverse("maintenance:queue")}],
    }
    return render(request, "core/form.html", {"page": page}, status=status)


# my reports ----------------------------------------------------------------------------------------------------------
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Cards with their five steps; those that wait for my word first."""
    ended = request.GET.get("show") == "ended"
    own = RepairRequest.objects.filter(reporter=request.user)
    over = Q(state__in=["confirmed", "auto_closed", "rejected", "withdrawn"])
    counts = own.order_by().aggregate(open=Count("pk", filter=~over), ended=Count("pk", filter=over))
    number = max(_id(request.GET, "page") or 1, 1)
    rows = list(cards_of(own.filter(over) if ended else own.exclude(over))[(number - 1) * PAGE : number * PAGE + 1])
    turns = sum(row.state in progress.TURN for row in rows)
    page = {
        "title": _("My reports"), "segments": [
            {"label": _("Open %(n)s") % {"n": counts["open"]}, "url": "?", "current": not ended},
            {"label": _("Ended %(n)s") % {"n": counts["ended"]}, "url": "?show=ended", "current": ended}],
        "sentence": "" if ended else _turn_words(turns, counts["open"]),
        "older": f"?show={'ended' if ended else ''}&page={number + 1}" if len(rows) > PAGE else "",
        "empty": None if rows else _nothing(ended),
    }
    return render(request, "maintenance/mine.html", {"page": page, "cards": [card(row) for row in rows[:PAGE]]})


def cards_of(rows: Any) -> Any:
    """Reports in the order of a reporter: my turn first, then the newest, with what a card shows."""
    clocks = Prefetch("work_order__clocks", Clock.objects.filter(kind="resolve").select_related("calendar_version__calendar"))
    turn = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(progress.TURN)), default=Value(9))
    return rows.select_related("work_order").prefetch_related(clocks).order_by(turn, "-submitted_at", "-pk")


def card(row: RepairRequest) -> dict[str, Any]:
    clock_ = next(iter(row.work_order.clocks.all()), None) if row.work_order_id else None  # type: ignore[union-attr]
    return {"row": row, "badge": progress.badge(row), "line": progress.line(row), "expected": progress.expected(row, clock_)}


def _turn_words(turns: int, open_: int) -> str:
    from django.utils.translation import ngettext

    if turns:
        return ngettext("%(n)s waits for a word from you.", "%(n)s wait for a word from you.", turns) % {"n": turns}
    return _("Nothing waits for you; we tell you when something moves.") if open_ else ""


def _nothing(ended: bool) -> dict[str, Any]:
    if ended:
        return {"kind": "first", "icon": "clipboard-check", "title": _("Nothing has ended yet"),
                "text": _("Reports that are settled are kept here.")}
    return {"kind": "first", "icon": "clipboard-plus", "title": _("You have no open reports"),
            "text": _("Scan the label beside what is broken, or choose the place."),
            "actions": [{"label": _("Report a problem"), "url": reverse("maintenance:report"), "icon": "plus", "primary": True}]}


@login_required
def my_report(request: HttpRequest, pk: int) -> HttpResponse:
    """One of my reports: what happened, what comes next, my word, messages."""
    row = get_object_or_404(RepairRequest.objects.select_related("work_order", "symptom", "place"), pk=pk, reporter=request.user)
    moves = {move["name"]: move for move in move_buttons(row, request.user)}
    context = story(row)
    page = {"title": row.title, "short_title": row.number, "crumbs": [{"label": _("My reports"), "url": reverse("maintenance:mine")}]}
    return render(request, "maintenance/mine_report.html", {
        "page": page, "row": row, **context, "moves": moves, "comments": words_about(row).select_related("by"),
        "photo_upload": reverse("maintenance:repairrequest-photos", args=[pk]) if row.open else "",
        "here": reverse("maintenance:my-report", args=[pk]),
        "comment_url": reverse("maintenance:repairrequest-comment", args=[pk]), "client_uid": uuid.uuid4(),
    })


def story(row: RepairRequest, *, names: bool = True) -> dict[str, Any]:
    """What a reporter, or a guest without any names, reads of a report; the same number of statements for each."""
    order: Any = row.work_order
    taken = order.assignments.filter(role="lead").select_related("person").order_by("-pk").first() if order else None
    hold = order.holds.filter(during__endswith__isnull=True).select_related("reason").first() if order else None
    clock_ = order.clocks.filter(kind="resolve").select_related("calendar_version__calendar").first() if order else None
    root = row.joined_to_id or row.pk
    waiting = RepairRequest.objects.filter(Q(pk=root) | Q(joined_to_id=root) | Q(work_order_id=row.work_order_id or 0)).count()
    mended = Attachment.objects.filter(kind="maintenance.workorder", object_id=row.work_order_id or 0, role="after")
    after = photo_cards(mended.order_by("-id")[:1])
    why = Event.objects.filter(kind="maintenance.repairrequest", object_id=row.pk, move__in=["reject", "withdraw"]).order_by("-id").first()
    return {
        "badge": progress.badge(row), "steps": progress.steps(row, taken=taken, hold=hold, names=names, why=why.text if why else ""),
        "expected": progress.expected(row, clock_),
        "waiting": waiting, "after": after[0] if after else None, "photos": photo_cards(photos_of(row)), "lapse_days": LAPSE_DAYS.value(),
        "done_by": order.done_by if order and order.done_by_id and names else None, "rating": Rating.objects.filter(request=row).first(),
        "scores": range(1, 6), "rating_tags": Rating.Tag.choices,
    }


class RequestPage(DetailPage):
    """The generic page of a report; whoever sent it, and has no duty over it, is led to the reporter's page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.resource.may_list(request.user) and RepairRequest.objects.filter(pk=pk, reporter=request.user).exists():
            return redirect("maintenance:my-report", pk)
        return super().get(request, pk)


# home ----------------------------------------------------------------------------------------------------------------
def home(request: HttpRequest) -> HttpResponse:
    """The first page of somebody who reports: one big button, and how the own reports stand."""
    over = Q(state__in=["confirmed", "auto_closed", "rejected", "withdrawn"])
    rows = list(cards_of(RepairRequest.objects.filter(reporter=request.user).exclude(over))[:6])
    news = [{"title": card.title, "html": html} for card in widgets_for("home:reporter") if (html := card.render(request))]
    return render(request, "maintenance/report_home.html", {
        "news": news,
        "page": {"title": _("Home")}, "cards": [card(row) for row in rows[:5]], "more": len(rows) > 5,
        "turns": sum(row.state in progress.TURN for row in rows)})


def scan(request: HttpRequest) -> HttpResponse:
    """The scanner: the camera, or the code typed by hand."""
    code = request.GET.get("code", "").strip()
    if code:
        return redirect("tag", code[:60].replace("/", ""))
    target = reverse("tag", args=["CODE"]).replace("CODE", "{code}")
    return render(request, "maintenance/report_scan.html", {"page": {"title": _("Scan a label")}, "target": target})
