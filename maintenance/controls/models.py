"""Control sheets and the signatures under them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel
from maintenance.controls.querysets import SheetQuerySet
from maintenance.models.request import Here


@tracked()
class ControlSheet(Here, Record):
    """日管控、周排查、月调度记录: what rounds, dangers, locks and orders of a period say about a kind of device; signed, it stands."""

    class Kind(models.TextChoices):
        DAILY = "daily", _("Daily control")
        WEEKLY = "weekly", _("Weekly check")
        MONTHLY = "monthly", _("Monthly meeting")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SIGNING = "signing", _("To sign")
        SIGNED = "signed", _("Signed")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    category = models.ForeignKey("assets.EquipmentCategory", models.PROTECT, related_name="+", verbose_name=_("kind of device"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    facts = models.JSONField(default=dict, editable=False)
    notes = models.TextField(_("measures and decisions"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN, editable=False)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    scope_place = "place"
    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("control sheet")
        verbose_name_plural = _("control sheets")
        ordering = ["-first_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "category", "place", "first_on"],
                name="control_sheet_once",
                violation_error_message=_("There is a sheet of this kind for this period already."),
            ),
            models.CheckConstraint(name="control_sheet_span", condition=Q(last_on__gte=F("first_on"))),
        ]
        indexes = [
            models.Index(fields=["-first_on", "-id"], name="control_sheet_newest"),
            models.Index(fields=["kind", "-first_on", "-id"], name="control_sheet_kind"),
            models.Index(fields=["place", "-first_on"], name="control_sheet_place"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="signed_stands", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state="signed")),
            pgtrigger.Trigger(
                name="signing_stands",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="signing"),
                func="""
                    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
                        RAISE EXCEPTION 'pgtrigger: a control sheet with a signature does not change';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.category} · {self.first_on:%Y-%m-%d}"


class ControlSignature(ScopedModel):
    """签字: who stands for a control sheet, in which role."""

    sheet = models.ForeignKey(ControlSheet, models.PROTECT, related_name="signed")
    role = models.CharField(max_length=40)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    scope_place = "sheet__place"

    class Meta:
        verbose_name = _("signature of a control sheet")
        verbose_name_plural = _("signatures of control sheets")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "role"], name="control_signature_role"),
            models.UniqueConstraint(fields=["sheet", "person"], name="control_signature_person"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"
