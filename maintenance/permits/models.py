"""Permits to work: who asks, who watches, who issues; without one dangerous work does not start."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import Record
from maintenance.permits.kinds import Kind
from maintenance.permits.querysets import PermitQuerySet


@tracked()
class Permit(Record):
    """作业票: leave to do one kind of dangerous work on an order, at a place, for some hours; three people answer for it."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Waits to be issued")
        ISSUED = "issued", _("Issued")
        ACTIVE = "active", _("In use")
        CLOSED = "closed", _("Closed")
        REFUSED = "refused", _("Refused")
        REVOKED = "revoked", _("Revoked")
        EXPIRED = "expired", _("Expired")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    order = models.ForeignKey("maintenance.WorkOrder", models.PROTECT, related_name="permits", verbose_name=_("work order"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+", verbose_name=_("place"))
    during = DateTimeRangeField(_("from–to"))
    measures = models.TextField(_("safety measures"), max_length=1000)
    readings = models.CharField(_("readings"), max_length=300, blank=True, help_text=_("Oxygen, gas, voltage: what was measured before."))
    applicant = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", editable=False, verbose_name=_("asked by"))
    watcher = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("watcher"))
    issued_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("issued by")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    lock_rank = 14
    scope_place = "place"
    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("permit to work")
        verbose_name_plural = _("permits to work")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="permit_issuer_is_another",
                condition=Q(issued_by__isnull=True) | (~Q(issued_by=F("applicant")) & ~Q(issued_by=F("watcher"))),
            ),
            models.CheckConstraint(
                name="permit_watcher_is_another",
                condition=~Q(watcher=F("applicant")),
                violation_error_message=_("Who watches is somebody else than who asks."),
            ),
            models.CheckConstraint(
                name="permit_issued_has_issuer",
                condition=~Q(state__in=["issued", "active", "closed", "expired"]) | Q(issued_by__isnull=False),
            ),
            models.CheckConstraint(
                name="permit_span", condition=Q(during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["order", "kind"], name="permit_order"), models.Index(fields=["state", "-id"], name="permit_state")]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.get_kind_display()}"
