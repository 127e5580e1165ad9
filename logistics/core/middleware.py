"""What every request passes: the reader's language, the context of history, and refusals in words."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

from logistics.core.errors import Conflict, TooMany, error_page

Handler = Callable[[HttpRequest], HttpResponse]


class CompressMiddleware(GZipMiddleware):
    """Pages and answers of the API travel compressed; files have had that done to them before.

    A record with its ETag goes as it is: compressing would make the tag a weak one, which no If-Match may name.
    """

    KINDS = ("text/html", "application/json", "application/vnd.oai")

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        plain = response.headers.get("Content-Type", "").startswith(self.KINDS) and "ETag" not in response.headers
        return super().process_response(request, response) if plain else response


class LanguageMiddleware:
    """The person's language, else the cookie's, else the browser's."""

    def __init__(self, handler: Handler):
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen
        response = self.handler(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if chosen.startswith("zh") else "en")
        response.headers.setdefault("Vary", "Accept-Language, Cookie, HX-Request")
        translation.deactivate()
        return response


class WhoseMiddleware:
    """Each page says whose it is, so that a phone which keeps copies never shows one person's to the next; 0 is nobody."""

    def __init__(self, handler: Handler):
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        if response.headers.get("Content-Type", "").startswith(("text/html", "application/json")):
            response["X-Person"] = str(getattr(request.user, "pk", None) or 0)  # a gateway comes in as no person
        return response


class HistoryMiddleware:
    """Everything a request changes is recorded with its person and address."""

    def __init__(self, handler: Handler):
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.handler(request)
        with pghistory.context(user=request.user.pk, url=request.path):
            return self.handler(request)


class RefusalMiddleware:
    """Lost races become a 409 with words, limits a 429; never a 500."""

    def __init__(self, handler: Handler):
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handler(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Conflict):
            return error_page(request, 409, message=str(exception))
        if isinstance(exception, TooMany):
            response = error_page(request, 429, message=str(exception))
            response["Retry-After"] = str(exception.retry_after_s)
            return response
        if isinstance(exception, ValidationError):
            return error_page(request, 422, message=" ".join(exception.messages))
        return None


def person_of(request: Any) -> Any:
    """The signed-in person or None."""
    return request.user if request.user.is_authenticated else None
