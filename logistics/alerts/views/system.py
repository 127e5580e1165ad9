"""What the system manager watches: the outbox, who cannot be reached, trying a channel, sending an event again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from logistics.accounts.models import Person
from logistics.alerts.figures import channel_lines
from logistics.alerts.forms import StandardForm
from logistics.alerts.models import Channel, Heartbeat, Notification, WebhookDelivery, WebhookSubscription
from logistics.alerts.services import channels as services
from logistics.alerts.services import notify
from logistics.alerts.services import webhooks as hooks
from logistics.alerts.views.contacts import usable_channels
from logistics.alerts.ways import ways_of
from logistics.core import clock
from logistics.core.access import ROLES, access_of, live_grants, roles_with
from logistics.core.errors import NotAllowed

ALIVE = timedelta(seconds=30)
URGENT_ROLES = (
    "duty_officer",
    "duty_leader",
    "safety_officer",
    "facilities_manager",
    "dispatcher",
    "system_manager",
    "team_leader",
    "technician",
)


def require(request: HttpRequest, permission: str, words: str) -> None:
    if not access_of(request.user).has(permission):
        raise NotAllowed(words, [str(ROLES[code].label) for code in sorted(roles_with(permission)) if code in ROLES])


@login_required
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """States and counts of everything on its way; never what a notice says."""
    require(request, "alerts.notification:watch", _("You may not watch the outbox."))
    now = clock.now()
    day = Notification.objects.filter(created_at__gt=now - timedelta(hours=24))
    waiting = Notification.objects.waiting().aggregate(n=Count("id"), oldest=Min("next_at", filter=Q(next_at__lt=now)))
    states = dict(day.values_list("state").annotate(n=Count("id")))
    unreached = Notification.objects.filter(state="failed", weight__gte=2, created_at__gt=now - timedelta(days=7)).select_related("person")
    heart = {row.name: row for row in Heartbeat.objects.filter(name__in=["dispatcher", "deadlines", "watchdog"])}
    processes = [
        {
            "label": label,
            "at": heart[name].at if name in heart else None,
            "trouble": heart[name].trouble if name in heart else "",
            "alive": name in heart and now - heart[name].at <= limit,
        }
        for name, label, limit in (
            ("dispatcher", _("Sending"), ALIVE),
            ("deadlines", _("Deadlines"), timedelta(seconds=60)),
            ("watchdog", _("Watchdog"), ALIVE),
        )
    ]
    events = dict(WebhookDelivery.objects.filter(created_at__gt=now - timedelta(hours=24)).values_list("state").annotate(n=Count("id")))
    page = {
        "title": _("Outbox"),
        "waiting": waiting["n"],
        "oldest": waiting["oldest"],
        "processes": processes,
        "states": [{"word": label, "n": states.get(code, 0)} for code, label in Notification.State.choices],
        "events": [{"word": label, "n": events.get(code, 0)} for code, label in WebhookDelivery.State.choices],
        "channels": channel_lines(now),
        "unreached": list(unreached.order_by("-id")[:20]),
        "may_change": access_of(request.user).has("alerts.channel:change"),
    }
    return render(request, "alerts/outbox.html", {"page": page})


@login_required
@require_GET
def reachability(request: HttpRequest) -> HttpResponse:
    """People with a duty who have no working way, and those with one only."""
    require(request, "alerts.notification:watch", _("You may not see who can be reached."))
    duties: dict[int, set[str]] = {}
    for person_id, grant in live_grants(clock.now()):
        if grant.role in URGENT_ROLES:
            duties.setdefault(person_id, set()).add(grant.role)
    people = list(Person.objects.filter(pk__in=duties, status__in=["active", "invited"]).select_related("department").order_by("number"))
    ways = ways_of(people)
    lines = []
    for person in people:
        found = ways.of(person.pk)
        if len(found) < 2:
            roles = sorted(str(ROLES[code].label) for code in duties[person.pk] if code in ROLES)
            lines.append({"person": person, "roles": roles, "ways": [ways.channels[code].name for code in found]})
    lines.sort(key=lambda line: len(line["ways"]))
    page = {
        "title": _("Who can be reached"),
        "lines": lines[:300],
        "all": len(people),
        "none": sum(not line["ways"] for line in lines),
        "one": sum(len(line["ways"]) == 1 for line in lines),
    }
    return render(request, "alerts/reachability.html", {"page": page})


@login_required
@require_POST
def channel_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test to oneself, now, by this channel alone, and say how it ended."""
    channel = get_object_or_404(Channel.objects.visible_to(request.user), pk=pk)
    require(request, "alerts.channel:change", _("You may not try channels."))
    person: Any = request.user
    if channel.driver == Channel.Driver.APP:
        notify(
            people=[person.pk],
            code="alerts.test",
            params={"name": channel.name},
            importance="info",
            dedupe_key=f"test:{person.pk}:{clock.now().isoformat()}",
            link=channel.get_absolute_url(),
        )
        messages.success(request, _("It stands among your notices."))
        return redirect(channel.get_absolute_url())
    way = ways_of([person]).of(person.pk).get(channel.code)
    if way is None:
        messages.error(request, _("You have no address of your own on this channel. Add one under “How I am told”."))
        return redirect(channel.get_absolute_url())
    outcome = services.driver_send(
        channel,
        way.address,
        _("Test of the channel %(name)s") % {"name": channel.name},
        _("Nothing is wrong; somebody wanted to see whether this arrives."),
        key=f"test-{clock.now().timestamp():.0f}",
    )
    if outcome.result == "accepted":
        messages.success(request, _("The gateway took it after %(ms)s ms.") % {"ms": outcome.latency_ms})
    else:
        messages.error(request, _("The gateway did not take it: %(why)s") % {"why": outcome.words})
    return redirect(channel.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def standard(request: HttpRequest) -> HttpResponse:
    """The ways and waits of everybody who chose nothing."""
    require(request, "alerts.channel:change", _("You may not change how people are told."))
    named = [(channel.code, channel.name) for channel in usable_channels()]
    form = StandardForm(request.POST or None, person=request.user, channels=named)
    if request.method == "POST" and form.is_valid():
        services.set_standard(rows=form.rows())
        messages.success(request, _("Kept. It holds for every notice from now on."))
        return redirect("alerts:channel-list")
    page = {
        "title": _("How people are told"),
        "intro": _("For everybody who has not chosen otherwise."),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": reverse("alerts:channel-list"),
    }
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)


@login_required
@require_POST
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a test event on its way."""
    row = get_object_or_404(WebhookSubscription.objects.visible_to(request.user), pk=pk)
    require(request, "alerts.webhooksubscription:change", _("You may not send test events."))
    hooks.test(subscription=row)
    messages.success(request, _("A test event is on its way; its end stands in the log."))
    return redirect(row.get_absolute_url())


@login_required
@require_POST
def webhook_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one event again."""
    rows = WebhookDelivery.objects.filter(subscription__in=WebhookSubscription.objects.visible_to(request.user)).select_related(
        "subscription"
    )
    row = get_object_or_404(rows, pk=pk)
    require(request, "alerts.webhooksubscription:change", _("You may not send events again."))
    hooks.resend(delivery=row)
    messages.success(request, _("It is sent again, with the same id."))
    return redirect(row.subscription.get_absolute_url())


@login_required
@require_POST
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new signing secret and show it once."""
    row = get_object_or_404(WebhookSubscription.objects.visible_to(request.user), pk=pk)
    require(request, "alerts.webhooksubscription:change", _("You may not change the secret."))
    page = {"title": _("New signing secret"), "secret": hooks.renew_secret(subscription=row), "row": row}
    response = render(request, "alerts/secret.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def channel_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new token for delivery receipts and show it once."""
    row = get_object_or_404(Channel.objects.visible_to(request.user), pk=pk)
    require(request, "alerts.channel:change", _("You may not change the token."))
    page = {
        "title": _("New token for receipts"),
        "secret": services.renew_token(channel=row),
        "row": row,
        "url": request.build_absolute_uri(reverse("channel-receipts", args=[row.code])),
    }
    response = render(request, "alerts/secret.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response
