"""Equipment that leaves the school for good."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.disposals.querysets import DisposalQuerySet
from logistics.accounts.querysets import OpenToAll
from logistics.core.history import tracked
from logistics.core.models.reference import AppendOnly
from logistics.core.scoping import Record, ScopedModel

# Two people, neither twice, and at least one from outside the department that gives the things up.
TWO_APPRAISALS = """
IF NEW.state IN ('appraised', 'approved', 'executed', 'closed') AND (
    (SELECT count(*) FROM assets_appraisal a WHERE a.disposal_id = NEW.id) < 2
    OR NOT EXISTS (SELECT FROM assets_appraisal a WHERE a.disposal_id = NEW.id AND a.outside)) THEN
    RAISE EXCEPTION 'two appraisals, one from outside' USING ERRCODE = 'check_violation', CONSTRAINT = 'disposal_two_appraisals';
END IF;
RETURN NEW;
"""


@tracked()
class Disposal(Record):
    """设备报废处置: things that are worn out, sold, given away or lost leave the register, after two people looked at them."""

    class Way(models.TextChoices):
        SCRAP = "scrap", _("Scrapped")
        SALE = "sale", _("Sold")
        GIFT = "gift", _("Given away")
        LOSS = "loss", _("Lost or destroyed")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name=_("department"))
    way = models.CharField(_("how it goes"), max_length=5, choices=Way, default=Way.SCRAP)
    reason = models.CharField(_("reason"), max_length=500)
    appraiser_a = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("first appraiser")
    )
    appraiser_b = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("second appraiser")
    )
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("asked by"))
    cost = models.DecimalField(_("cost when bought (yuan)"), max_digits=14, decimal_places=2, null=True, editable=False)
    residual_value = models.DecimalField(_("received for it (yuan)"), max_digits=12, decimal_places=2, null=True, editable=False)
    receipt_no = models.CharField(_("receipt number"), max_length=60, blank=True, editable=False)
    finance_ref = models.CharField(_("reference of the finance office"), max_length=60, blank=True, editable=False)
    executed_on = models.DateField(_("done on"), null=True, editable=False)
    refused_reason = models.CharField(_("why it was refused"), max_length=500, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, default="draft", editable=False)

    scope_department = "department"
    lock_rank = 13
    objects = DisposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("disposal of equipment")
        verbose_name_plural = _("disposals of equipment")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="disposal_state",
                condition=Q(state__in=["draft", "appraised", "approved", "executed", "closed", "refused", "cancelled"]),
            ),
            models.CheckConstraint(name="disposal_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="disposal_two_people",
                condition=Q(appraiser_a__isnull=True) | Q(appraiser_b__isnull=True) | ~Q(appraiser_a=F("appraiser_b")),
                violation_error_message=_("Two different people appraise."),
            ),
            models.CheckConstraint(
                name="disposal_executed_whole",
                condition=~Q(state__in=["executed", "closed"]) | (Q(executed_on__isnull=False) & ~Q(receipt_no="")),
            ),
            models.CheckConstraint(name="disposal_closed_whole", condition=~Q(state="closed") | ~Q(finance_ref="")),
            models.CheckConstraint(name="disposal_residual", condition=Q(residual_value__isnull=True) | Q(residual_value__gte=0)),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="disposal_state_id"),
            models.Index(fields=["department", "-id"], name="disposal_department"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="two_appraisals", operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"), when=pgtrigger.Before, func=TWO_APPRAISALS
            )
        ]

    def __str__(self) -> str:
        return self.number or str(_("disposal of equipment"))


@tracked()
class DisposalLine(ScopedModel):
    """处置明细: one thing of a disposal, or so many pieces of a group, and what it cost."""

    disposal = models.ForeignKey(Disposal, models.CASCADE, related_name="lines", verbose_name=_("disposal of equipment"))
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="disposal_lines", verbose_name=_("equipment"))
    quantity = models.PositiveIntegerField(_("pieces"), default=1)
    cost = models.DecimalField(_("cost when bought (yuan)"), max_digits=12, decimal_places=2, null=True)
    open = models.BooleanField(default=True, editable=False)  # under way: at most once for a thing
    gone = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, editable=False, related_name="+")  # the line that left

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("line of a disposal")
        verbose_name_plural = _("lines of a disposal")
        ordering = ["disposal", "id"]
        constraints = [
            models.UniqueConstraint(fields=["disposal", "equipment"], name="disposal_line_once"),
            models.UniqueConstraint(fields=["equipment"], condition=Q(open=True), name="disposal_line_open_once"),
            models.CheckConstraint(name="disposal_line_quantity", condition=Q(quantity__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.equipment)


class Appraisal(models.Model):
    """技术鉴定: what somebody who looked at the things says about them. Never changed."""

    class Verdict(models.TextChoices):
        WORN_OUT = "worn_out", _("Worn out")
        TOO_DEAR = "too_dear", _("Repair costs more than it is worth")
        UNSAFE = "unsafe", _("Unsafe")
        NOT_NEEDED = "not_needed", _("Works, but nobody needs it")

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="appraisals", verbose_name=_("disposal of equipment"))
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("appraised by"))
    outside = models.BooleanField(_("from another department"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("appraisal")
        verbose_name_plural = _("appraisals")
        ordering = ["disposal", "id"]
        constraints = [models.UniqueConstraint(fields=["disposal", "person"], name="appraisal_once")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.get_verdict_display()
