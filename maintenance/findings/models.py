"""Hidden dangers and the answers that speak of them."""
from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel
from logistics.core.search import Searchable, search_index, search_trigger
from maintenance.checklists.models import Severity
from maintenance.findings.querysets import OPEN_STATES, FindingQuerySet
from maintenance.models.request import Here, Titled


class Domain(models.TextChoices):
    """What kind of safety a route or a danger belongs to."""

    FIRE = "fire", _("Fire safety")
    SECURITY = "security", _("Security")
    FOOD = "food_safety", _("Food safety")
    BUILDING = "building", _("School buildings")
    EQUIPMENT = "equipment", _("Equipment")
    HYGIENE = "hygiene", _("Hygiene")
    LABORATORY = "laboratory", _("Laboratory")
    TRAFFIC = "traffic", _("Traffic")
    OTHER = "other", _("Other")


@tracked()
class Finding(Titled, Here, Searchable, Record):
    """隐患: a hidden danger, who removes it by when, and who looked afterwards that it is gone."""

    class Level(models.TextChoices):
        GENERAL = "general", _("General")
        MAJOR = "major", _("Major danger")

    class State(models.TextChoices):
        OPEN = "open", _("To rectify")
        RECTIFYING = "rectifying", _("Being rectified")
        RECTIFIED = "rectified", _("To look at again")
        VERIFIED = "verified", _("Removed")
        ACCEPTED = "accepted_risk", _("Risk accepted")
        VOID = "void", _("Void")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    domain = models.CharField(_("domain"), max_length=12, choices=Domain, default=Domain.OTHER)
    source_kind = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.BigIntegerField(null=True, blank=True, editable=False)
    item = models.ForeignKey("maintenance.ChecklistItem", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item"),
                             editable=False)
    same_key = models.CharField(max_length=100, blank=True, editable=False)  # checklist and item, whatever its version; "" for by hand
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipment"))
    description = models.TextField(_("what is wrong"), max_length=2000, blank=True)
    severity = models.CharField(_("severity"), max_length=12, choices=Severity, default=Severity.MINOR)
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.GENERAL)
    found_at = models.DateTimeField(_("found"), default=clock.now, editable=False)
    found_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
                                 verbose_name=_("found by"))
    rectify_by = models.DateTimeField(_("rectify by"), null=True, blank=True)
    responsible = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+",
                                    verbose_name=_("person responsible"))
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+",
                                   verbose_name=_("department responsible"))
    measures = models.TextField(_("measures"), max_length=2000, blank=True)
    money = models.DecimalField(_("money (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True)
    plan_text = models.TextField(_("plan until then"), max_length=2000, blank=True)
    work_order = models.ForeignKey("maintenance.WorkOrder", models.PROTECT, null=True, blank=True, related_name="findings",
                                   verbose_name=_("work order"), editable=False)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.OPEN, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    rejected_count = models.PositiveSmallIntegerField(_("times rejected"), default=0, editable=False)
    rectified_at = models.DateTimeField(_("rectified"), null=True, blank=True, editable=False)
    rectified_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
                                     verbose_name=_("rectified by"))
    finished_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
                                    verbose_name=_("finisher of the order"))
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
                                    verbose_name=_("verified by"))
    evidence = models.ForeignKey(
        "maintenance.ItemAnswer", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("evidence")
    )
    accepted_until = models.DateField(_("risk accepted until"), null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("risk accepted by")
    )
    accept_reason = models.CharField(_("why the risk is accepted"), max_length=500, blank=True, editable=False)

    lock_rank = 25
    scope_place = "place"
    scope_department = "department"
    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("hidden danger")
        verbose_name_plural = _("hidden dangers")
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["same_key", "equipment"], name="finding_one_open_thing",
                                    condition=Q(state__in=OPEN_STATES, equipment__isnull=False) & ~Q(same_key="")),
            models.UniqueConstraint(fields=["same_key", "place"], name="finding_one_open_place",
                                    condition=Q(state__in=OPEN_STATES, equipment__isnull=True) & ~Q(same_key="")),
            models.CheckConstraint(name="finding_verifier_differs", condition=Q(verified_by__isnull=True) | (
                ~Q(verified_by=F("rectified_by")) & (Q(finished_by__isnull=True) | ~Q(verified_by=F("finished_by"))))),
            models.CheckConstraint(name="finding_verified_whole", condition=~Q(state="verified") | Q(
                evidence__isnull=False, verified_by__isnull=False, verified_at__isnull=False, rectified_at__isnull=False)),
            models.CheckConstraint(name="finding_accepted_until", condition=~Q(state="accepted_risk") | (
                Q(accepted_until__isnull=False, accepted_by__isnull=False) & ~Q(accept_reason="") & ~Q(severity="critical"))),
            models.CheckConstraint(
                name="finding_major_planned",
                condition=~Q(level="major", state__in=["rectifying", "rectified", "verified"]) | (
                    ~Q(measures="") & ~Q(plan_text="") & Q(money__isnull=False, rectify_by__isnull=False)
                    & (Q(responsible__isnull=False) | Q(department__isnull=False)))),
        ]
        indexes = [
            models.Index(fields=["-found_at", "-id"], name="finding_newest"),
            models.Index(fields=["state", "-found_at", "-id"], name="finding_state"),
            models.Index(fields=["severity", "-found_at", "-id"], name="finding_severity"),
            models.Index(fields=["domain", "-found_at", "-id"], name="finding_domain"),
            models.Index(fields=["place", "-found_at"], name="finding_place"),
            models.Index(fields=["equipment", "-found_at"], name="finding_equipment", condition=Q(equipment__isnull=False)),
            models.Index(fields=["responsible", "-found_at"], name="finding_responsible", condition=Q(responsible__isnull=False)),
            models.Index(fields=["work_order"], name="finding_order", condition=Q(work_order__isnull=False)),
            models.Index(fields=["rectify_by"], name="finding_due", condition=Q(state__in=("open", "rectifying", "rectified"))),
            models.Index(fields=["rectify_by", "id"], name="finding_rectify_by"),
            search_index("finding_search"),
        ]
        triggers = [
            search_trigger("number", "title_zh", "title_en", also=("place_zh", "place_en")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_found", fields=["found_at", "found_by", "item", "same_key", "source_kind", "source_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.title}"

    @property
    def late(self) -> bool:
        return bool(self.rectify_by and self.rectify_by < clock.now() and self.state in ("open", "rectifying", "rectified"))


class FindingAnswer(ScopedModel):
    """隐患来源: an answer that speaks of a danger: the one that opened it, or one that found it again."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="answers")
    answer = models.OneToOneField("maintenance.ItemAnswer", models.PROTECT, related_name="finding_link")
    at = models.DateTimeField(default=clock.now)

    scope_place = "finding__place"

    class Meta:
        verbose_name = _("answer about a danger")
        verbose_name_plural = _("answers about dangers")
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.finding} · {self.answer}"
