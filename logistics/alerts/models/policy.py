"""What the school decides about a kind of alert, otherwise than shipped."""
from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.kinds import kind_named, words_of
from logistics.alerts.models.alert import SEVERITIES
from logistics.alerts.querysets import RuleQuerySet
from logistics.core.history import tracked
from logistics.core.scoping import ScopedModel


@tracked()
class AlertPolicy(ScopedModel):
    """报警规则: how grave a kind of alert is, whom it calls and when it ends by itself, here and for this time."""

    kind = models.CharField(_("kind of alert"), max_length=60)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"),
                              help_text=_("Empty: everywhere."))
    severity = models.SmallIntegerField(_("severity"), choices=SEVERITIES, null=True, blank=True, help_text=_("Empty: as shipped."))
    chain = models.ForeignKey("alerts.Chain", models.PROTECT, null=True, blank=True, related_name="policies", verbose_name=_("chain"),
                              help_text=_("Empty: as shipped. A chain without steps calls nobody."))
    settle_s = models.PositiveIntegerField(
        _("ends so many seconds after it cleared"), null=True, blank=True, validators=[MaxValueValidator(7 * 86400)],
        help_text=_("Empty: as shipped."),
    )
    during = DateTimeRangeField(_("during"))

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert policy")
        verbose_name_plural = _("alert policies")
        ordering = ["kind", "id"]
        constraints = [
            models.CheckConstraint(name="alert_policy_severity", condition=Q(severity__isnull=True) | Q(severity__range=(1, 5))),
            models.CheckConstraint(name="alert_policy_says_something", condition=Q(severity__isnull=False) | Q(chain__isnull=False)
                                   | Q(settle_s__isnull=False), violation_error_message=_("Decide at least one thing.")),
            ExclusionConstraint(
                name="alert_policy_once",
                expressions=[("kind", RangeOperators.EQUAL), (Coalesce("place", 0), RangeOperators.EQUAL),
                             ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another policy holds for this kind at this place in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.place or _('everywhere')}"

    @property
    def title(self) -> str:
        """The words of its kind."""
        return words_of(kind_named(self.kind))

    def clean(self) -> None:
        declared = kind_named(self.kind)
        if declared.life_safety and self.severity is not None and self.severity < 4:
            raise ValidationError({"severity": _("Danger to life is at least severe.")})
        if declared.latched and self.settle_s is not None:
            raise ValidationError({"settle_s": _("This kind is ended by a person only.")})

    def get_absolute_url(self) -> str:
        return reverse("alerts:alertpolicy-detail", args=[self.pk])
