"""Silences and works windows: what is recorded but calls nobody, for a limited time."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import kind_named, words_of
from logistics.alerts.models.alert import DRILL
from logistics.alerts.querysets import SilenceQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel

LONGEST = {"silence": timedelta(hours=8), "works": timedelta(hours=72)}
LONGEST_FOR_LIFE = timedelta(minutes=30)


@tracked()
class Silence(ScopedModel):
    """静默、施工窗口: alerts of a kind, a place or one condition are recorded but call nobody until an instant."""

    class Kind(models.TextChoices):
        SILENCE = "silence", _("Silence")
        WORKS = "works", _("Works window")

    kind = models.CharField(_("what it is"), max_length=7, choices=Kind, default=Kind.SILENCE, editable=False)
    alert_kind = models.CharField(_("kind of alert"), max_length=60, blank=True)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    dedup_key = models.CharField(_("one condition"), max_length=200, blank=True, editable=False)
    life_safety = models.BooleanField(_("also danger to life"), default=False)
    during = DateTimeRangeField(_("during"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("by"), editable=False)
    second_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by"),
                                  editable=False)
    state = models.CharField(_("state"), max_length=8, default="planned", editable=False, choices=[
        ("planned", _("Planned")), ("active", _("In force")), ("ended", _("Ended")), ("revoked", _("Lifted early")),
    ])
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    scope_place = "place"
    objects = SilenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("silence")
        verbose_name_plural = _("silences and works")
        constraints = [
            models.CheckConstraint(name="silence_matches_something",
                                   condition=~Q(alert_kind="", place__isnull=True, dedup_key="")),
            models.CheckConstraint(name="silence_has_an_end", condition=Q(during__isempty=False, during__lower_inf=False,
                                                                          during__upper_inf=False)),
            models.CheckConstraint(name="silence_not_too_long", condition=(
                Q(kind="silence") & Q(during__endswith__lte=F("during__startswith") + LONGEST["silence"])
            ) | (Q(kind="works") & Q(during__endswith__lte=F("during__startswith") + LONGEST["works"]))),
            models.CheckConstraint(name="silence_of_life_short", condition=Q(life_safety=False)
                                   | Q(during__endswith__lte=F("during__startswith") + LONGEST_FOR_LIFE)),
            models.CheckConstraint(name="silence_of_life_by_two", condition=Q(life_safety=False) | ~Q(state="active")
                                   | Q(second_by__isnull=False)),
            models.CheckConstraint(name="silence_second_is_another", condition=Q(second_by__isnull=True) | ~Q(second_by=F("by"))),
            models.CheckConstraint(name="silence_ended_when", condition=Q(state__in=["planned", "active"], ended_at__isnull=True)
                                   | Q(state__in=["ended", "revoked"], ended_at__isnull=False)),
        ]
        indexes = [
            GistIndex(fields=["during"], name="silence_in_force", condition=Q(state__in=["planned", "active"])),
            models.Index(fields=["place"], name="silence_place", condition=Q(state__in=["planned", "active"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.matches}"

    @property
    def matches(self) -> str:
        """What it keeps quiet, in words."""
        one = str(_("one condition")) if self.dedup_key else ""
        return " · ".join(part for part in (self.kind_words, str(self.place or ""), one) if part)

    @property
    def kind_words(self) -> str:
        """The words of the kind that it keeps quiet; "" for every kind."""
        code = self.alert_kind or self.dedup_key.removeprefix(DRILL).partition(":")[0]
        return words_of(kind_named(code)) if code else ""

    @property
    def until(self) -> datetime:
        return self.during.upper

    @property
    def in_force(self) -> bool:
        """Does it keep anything quiet now? Read from the clock, not from the state."""
        confirmed = not self.life_safety or self.second_by_id is not None
        return self.state in ("planned", "active") and confirmed and self.during.lower <= clock.now() < self.during.upper

    def clean(self) -> None:
        if not self.during or self.during.lower is None or self.during.upper is None:
            return
        length = self.during.upper - self.during.lower
        if self.life_safety and length > LONGEST_FOR_LIFE:
            raise ValidationError({"during": _("Danger to life is kept quiet for 30 minutes at most.")})
        if length > LONGEST[self.kind]:
            words = {"silence": _("A silence lasts 8 hours at most."), "works": _("A works window lasts 72 hours at most.")}
            raise ValidationError({"during": words[self.kind]})

    def get_absolute_url(self) -> str:
        return reverse("alerts:silence-detail", args=[self.pk])


