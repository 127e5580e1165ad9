"""Refusals: what the house says when something cannot be done, with the words a person needs.

Not yours: Http404. Not allowed: NotAllowed (403). Lost a race or wrong state: Conflict (409). Wrong input: ValidationError (422).
"""
from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

API = "/api/"  # programs ask here and get JSON, refusals included
PLAIN_WORDS = {
    400: _("The request cannot be read."), 403: _("You may not do this."), 404: _("There is nothing here that you may see."),
    409: _("Somebody was faster."), 422: _("Not saved: there is something to correct."), 429: _("Too often. Wait a moment."),
    500: _("A fault on our side. It is written down."),
}


class Conflict(Exception):
    """The record is no longer in the state this act expects, or somebody was faster; nothing was written."""


class Stale(Conflict):
    """The record was changed since its editor read it; `version` is the present one."""

    def __init__(self, version: str):
        super().__init__(_("Somebody changed this in the meantime. Look at the present state and decide again."))
        self.version = version


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
    """The designed page (or fragment) for a refusal; for a program the same words as JSON."""
    if request.path.startswith(API):
        words = str(context.get("message") or PLAIN_WORDS[status])
        who = context.get("who") or []
        return JsonResponse({"detail": words, **({"who": who} if who else {})}, status=status)
    response = render(request, f"errors/{status}.html", context, status=status)
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
    if request.path.startswith(API):
        return error_page(request, 500)
    return HttpResponse(render_to_string("errors/500.html"), status=500)  # no request: the frame itself may be what failed
