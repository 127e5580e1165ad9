"""Programs at the door: `Authorization: Bearer hq_…` enters as the owner of the token, for what the token leaves of his rights."""
from __future__ import annotations

from typing import Any

import pghistory
from django.apps import apps
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from logistics.accounts.models import ApiToken
from logistics.accounts.services.tokens import API_ROOT, find_token, note_use
from logistics.core.doors import address_of, slow_down
from logistics.core.errors import NotAllowed

ACTS = {"list": "view", "retrieve": "view", "create": "add", "partial_update": "change"}


class Bearer(BaseAuthentication):
    """A token opens a door when it holds, its owner may act today, and scopes, doors and address fit. All else is asked of the owner."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip())
        if token is None:
            slow_down("sign-in", f"address:{address_of(request)}")
            raise exceptions.AuthenticationFailed(_("This token is not known."))
        if not token.holds:
            raise exceptions.AuthenticationFailed(_("This token is revoked, or its time is over."))
        if not token.owner.is_active:
            raise exceptions.AuthenticationFailed(_("The owner of this token may not act any more."))
        if not token.comes_from(address_of(request)):
            raise NotAllowed(_("This token does not open from this address."))
        if not token.opens(request.path.removeprefix(API_ROOT)):
            raise NotAllowed(_("This token opens other doors only."), list(token.doors))
        _within_scopes(token, request)
        note_use(token)
        request._request.user = token.owner
        pghistory.context(user=token.owner_id, token=token.prefix)
        return token.owner, token


def _within_scopes(token: ApiToken, request: Request) -> None:
    """Hold the request against the scopes, by what its view serves: a kind of record, else the app that it belongs to."""
    view: Any = (request.parser_context or {})["view"]
    reads, declared, action = request.method in SAFE_METHODS, getattr(view, "resource", None), getattr(view, "action", None) or ""
    if declared is None:
        config = apps.get_containing_app_config(type(view).__module__)
        return token.demand(config.label if config else "core", "", "view" if reads else "write")
    if action == "bulk":
        if not token.writes_somewhere(declared.app, declared.kind):
            token.demand(declared.app, declared.kind, "bulk")
        return None
    act = ACTS.get(action) or action.removeprefix("move_") or "change"
    return token.demand(declared.app, declared.kind, "view" if reads else act)


class BearerSchema(OpenApiAuthenticationExtension):
    """How the documentation names the token."""

    target_class = Bearer
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "hq_…"}
