"""The locks that keep a thing from being used."""
from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.models.equipment import Equipment
from assets.querysets import UseLockQuerySet
from logistics.core import clock
from logistics.core.bilingual import pick
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel


@tracked()
class UseLock(ScopedModel):
    """禁用、限用: one reason why a thing must not be used, or only with care; several may stand at once."""

    class Level(models.TextChoices):
        RESTRICTED = "restricted", _("Restricted")
        LOCKED = "locked", _("Locked")

    class Cause(models.TextChoices):
        FINDING = "finding", _("Hidden danger")
        CERTIFICATE = "certificate", _("Certificate")
        FAILED_CHECK = "failed_check", _("Failed check")
        MANUAL = "manual", _("By hand")

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="locks", verbose_name=_("equipment"))
    level = models.CharField(_("level"), max_length=10, choices=Level)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause, default=Cause.MANUAL)
    source_kind = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=300)
    reason_en = models.CharField(_("reason in English"), max_length=300, blank=True, editable=False)  # of the system
    opened_at = models.DateTimeField(_("since"), default=clock.now)
    opened_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("locked by"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by"))
    lift_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    scope_place = "equipment__place"
    scope_department = "equipment__department"
    objects = UseLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("use lock")
        verbose_name_plural = _("use locks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "cause", "source_kind", "source_id"],
                name="use_lock_once_per_cause",
                nulls_distinct=False,
                condition=Q(lifted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="use_lock_lifted_whole",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
            ),
            models.CheckConstraint(name="use_lock_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["equipment"], name="use_lock_live", condition=Q(lifted_at__isnull=True))]
        triggers = [
            pgtrigger.Trigger(
                name="use_state",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("thing", "bigint"), ("state", "text")],
                # The row is locked first, so that the question after it sees what a lock just ahead of us committed.
                func="""
                    thing := coalesce(NEW.equipment_id, OLD.equipment_id);
                    PERFORM 1 FROM assets_equipment WHERE id = thing FOR UPDATE;
                    SELECT CASE WHEN bool_or(level = 'locked') THEN 'locked' WHEN count(*) > 0 THEN 'restricted' ELSE 'normal' END
                        INTO state FROM assets_uselock WHERE equipment_id = thing AND lifted_at IS NULL;
                    UPDATE assets_equipment SET use_state = state WHERE id = thing AND use_state <> state;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.why}"

    @property
    def why(self) -> str:
        """The reason in the reader's language; what a person wrote, as it was written."""
        return pick(self.reason, self.reason_en)

    def get_absolute_url(self) -> str:
        return reverse("assets:equipment-detail", args=[self.equipment_id])
