"""What the API framework is configured with: who asks, how pages are cut, how refusals read.

Apart from `api`, which it would import in a circle.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from logistics.core.errors import Conflict, NotAllowed, TooMany


class Session(SessionAuthentication):
    """The signed-in session; nobody is a 401, not a 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class Pages(CursorPagination):
    """Pages by cursor, newest first: as fast at the millionth row as at the first."""

    page_size = 50
    page_size_query_param = "size"
    max_page_size = 200
    ordering = "-pk"


def refuse(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of the house as status and words."""
    if isinstance(error, Conflict):
        return Response({"detail": str(error)}, status=409)
    if isinstance(error, NotAllowed):
        return Response({"detail": str(error), "who": error.who}, status=403)
    if isinstance(error, TooMany):
        return Response({"detail": str(error)}, status=429, headers={"Retry-After": str(error.retry_after_s)})
    if isinstance(error, ValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
        return Response({"detail": _("Not saved: there is something to correct."), "fields": fields}, status=422)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    from rest_framework.views import exception_handler

    return exception_handler(error, context)
