"""What the API framework is configured with: who asks, how often, how much at once, how pages are cut, how refusals read.

Apart from `api`, which it would import in a circle.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, parsers, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from logistics.core.errors import Conflict, NotAllowed, Stale, TooMany
from logistics.core.ratelimit import hit

log = logging.getLogger(__name__)
LARGEST_ID = 2**63 - 1


# who asks ----------------------------------------------------------------------------------------------------------
class Session(SessionAuthentication):
    """The signed-in session; nobody is a 401, not a 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def address_of(request: Any) -> str:
    """The address a request comes from."""
    from axes.helpers import get_client_ip_address

    return get_client_ip_address(getattr(request, "_request", request)) or ""


# how often ---------------------------------------------------------------------------------------------------------
def slow_down(door: str, who: str) -> None:
    """Count one use of a kind of door (`settings.API_LIMITS`) by somebody; TooMany when the limit is reached."""
    limit, seconds = settings.API_LIMITS[door]
    allowed = hit(f"api:{door}:{who}", limit, seconds)
    if not allowed:
        raise TooMany(_("Too often: at most %(n)s in %(s)s seconds. Wait a moment.") % {"n": limit, "s": seconds}, allowed.retry_after_s)


class Throttle(BaseThrottle):
    """Each token, else each person, else each address has a budget of its own for reading, writing, bulk writing and uploading."""

    def allow_request(self, request: Request, view: Any) -> bool:
        slow_down(door_kind(request, view), asker(request))
        return True


def door_kind(request: Request, view: Any) -> str:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return "read"
    if getattr(view, "action", "") == "bulk":
        return "bulk"
    return "upload" if str(request.content_type).startswith("multipart/") else "write"


def asker(request: Request) -> str:
    if request.auth is not None:
        return f"token:{request.auth.pk}"
    return f"person:{request.user.pk}" if request.user.is_authenticated else f"address:{address_of(request)}"


# how much at once --------------------------------------------------------------------------------------------------
class TooLarge(exceptions.APIException):
    """The body is larger than this door takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class PreconditionRequired(exceptions.APIException):
    """A change has to say which version it changes."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED


def _measured(parser_context: Any, most: int) -> None:
    """Look at the announced length before anything is read; without one the server hands over nothing."""
    length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > most:
        raise TooLarge(_("At most %(n)s MB at once.") % {"n": most // 2**20})


class Json(parsers.JSONParser):
    """JSON of a bounded size that the database can hold: no half characters, no nesting without end."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        _measured(parser_context, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("This is nested too deeply.")) from None
        except UnicodeDecodeError:
            raise exceptions.ParseError(_("Send the text as UTF-8.")) from None
        if not writable(data):
            raise exceptions.ParseError(_("There is half a character in the text, or a zero byte."))
        return data


def writable(data: Any) -> bool:
    """Can PostgreSQL keep every text in this?"""
    if isinstance(data, str):
        return "\x00" not in data and not any("\ud800" <= letter <= "\udfff" for letter in data)
    if isinstance(data, dict):
        return all(writable(key) and writable(value) for key, value in data.items())
    return all(writable(item) for item in data) if isinstance(data, list) else True


class Upload(parsers.MultiPartParser):
    """A form with files, all together of a bounded size."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        _measured(parser_context, settings.API_UPLOAD_MOST)
        return super().parse(stream, media_type, parser_context)


# pages -------------------------------------------------------------------------------------------------------------
class Pages(CursorPagination):
    """Pages by cursor, newest first: as fast at the millionth row as at the first. Rows that come or go meanwhile shift nothing."""

    page_size = 50
    page_size_query_param = "size"
    max_page_size = 200
    ordering = "-pk"

    def get_page_size(self, request: Request) -> int | None:
        text = request.query_params.get("size", "")
        if not text:
            return self.page_size
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= self.max_page_size):
            raise exceptions.ParseError(_("The size of a page is a number from 1 to %(most)s.") % {"most": self.max_page_size})
        return int(text)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor that we made; anything else is a request that cannot be read."""
        try:
            cursor = super().decode_cursor(request)
        except exceptions.NotFound:
            cursor, known = None, False
        else:
            position = cursor.position if cursor else None
            known = position is None or (position.isascii() and position.isdigit() and int(position) <= LARGEST_ID)
        if not known:
            raise exceptions.ParseError(_("This cursor is not one of ours. Begin without one, then follow “next”."))
        return cursor


# refusals ----------------------------------------------------------------------------------------------------------
def refuse(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the house as status and words: always one `Problem`."""
    if isinstance(error, Stale):
        return Response({"detail": str(error), "version": error.version}, status=412)
    if isinstance(error, Conflict):
        return Response({"detail": str(error)}, status=409)
    if isinstance(error, NotAllowed):
        return Response({"detail": str(error), "who": error.who}, status=403)
    if isinstance(error, TooMany):
        return Response({"detail": str(error)}, status=429, headers={"Retry-After": str(error.retry_after_s)})
    if isinstance(error, ValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        return Response({"detail": _("Not saved: there is something to correct."), "fields": fields}, status=422)
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return Response({"detail": _("This is too much at once.")}, status=413)
    if isinstance(error, DataError):
        return Response({"detail": _("A value is too large, or cannot be stored.")}, status=422)
    if isinstance(error, IntegrityError):
        log.warning("The database refused what no check had refused: %s", error, exc_info=error)
        return Response({"detail": _("Somebody was faster, or this contradicts what is already there. Nothing was saved.")}, status=409)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    from rest_framework.views import exception_handler

    response = exception_handler(error, context)
    if response is not None:
        response.data = problem(response.data)
    return response


def problem(data: Any) -> dict[str, Any]:
    """What the framework says, in the one shape of a refusal."""
    if isinstance(data, dict) and isinstance(data.get("detail"), str) and set(data) <= {"detail", "fields", "who", "version"}:
        return data
    if isinstance(data, dict):
        fields = {str(name): [str(word) for word in words] if isinstance(words, list) else [str(words)] for name, words in data.items()}
        return {"detail": _("The request cannot be read: there is something to correct."), "fields": fields}
    return {"detail": " ".join(str(word) for word in data) if isinstance(data, list) else str(data)}
