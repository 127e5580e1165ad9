"""The calendar editor: a year to look at, a draft to change, what would move, and publishing."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from logistics.campus import versions
from logistics.campus.forms import DayForm, ImportForm, SeasonForm
from logistics.campus.models import CalendarVersion, Season, WorkCalendar
from logistics.campus.services import calendars, proposing, year
from logistics.campus.worktime import CalendarData
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.asked import HtmxRequest
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.month import weekday_letters
from logistics.core.pages import add_errors, move_buttons


def _calendar(request: HttpRequest, pk: int) -> WorkCalendar:
    return get_object_or_404(WorkCalendar.objects.visible_to(request.user).select_related("place"), pk=pk)


def _check(request: HttpRequest, calendar: WorkCalendar) -> None:
    if not access_of(request.user).may("campus.workcalendar:change", calendar):
        raise NotAllowed(_("You may not change this calendar."))


def _draft(request: HttpRequest, pk: int) -> CalendarVersion:
    """The draft that the acting person changes; somebody may have published it in the meantime."""
    calendar = _calendar(request, pk)
    _check(request, calendar)
    draft = calendar.versions.filter(state="draft").select_related("calendar").first()
    if draft is None:
        raise Conflict(_("There is no draft any more. Start a new one."))
    return draft


@login_required
@require_safe
def year_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Twelve months from September of the draft, else of the version in force; ?day= opens a day, ?from= another year."""
    calendar = _calendar(request, pk)
    may = access_of(request.user).may("campus.workcalendar:change", calendar)
    states = ["draft", "published"] if may else ["published"]
    found = {row.state: row for row in calendar.versions.filter(state__in=states)}
    current, draft = found.get("published"), found.get("draft")
    shown = draft or current
    seasons = list(shown.seasons.order_by("days").prefetch_related("slots")) if shown else []
    data = versions.read(shown, seasons) if shown else CalendarData()
    if shown:
        shown.calendar, shown.known = calendar, data  # type: ignore[attr-defined]
    before = (versions.published_data(current) if current else CalendarData()) if draft else None
    first_year = _year(request)
    marked = calendar.place if calendar.purpose == WorkCalendar.Purpose.TEACHING else None
    months, legend = year.months_of(data, before, first_year, marked)
    chosen = _day(request.GET.get("day", ""))
    page = {
        "title": _("%(calendar)s %(first)s–%(last)s") % {"calendar": calendar, "first": first_year, "last": first_year + 1},
        "crumbs": [
            {"label": _("Calendars"), "url": reverse("campus:workcalendar-list")},
            {"label": str(calendar), "url": calendar.get_absolute_url()},
        ],
        "state": shown and shown.workflow.state(shown),
        "version": shown,
        "first_year": first_year,
        "previous": first_year - 1,
        "next": first_year + 1,
        "moves": move_buttons(shown, request.user) if draft and shown else [],
    }
    context: dict[str, Any] = {
        "page": page,
        "calendar": calendar,
        "draft": draft,
        "may": may,
        "months": months,
        "legend": legend,
        "weekdays": weekday_letters(),
        "seasons": seasons,
        "differences": calendars.differences(draft) if draft else [],
        "findings": versions.findings(draft) if draft else [],
        "why": versions.blocking(draft) if draft else None,
    }
    if chosen and draft:
        row = draft.days.filter(date=chosen).prefetch_related("slots").first()
        context |= {
            "chosen": chosen,
            "form": DayForm(initial=DayForm.initial_of(row), person=request.user),
            "words": calendars.day_words(data, chosen),
        }
    return render(request, "campus/year.html", context)


@login_required
@require_safe
def moved(request: HtmxRequest, pk: int) -> HttpResponse:
    """What publishing the draft would move: asked after the page, because every app counts."""
    draft = _draft(request, pk)
    lines = calendars.what_moves(draft)
    if request.htmx:
        return render(request, "campus/_moved.html", {"moved": lines})
    page = {"title": _("What moves after publishing"), "crumbs": [
        {"label": str(draft.calendar), "url": reverse("campus:calendar-year", args=[pk])}]}
    return render(request, "campus/moved.html", {"page": page, "moved": lines})


def _year(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return (
        int(text) if text.isdigit() and 2000 <= int(text) <= 2098 else year.school_year(_day(request.GET.get("day", "")) or clock.today())
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft to change: a copy of the version in force."""
    calendar = _calendar(request, pk)
    _check(request, calendar)
    calendars.draft_of(calendar)
    return redirect("campus:calendar-year", pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    calendars.discard_draft(version=_draft(request, pk))
    messages.success(request, _("Draft thrown away"))
    return redirect("campus:calendar-year", pk)


@login_required
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the draft of a school year with the public holidays and make-up days that packages know."""
    draft, first = _draft(request, pk), _year(request)
    until = date(first + 1, year.FIRST_MONTH, 1) - timedelta(days=1)
    count = proposing.propose_days(version=draft, first=date(first, year.FIRST_MONTH, 1), last=until)
    messages.success(request, proposing.said(count))
    return redirect(f"{reverse('campus:calendar-year', args=[pk])}?from={first}")


@login_required
@require_POST
def day(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """Make a day of the draft special, or let it follow its weekday again."""
    chosen = _day(day)
    if chosen is None:
        raise Http404
    draft = _draft(request, pk)
    form = DayForm(request.POST, person=request.user)
    back = f"{reverse('campus:calendar-year', args=[pk])}?from={year.school_year(chosen)}"
    if not form.is_valid():
        page = {"title": chosen.isoformat(), "form": form, "submit_label": _("Save"), "cancel_url": back}
        return render(request, "core/form.html", {"page": page}, status=422)
    data = form.cleaned_data
    calendars.set_day(version=draft, day=chosen, kind=data["kind"], follows_weekday=data["follows_weekday"], label=data["label"],
                      public_holiday=data["public_holiday"], slots=data["hours"])
    return redirect(back)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def season(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a season of the draft (?season=…), or a new one."""
    draft = _draft(request, pk)
    asked = request.GET.get("season", "")
    row = get_object_or_404(Season.objects.prefetch_related("slots"), pk=asked, version=draft) if asked.isdigit() else None
    form = SeasonForm(request.POST or None, person=request.user, initial=SeasonForm.initial_of(row))
    back = reverse("campus:calendar-year", args=[pk])
    if request.method == "POST" and "delete" in request.POST and row:
        row.delete()
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            calendars.set_season(
                version=draft,
                season=row,
                first=data["first"],
                last=data["last"],
                name_zh=data["name_zh"],
                name_en=data["name_en"],
                hours=data["hours"],
            )
            return redirect(back)
        except (ValidationError, IntegrityError):
            form.add_error("first", _("Another season holds on some of these days."))
    page = {"title": _("Season"), "form": form, "submit_label": _("Save"), "cancel_url": back,
            "crumbs": [{"label": str(draft.calendar), "url": back}]}
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Special days from a CSV file into the draft; the year page then shows what differs."""
    calendar = _calendar(request, pk)
    _check(request, calendar)
    form = ImportForm(request.POST or None, request.FILES or None, person=request.user)
    back = reverse("campus:calendar-year", args=[pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            calendars.import_days(calendar=calendar, file=data["file"], source=data["source"], confirmed_until=data["confirmed_until"])
            messages.success(request, _("Read into the draft. Look at the differences, then publish."))
            return redirect(back)
        except ValidationError as error:
            add_errors(form, error)
    page = {
        "title": _("Import days"),
        "form": form,
        "submit_label": _("Read the file"),
        "cancel_url": back,
        "enctype": "multipart/form-data",
        "crumbs": [{"label": str(calendar), "url": back}],
    }
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)
