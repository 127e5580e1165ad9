"""Counting with the phone: a place, what should be there, one tap for each thing; and the report."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assets.census import services
from assets.census.forms import SeeForm
from assets.census.seen import WORDS, result, tally
from assets.models import Census, CensusLine, Equipment
from assets.papers import day, pdf
from logistics.campus.models import Place
from logistics.campus.services.tags import resolve_tag
from logistics.core.errors import NotAllowed
from logistics.core.idempotency import once
from logistics.core.pages import add_errors, after, client_uid
from logistics.core.sync.pages import waits

MOST_LINES = 200


def countable(request: HttpRequest, pk: int) -> Census:
    """A count that this person may count in."""
    census = get_object_or_404(Census.objects.visible_to(request.user).select_related("place"), pk=pk)
    if not Census.objects.visible_to(request.user, "count").filter(pk=pk).exists():
        raise NotAllowed(_("You are not named to count here."))
    return census


def place_of(request: HttpRequest) -> Place | None:
    text = request.GET.get("place") or request.POST.get("place") or ""
    return Place.objects.visible_to(request.user).filter(pk=text).first() if text.isdecimal() and len(text) < 19 else None


@login_required
@require_http_methods(["GET", "POST"])
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """What should be at a place, and what was seen of it. POST: one thing was seen."""
    census = countable(request, pk)
    form = SeeForm(request.POST or None, person=request.user, record=census)
    place = place_of(request)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            line, _made = once(
                client_uid(request), request.user, ["see", pk, data], lambda: services.see(census=census, by=request.user, **data)
            )
            messages.success(request, f"{line}: {WORDS[line.result]}")
            return after(request, f"{request.path}?place={data['place'].pk}", "seen")
        except ValidationError as error:
            add_errors(form, error)
    thing = None
    text = request.GET.get("thing", "")
    if text.isdecimal() and len(text) < 19:
        thing = Equipment.objects.visible_to(request.user).select_related("place").filter(pk=text).first()
    page = {
        "title": census.name,
        "census": census,
        "place": place,
        "thing": thing if place else None,
        "form": form,
        "tally": tally(census),
        "known": known(census, thing) if thing else None,
        "lines": lines_of(census, place) if place else [],
        "open_places": open_places(census) if place is None and census.state == "counting" else [],
        "scan": reverse("assets:count-scanned", args=[pk, "CODE"]).replace("CODE", "{code}") + (f"?place={place.pk}" if place else ""),
        "waits": waits(census, "assets.seen", _("Seen")),
        "client_uid": str(uuid.uuid4()),
    }
    return render(request, "assets/count.html", page, status=422 if request.method == "POST" else 200)


def known(census: Census, thing: Equipment) -> CensusLine | None:
    return CensusLine.objects.filter(census=census, equipment=thing).select_related("expected_place").first()


def lines_of(census: Census, place: Place) -> list[dict[str, Any]]:
    """The lines of a place, unseen ones first."""
    here = CensusLine.objects.filter(census=census, expected_place=place) | CensusLine.objects.filter(census=census, seen_place=place)
    rows = here.select_related("equipment", "expected_place", "seen_place").order_by("seen_at", "equipment__number", "pk")[:MOST_LINES]
    found = [{"line": row, "badge": result(row), "uid": str(uuid.uuid4())} for row in rows]
    return sorted(found, key=lambda one: one["line"].seen_at is not None)


def open_places(census: Census) -> list[Any]:
    """The places in which something is still to be seen, in walking order; at most 60."""
    ids = CensusLine.objects.filter(census=census, result="").order_by().values("expected_place")
    return list(Place.objects.filter(pk__in=ids).order_by("ancestors", "code")[:60])


@login_required
@require_safe
def scanned(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A label was scanned: a place is counted now; a thing is asked about at the place that is counted."""
    countable(request, pk)
    code = request.GET.get("code") or code
    url = reverse("assets:count", args=[pk])
    place = place_of(request)
    found = resolve_tag(code, scanned_by=request.user, purpose="count")
    record = found.target.record if found.target else Equipment.objects.visible_to(request.user).filter(number=code.strip().upper()).first()
    if isinstance(record, Place):
        return redirect(f"{url}?place={record.pk}")
    if isinstance(record, Equipment):
        return redirect(f"{url}?place={place.pk if place else record.place_id or ''}&thing={record.pk}#seen")
    messages.warning(request, _("This label leads nowhere: %(code)s") % {"code": code[:40]})
    return redirect(f"{url}?place={place.pk}" if place else url)


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """资产清查报告 as PDF: the figures, and every difference with its decision."""
    from logistics.core.pdf.report import Facts, Report, Table, heading  # the compiler is heavy: loaded when something is printed

    census = get_object_or_404(Census.objects.visible_to(request.user).select_related("place", "department", "category"), pk=pk)
    figures = tally(census)
    odd = (
        census.lines.exclude(result__in=["", "found"])
        .select_related("equipment", "expected_place", "seen_place")
        .order_by("result", "pk")[:1000]
    )
    seen = figures["found"] + figures["moved"] + figures["broken"]
    share = f"{100 * seen / figures['expected']:.1f}%" if figures["expected"] else "–"
    return pdf(
        Report(
            census.name,
            [
                Facts(
                    [
                        (_("Place"), census.place.place_label if census.place else _("everywhere")),
                        (_("Department"), census.department or _("all")),
                        (_("Category"), census.category or _("all")),
                        (_("From"), day(census.begins_on)),
                        (_("Until"), day(census.ends_on)),
                        (_("State"), Census.workflow.state(census).label),
                        (_("Things expected"), figures["expected"]),
                        (_("Seen"), f"{seen} · {share}"),
                        (_("Found elsewhere"), figures["moved"]),
                        (_("Missing"), figures["missing"]),
                        (_("Not expected"), figures["surplus"]),
                        (_("Found broken"), figures["broken"]),
                    ]
                ),
                Table(
                    [_("Number"), _("Equipment"), _("Result"), _("Should be at"), _("Seen at"), _("Decision"), _("Note")],
                    [
                        [
                            line.equipment.number if line.equipment else "–",
                            str(line),
                            str(WORDS[line.result]),
                            line.expected_place.place_label if line.expected_place else "–",
                            line.seen_place.place_label if line.seen_place else "–",
                            line.get_decision_display() or "–",
                            line.note or "–",
                        ]
                        for line in odd
                    ],
                    title=_("Differences"),
                    name=1,
                    roomy=[3, 4],
                    dense=True,
                ),
            ],
            number=census.number or "",
            signatures=[_("Counted by"), _("Asset officer"), _("Logistics director")],
            url=request.build_absolute_uri(census.get_absolute_url()),
            wide=True,
            **heading(request),
        ),
        census.number or "count",
    )
