"""What I was told: the page behind the bell."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from logistics.alerts import services
from logistics.alerts.models import Notification

LOOKS = {"info": "off", "normal": "info", "urgent": "late", "life": "danger"}
PAGE = 30
MOST_PAGES = 50


@login_required
@require_GET
def notification_list(request: HttpRequest) -> HttpResponse:
    """One's notices, newest first, by day; the unread ones stand out."""
    mine = Notification.objects.visible_to(request.user).shown()
    unread = mine.unread()[: PAGE + 1].count()
    shown = mine.unread() if "unread" in request.GET else mine
    number = _number(request.GET.get("page", "1"))
    rows = list(shown.order_by("-id").prefetch_related("deliveries__channel")[(number - 1) * PAGE : number * PAGE + 1])
    lines = [line(row) for row in rows[:PAGE]]
    page = {
        "title": gettext("Notices"),
        "unread": unread,
        "unread_more": unread > PAGE,
        "only_unread": "unread" in request.GET,
        "lines": lines,
        "number": number,
        "newer": number - 1 if number > 1 else None,
        "older": number + 1 if len(rows) > PAGE and number < MOST_PAGES else None,
    }
    return render(request, "alerts/notifications.html", {"page": page})


def _number(text: str) -> int:
    return min(max(int(text), 1), MOST_PAGES) if text.isdigit() and len(text) < 5 else 1


def line(row: Notification) -> dict[str, Any]:
    words = row.words
    return {
        "row": row,
        "title": words.title,
        "body": words.body,
        "icon": words.icon,
        "look": LOOKS[row.importance],
        "day": timezone.localdate(row.created_at),
        "url": row.get_absolute_url(),
        "marks": marks(row),
        "ack": row.ack_by if row.ack_by and not row.acked_at else None,
    }


LATEST = {"": "run", "accepted": "info", "delivered": "done", "rejected": "late", "deferred": "wait", "failed": "late", "timeout": "late",
          "unknown": "late"}


def marks(row: Notification) -> list[dict[str, Any]]:
    """One mark per way by which it was sent: how the last try there ended, and when. Uses the fetched deliveries."""
    last: dict[str, Any] = {}
    for one in sorted(row.deliveries.all(), key=lambda one: one.no):
        if one.result != "released":
            last[one.channel_id] = one
    found = [
        {"channel": one.channel.name, "look": LATEST[one.result], "word": one.get_result_display(), "at": one.delivered_at or one.ended_at}
        for one in last.values()
    ]
    if row.state in ("failed", "expired"):
        found.append({"channel": "", "look": "late", "word": row.get_state_display(), "at": None})
    return found


@login_required
@require_GET
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a notice to what it is about; it counts as read."""
    row = get_object_or_404(Notification.objects.visible_to(request.user).shown(), pk=pk)
    services.mark_read(notification=row)
    inside = row.link and url_has_allowed_host_and_scheme(row.link, allowed_hosts=None)
    return redirect(row.link if inside else reverse("notifications"))


@login_required
@require_POST
def notification_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and stay."""
    services.mark_read(notification=get_object_or_404(Notification.objects.visible_to(request.user), pk=pk))
    return redirect("notifications")


@login_required
@require_POST
def notification_ack(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it on: it is sent no further, and what it is about learns of it."""
    services.acknowledge(notification=get_object_or_404(Notification.objects.visible_to(request.user), pk=pk), by=request.user)
    return redirect("notifications")


@login_required
@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    services.mark_all_read(person=request.user)
    return redirect("notifications")
