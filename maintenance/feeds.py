"""Addresses of planned work for other calendars: of a technician, or of a place."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

SALT = "maintenance.upkeep.ics"


def feed_url(request: HttpRequest, what: Any = "mine") -> str:
    """The address, good as long as its person is here; `what` is "mine" or the id of a place."""
    person: Any = request.user
    return request.build_absolute_uri(reverse("upkeep-feed", args=[signing.dumps([person.pk, what], salt=SALT)]))
