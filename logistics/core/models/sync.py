"""What phones did without a network: the phones, the facts they sent, the photos that follow, and what a person must decide."""
from __future__ import annotations

from typing import Any, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.history import tracked
from logistics.core.models.reference import RecordRef
from logistics.core.scoping import Record, ScopedQuerySet


class SyncDevice(models.Model):
    """设备: one browser of one person that works without a network, how far its facts are worked through, and how wrong its clock is."""

    uid = models.UUIDField(unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    next_seq = models.PositiveIntegerField(default=1)
    skew_s = models.FloatField(null=True)  # its clock minus ours at the last contact; positive: it runs ahead
    measured_at = models.DateTimeField(null=True)
    first_at = models.DateTimeField(default=clock.now)

    lock_rank = 1

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")

    def __str__(self) -> str:
        return f"{self.person} · {str(self.uid)[:8]}"


class ConflictQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By permission over the place of the record; everybody sees what became of the own facts."""
        rule = super().scope(access, action)
        own = getattr(access.person, "pk", None)
        return either(rule, Q(person_id=own)) if action == "view" and own else rule

    def open(self) -> Self:
        return self.filter(state="open")


@tracked()
class SyncConflict(Record, RecordRef):
    """待核对: facts from a phone that no longer fit their record; somebody applies them by hand or sets them aside with a reason."""

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        APPLIED = "applied", _("Applied")
        SET_ASIDE = "set_aside", _("Set aside")

    device = models.ForeignKey(SyncDevice, models.PROTECT, related_name="conflicts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    object_id = models.BigIntegerField(null=True, editable=False)  # type: ignore[assignment]
    record_uid = models.UUIDField(null=True, editable=False)
    label = models.CharField(_("record"), max_length=200, blank=True)
    cause = models.CharField(_("why"), max_length=16)
    detail = models.CharField(max_length=500, blank=True)
    ancestors = ArrayField(models.BigIntegerField(), default=list)  # the places that hold the record, root first
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    opened_at = models.DateTimeField(_("since"), default=clock.now)
    settled_at = models.DateTimeField(_("decided"), null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))

    lock_rank = 5
    scope_place = ""  # "below" is asked of the own column `ancestors`
    objects = ConflictQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("conflict from a phone")
        verbose_name_plural = _("conflicts from phones")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["device", "kind", "object_id", "record_uid"], name="sync_conflict_one_open",
                                    condition=Q(state="open"), nulls_distinct=False),
            models.CheckConstraint(name="sync_conflict_settled_whole",
                                   condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False))),
            models.CheckConstraint(name="sync_conflict_set_aside_why", condition=~Q(state="set_aside") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["state", "-opened_at", "-id"], name="sync_conflict_state"),
            models.Index(fields=["person", "-opened_at"], name="sync_conflict_person"),
            GinIndex(fields=["ancestors"], name="sync_conflict_places"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.label or str(_("A record that is not there"))

    @property
    def words(self) -> str:
        """Why it waits, in the reader's language."""
        from logistics.core.sync.causes import CAUSES

        return str(CAUSES.get(self.cause, self.cause))

    @property
    def record(self) -> models.Model | None:
        return record_of(self.kind, self.object_id)


def record_of(kind: str, pk: int | None) -> models.Model | None:
    return apps.get_model(kind)._base_manager.filter(pk=pk).first() if kind and pk else None


class SyncFact(RecordRef):
    """现场记录: one thing that somebody did or noted without a network, as the phone sent it, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for what was done before it")
        APPLIED = "applied", _("Done")
        REPEATED = "repeated", _("Was done already")
        EXPECTING = "expecting", _("Waits for its photo")
        CONFLICT = "conflict", _("To be decided")
        BY_HAND = "by_hand", _("Applied by hand")
        SET_ASIDE = "set_aside", _("Set aside")

    client_uid = models.UUIDField(unique=True)
    device = models.ForeignKey(SyncDevice, models.PROTECT, related_name="facts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    fact = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True, editable=False)  # type: ignore[assignment]
    record_uid = models.UUIDField(null=True, editable=False)  # a record that the phone itself began
    label = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    judged_at = models.DateTimeField()
    skew_s = models.FloatField(null=True)
    flags = ArrayField(models.CharField(max_length=20), default=list)
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    cause = models.CharField(max_length=16, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    conflict = models.ForeignKey(SyncConflict, models.PROTECT, null=True, related_name="facts")
    made_kind = models.CharField(max_length=60, blank=True)
    made_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("fact from a phone")
        verbose_name_plural = _("facts from phones")
        indexes = [
            models.Index(fields=["device", "seq", "id"], name="sync_fact_waiting", condition=Q(state="waiting")),
            models.Index(fields=["recorded_at"], name="sync_fact_unsettled", condition=Q(state__in=["waiting", "expecting"])),
            models.Index(fields=["kind", "object_id", "id"], name="sync_fact_record"),
            models.Index(fields=["record_uid"], name="sync_fact_begun", condition=Q(record_uid__isnull=False)),
            models.Index(fields=["person", "-recorded_at", "-id"], name="sync_fact_person"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_sent", fields=[
                "client_uid", "device", "person", "seq", "fact", "kind", "record_uid", "occurred_at", "captured_at", "recorded_at",
                "judged_at", "skew_s", "data",
            ]),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.label}"

    @property
    def declared(self) -> Any:
        from logistics.core.sync.kinds import SYNC_KINDS

        return SYNC_KINDS.get(self.fact)

    @property
    def words(self) -> str:
        """What was done, in the reader's language."""
        return str(self.declared.label) if self.declared else self.fact

    @property
    def why(self) -> str:
        """Why it did not go through."""
        from logistics.core.sync.causes import CAUSES

        return self.detail or (str(CAUSES.get(self.cause, "")) if self.cause else "")

    @property
    def at(self) -> Any:
        return self.captured_at or self.recorded_at


class SyncUpload(models.Model):
    """上传: a photo on its way from a phone, piece by piece; whole, it is drawn anew and waits for the facts that name it."""

    class State(models.TextChoices):
        PARTIAL = "partial", _("on its way")
        WHOLE = "whole", _("arrived")
        REFUSED = "refused", _("refused")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)  # of the file as the phone has it
    size = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.PARTIAL)
    detail = models.CharField(max_length=300, blank=True)
    photo = models.JSONField(default=dict)  # file, thumb, width, height, size and sha256 of what was drawn from it
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.UniqueConstraint(fields=["person", "sha256"], name="sync_upload_once"),
            models.CheckConstraint(name="sync_upload_received", condition=Q(received__lte=models.F("size"))),
        ]
        indexes = [models.Index(fields=["at"], name="sync_upload_partial", condition=Q(state="partial"))]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.received}/{self.size}"
