"""What a request carries besides Django's own: whether htmx asks for a part of the page."""
from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """Every request of a browser has it (`django_htmx`); false when a whole page is asked for."""

    htmx: HtmxDetails
