"""Today's duties, the month, the ledger on paper, and the form with which a look is recorded."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from logistics.alerts import services
from logistics.alerts.duties import CADENCES
from logistics.alerts.models import Obligation
from logistics.alerts.obligation_flow import OBLIGATIONS
from logistics.alerts.obligation_forms import LookForm
from logistics.alerts.obligation_resources import Obligations, act_of, where, who
from logistics.alerts.services.obligations import Calendars
from logistics.campus.models import Place
from logistics.campus.services.year import look_of, looks
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.bilingual import pick
from logistics.core.errors import NotAllowed
from logistics.core.month import Entry, asked_day, asked_month, month_of, span_of
from logistics.core.pages import add_errors, client_uid, filtered_rows, ordered
from logistics.core.resources import once
from logistics.core.sheets import SheetColumn, workbook
from logistics.core.templatetags import ui
from logistics.core.workflow import may_move

DAY = timedelta(days=1)
SOON = timedelta(hours=4)
MOST = 200
MOST_COLUMNS = 10
DONE = ("done_on_time", "done_late")
FAILED = ("missed", "explained")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORST = ("missed", "overdue", "explained", "done_late", "open", "scheduled", "done_on_time", "waived", "void")


def _check(request: HttpRequest) -> bool:
    """May the person read duties of others? Whoever has no duty at all is refused."""
    access = access_of(request.user)
    if access.has("alerts.obligation:view"):
        return True
    if all(grant.source == "kind" for grant in access.grants):
        raise NotAllowed(_("This page is for those who have duties at the school."))
    return False


# one line of the list ------------------------------------------------------------------------------------------------
@dataclass
class Line:
    """One obligation as the list shows it."""

    row: Obligation
    where: str
    who: str
    state: tuple[str, str, str]  # look, words, icon
    when: str
    day: str
    act: dict[str, Any] | None = None
    explain: str = ""
    reason: str = ""


def line(row: Obligation, now: datetime, *, act: bool, person: Any = None) -> Line:
    moved = OBLIGATIONS.moves["explain"]
    may = row.state == "missed" and person is not None and may_move(moved, row, person)[0] and not moved.guard(row, person)  # type: ignore[misc]
    return Line(
        row,
        where(row),
        who(row),
        state_words(row, now),
        ui.when_words(row.due_at),
        ui.day_words(timezone.localdate(row.due_at)),
        act_of(row) if act and row.state != "missed" else None,
        reverse("alerts:obligation-move", args=[row.pk, "explain"]) if may else "",
        row.reason,
    )


def state_words(row: Obligation, now: datetime) -> tuple[str, str, str]:
    """The badge: how much time is left, or how late it is; else the state's own word."""
    state = OBLIGATIONS.state(row)
    if row.state == "open" and row.due_at > now:
        left = row.due_at - now
        words = _("%(time)s left") % {"time": ui.duration(left)} if left < DAY else str(state.label)
        return state.kind, words, state.icon
    if row.state in ("open", "overdue"):
        return "late", _("Overdue %(time)s") % {"time": ui.duration(now - row.due_at)}, "clock-exclamation"
    if row.state == "done_late":
        return state.kind, _("%(time)s late") % {"time": ui.duration(row.late_by_s)}, state.icon
    if row.state == "scheduled" and row.opens_at > now:
        return state.kind, _("from %(when)s") % {"when": ui.when_words(row.opens_at)}, state.icon
    return state.kind, str(state.label), state.icon


# the matrix ----------------------------------------------------------------------------------------------------------
@dataclass
class Cell:
    """All obligations of one duty at one place on a day: the worst of them in look and words."""

    kind: str = ""
    icon: str = ""
    words: str = ""
    url: str = ""


@dataclass
class Matrix:
    """Duties by places."""

    places: list[str] = field(default_factory=list)
    rows: list[tuple[str, str, list[Cell]]] = field(default_factory=list)  # duty, how often, cells
    counts: Counter[str] = field(default_factory=Counter)  # all of them by state


def matrix_of(rows: QuerySet, day: date) -> Matrix:
    """Two statements, however many obligations there are. Where they lie at more than 10 places, each campus is one column."""
    found = list(
        rows.order_by()
        .values(
            "code",
            "state",
            "place_id",
            "place__ancestors",
            "department_id",
            "department__name_zh",
            "department__name_en",
            "rule__title_zh",
            "rule__title_en",
            "rule__cadence",
        )
        .annotate(n=Count("pk"), last=Max("late_by_s"))
    )
    many = len({one["place_id"] for one in found if one["place_id"]}) > MOST_COLUMNS
    at = {one["place_id"]: one["place__ancestors"][:2][-1] if many else one["place_id"] for one in found if one["place_id"]}
    places = Place.objects.in_bulk(set(at.values()))
    matrix, columns, lines = Matrix(), {}, {}
    cells: dict[tuple[str, tuple[str, int]], Counter[str]] = {}
    lateness: Counter[tuple[str, tuple[str, int]]] = Counter()
    for one in found:
        column = ("p", at[one["place_id"]]) if one["place_id"] else ("d", one["department_id"] or 0)
        columns[column] = (
            places[column[1]].name
            if one["place_id"]
            else pick(one["department__name_zh"], one["department__name_en"] or "")
            if one["department_id"]
            else _("School")
        )
        lines[one["code"]] = (pick(one["rule__title_zh"], one["rule__title_en"]), str(dict(CADENCES)[one["rule__cadence"]]))
        key = (one["code"], column)
        cells.setdefault(key, Counter())[one["state"]] += one["n"]
        matrix.counts[one["state"]] += one["n"]
        lateness[key] = max(lateness[key], one["last"] or 0)
    order = sorted(columns, key=lambda key: (key[0] != "p", columns[key]))
    matrix.places = [columns[key] for key in order]
    matrix.rows = [
        (title, cadence, [_cell(code, key, cells.get((code, key)), lateness[code, key], day) for key in order])
        for code, (title, cadence) in sorted(lines.items(), key=lambda item: item[1])
    ]
    return matrix


def _cell(code: str, column: tuple[str, int], counts: Counter[str] | None, late_s: int, day: date) -> Cell:
    if not counts:
        return Cell()
    worst = next(state for state in WORST if counts[state])
    state = next(one for one in OBLIGATIONS.states if one.code == worst)
    total, n = sum(counts.values()), counts[worst]
    words = _("%(time)s late") % {"time": ui.duration(late_s)} if worst == "done_late" and total == 1 else str(state.label)
    if total > 1:
        words = _("%(words)s %(n)s of %(total)s") % {"words": words, "n": n, "total": total} if n < total else f"{words} {n}"
    there = f"&{'place' if column[0] == 'p' else 'department'}={column[1]}" if column[1] else ""
    return Cell(state.kind, state.icon, words, f"{reverse('alerts:obligation-list')}?code={code}&day={day}{there}")


# the page ------------------------------------------------------------------------------------------------------------
JOINS = ("rule", "place", "department", "responsible", "done_by", "decided_by")


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What is to be done, in the order in which it is due; for those who oversee it, duties by places beside it."""
    oversees = _check(request)
    person, now, day = request.user, clock.now(), asked_day(request, clock.today()) or clock.today()
    seen = Obligation.objects.visible_to(person).exclude(state__in=["void"])
    mine = Obligation.objects.mine(person).exclude(state__in=["void", "waived"])
    own = [
        line(row, now, act=True, person=person)
        for row in mine.of_day(day, ahead=True).select_related(*JOINS).order_by("due_at", "pk")[:MOST]
    ]
    matrix = matrix_of(seen.of_day(day), day) if oversees else Matrix()
    share = share_of(seen if oversees else mine, day)
    failed = list(
        (seen if oversees else mine)
        .filter(
            state__in=["missed", "explained", "done_late"], due_at__lt=clock.midnight(day) + DAY, due_at__gte=clock.midnight(day) - 30 * DAY
        )
        .select_related(*JOINS)
        .order_by("-due_at", "-pk")[:6]
    )
    is_today = day == clock.today()
    groups = groups_of(own, is_today)
    page = {
        "title": _("Today's duties") if is_today else _("Duties of %(day)s") % {"day": date_format(day, _("j M"))},
        "sentence": sentence(own, day, now) if own or not matrix.rows else all_of(matrix.counts, day),
        "segments": [
            {"label": _("Day before"), "url": f"?day={day - DAY}", "current": False},
            {"label": _("Today"), "url": "?", "current": is_today},
            {"label": _("Day after"), "url": f"?day={day + DAY}", "current": False},
            {"label": _("This month"), "url": f"{reverse('alerts:duties-calendar')}?month={day:%Y-%m}", "current": False},
        ],
        "day": day,
        "oversees": oversees,
        "export_url": f"{reverse('alerts:duties-export')}?day={day}" if oversees else "",
        "empty": None
        if own
        else {
            "kind": "done",
            "title": _("Nothing is to be done") if is_today else _("Nothing was due"),
            "text": _("What has to be done appears here by itself, and stays until it is done."),
            "actions": [],
        },
    }
    return render(
        request,
        "alerts/duties.html",
        {
            "page": page,
            "groups": groups,
            "matrix": matrix,
            "share": share,
            "failed": [line(row, now, act=False, person=person) for row in failed],
        },
    )


def groups_of(lines: list[Line], is_today: bool) -> list[tuple[str, list[Line]]]:
    """To do now, later today, due on another day, over."""
    if not is_today:
        return [("", lines)] if lines else []
    tomorrow = clock.midnight(clock.today() + DAY)
    parts = (
        (_("To do now"), [one for one in lines if one.row.state in ("open", "overdue") and one.row.due_at < tomorrow]),
        (_("Later today"), [one for one in lines if one.row.state == "scheduled"]),
        (_("Due later"), [one for one in lines if one.row.state == "open" and one.row.due_at >= tomorrow]),
        (_("Over"), [one for one in lines if one.row.state not in ("open", "overdue", "scheduled")]),
    )
    return [(title, rows) for title, rows in parts if rows]


def sentence(lines: list[Line], day: date, now: datetime) -> str:
    """The finding in one line: how far the day has come."""
    lines = [one for one in lines if one.row.due_at < clock.midnight(day + DAY)]
    when = date_format(day, _("D j M"))
    if not lines:
        return when
    done = sum(one.row.state in DONE for one in lines)
    overdue = sum(one.row.state in ("overdue", *FAILED) for one in lines)
    soon = sum(one.row.state in ("open", "scheduled") and now <= one.row.due_at <= now + SOON for one in lines)
    parts = [ngettext("%(done)s of %(n)s duty is done", "%(done)s of %(n)s duties are done", len(lines)) % {"done": done, "n": len(lines)}]
    if overdue:
        parts.append(ngettext("%(n)s is overdue or missed", "%(n)s are overdue or missed", overdue) % {"n": overdue})
    if soon:
        parts.append(ngettext("%(n)s is due within 4 hours", "%(n)s are due within 4 hours", soon) % {"n": soon})
    return _("%(when)s: %(parts)s.") % {"when": when, "parts": _(", ").join(parts)}


def all_of(counts: Counter[str], day: date) -> str:
    """The same over everything that somebody oversees."""
    n, done, overdue = sum(counts.values()), sum(counts[state] for state in DONE), sum(counts[state] for state in ("overdue", *FAILED))
    parts = [ngettext("%(done)s of %(n)s duty is done", "%(done)s of %(n)s duties are done", n) % {"done": done, "n": n}]
    if overdue:
        parts.append(ngettext("%(n)s is overdue or missed", "%(n)s are overdue or missed", overdue) % {"n": overdue})
    return _("%(when)s: %(parts)s.") % {"when": date_format(day, _("D j M")), "parts": _(", ").join(parts)}


def share_of(rows: QuerySet, day: date) -> dict[str, Any] | None:
    """How much of this month's duties was on time, in one statement; None when none has come due."""
    first = clock.midnight(day.replace(day=1))
    end = min(clock.midnight((day.replace(day=1) + 32 * DAY).replace(day=1)), max(clock.now(), first))
    counts = Counter(dict(rows.due_between(first, end).order_by().values_list("state").annotate(n=Count("pk"))))  # type: ignore[attr-defined]
    total = sum(counts[state] for state in (*DONE, "overdue", *FAILED))
    if not total:
        return None
    percent = 100 * counts["done_on_time"] / total
    missed = counts["missed"] + counts["explained"]
    last = (end - timedelta(seconds=1)).astimezone(timezone.get_current_timezone()).date()
    return {
        "percent": f"{percent:.1f}",
        "bar": round(percent),
        "url": f"{reverse('alerts:obligation-list')}?due_after={day.replace(day=1)}&due_before={last}",
        "words": _("%(n)s due: %(on_time)s on time, %(late)s late, %(missed)s missed, %(overdue)s overdue")
        % {"n": total, "on_time": counts["done_on_time"], "late": counts["done_late"], "missed": missed, "overdue": counts["overdue"]},
    }


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The matrix of a day as Excel: the same words as on the page."""
    if not _check(request):
        raise NotAllowed(_("You may not export the duties of others."))
    day = asked_day(request, clock.today()) or clock.today()
    matrix = matrix_of(Obligation.objects.visible_to(request.user).exclude(state="void").of_day(day), day)
    columns = [
        SheetColumn(_("What has to be done"), width=34),
        SheetColumn(_("How often"), width=18),
        *(SheetColumn(name, width=18) for name in matrix.places),
    ]
    rows = ([title, often, *(cell.words or "–" for cell in cells)] for title, often, cells in matrix.rows)
    return _file(workbook(rows, columns, title=_("Duties of %(day)s") % {"day": day.isoformat()}), EXCEL, f"duties-{day}.xlsx")


def _file(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return response


# the month -----------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of duties: each day its duties with their worst state, and the chosen day in full."""
    oversees = _check(request)
    rows = (
        Obligation.objects.visible_to(request.user).exclude(state="void")
        if oversees
        else Obligation.objects.mine(request.user).exclude(state__in=["void", "waived"])
    )
    first = asked_month(request)
    begin, end = span_of(first)
    month = month_of(request, month_entries(rows, begin, end), day_looks(begin, end))
    now = clock.now()
    chosen = [
        line(row, now, act=False, person=request.user)
        for row in (
            rows.due_between(clock.midnight(month.chosen), clock.midnight(month.chosen) + DAY)
            .select_related(*JOINS)
            .order_by("due_at", "pk")[:MOST]
            if month.chosen
            else ()
        )
    ]
    page = {
        "title": _("Calendar of duties"),
        "sentence": month.title,
        "crumbs": [{"label": _("Today's duties"), "url": reverse("alerts:duties")}],
    }
    return render(request, "alerts/duties_calendar.html", {"page": page, "month": month, "lines": chosen})


def month_entries(rows: Any, first: date, last_exclusive: date) -> Iterable[Entry]:
    """A line per day and duty, in one statement however many obligations lie behind it."""
    found = (
        rows.due_between(clock.midnight(first), clock.midnight(last_exclusive))
        .order_by()
        .annotate(day=TruncDate("due_at"))
        .values("day", "code", "state", "rule__title_zh", "rule__title_en")
        .annotate(n=Count("pk"))
    )
    together: dict[tuple[date, str], Counter[str]] = {}
    titles: dict[str, str] = {}
    for one in found:
        together.setdefault((one["day"], one["code"]), Counter())[one["state"]] += one["n"]
        titles[one["code"]] = pick(one["rule__title_zh"], one["rule__title_en"])
    for (day, code), counts in together.items():
        worst = next(state for state in WORST if counts[state])
        state, total = next(one for one in OBLIGATIONS.states if one.code == worst), sum(counts.values())
        word = (
            str(state.label)
            if total == 1
            else _("%(words)s %(n)s of %(total)s") % {"words": state.label, "n": counts[worst], "total": total}
        )
        yield Entry(
            day,
            titles[code],
            f"{reverse('alerts:obligation-list')}?code={code}&due_after={day}&due_before={day}",
            state.kind,
            word,
            state.icon,
            n=total,
        )


def day_looks(first: date, last_exclusive: date) -> dict[date, Any]:
    """What kind of school day each date is, by the calendar of the school."""
    data, known = Calendars().of(None, "duty"), looks()
    if data.always_open:
        return {}
    return {day: look_of(data, day, known) for n in range((last_exclusive - first).days) if (day := first + n * DAY)}


# paper ---------------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """The ledger of exactly what is filtered, as PDF, for the file and the inspector."""
    if not access_of(request.user).has("alerts.obligation:export"):
        raise NotAllowed(_("You may not export the duties of others."))
    from logistics.core.pdf.report import Facts, Report, Table, heading  # the compiler is heavy: loaded when a sheet is asked for

    rows = ordered(Obligations, filtered_rows(Obligations, request).rows, request.GET.get("sort", "")).select_related(*JOINS)[:2000]
    found = list(rows)
    states, flow, days = Counter(row.state for row in found), OBLIGATIONS, sorted(timezone.localdate(row.due_at) for row in found)
    facts = [
        (_("Rows"), len(found)), (_("First due"), ui.paper_day(days[0]) if days else "–"),
        (_("Last due"), ui.paper_day(days[-1]) if days else "–"),
        *[(state.label, states[state.code]) for state in flow.states if states[state.code]],
    ]
    table = Table(
        [_("Due"), _("What has to be done"), _("Where"), _("State"), _("Done"), _("By"), _("Evidence or reason")],
        [
            [
                ui.paper_time(row.due_at), row, where(row),
                str(flow.state(row).label) + (f" · {ui.duration(row.late_by_s)}" if row.late_by_s else ""),
                ui.paper_time(row.done_at) if row.done_at else "–", row.done_by.name if row.done_by_id else who(row),
                row.reason or row.evidence_words or row.late_evidence_words or "–",
            ]
            for row in found
        ],
        name=1, roomy=(2, 6), dense=True,
    )
    report = Report(
        _("Obligation ledger"), [Facts(facts, columns=6), table], wide=True, signatures=[_("Drawn up by"), _("Checked by")],
        footnote=_("Made by the system from the moves themselves. Missed duties stay missed; explained ones carry their reason."),
        **heading(request),
    )
    return _file(report.pdf(), "application/pdf", f"obligations-{clock.today()}.pdf", inline=True)


# a look --------------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is to see now, and the button that keeps it as evidence."""
    row = get_object_or_404(Obligation.objects.visible_to(request.user).select_related(*JOINS), pk=pk)
    duty = row.declared
    if duty is None or duty.evidence.url is not None:
        return redirect(duty.evidence.url(row) if duty and duty.evidence.url else row.get_absolute_url())
    if not Obligation.objects.filter(pk=pk).mine(request.user).exists():
        raise NotAllowed(_("This duty is somebody else's."), [row.role_label])
    form = LookForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        try:
            once(
                client_uid(request),
                request.user,
                ["look", pk, note],
                lambda: services.record_look(obligation=row, by=request.user, note=note),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            row.refresh_from_db()
            messages.success(request, _("%(what)s: %(state)s") % {"what": row.title, "state": OBLIGATIONS.state(row).label})
            return redirect("alerts:duties")
    zh, en = duty.evidence.finding(row, request.user) if duty.evidence.finding else ("", "")
    page = {
        "title": row.title,
        "crumbs": [{"label": _("Today's duties"), "url": reverse("alerts:duties")}],
        "form": form,
        "client_uid": client_uid(request) or str(uuid.uuid4()),
        "cancel_url": reverse("alerts:duties"),
    }
    context = {
        "page": page,
        "line": line(row, clock.now(), act=False),
        "finding": pick(zh, en),
        "see": duty.evidence.see(row) if duty.evidence.see else "",
        "label": duty.evidence.label,
    }
    return render(request, "alerts/duty_record.html", context, status=422 if form.errors else 200)
