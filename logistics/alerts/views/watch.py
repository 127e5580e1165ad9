"""Pages of whoever watches: the inbox, the wall, the kinds and their rules, who would be called; and taking a step out of a chain."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from logistics.alerts.kinds import KINDS, words_of
from logistics.alerts.life_forms import INSTANT
from logistics.alerts.models import Alert, AlertPolicy, Chain, ChainStep, Notification, Silence
from logistics.alerts.models.alert import SEVERITIES
from logistics.alerts.services.previews import dry_run, gaps
from logistics.alerts.services.rules import remove_step
from logistics.alerts.silencing import quiet_until
from logistics.alerts.views.system import require
from logistics.alerts.ways import ways_of
from logistics.alerts.workflow import FLOW
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.forms import ActingForm, RecordChoice
from logistics.core.templatetags import ui

SHOWN = 40
LOOKS = {1: "off", 2: "info", 3: "late", 4: "danger", 5: "danger"}
ICONS = {1: "info-circle", 2: "info-circle", 3: "alert-triangle", 4: "alert-octagon", 5: "alert-octagon"}
TABS = (("mine", gettext_lazy("Called me")), ("open", gettext_lazy("Not ended")), ("places", gettext_lazy("My places")),
        ("silenced", gettext_lazy("Kept quiet")), ("cleared", gettext_lazy("Gone, not ended")),
        ("flapping", gettext_lazy("Comes and goes")), ("ended", gettext_lazy("Ended")))


@dataclass
class Card:
    """An alert of the inbox, with what this person may do about it."""

    alert: Alert
    look: str
    icon: str
    quiet: datetime | None
    may_ack: bool
    may_silence: bool
    hint: str = ""  # on the first of its kind

    @property
    def badge(self) -> Any:
        usual = self.icon == ui.KIND_ICONS[self.look]  # app.css draws those
        return ui.state(self.look, self.alert.get_severity_display(), self.icon, sprite=usual)


def quiet_ids(rows: QuerySet[Alert], now: datetime) -> dict[int, datetime]:
    """Which of the unresolved ones are kept quiet now; two statements."""
    if not Silence.objects.in_force(now).exists():
        return {}
    return quiet_until(rows.unresolved().values_list("pk", flat=True)[:5000], now)  # type: ignore[attr-defined]


def in_tab(rows: Any, tab: str, person: Any, quiet: dict[int, datetime]) -> Any:
    alive = rows.unresolved()
    return {
        "mine": lambda: alive.mine(person), "open": lambda: alive, "places": lambda: alive.in_my_places(person),
        "silenced": lambda: alive.filter(pk__in=list(quiet)), "cleared": lambda: alive.filter(cleared_at__isnull=False),
        "flapping": lambda: alive.filter(flapping=True), "ended": lambda: rows.filter(resolved_at__isnull=False),
    }[tab]()


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Every alert that this person may see, what nobody has taken on first; acknowledged by one tap."""
    person, now = request.user, clock.now()
    rows = Alert.objects.visible_to(person)
    quiet = quiet_ids(rows, now)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in dict(TABS) else "open"
    alive = rows.unresolved()
    n = alive.aggregate(
        open=Count("pk"), waiting=Count("pk", filter=Q(state="open", acked_at__isnull=True)), severe=Count("pk", filter=Q(
            severity__gte=4, state="open", acked_at__isnull=True)),
        cleared=Count("pk", filter=Q(cleared_at__isnull=False)), flapping=Count("pk", filter=Q(flapping=True)))
    counts = {**n, "silenced": len(quiet), "mine": alive.mine(person).count(), "places": alive.in_my_places(person).count()}
    found = in_tab(rows, tab, person, quiet).select_related("place", "acked_by")
    order = ("-resolved_at", "-pk") if tab == "ended" else ("-severity", "-last_at", "-pk")
    listed = list(found.order_by(*order)[: SHOWN + 1])
    more, listed = len(listed) > SHOWN, listed[:SHOWN]
    if tab != "ended":
        listed.sort(key=lambda row: (row.acked_at is not None or row.state != "open", -row.severity))
    page = {
        "title": _("Alerts"), "tabs": [(code, label, counts.get(code), code == tab) for code, label in TABS], "tab": tab,
        "cards": cards(listed, person, quiet), "more": more, "waiting": n["waiting"], "severe": n["severe"], "now": now,
        "may_wall": access_of(person).has("alerts.alert:view"), "may_silence": access_of(person).has("alerts.silence:add"),
        "sees_silences": access_of(person).has("alerts.silence:view"),
    }
    return render(request, "alerts/inbox.html", {"page": page})


def cards(rows: list[Alert], person: Any, quiet: dict[int, datetime]) -> list[Card]:
    """Whom a notice called may acknowledge, like those who watch the place; one statement for all."""
    access = access_of(person)
    told = set(Notification.objects.filter(person=person, source_kind="alerts.alert", source_id__in=[row.pk for row in rows]).values_list(
        "source_id", flat=True))
    watch = [who for who in FLOW.moves["ack"].who if isinstance(who, str)]
    first = {row.kind: row.pk for row in reversed(rows)}
    return [Card(
        row, LOOKS[row.severity], ICONS[row.severity], quiet.get(row.pk),
        not row.resolved_at and not row.acked_at and (row.pk in told or access.grant_over(watch, row) is not None),
        not row.resolved_at and row.pk not in quiet and access.may("alerts.silence:add", row),
        str(row.hint or "") if first[row.kind] == row.pk else "",
    ) for row in rows]


@login_required
@require_GET
def wallboard(request: HttpRequest) -> HttpResponse:
    """Read at five metres: what is serious and still there, the gravest and newest first; renews itself."""
    require(request, "alerts.alert:view", _("The wallboard is for those who watch the alerts."))
    now = clock.now()
    visible = Alert.objects.visible_to(request.user)
    quiet = quiet_ids(visible, now)
    alive = visible.unresolved()
    n = alive.aggregate(
        life=Count("pk", filter=Q(life_safety=True)), severe=Count("pk", filter=Q(severity__gte=4, life_safety=False)),
        waiting=Count("pk", filter=Q(state="open", acked_at__isnull=True, severity__gte=3)), all=Count("pk"))
    day = visible.filter(first_at__gte=now - timedelta(hours=24)).count()
    rows = alive.filter(severity__gte=3).select_related("place", "acked_by").order_by("-severity", "-last_at")[:30]
    listed = sorted(rows, key=lambda row: (row.acked_at is not None or row.state != "open", -row.severity))[:7]
    figures = [
        (_("Danger to life"), n["life"], n["life"] > 0), (_("Severe"), n["severe"], n["severe"] > 0),
        (_("Not acknowledged"), n["waiting"], n["waiting"] > 0), (_("Not ended"), n["all"], False), (_("New in 24 hours"), day, False),
    ]
    return render(request, "alerts/wallboard.html", {
        "now": now, "school": Place.objects.filter(parent__isnull=True).first(), "cards": cards(listed, request.user, quiet),
        "kpis": [{"name": name, "value": value, "unit": "", "foot": "", "bad": bad} for name, value, bad in figures],
        "silences": list(Silence.objects.visible_to(request.user).in_force(now).select_related("place").order_by("during")[:4]),
    })


@login_required
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of alert with what holds for it in the whole school today."""
    require(request, "alerts.alertpolicy:view", _("The kinds of alert are for those who watch the alerts."))
    chains = {chain.code: chain for chain in Chain.objects.all()}
    rules: dict[str, list[AlertPolicy]] = {}
    for rule in AlertPolicy.objects.live().select_related("place", "chain"):
        rules.setdefault(rule.kind, []).append(rule)
    words = dict(SEVERITIES)
    listed = []
    for kind in KINDS:
        own = rules.get(kind.code, [])
        school = next((rule for rule in own if rule.place_id is None), None)
        severity = (school.severity if school else None) or kind.severity
        settle = school.settle_s if school and school.settle_s is not None else kind.settle_s
        listed.append({
            "kind": kind, "title": words_of(kind), "severity": words[severity], "look": LOOKS[severity], "icon": ICONS[severity],
            "chain": school.chain if school and school.chain_id else chains.get(kind.chain),
            "latched": kind.latched, "settle": settle, "own": own, "rank": severity,
        })
    listed.sort(key=lambda one: (-one["rank"], str(one["title"])))
    return render(request, "alerts/kinds.html", {"kinds": listed, "may_add": access_of(request.user).has("alerts.alertpolicy:add")})


class PreviewForm(ActingForm):
    """When, and where."""

    at = forms.DateTimeField(label=gettext_lazy("At"), required=False, widget=forms.DateTimeInput(INSTANT, format="%Y-%m-%dT%H:%M"))
    place = RecordChoice(Place, resource="campus.place", required=False, label=gettext_lazy("Where the alert is"))


@login_required
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would be called, at an hour of one's choice: one round of the chain as if nobody acknowledged, and the gaps of two days."""
    chain = get_object_or_404(Chain.objects.visible_to(request.user), pk=pk)
    now = clock.now()
    form = PreviewForm(request.GET or None, person=request.user, initial={"at": timezone.localtime(now)})
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    at, place = chosen.get("at") or now, chosen.get("place")
    steps = dry_run(chain, at, place=place)
    ways = ways_of({person.pk: person for step in steps for person in step.people}.values())
    lines = [{"step": step, "people": [(person, list(ways.of(person.pk))) for person in step.people]} for step in steps]
    return render(request, "alerts/preview.html", {
        "chain": chain, "form": form, "lines": lines, "at": at, "place": place, "total": sum(len(step.people) for step in steps),
        "gaps": [gap for gap in gaps(now) if gap.step.chain_id == chain.pk], "status": 422 if form.errors else 200,
        "hours": [(label, f"?at={when:%Y-%m-%dT%H:%M}" + (f"&place={place.pk}" if place else "")) for label, when in suggested(now)],
    }, status=422 if form.errors else 200)


def suggested(now: datetime) -> list[tuple[str, datetime]]:
    """Hours worth asking for: tonight, and the coming Sunday at three."""
    local = timezone.localtime(now)
    tonight = (local + timedelta(days=1)).replace(hour=3, minute=0)
    sunday = (local + timedelta(days=(6 - local.weekday()) or 7)).replace(hour=3, minute=0)
    return [(_("tonight at 3"), tonight), (_("on Sunday at 3"), sunday)]


@login_required
@require_http_methods(["GET", "POST"])
def step_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step out of its chain, after asking."""
    step = get_object_or_404(ChainStep.objects.visible_to(request.user).select_related("chain", "person", "team"), pk=pk)
    if not access_of(request.user).may("alerts.chainstep:change", step):
        raise NotAllowed(_("You may not change this: %(what)s.") % {"what": step.chain})
    if request.method == "POST":
        remove_step(step)
        messages.success(request, _("Taken out: %(what)s") % {"what": step})
        return redirect(step.chain.get_absolute_url())
    return render(request, "alerts/step_remove.html", {"step": step, "back": reverse("alerts:chain-detail", args=[step.chain_id])})
