"""Refusals: what the house says when something cannot be done, with the words a person needs.

Not yours: Http404. Not allowed: NotAllowed (403). Lost a race or wrong state: Conflict (409). Wrong input: ValidationError (422).
"""
from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


class Conflict(Exception):
    """The record is no longer in the state this act expects, or somebody was faster; nothing was written."""


class NotAllowed(PermissionDenied):
    """In scope, but this person may not do it; `who` names those who may."""

    def __init__(self, message: Any, who: list[str] | None = None):
        super().__init__(message)
        self.who = who or []


class TooMany(Exception):
    """A rate limit was reached; `retry_after_s` says when it opens again."""

    def __init__(self, message: Any, retry_after_s: int):
        super().__init__(message)
        self.retry_after_s = retry_after_s


def error_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """The designed page (or fragment) for a refusal."""
    layout = "fragment.html" if getattr(request, "htmx", False) else "base.html"
    response = render(request, f"errors/{status}.html", {"layout": layout, **context}, status=status)
    if getattr(request, "htmx", False):
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, csrf=True)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    message = str(exception) if isinstance(exception, NotAllowed) else ""
    return error_page(request, 403, message=message, who=getattr(exception, "who", []))


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("errors/500.html"), status=500)  # no request: the frame itself may be what failed
