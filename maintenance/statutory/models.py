"""How the school does the checks that the law leaves to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core.history import tracked
from logistics.core.scoping import Record
from maintenance.findings.models import Domain
from maintenance.statutory.querysets import SchemeRoundQuerySet


@tracked()
class SchemeRound(Record):
    """法定自查安排: by what the checks of one scheme are done: rounds, patrols, control sheets, or otherwise."""

    class Way(models.TextChoices):
        ROUND = "round", _("rounds that arise by themselves")
        PATROL = "patrol", _("routes that carry the duty")
        SHEET = "sheet", _("control sheets")
        NONE = "none", _("otherwise, entered by hand")

    scheme = models.OneToOneField(
        "assets.Scheme", models.PROTECT, related_name="+", verbose_name=_("statutory scheme"), limit_choices_to={"body_required": False}
    )
    way = models.CharField(_("checked by"), max_length=6, choices=Way, default=Way.ROUND)
    duty = models.CharField(_("fulfils the duty"), max_length=60, blank=True)  # code of an obligation, or the kind of control sheet
    domain = models.CharField(_("domain"), max_length=12, choices=Domain, default=Domain.EQUIPMENT)
    checklist = models.ForeignKey(
        "maintenance.Checklist", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checklist")
    )
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    tag_needed = models.BooleanField(_("labels must be scanned"), default=True)
    min_s = models.PositiveSmallIntegerField(_("shortest time at a point (seconds)"), default=20)
    reason = models.CharField(_("why it was changed"), max_length=500, blank=True)

    objects = SchemeRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("way of checking")
        verbose_name_plural = _("ways of checking")
        ordering = ["scheme__code"]
        constraints = [
            models.CheckConstraint(
                name="scheme_round_duty",
                condition=~Q(way__in=["patrol", "sheet"]) | ~Q(duty=""),
                violation_error_message=_("Name the duty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} · {self.get_way_display()}"
