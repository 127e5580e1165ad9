"""Who has a thing for a while, and when things were used."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.custody.querysets import CustodyQuerySet, UsageQuerySet
from logistics.core.history import tracked
from logistics.core.models.reference import AppendOnly
from logistics.core.scoping import Record


@tracked()
class Custody(Record):
    """领用借用: a person or a department has a thing from one day to another, and answers for it meanwhile."""

    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="custodies", verbose_name=_("equipment"))
    holder = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who has it"))
    holder_department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department that has it")
    )
    during = DateTimeRangeField(_("during"))
    due_on = models.DateField(_("to be back on"), null=True, blank=True)
    purpose = models.CharField(_("what for"), max_length=120, blank=True)
    condition_out = models.CharField(_("condition when handed out"), max_length=200, blank=True)
    condition_in = models.CharField(_("condition when back"), max_length=200, blank=True)
    signed_at = models.DateTimeField(_("signed for"), null=True, editable=False)
    signed_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("signed by")
    )
    state = models.CharField(_("state"), max_length=8, default="out", editable=False)

    scope_place = "equipment__place"
    scope_department = "equipment__department"
    lock_rank = 30  # after the papers that end it, before the thing
    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody")
        verbose_name_plural = _("custodies")
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="custody_one_at_a_time", expressions=[("equipment", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(
                name="custody_one_holder",
                condition=Q(holder__isnull=False, holder_department__isnull=True) | Q(holder__isnull=True, holder_department__isnull=False),
                violation_error_message=_("Either a person or a department has it."),
            ),
            models.CheckConstraint(
                name="custody_state", condition=Q(state="out", during__upper_inf=True) | Q(state="returned", during__upper_inf=False)
            ),
            models.CheckConstraint(name="custody_begins", condition=Q(during__lower_inf=False, during__isempty=False)),
            models.CheckConstraint(
                name="custody_signed_whole",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True) | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="custody_due", condition=Q(state="out", due_on__isnull=False)),
            models.Index(fields=["holder", "-id"], name="custody_holder"),
            models.Index(fields=["holder_department", "-id"], name="custody_department"),
            models.Index(fields=["equipment", "-id"], name="custody_equipment"),
            models.Index(fields=["state", "-id"], name="custody_state_id"),
        ]

    def __str__(self) -> str:
        return str(self.equipment)

    @property
    def holder_name(self) -> str:
        return str(self.holder or self.holder_department)


class UsageEntry(Record):
    """使用记录: a thing was used from then to then, and what says so. Never changed."""

    class Source(models.TextChoices):
        CUSTODY = "custody", _("Custody")
        BOOKING = "booking", _("Booking")
        METER = "meter", _("Meter")
        LOG = "log", _("Log book")

    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="uses", verbose_name=_("equipment"))
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who used it"))
    during = DateTimeRangeField(_("during"))
    purpose = models.CharField(_("what for"), max_length=120, blank=True)
    source = models.CharField(_("known from"), max_length=7, choices=Source, default=Source.LOG)
    source_key = models.CharField(max_length=80, editable=False)

    scope_place = "equipment__place"
    scope_department = "equipment__department"
    objects = UsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of equipment")
        verbose_name_plural = _("uses of equipment")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="usage_entry_once"),
            models.CheckConstraint(
                name="usage_entry_span", condition=Q(during__lower_inf=False, during__upper_inf=False, during__isempty=False)
            ),
        ]
        indexes = [models.Index(fields=["equipment", "-id"], name="usage_entry_equipment")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return str(self.equipment)
