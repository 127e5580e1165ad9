"""What needs attention now."""
from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import AlertKind, kind_named
from logistics.alerts.messages import fill
from logistics.alerts.querysets import AlertQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel

SEVERITIES = [(1, _("Notice")), (2, _("Minor")), (3, _("Serious")), (4, _("Severe")), (5, _("Danger to life"))]


@tracked(exclude=["count", "last_at", "params"])
class Alert(ScopedModel):
    """报警: one condition of one thing that somebody must look at; at most one unresolved alert per key."""

    class Resolution(models.TextChoices):
        FIXED = "fixed", _("It was fixed")
        CONDITION_GONE = "condition_gone", _("It went away")
        FALSE_ALARM = "false_alarm", _("False alarm")
        TEST = "test", _("Test")

    kind = models.CharField(_("kind"), max_length=60)
    dedup_key = models.CharField(max_length=200)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    severity = models.SmallIntegerField(_("severity"), choices=SEVERITIES)
    state = models.CharField(_("state"), max_length=8, default="open", choices=[
        ("open", _("Not handled")), ("cleared", _("Cleared")), ("resolved", _("Resolved")),
    ])
    acked_at = models.DateTimeField(_("acknowledged at"), null=True)
    acked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("acknowledged by"))
    first_at = models.DateTimeField(_("since"), default=clock.now)
    last_at = models.DateTimeField(_("last seen"), default=clock.now)
    count = models.IntegerField(_("times"), default=1)
    cleared_at = models.DateTimeField(_("cleared at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    resolved_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("resolved by"))
    resolution = models.CharField(_("how it ended"), max_length=14, choices=Resolution, blank=True)
    params = models.JSONField(default=dict)

    scope_place = "place"
    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(fields=["dedup_key"], name="alert_one_unresolved", condition=Q(resolved_at__isnull=True)),
            models.CheckConstraint(name="alert_resolved_whole", condition=(
                Q(state="resolved", resolved_at__isnull=False) & ~Q(resolution="")
            ) | (~Q(state="resolved") & Q(resolved_at__isnull=True, resolution="", resolved_by__isnull=True))),
            models.CheckConstraint(name="alert_cleared_when", condition=~Q(state="cleared") | Q(cleared_at__isnull=False)),
            models.CheckConstraint(name="alert_acked_whole", condition=Q(acked_at__isnull=True, acked_by__isnull=True)
                                   | Q(acked_at__isnull=False, acked_by__isnull=False)),
            models.CheckConstraint(name="alert_severity_range", condition=Q(severity__gte=1, severity__lte=5)),
            models.CheckConstraint(name="alert_count_positive", condition=Q(count__gte=1)),
            models.CheckConstraint(name="alert_last_after_first", condition=Q(last_at__gte=F("first_at"))),
        ]
        indexes = [
            models.Index(fields=["-severity", "-last_at", "-id"], name="alert_unresolved", condition=Q(resolved_at__isnull=True)),
            models.Index(fields=["kind", "dedup_key"], name="alert_kind"),
            models.Index(fields=["subject_kind", "subject_id"], name="alert_subject", condition=~Q(subject_kind="")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is wrong, in the language of the reader."""
        return fill(self.declared.title, self.params)

    @property
    def declared(self) -> AlertKind:
        return kind_named(self.kind)

    @property
    def hint(self) -> str:
        """What to do about it, in the language of the reader."""
        return fill(self.declared.hint, self.params)

    def get_absolute_url(self) -> str:
        return reverse("alerts:alert-detail", args=[self.pk])
