"""The lock on the door: after five failures in a row a name is closed for an address, each time longer.

Everything is read from the sign-in events, so that a restarted cache opens nothing and a test may stand at any instant.
A name that nobody has is locked like any other: the answer never tells whether it exists.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.accounts.backends import person_named
from logistics.accounts.models import SignInEvent
from logistics.core import clock
from logistics.core.errors import TooMany, error_page

FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
MEMORY = timedelta(days=2)  # failures further back are forgiven
CROWD_SPAN = timedelta(minutes=10)
CROWD_LIMIT = 100  # failures from one network, whatever the names; a whole school may sit behind one address


def cooloff(locks: int) -> timedelta:
    """How long the n-th lock in a row lasts: 15 min, 30 min, 1 h, ... at most a day."""
    return min(FIRST_LOCK * 2 ** (locks - 1), LONGEST_LOCK)


def door_key(request: HttpRequest, name: str) -> str:
    """What a lock closes: this name at this address; by person, so that e-mail and phone are the same name."""
    person = person_named(name)
    who = f"person {person.pk}" if person else f"name {name.strip().casefold()}"
    return salted_hmac("accounts.lockout", f"{who} {get_client_ip_address(request)}", algorithm="sha256").hexdigest()


def address_prefix(request: HttpRequest) -> str:
    """The network an attempt came from, without the host."""
    try:
        address = ip_address(get_client_ip_address(request) or "")
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def _in_a_row(key: str) -> list[SignInEvent]:
    """Failures of a key since the last success, newest first."""
    found = []
    for event in SignInEvent.objects.filter(key=key, at__gt=clock.now() - MEMORY).order_by("-at", "-id")[:100]:
        if event.result == SignInEvent.Result.OK:
            break
        found.append(event)
    return found


def locked_until(key: str) -> datetime | None:
    """Until when a key is locked, or None."""
    locks = [event.at for event in _in_a_row(key) if event.result == SignInEvent.Result.LOCKED]
    until = locks[0] + cooloff(len(locks)) if locks else None
    return until if until and until > clock.now() else None


def failures(key: str) -> int:
    """Refusals in a row since the last success or lock."""
    count = 0
    for event in _in_a_row(key):
        if event.result == SignInEvent.Result.LOCKED:
            break
        count += 1
    return count


def record(request: HttpRequest, *, person: Any, key: str, result: str, method: str = "password") -> SignInEvent:
    """Write down an attempt."""
    return SignInEvent.objects.create(person=person, method=method, result=result, key=key, address_prefix=address_prefix(request))


def slow_down_crowds(request: HttpRequest) -> None:
    """Refuse a network that tries many names."""
    since = clock.now() - CROWD_SPAN
    tries = SignInEvent.objects.filter(address_prefix=address_prefix(request), at__gt=since).exclude(result=SignInEvent.Result.OK)
    if tries.count() >= CROWD_LIMIT:
        raise TooMany(_("Too many failed sign-ins from this network. Try again in ten minutes."), int(CROWD_SPAN.total_seconds()))


class Guard(AbstractAxesHandler, AxesBaseHandler):
    """Tells django-axes, which stands before every authentication, when a door is closed."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return locked_until(door_key(request, _name(credentials))) is not None

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        return failures(door_key(request, _name(credentials)))

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **other: Any) -> None:
        """Count a failure; the fifth in a row locks. Attempts at a locked door neither count nor lengthen the lock."""
        if request is None:
            return
        key = door_key(request, _name(credentials))
        if locked_until(key) is None:
            locks = failures(key) + 1 >= settings.AXES_FAILURE_LIMIT
            record(request, person=person_named(_name(credentials)), key=key, result="locked" if locks else "refused")
            request.axes_locked_out = locks  # type: ignore[attr-defined]
        if getattr(request, "axes_locked_out", False):
            request.axes_credentials = credentials  # type: ignore[attr-defined]

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **other: Any) -> None:
        """The sign-in view writes the success, because it knows the method."""

    def user_logged_out(self, sender: Any, request: HttpRequest, user: Any, **other: Any) -> None:
        """Leaving needs no count."""


def _name(credentials: dict[str, Any] | None) -> str:
    given = credentials or {}
    return str(given.get("username") or given.get(settings.AXES_USERNAME_FORM_FIELD) or "")


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a locked door, with the minutes until it opens."""
    until = locked_until(door_key(request, _name(credentials)))
    seconds = max(1, int((until - clock.now()).total_seconds())) if until else 1
    minutes = -(-seconds // 60)
    words = ngettext(
        "Too many failed sign-ins. Try again in %(n)s minute.", "Too many failed sign-ins. Try again in %(n)s minutes.", minutes
    )
    page = error_page(request, 429, message=words % {"n": minutes})
    page["Retry-After"] = str(seconds)
    return page
