"""How long a sign-in lasts: thirty days, or half an hour without a touch on a shared computer."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from logistics.core import clock

SHARED_IDLE = timedelta(minutes=30)
TOUCH = timedelta(minutes=1)  # how exactly the last touch is kept; every request would be a write
OPENED, TOUCHED = "opened_at", "touched_at"


def open_session(request: HttpRequest, *, shared: bool) -> None:
    """Stamp the session of a fresh sign-in; on a shared computer it also ends with the browser."""
    now = clock.now().timestamp()
    request.session[OPENED] = now
    if shared:
        request.session[TOUCHED] = now
        request.session.set_expiry(0)


class SessionMiddleware:
    """Ends sessions whose time is over, before anybody reads who is signed in."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]):
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session, now = request.session, clock.now().timestamp()
        opened, touched = session.get(OPENED), session.get(TOUCHED)
        too_old = opened is not None and now - opened > settings.SESSION_COOKIE_AGE
        idle = touched is not None and now - touched > SHARED_IDLE.total_seconds()
        if too_old or idle:
            session.flush()
        elif touched is not None and now - touched > TOUCH.total_seconds():
            session[TOUCHED] = now
        return self.handler(request)
