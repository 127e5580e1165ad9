"""The terms as bars with their weeks; the school calendar on paper and as a feed."""
from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from logistics.campus.models import PeriodSet, Place, TermMark, WorkCalendar
from logistics.campus.services.calendars import hours_words, resolve_calendar
from logistics.campus.services.year import school_year
from logistics.campus.terms import ics, services
from logistics.campus.terms import paper as printed
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.forms import ActingForm
from logistics.core.pdf.report import heading


def _place(request: HttpRequest) -> tuple[Place | None, list[Place]]:
    """The school that is asked for, and all of them."""
    schools = list(Place.objects.visible_to(request.user).active().filter(kind="school").order_by("position", "code"))
    asked = request.GET.get("place", "")
    return next((place for place in schools if str(place.pk) == asked), schools[0] if schools else None), schools


@login_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Each school year with its terms and vacations, week by week; and the bell."""
    place, schools = _place(request)
    today = clock.today()
    years = services.years_of(place)[:4] if place else []
    chosen = next((year for year in years if str(year.pk) == request.GET.get("year")), None) or next(
        (year for year in years if year.first <= today <= year.last), years[0] if years else None)
    rows = [
        {"row": term, "weeks": (weeks := services.weeks_of(term, place)), "lessons": sum(week.days for week in weeks)}
        for term in (chosen.terms.all() if chosen else [])
    ] if place else []
    calendar = resolve_calendar(place, "teaching") if place else None
    may = bool(place and access_of(request.user).may("campus.schoolyear:add", place))
    page = {
        "title": _("Terms"), "sentence": _sentence(place, today) if place else "",
        "segments": [
            {"label": year.name, "url": f"?place={place.pk}&year={year.pk}", "current": year == chosen} for year in years if place
        ],
        "places": [{"label": one.name, "url": f"?place={one.pk}", "current": one == place} for one in schools],
        "year_url": reverse("campus:calendar-year", args=[calendar.pk]) if calendar else "",
        "paper_url": f"{reverse('campus:calendar-paper', args=[calendar.pk])}?from={school_year(chosen.first if chosen else today)}"
        if calendar else "",
        "feed_url": settings.PUBLIC_URL.rstrip("/") + reverse("calendar-feed", args=[ics.token_of(request.user, calendar)])
        if calendar else "",
        "empty": {"kind": "first", "icon": "calendar-stats", "title": _("No school year yet"),
                  "text": _("Enter the school year, then its terms and vacations; deadlines and weeks follow."),
                  "actions": [{"label": _("New school year"), "url": reverse("campus:schoolyear-add"), "primary": True}] if may else []},
    }
    bells = [
        {"row": row, "periods": [{"name": one.name, "hours": hours_words([(one.start_min, one.end_min)])} for one in row.periods.all()]}
        for row in PeriodSet.objects.filter(place__ancestors__contains=[place.pk], valid__contains=today).prefetch_related("periods")
        .order_by("place__code", "stage", "season")
    ] if place else []
    return render(request, "campus/terms.html", {"page": page, "year": chosen, "rows": rows, "bells": bells, "may": may})


def _sentence(place: Place, today: Any) -> str:
    """Where in the year the school stands today."""
    week = services.teaching_week(place, today)
    if week:
        odd = _("an odd one") if week.odd else _("an even one")
        return _("%(term)s, teaching week %(n)s, %(odd)s.") % {"term": week.term.name, "n": week.n, "odd": odd}
    term = services.term_at(place, today)
    if term is None:
        return _("No term is entered for today.")
    left = (term.last - today).days + 1
    return ngettext("%(term)s, %(n)s day left.", "%(term)s, %(n)s days left.", left) % {"term": term.name, "n": left}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mark away; the days are ordinary days of the term again."""
    mark = get_object_or_404(TermMark.objects.visible_to(request.user).select_related("term"), pk=pk)
    if not access_of(request.user).may("campus.termmark:change", mark):
        raise NotAllowed(_("You may not change the terms."))
    if request.method == "POST":
        mark.delete()
        messages.success(request, _("Taken away: %(what)s") % {"what": mark})
        return redirect(mark.term)
    page = {
        "title": _("Take “%(what)s” away?") % {"what": mark}, "form": ActingForm(person=request.user),
        "submit_label": _("Take the mark away"), "cancel_url": mark.get_absolute_url(),
    }
    return render(request, "core/form.html", {"page": page})


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """校历: the calendar of a school year as PDF, week by week."""
    calendar = get_object_or_404(WorkCalendar.objects.visible_to(request.user).select_related("place"), pk=pk)
    text = request.GET.get("from", "")
    first = int(text) if text.isdigit() and 2000 <= int(text) <= 2098 else school_year(clock.today())
    response = HttpResponse(printed.calendar_paper(calendar, first, **heading(request)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="calendar-{first}.pdf"'
    return response


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for a phone or another program; the address is the key, and ends with its person."""
    calendar = ics.read_token(token)
    if calendar is None:
        raise Http404
    response = HttpResponse(ics.feed(calendar), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=3600"
    return response
