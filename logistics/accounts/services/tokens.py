"""Access tokens: what they may be given, how they are made, found and forgotten. They never reach further than their owner."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from hmac import compare_digest
from ipaddress import ip_network
from secrets import choice, token_urlsafe
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from logistics.accounts.models import ApiToken, Person
from logistics.accounts.querysets import SCHOOL_KINDS
from logistics.accounts.services.grants import grantable_roles
from logistics.core import clock
from logistics.core.access import access_of, all_permissions, grants_of
from logistics.core.errors import NotAllowed
from logistics.core.resources import RESOURCES
from logistics.core.workflow import WORKFLOWS, write_event

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
PREFIX_LENGTH = 11  # "hq_" and eight characters
USE_KEPT_EVERY = timedelta(minutes=1)  # how exactly the last use is kept; every request would be a write
API_ROOT = "/api/v1/"


# what may be given -------------------------------------------------------------------------------------------------
def writable_apps() -> list[str]:
    """The apps that a token may be allowed to write in."""
    return sorted({declared.app for declared in RESOURCES} | {"core"})


def acts_of(kind: str) -> list[tuple[str, str]]:
    """What can be allowed one by one for a kind of record: (act, word)."""
    flow = WORKFLOWS.get(kind)
    moves = [(step.name, str(step.label)) for step in flow if step.by_people] if flow else []
    declared = RESOURCES[kind]
    add = [("add", _("Add"))] if declared.form or declared.add_form else []
    change = [("change", _("Change"))] if declared.form else []
    return [("view", _("See")), *add, *change, *moves]


def scope_label(scope: str) -> str:
    """A scope in words."""
    if scope == "read":
        return _("Read everything that the owner may see")
    if scope.startswith("write:"):
        app = scope.removeprefix("write:")
        name = next((config.verbose_name for config in apps.get_app_configs() if config.label == app), app)
        return _("Write: %(app)s") % {"app": name}
    kind, _colon, act = scope.partition(":")
    if kind not in RESOURCES:
        return scope
    return _("%(act)s: %(kind)s") % {"act": dict(acts_of(kind)).get(act, act), "kind": RESOURCES[kind].label}


def known_scope(scope: str) -> bool:
    """Is this a scope that any token could hold?"""
    if scope == "read":
        return True
    if scope.startswith("write:"):
        return scope.removeprefix("write:") in writable_apps()
    kind, _colon, act = scope.partition(":")
    return kind in RESOURCES and (act in dict(acts_of(kind)) or scope in all_permissions())


def service_accounts(by: Person) -> QuerySet[Person]:
    """The service accounts for which somebody may make tokens: those whose roles he could grant."""
    if not access_of(by).has("accounts.apitoken:add"):
        return Person.objects.none()
    grantable = set(grantable_roles(by))
    rows = Person.objects.active().filter(kinds__contains=["service"])
    far = [row.pk for row in rows if not {grant.role for grant in grants_of(row.pk, clock.now())} <= grantable]
    return rows.exclude(pk__in=far)


def may_issue_token(by: Person) -> bool:
    """Teachers and staff make tokens of their own; the system manager also those of service accounts."""
    return by.is_active and not SCHOOL_KINDS.isdisjoint(by.kinds)


# verbs ---------------------------------------------------------------------------------------------------------------
@transaction.atomic
def issue_token(*, owner: Person, name: str, scopes: Sequence[str], days: int, by: Person, device: str = "",
                doors: Iterable[str] = (), addresses: Iterable[str] = ()) -> tuple[ApiToken, str]:
    """Make a token: (row, secret). Only a digest of the secret is kept. Errors: NotAllowed, ValidationError."""
    if not may_issue_token(by) or (owner.pk != by.pk and not service_accounts(by).filter(pk=owner.pk).exists()):
        raise NotAllowed(_("Tokens are made for oneself, by the system manager also for service accounts."))
    if device and owner.pk == by.pk:
        raise ValidationError({"device": _("A device acts as a service account, not as a person.")})
    unknown = [scope for scope in scopes if not known_scope(scope)]
    if unknown:
        raise ValidationError({"scopes": _("There is no such permission: %(what)s.") % {"what": ", ".join(unknown)}})
    Person.objects.select_for_update().get(pk=owner.pk)
    held = ApiToken.objects.filter(owner=owner, state=ApiToken.State.VALID, expires_at__gt=clock.now()).count()
    if held >= settings.TOKENS_MOST:
        raise ValidationError(_("At most %(n)s valid tokens. Revoke one that is not needed any more.") % {"n": settings.TOKENS_MOST})
    now = clock.now()
    ends = now + timedelta(days=days)
    prefix = "hq_" + "".join(choice(ALPHABET) for _n in range(PREFIX_LENGTH - 3))
    secret = f"{prefix}_{token_urlsafe(32)}"
    token = ApiToken(
        owner=owner, name=name, prefix=prefix, hash=ApiToken.digest(secret), scopes=list(dict.fromkeys(scopes)), device=device,
        doors=[check_door(door) for door in doors], addresses=[check_network(text) for text in addresses], created_at=now,
        created_by=by, expires_at=min(ends, owner.ends_at) if owner.ends_at else ends,
    )
    token.full_clean()
    token.save()
    write_event(token, "create", by=by)
    return token, secret


def check_door(door: str) -> str:
    """An address below /api/v1/ that exists, as it is kept; a * at the end opens everything below."""
    plain = door.strip().removeprefix(API_ROOT).lstrip("/")
    try:
        resolve(API_ROOT + plain.removesuffix("*"))
    except Resolver404:
        raise ValidationError({"doors": _("There is no such address: %(door)s.") % {"door": door}}) from None
    return plain


def check_network(text: str) -> str:
    """An address or a network in the one way of writing it."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValidationError({"addresses": _("This is no address or network: %(text)s.") % {"text": text}}) from None


def find_token(secret: str) -> ApiToken | None:
    """The token row to a secret, with its owner; compared in constant time."""
    if not secret.startswith("hq_") or not secret.isascii():
        return None
    rows = ApiToken.objects.select_related("owner__department", "owner__organisation")
    row = rows.filter(prefix=secret[:PREFIX_LENGTH]).first()
    return row if row is not None and compare_digest(row.hash, ApiToken.digest(secret)) else None


def note_use(token: ApiToken) -> None:
    """Keep when it was last used, to the minute."""
    now: Any = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USE_KEPT_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
