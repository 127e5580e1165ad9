"""Outages: what is cut off where, who is told, what must not go without, and what was said since."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.supply.models import Utility
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger
from maintenance.models.request import Here
from maintenance.outages.querysets import OutageQuerySet


@tracked()
class Outage(Here, Searchable, Record):
    """停供: water, electricity, heating or another utility is or will be off at some places."""

    class Kind(models.TextChoices):
        PLANNED = "planned", _("Planned")
        UNPLANNED = "unplanned", _("Unplanned")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        ANNOUNCED = "announced", _("Announced")
        ONGOING = "ongoing", _("Off now")
        RESTORED = "restored", _("Restored")
        CLOSED = "closed", _("Filed")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    utility = models.CharField(_("utility"), max_length=12, choices=Utility)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.PLANNED)
    # place (from Here): the innermost place that holds all the others; it decides who manages the outage
    planned = DateTimeRangeField(_("planned from–to"), null=True, blank=True)
    # before any extension
    first_end = models.DateTimeField(_("end as first announced"), null=True, editable=False)
    announced_at = models.DateTimeField(_("announced"), null=True, editable=False)
    began_at = models.DateTimeField(_("off since"), null=True, editable=False)
    restored_at = models.DateTimeField(_("restored"), null=True, editable=False)
    reason_zh = models.CharField(_("reason in Chinese"), max_length=200)
    reason_en = models.CharField(_("reason in English"), max_length=200, blank=True)
    source = models.ForeignKey(
        "assets.Equipment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("what is shut off")
    )
    work_order = models.ForeignKey(
        "maintenance.WorkOrder", models.PROTECT, null=True, blank=True, related_name="outages", verbose_name=_("work order")
    )
    contact = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("who answers questions"))
    substitute = models.CharField(_("substitute"), max_length=200, blank=True, help_text=_("Water cart, generator, where to go instead."))
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice"), default=24)
    people = models.PositiveIntegerField(_("people affected"), default=0, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, editable=False)
    cancel_reason = models.CharField(_("why it was called off"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    lock_rank = 15
    scope_place = "place"
    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="outage_planned_has_range",
                condition=~Q(kind="planned") | Q(planned__isnull=False),
                violation_error_message=_("A planned outage has a beginning and an end."),
            ),
            models.CheckConstraint(
                name="outage_ends_after_start", condition=Q(restored_at__isnull=True) | Q(restored_at__gt=F("began_at"))
            ),
            models.CheckConstraint(
                name="outage_states_have_times",
                condition=(~Q(state__in=["ongoing", "restored", "closed"]) | Q(began_at__isnull=False))
                & (~Q(state__in=["restored", "closed"]) | Q(restored_at__isnull=False))
                & (~Q(state="announced") | Q(announced_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="outage_state"),
            models.Index(fields=["utility", "-id"], name="outage_utility"),
            models.Index(fields=["began_at"], name="outage_began"),
            search_index("outage_search"),
        ]
        triggers = [search_trigger("number", "reason_zh", "reason_en", also=("place_zh", "place_en"))]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.get_utility_display()}"

    @property
    def reason(self) -> str:
        from logistics.core.bilingual import pick

        return pick(self.reason_zh, self.reason_en)

    @property
    def begins(self) -> datetime | None:
        """When it began, or is to begin."""
        return self.began_at or (self.planned.lower if self.planned else None)

    @property
    def ends(self) -> datetime | None:
        """When it ended, or is to end; None: nobody knows yet."""
        return self.restored_at or (self.planned.upper if self.planned else None)

    @property
    def in_time(self) -> bool:
        """Was it announced early enough?"""
        begin = self.planned.lower if self.planned else self.began_at
        return bool(self.announced_at and begin and self.announced_at <= begin - timedelta(hours=self.notice_hours))

    @property
    def minutes(self) -> float:
        """How long it lasted, or lasts by now."""
        return ((self.restored_at or clock.now()) - self.began_at).total_seconds() / 60 if self.began_at else 0.0


class OutagePlace(models.Model):
    """停供范围: one place that goes without, with everything in it, and how many people are there."""

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="places")
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+")
    critical = models.BooleanField(default=False)
    people = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("place of an outage")
        verbose_name_plural = _("places of outages")
        constraints = [models.UniqueConstraint(fields=["outage", "place"], name="outage_place_once")]

    def __str__(self) -> str:
        return f"{self.outage} · {self.place}"


class OutageLoad(models.Model):
    """停供中的重要负荷: a critical load that the outage reaches, and what was arranged with whoever answers for it."""

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="loads")
    load = models.ForeignKey("assets.CriticalLoad", models.CASCADE, related_name="+")
    arrangement = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("critical load of an outage")
        verbose_name_plural = _("critical loads of outages")
        constraints = [
            models.UniqueConstraint(fields=["outage", "load"], name="outage_load_once"),
            models.CheckConstraint(
                name="outage_load_answered_whole",
                condition=Q(answered_at__isnull=True, arrangement="") | (Q(answered_at__isnull=False) & ~Q(arrangement="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outage} · {self.load}"


class OutagePerson(models.Model):
    """停供告知: somebody who was told of an outage, once; whoever was told is told of every change."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="told")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("person told of an outage")
        verbose_name_plural = _("people told of outages")
        constraints = [models.UniqueConstraint(fields=["outage", "person"], name="outage_person_once")]
        indexes = [models.Index(fields=["person", "outage"], name="outage_person")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.outage} · {self.person}"


class OutageUpdate(models.Model):
    """停供进展: what was said while it lasted, and the new end if there was one."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="updates")
    text = models.CharField(max_length=500, blank=True)
    new_end = models.DateTimeField(null=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("news of an outage")
        verbose_name_plural = _("news of outages")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(name="outage_update_says", condition=~Q(text="") | Q(new_end__isnull=False))]
        indexes = [models.Index(fields=["outage", "-at"], name="outage_update")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.text or str(self.new_end)
