"""What needs attention now."""
from __future__ import annotations

from itertools import pairwise

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import AlertKind, kind_named
from logistics.alerts.messages import fill
from logistics.alerts.querysets import AlertQuerySet
from logistics.core import clock
from logistics.core.bilingual import in_both
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel

DRILL = "drill:"  # how the keys of drills begin, so that a drill and the real thing never meet
SAMPLES = 21
SEVERITIES = [(1, _("Notice")), (2, _("Minor")), (3, _("Serious")), (4, _("Severe")), (5, _("Danger to life"))]


@tracked(exclude=["count", "last_at", "params", "recent", "flap_calm_at", "flap_told_at"])
class Alert(ScopedModel):
    """报警: one condition of one thing that somebody must look at; at most one unresolved alert per key."""

    class Resolution(models.TextChoices):
        FIXED = "fixed", _("It was fixed")
        CONDITION_GONE = "condition_gone", _("It went away")
        FALSE_ALARM = "false_alarm", _("False alarm")
        TEST = "test", _("Test")
        MERGED = "merged", _("Joined to another alert")
        EXPIRED = "expired", _("Nothing more was heard of it")

    kind = models.CharField(_("kind"), max_length=60)
    dedup_key = models.CharField(max_length=200)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, related_name="+", verbose_name=_("team"))
    severity = models.SmallIntegerField(_("severity"), choices=SEVERITIES)
    life_safety = models.BooleanField(default=False)
    settle_s = models.IntegerField(null=True)  # ends so long after it cleared; none: a person has to end it
    ttl_s = models.IntegerField(null=True)  # ends so long after the last signal
    chain = models.ForeignKey("alerts.Chain", models.SET_NULL, null=True, related_name="+", verbose_name=_("chain"))
    drill = models.BooleanField(_("drill"), default=False)
    state = models.CharField(_("state"), max_length=8, default="open", choices=[
        ("open", _("Not handled")), ("cleared", _("Cleared")), ("resolved", _("Resolved")),
    ])
    acked_at = models.DateTimeField(_("acknowledged at"), null=True)
    acked_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("acknowledged by"))
    ack_until = models.DateTimeField(_("acknowledged until"), null=True)
    flapping = models.BooleanField(_("comes and goes"), default=False)
    flap_calm_at = models.DateTimeField(null=True)  # since when it has hardly changed
    flap_told_at = models.DateTimeField(null=True)
    recent = models.CharField(max_length=SAMPLES, blank=True, default="1")  # the last signals: 1 there, 0 gone
    first_at = models.DateTimeField(_("since"), default=clock.now)
    last_at = models.DateTimeField(_("last seen"), default=clock.now)
    count = models.IntegerField(_("times"), default=1)
    cleared_at = models.DateTimeField(_("cleared at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    resolved_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("resolved by"))
    resolution = models.CharField(_("how it ended"), max_length=14, choices=Resolution, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name=_("joined to"))
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="later", verbose_name=_("last time"))
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
            models.CheckConstraint(  # danger to life is ended by a person, never by a clock
                name="alert_life_by_people",
                condition=Q(life_safety=False) | (Q(severity__gte=4, settle_s__isnull=True, ttl_s__isnull=True, flapping=False)
                                                  & (Q(resolved_at__isnull=True) | Q(resolved_by__isnull=False)))),
            models.CheckConstraint(name="alert_drill_key", condition=Q(drill=True, dedup_key__startswith=DRILL)
                                   | (Q(drill=False) & ~Q(dedup_key__startswith=DRILL))),
            models.CheckConstraint(name="alert_merged_whole", condition=Q(resolution="merged", merged_into__isnull=False)
                                   | (~Q(resolution="merged") & Q(merged_into__isnull=True))),
            models.CheckConstraint(name="alert_not_merged_into_itself", condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id"))),
            models.CheckConstraint(name="alert_flap_told", condition=Q(flapping=False) | Q(flap_told_at__isnull=False)),
            models.CheckConstraint(name="alert_cleared_when", condition=~Q(state="cleared") | Q(cleared_at__isnull=False)),
            models.CheckConstraint(name="alert_acked_whole", condition=Q(acked_at__isnull=True, acked_by__isnull=True,
                                   ack_until__isnull=True) | Q(acked_at__isnull=False, acked_by__isnull=False)),
            models.CheckConstraint(name="alert_severity_range", condition=Q(severity__gte=1, severity__lte=5)),
            models.CheckConstraint(name="alert_count_positive", condition=Q(count__gte=1)),
            models.CheckConstraint(name="alert_last_after_first", condition=Q(last_at__gte=F("first_at"))),
        ]
        indexes = [
            models.Index(fields=["-severity", "-last_at", "-id"], name="alert_unresolved", condition=Q(resolved_at__isnull=True)),
            models.Index(fields=["kind", "dedup_key"], name="alert_kind"),
            models.Index(fields=["dedup_key", "-id"], name="alert_earlier", condition=Q(resolved_at__isnull=False)),
            models.Index(fields=["cleared_at"], name="alert_settling", condition=Q(state="cleared", settle_s__isnull=False)),
            models.Index(fields=["last_at"], name="alert_expiring", condition=Q(resolved_at__isnull=True, ttl_s__isnull=False)),
            models.Index(fields=["ack_until"], name="alert_ack_ends", condition=Q(resolved_at__isnull=True, ack_until__isnull=False)),
            models.Index(fields=["flap_told_at"], name="alert_flapping", condition=Q(flapping=True)),
            models.Index(fields=["place", "-last_at"], name="alert_place", condition=Q(resolved_at__isnull=True)),
            models.Index(fields=["-last_at", "-id"], name="alert_newest"),
            models.Index(fields=["subject_kind", "subject_id"], name="alert_subject", condition=~Q(subject_kind="")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is wrong, in the language of the reader."""
        words = fill(self.declared.title, self.params)
        return gettext("Drill: %(what)s") % {"what": words} if self.drill else words

    @property
    def bilingual_title(self) -> dict[str, str]:
        """The title as a param of a notice, which is read in either language."""
        return in_both(lambda: self.title)

    @property
    def declared(self) -> AlertKind:
        return kind_named(self.kind)

    @property
    def hint(self) -> str:
        """What to do about it, in the language of the reader."""
        return fill(self.declared.hint, self.params)

    @property
    def gone(self) -> bool:
        """The condition was seen gone and has not come back."""
        return self.cleared_at is not None

    @property
    def changes(self) -> int:
        """How often it changed within the last 21 signals."""
        return changes(self.recent)

    @property
    def importance(self) -> str:
        """How its notices are told."""
        return "life" if self.life_safety else {1: "info", 2: "normal"}.get(self.severity, "urgent")

    def get_absolute_url(self) -> str:
        return reverse("alerts:alert-detail", args=[self.pk])


def changes(recent: str) -> int:
    return sum(one != other for one, other in pairwise(recent))

