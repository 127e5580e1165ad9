"""The board and the calendar of certificates, the ledger of special equipment, and changing the law."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from assets.certificates import services
from assets.certificates.forms import AmendForm, ConfirmForm
from assets.certificates.limits import FIRST_DAYS, LAST_DAYS, SECOND_DAYS
from assets.certificates.models import ACTIONS, Requirement, Scheme, SchemeVersion
from assets.models import Equipment
from logistics.campus.models import Place
from logistics.campus.services.year import looks_between
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.bilingual import pick
from logistics.core.errors import NotAllowed
from logistics.core.idempotency import once
from logistics.core.limits.declared import in_force
from logistics.core.month import Entry, asked_month, month_of, span_of
from logistics.core.pages import add_errors, client_uid, form_groups
from logistics.core.templatetags import ui

SHOWN_IN_LANE = 40


def seen(request: HttpRequest) -> Any:
    """The requirements that this person may see; those without the duty are refused with words."""
    if not access_of(request.user).has("assets.requirement:view"):
        raise NotAllowed(_("This page is for those who look after equipment and its papers."))
    return Requirement.objects.visible_to(request.user)


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Certificates by days left: over, within 7, 30 and 60 days, and those of which nothing is recorded."""
    today, rows = clock.today(), seen(request).certificates()
    first, second, last = in_force(FIRST_DAYS, SECOND_DAYS, LAST_DAYS)
    met = Q(result__in=["pass", "conditional"])
    end = {days: today + timedelta(days=days) for days in (first, second, last)}
    lanes = [
        (_("Failed"), Q(result="fail"), "danger", "ban", {"standing": "failed"}),
        (_("Over"), met & Q(next_due_on__lt=today), "danger", "alert-octagon", {"standing": "expired"}),
        (
            _("Within %(n)s days") % {"n": last},
            met & Q(next_due_on__range=(today, end[last])),
            "late",
            "clock-exclamation",
            {"standing": "last"},
        ),
        (
            _("Within %(n)s days") % {"n": second},
            met & Q(next_due_on__gt=end[last], next_due_on__lte=end[second]),
            "late",
            "hourglass",
            {"standing": "second"},
        ),
        (
            _("Within %(n)s days") % {"n": first},
            met & Q(next_due_on__gt=end[second], next_due_on__lte=end[first]),
            "info",
            "calendar",
            {"standing": "first"},
        ),
        (_("Nothing recorded"), Q(result="", next_due_on__lt=today), "off", "file-off", {"standing": "missing"}),
    ]
    counts = rows.aggregate(**{f"n{n}": Count("pk", filter=which) for n, (_title, which, *_rest) in enumerate(lanes)})
    asked = rows.aggregate(
        asked=Count("pk", filter=Q(interval__isnull=False) & ~Q(result="", next_due_on__gte=today)),
        met=Count("pk", filter=met & Q(next_due_on__gte=today)),
    )
    cut = Q()
    for _title, which, *_rest in lanes:
        cut |= which
    found = list(rows.filter(cut).select_related("equipment", "place", "scheme", "stands_at").order_by("next_due_on", "pk")[:600])
    shown = []
    for n, (title, _which, kind, icon, query) in enumerate(lanes):
        some = [row for row in found if fits(row, n, today, last, second, first)][:SHOWN_IN_LANE]
        address = f"{reverse('assets:requirement-list')}?kind=certificate&" + "&".join(f"{key}={value}" for key, value in query.items())
        shown.append(
            {
                "title": title,
                "kind": kind,
                "icon": icon,
                "n": counts[f"n{n}"],
                "rows": some,
                "url": address,
                "more": counts[f"n{n}"] - len(some),
            }
        )
    page = {
        "title": _("Certificates"),
        "lanes": shown,
        "sentence": said(counts["n1"], counts["n0"], asked),
        "segments": segments("board"),
        "list_url": f"{reverse('assets:requirement-list')}?kind=certificate",
        "ledger_url": reverse("assets:special-ledger"),
        "add_url": reverse("assets:statutoryrecord-add") if access_of(request.user).has(services.MAY_RECORD) else "",
    }
    return render(request, "assets/certificates/board.html", {"page": page})


def fits(row: Requirement, lane: int, today: date, last: int, second: int, first: int) -> bool:
    """Does a requirement belong into this lane of the board?"""
    if row.result == "fail":
        return lane == 0
    if not row.result:
        return lane == 5
    left = (row.next_due_on - today).days if row.next_due_on else first + 1
    return lane == (1 if left < 0 else 2 if left <= last else 3 if left <= second else 4 if left <= first else -1)


def said(over: int, failed: int, asked: dict[str, int]) -> str:
    """The finding on top."""
    if not asked["asked"]:
        return _("Nothing here needs a certificate.")
    share = _("%(met)s of %(asked)s are valid.") % {"met": f"{asked['met']:,}", "asked": f"{asked['asked']:,}"}
    if not over + failed:
        return share
    bad = ngettext("%(n)s certificate is over or failed.", "%(n)s certificates are over or failed.", over + failed) % {"n": over + failed}
    return f"{bad} {share}"


def segments(current: str) -> list[dict[str, Any]]:
    views = (("board", _("By days left"), "assets:certificates"), ("calendar", _("Calendar"), "assets:statutory-calendar"))
    return [{"label": label, "url": reverse(name), "current": code == current} for code, label, name in views]


@login_required
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """The statutory calendar: what is due on each day of a month, certificates and own checks."""
    rows, only = seen(request), request.GET.get("show", "")
    rows = rows.certificates() if only == "certificates" else rows.filter(action="check") if only == "checks" else rows
    first, last_exclusive = span_of(asked_month(request))
    root = Place.objects.filter(parent__isnull=True).first()
    shown = month_of(request, due_entries(rows, first, last_exclusive), looks_between(root, first, last_exclusive) if root else {})
    month = f"?month={asked_month(request):%Y-%m}"
    page = {
        "title": _("Statutory calendar"),
        "sentence": _("Each duty stands on the last day on which it is still in time."),
        "segments": segments("calendar"),
        "chips": [
            {"label": label, "url": month + (f"&show={code}" if code else ""), "on": code == only}
            for code, label in (("", _("All")), ("certificates", _("Certificates")), ("checks", _("Own checks")))
        ],
    }
    return render(request, "assets/certificates/calendar.html", {"page": page, "month": shown})


def due_entries(rows: Any, first: date, last_exclusive: date) -> Iterable[Entry]:
    """One line for each day, scheme and action, in one statement; a single thing by its own name."""
    found = (
        rows.filter(next_due_on__gte=first, next_due_on__lt=last_exclusive)
        .values("next_due_on", "scheme", "action")
        .annotate(
            n=Count("pk"),
            one=Min("pk"),
            failed=Count("pk", filter=Q(result="fail")),
            zh=F("scheme__name_zh"),
            en=F("scheme__name_en"),
            body=F("scheme__body_required"),
        )
        .order_by("next_due_on", "-scheme__body_required", "scheme__code")[:1500]
    )
    found = list(found)
    single = Requirement.objects.select_related("equipment", "place", "stands_at").in_bulk([row["one"] for row in found if row["n"] == 1])
    today, actions = clock.today(), dict(ACTIONS)
    for row in found:
        name, day = pick(row["zh"], row["en"]), row["next_due_on"]
        one = single.get(row["one"]) if row["n"] == 1 else None
        url = (
            one.get_absolute_url()
            if one
            else (f"{reverse('assets:requirement-list')}?scheme={row['scheme']}&action={row['action']}&due_before={day.isoformat()}")
        )
        over = day < today
        word = _("over") if over else _("due")
        meta = f"{actions[row['action']]} · {one.stands_at.place_label}" if one else ngettext("%(n)s thing", "%(n)s things", row["n"]) % row
        yield Entry(
            day,
            f"{name}{_(': ')}{one.target}" if one else name,
            url,
            "danger" if over else "late" if row["body"] else "wait",
            word,
            "alert-octagon" if over else "certificate" if row["body"] else "",
            meta=str(meta),
            n=row["n"],
        )


# the law -----------------------------------------------------------------------------------------------------------------
def lawgiver(request: HttpRequest) -> None:
    if not access_of(request.user).has("assets.schemeversion:change"):
        raise NotAllowed(_("Only the facilities manager and the safety director change what the school takes as the law."))


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The school confirms a clause, saying what it was checked against."""
    lawgiver(request)
    version = get_object_or_404(SchemeVersion.objects.visible_to(request.user).select_related("scheme"), pk=pk)
    form = ConfirmForm(request.POST or None, person=request.user, record=version)
    if request.method == "POST" and form.is_valid():
        once(
            client_uid(request),
            request.user,
            ["confirm", pk, form.cleaned_data],
            lambda: services.confirm(version=version, by=request.user, **form.cleaned_data),
        )
        return redirect(version.scheme)
    page = {
        "title": _("Confirm: %(clause)s") % {"clause": version.clause},
        "record": version.scheme,
        "form": form,
        "submit_label": _("Confirm"),
        "danger": False,
        "action": request.path,
        "cancel_url": version.scheme.get_absolute_url(),
        "client_uid": client_uid(request) or str(uuid.uuid4()),
        "next": "",
        "enctype": "",
        "why": "",
    }
    return render(
        request, "core/move.html", {"page": page, "record": version.scheme}, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """From a day on a scheme asks something else; every line of today is there to be changed."""
    lawgiver(request)
    scheme = get_object_or_404(Scheme.objects.visible_to(request.user, "change"), pk=pk)
    now = SchemeVersion.objects.live().filter(scheme=scheme).prefetch_related("intervals", "figures").first()
    first = (
        {name: getattr(now, name) for name in ("clause", "status", "source", "apply_before", "apply_unit", "keep_years", "note")}
        if now
        else {"keep_years": 3}
    )
    form = AmendForm(request.POST or None, person=request.user, record=now, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            once(
                client_uid(request),
                request.user,
                ["amend", pk, form.cleaned_data],
                lambda: services.amend(scheme=scheme, by=request.user, **form.terms),
            )
            return redirect(scheme)
        except ValidationError as error:
            add_errors(form, error)
    page = {
        "title": _("Change %(what)s from a day on") % {"what": scheme},
        "form": form,
        "groups": form_groups(form),
        "submit_label": _("Change"),
        "another": False,
        "version": "",
        "differing": None,
        "draft_key": f"scheme:{pk}",
        "crumbs": [{"label": scheme.name, "url": scheme.get_absolute_url()}],
        "client_uid": client_uid(request) or str(uuid.uuid4()),
        "intro": _("What was asked before that day stays as it was. Requirements are worked out anew at once."),
        "cancel_url": scheme.get_absolute_url(),
        "enctype": "",
    }
    return render(request, "core/form.html", {"page": page}, status=422 if form.is_bound else 200)


# paper -------------------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def special_ledger(request: HttpRequest) -> HttpResponse:
    """The ledger of special equipment as PDF: one line a thing, with its certificate of the latest inspection."""
    from logistics.core.pdf.report import Facts, Report, Table, heading

    rows = seen(request).filter(equipment__category__kind="special", scheme__body_required=True).exclude(action="check")
    newest = Window(RowNumber(), partition_by="equipment_id", order_by=[F("next_due_on").asc(nulls_last=True), F("pk").asc()])
    nearest = {row.equipment_id: row for row in rows.annotate(nth=newest).filter(nth=1).select_related("scheme", "basis__body")}
    things = list(
        Equipment.objects.visible_to(request.user)
        .filter(category__kind="special")
        .exclude(status="disposed")
        .filter(pk__in=seen(request).filter(equipment__isnull=False).values("equipment"))
        .select_related("category", "place", "keeper")
        .order_by("category__code", "number")[:1000]
    )
    lines = []
    for n, thing in enumerate(things, 1):
        row = nearest.get(thing.pk)
        basis = row.basis if row else None
        lines.append(
            [
                n,
                thing.number,
                f"{thing}\n{thing.category}",
                f"{thing.registration_no}\n{thing.serial_no}".strip(),
                thing.maker,
                ui.paper_day(thing.commissioned_on) if thing.commissioned_on else "",
                thing.place.place_label if thing.place else "",
                str(thing.keeper or ""),
                f"{basis.certificate_no}\n{basis.body or ''}".strip() if basis else "",
                ui.paper_day(row.next_due_on) if row and row.next_due_on else "",
                str(thing.get_use_state_display()),
            ]
        )
    heads = [
        "",
        _("Number"),
        _("Name and category"),
        _("Registration and serial number"),
        _("Maker"),
        _("In use since"),
        _("Place"),
        _("Keeper"),
        _("Certificate and body"),
        _("Next due"),
        _("May be used"),
    ]
    report = Report(
        _("Ledger of special equipment"),
        [
            Facts([(_("Things"), len(lines)), (_("As of"), ui.paper_day(clock.today()))]),
            Table(heads, lines, numbers=[0], name=2, roomy=[3, 6, 8], dense=True),
        ],
        wide=True,
        signatures=[_("Safety officer"), _("Safety director")],
        **heading(request),
    )
    response = HttpResponse(report.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="special-equipment.pdf"'
    return response
