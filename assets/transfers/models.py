"""Equipment that goes from one department to another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.transfers.querysets import TransferQuerySet
from logistics.accounts.querysets import OpenToAll
from logistics.core.history import tracked
from logistics.core.scoping import Record, ScopedModel


@tracked()
class Transfer(Record):
    """设备调拨: things go from a department to another one and its place; both heads agree, and the taking one counts."""

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    from_department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name=_("from department"))
    to_department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name=_("to department"))
    to_place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+", verbose_name=_("to place"))
    to_keeper = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("new keeper"))
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("asked by"))
    differences = models.CharField(_("differences when received"), max_length=500, blank=True, editable=False)
    received_at = models.DateTimeField(_("received"), null=True, editable=False)
    refused_reason = models.CharField(_("why it was refused"), max_length=500, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=12, default="draft", editable=False)

    scope_department = "from_department"
    lock_rank = 12
    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer of equipment")
        verbose_name_plural = _("transfers of equipment")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="transfer_state",
                condition=Q(state__in=["draft", "requested", "approved", "handed_over", "received", "refused", "cancelled"]),
            ),
            models.CheckConstraint(name="transfer_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="transfer_received_has_time", condition=~Q(state="received") | Q(received_at__isnull=False)),
            models.CheckConstraint(name="transfer_refused_has_reason", condition=~Q(state="refused") | ~Q(refused_reason="")),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="transfer_state_id"),
            models.Index(fields=["from_department", "-id"], name="transfer_from"),
            models.Index(fields=["to_department", "-id"], name="transfer_to"),
        ]

    def __str__(self) -> str:
        return self.number or str(_("transfer of equipment"))


@tracked()
class TransferLine(ScopedModel):
    """调拨明细: one thing of a transfer, or so many pieces of a group."""

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines", verbose_name=_("transfer of equipment"))
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="transfer_lines", verbose_name=_("equipment"))
    quantity = models.PositiveIntegerField(_("pieces"), default=1)
    received = models.PositiveIntegerField(_("pieces received"), null=True)
    open = models.BooleanField(default=False, editable=False)  # on its way: at most once for a thing

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("line of a transfer")
        verbose_name_plural = _("lines of a transfer")
        ordering = ["transfer", "id"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "equipment"], name="transfer_line_once"),
            models.UniqueConstraint(fields=["equipment"], condition=Q(open=True), name="transfer_line_open_once"),
            models.CheckConstraint(name="transfer_line_quantity", condition=Q(quantity__gte=1)),
            models.CheckConstraint(name="transfer_line_received", condition=Q(received__isnull=True) | Q(received__lte=F("quantity"))),
        ]

    def __str__(self) -> str:
        return str(self.equipment)
