"""Keys by which a program enters as a person."""
from __future__ import annotations

import hashlib
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import TokenQuerySet
from logistics.core import clock
from logistics.core.errors import NotAllowed
from logistics.core.history import tracked
from logistics.core.scoping import Record

LONGEST = timedelta(days=366)


@tracked(exclude=["hash", "last_used_at"])
class ApiToken(Record):
    """访问令牌: a program or a device enters with it as its owner, for less than the owner may, until a day."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        REVOKED = "revoked", _("Revoked")

    owner = models.ForeignKey("accounts.Person", models.PROTECT, related_name="tokens", verbose_name=_("acts as"))
    name = models.CharField(_("what it is for"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, unique=True, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=100), verbose_name=_("allowed to"), default=list)
    doors = ArrayField(models.CharField(max_length=100), verbose_name=_("only these doors"), default=list, blank=True)
    device = models.CharField(_("code of the device"), max_length=40, blank=True)
    addresses = ArrayField(models.CharField(max_length=45), verbose_name=_("only from these addresses"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.VALID, editable=False)
    expires_at = models.DateTimeField(_("ends at"))
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    created_at = models.DateTimeField(_("made at"), default=clock.now, editable=False)
    created_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("made by")
    )

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="token_at_most_a_year", condition=Q(expires_at__lte=F("created_at") + LONGEST)),
            models.CheckConstraint(name="token_may_something", condition=~Q(scopes=[])),
            models.CheckConstraint(name="token_of_device_names_doors", condition=Q(device="") | ~Q(doors=[])),
            models.CheckConstraint(name="token_state", condition=Q(state__in=["valid", "revoked"])),
            models.CheckConstraint(
                name="token_revoked_has_instant",
                condition=Q(state="revoked", revoked_at__isnull=False) | Q(state="valid", revoked_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="token_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def holds(self) -> bool:
        """Does it open anything now? Whether its owner may act is asked besides."""
        return self.state == self.State.VALID and clock.now() < self.expires_at

    @staticmethod
    def digest(secret: str) -> str:
        """What is kept of a secret: it is long and random, so a plain digest cannot be turned back."""
        return hashlib.sha256(secret.encode()).hexdigest()

    # what it opens ----------------------------------------------------------------------------------------------------
    def allows(self, app: str, kind: str, act: str) -> bool:
        """May it do this act ("view", "add", "change", a move) to a kind of record? The owner must be allowed to, besides."""
        if act == "view" and "read" in self.scopes:
            return True
        return (act != "view" and f"write:{app}" in self.scopes) or (bool(kind) and f"{kind}:{act}" in self.scopes)

    def demand(self, app: str, kind: str, act: str) -> None:
        """Refuse what the scopes leave out, naming what would open it."""
        if not self.allows(app, kind, act):
            needed = ["read"] if act == "view" else [f"write:{app}"]
            raise NotAllowed(_("This token does not reach that far."), [*needed, *([f"{kind}:{act}"] if kind else [])])

    def opens(self, path: str) -> bool:
        """Is this address (below /api/v1/) one of its doors? A door ending in * opens everything below."""
        return not self.doors or any(path == door or (door.endswith("*") and path.startswith(door[:-1])) for door in self.doors)

    def comes_from(self, address: str) -> bool:
        """Is this one of the addresses it may come from?"""
        if not self.addresses:
            return True
        try:
            here = ip_address(address)
        except ValueError:
            return False
        return any(here in ip_network(network, strict=False) for network in self.addresses)

    def writes_somewhere(self, app: str, kind: str) -> bool:
        """Does a bulk door open at all? Each item is asked for itself."""
        return f"write:{app}" in self.scopes or any(scope.startswith(f"{kind}:") for scope in self.scopes)
