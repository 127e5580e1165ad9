"""A proposal of renewals, and its lines with the evidence of the day on which it was handed in."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record


@tracked()
class RenewalProposal(Record):
    """更新申报: what should be renewed in a year, handed in together; planning makes a project of it, else it is decided here."""

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    year = models.SmallIntegerField(_("year"), validators=[MinValueValidator(2000), MaxValueValidator(2200)])
    note = models.TextField(_("why"), max_length=2000, blank=True)
    budget = models.DecimalField(
        _("budget (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    total = models.DecimalField(_("cost (yuan)"), max_digits=14, decimal_places=2, editable=False)
    # what it would change, as worked out on the day: condition index now, with it, without it; price and upkeep of waiting a year
    figures = models.JSONField(default=dict, editable=False)
    # the innermost place that holds all that it names; it decides who reads it
    place = models.ForeignKey("campus.Place", models.PROTECT, editable=False, related_name="+", verbose_name=_("place"))
    made_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("handed in by")
    )
    handed_in_at = models.DateTimeField(_("handed in"), default=clock.now, editable=False)
    decision = models.CharField(_("decision"), max_length=500, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=9, default="handed_in", editable=False)
    project_kind = models.CharField(max_length=60, blank=True, editable=False)
    project_id = models.BigIntegerField(null=True, editable=False)
    project_label = models.CharField(_("project"), max_length=120, blank=True, editable=False)

    scope_place = "place"
    lock_rank = 12

    class Meta:
        verbose_name = _("proposal of renewals")
        verbose_name_plural = _("proposals of renewals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="renewal_proposal_state", condition=Q(state__in=["handed_in", "approved", "refused", "withdrawn"])),
            models.CheckConstraint(name="renewal_proposal_money", condition=Q(total__gte=0) & (Q(budget__isnull=True) | Q(budget__gte=0))),
            models.CheckConstraint(
                name="renewal_proposal_project", condition=Q(project_kind="", project_id__isnull=True) | Q(project_id__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="renewal_proposal_state"),
            models.Index(fields=["year", "-id"], name="renewal_proposal_year"),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.title}"


class ProposalLine(models.Model):
    """申报明细: one item of a proposal, at the prices of its year, with the evidence as it was. Never changed."""

    proposal = models.ForeignKey(RenewalProposal, models.PROTECT, related_name="lines", verbose_name=_("proposal of renewals"))
    item = models.ForeignKey("assets.RenewalItem", models.PROTECT, related_name="lines", verbose_name=_("renewal item"))
    position = models.SmallIntegerField()
    cost = models.DecimalField(_("cost (yuan)"), max_digits=14, decimal_places=2, null=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("line of a proposal")
        verbose_name_plural = _("lines of a proposal")
        ordering = ["proposal", "position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "item"], name="proposal_line_once"),
            models.CheckConstraint(name="proposal_line_cost", condition=Q(cost__isnull=True) | Q(cost__gte=0)),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return str(self.item)
