"""Condition grades, the weights of the ranking, prices, and the items of the renewal list."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.renewal.querysets import DatedHouseQuerySet, HouseQuerySet, RenewalItemQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record

GRADES = [(1, _("1: new")), (2, _("2: good")), (3, _("3: worn")), (4, _("4: poor")), (5, _("5: failing"))]
SYSTEMS = [
    ("structure", _("structure")),
    ("roof", _("roof")),
    ("facade", _("facade and windows")),
    ("interior", _("interior")),
    ("water", _("water and drains")),
    ("electric", _("electricity")),
    ("heating", _("heating and cooling")),
    ("fire", _("fire protection")),
    ("lift", _("lifts")),
    ("network", _("network")),
]


class ConditionGrade(Record):
    """完好等级: how good a thing, or a system of a building, was found to be on a day."""

    equipment = models.ForeignKey(
        "assets.Equipment", models.PROTECT, null=True, blank=True, related_name="grades", verbose_name=_("equipment")
    )
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="grades", verbose_name=_("building"))
    system = models.CharField(_("system of the building"), max_length=12, choices=SYSTEMS, blank=True)
    grade = models.SmallIntegerField(_("grade"), choices=GRADES)
    graded_on = models.DateField(_("graded on"), default=clock.today)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("graded by"))
    stands_at = models.ForeignKey("campus.Place", models.PROTECT, editable=False, related_name="+", verbose_name=_("where it stood"))

    scope_place = "stands_at"
    scope_department = "equipment__department"

    class Meta:
        verbose_name = _("condition grade")
        verbose_name_plural = _("condition grades")
        ordering = ["-graded_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="condition_grade_one_target",
                condition=Q(equipment__isnull=False, place__isnull=True, system="")
                | (Q(equipment__isnull=True, place__isnull=False) & ~Q(system="")),
            ),
            models.CheckConstraint(name="condition_grade_range", condition=Q(grade__gte=1, grade__lte=5)),
        ]
        indexes = [
            models.Index(fields=["equipment", "-graded_on", "-id"], name="condition_grade_thing"),
            models.Index(fields=["place", "system", "-graded_on"], name="condition_grade_place"),
            models.Index(fields=["-graded_on", "-id"], name="condition_grade_day"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return str(self.get_grade_display())


@tracked()
class RenewalWeights(Record):
    """更新评分权重: how much age, condition, failures, cost and criticality count during a span."""

    during = DateTimeRangeField(_("holds"))
    age = models.DecimalField(_("age"), max_digits=5, decimal_places=2, default=35)
    condition = models.DecimalField(_("condition"), max_digits=5, decimal_places=2, default=25)
    failures = models.DecimalField(_("failures"), max_digits=5, decimal_places=2, default=15)
    cost = models.DecimalField(_("upkeep cost"), max_digits=5, decimal_places=2, default=15)
    criticality = models.DecimalField(_("criticality"), max_digits=5, decimal_places=2, default=10)
    failures_full = models.DecimalField(_("failures a year that count in full"), max_digits=5, decimal_places=2, default=5)
    cost_full = models.DecimalField(_("upkeep of a year, of a new one, that counts in full"), max_digits=5, decimal_places=2, default="0.5")
    min_coverage = models.DecimalField(_("share of the weights that must be known"), max_digits=4, decimal_places=2, default="0.6")
    fci_good = models.DecimalField(_("condition index below which a building is good (%)"), max_digits=5, decimal_places=2, default=5)
    fci_fair = models.DecimalField(_("condition index below which a building is fair (%)"), max_digits=5, decimal_places=2, default=10)
    fabric_cost_m2 = models.DecimalField(
        _("cost of building anew (yuan per m²)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Of the fabric without equipment. Empty: not known, and no condition index is worked out."),
    )
    reason = models.CharField(_("why it was changed"), max_length=500, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("set by"))

    objects = DatedHouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("weights of renewal")
        verbose_name_plural = _("weights of renewal")
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(name="renewal_weights_once", expressions=[("during", RangeOperators.OVERLAPS)]),
            models.CheckConstraint(
                name="renewal_weights_full",
                condition=Q(failures_full__gt=0, cost_full__gt=0, min_coverage__gte=0, min_coverage__lte=1, fci_fair__gt=F("fci_good")),
                violation_error_message=_("What counts in full is more than nothing, and fair begins above good."),
            ),
            models.CheckConstraint(
                name="renewal_weights_hundred",
                violation_error_message=_("The five weights add up to 100."),
                condition=Q(
                    age=100 - F("condition") - F("failures") - F("cost") - F("criticality"),
                    age__gte=0,
                    condition__gte=0,
                    failures__gte=0,
                    cost__gte=0,
                    criticality__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.age:g} / {self.condition:g} / {self.failures:g} / {self.cost:g} / {self.criticality:g}"


@tracked()
class PriceIndex(Record):
    """价格指数: what the same costs in a year, against the other years of the list."""

    year = models.SmallIntegerField(_("year"), unique=True, validators=[MinValueValidator(1990), MaxValueValidator(2200)])
    factor = models.DecimalField(_("factor"), max_digits=8, decimal_places=4, validators=[MinValueValidator(0)])
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = HouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("price index")
        verbose_name_plural = _("price index")
        ordering = ["year"]
        constraints = [models.CheckConstraint(name="price_index_positive", condition=Q(factor__gt=0))]

    def __str__(self) -> str:
        return f"{self.year}: {self.factor.normalize():f}"


@tracked()
class RenewalItem(Record):
    """更新项目: one thing, or work on a building, that should be renewed in a year, with the score of the day it was proposed."""

    equipment = models.ForeignKey(
        "assets.Equipment", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("equipment")
    )
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("place"))
    stands_at = models.ForeignKey("campus.Place", models.PROTECT, editable=False, related_name="+", verbose_name=_("where it stands"))
    what = models.CharField(_("what has to be done"), max_length=120, blank=True, help_text=_("For work on a building."))
    year = models.SmallIntegerField(_("year"), validators=[MinValueValidator(2000), MaxValueValidator(2200)])
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False)
    coverage = models.DecimalField(_("known"), max_digits=4, decimal_places=2, default=0, editable=False)
    parts = models.JSONField(_("parts of the score"), default=dict, editable=False)
    cost = models.DecimalField(_("cost (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    price_year = models.SmallIntegerField(_("at prices of"), null=True, blank=True)
    risk_note = models.CharField(_("what happens if it waits"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=9, default="proposed", editable=False)
    defer_reason = models.CharField(_("why it waits"), max_length=500, blank=True, editable=False)
    project_kind = models.CharField(max_length=60, blank=True, editable=False)
    project_id = models.BigIntegerField(null=True, editable=False)
    project_label = models.CharField(_("project"), max_length=120, blank=True, editable=False)
    replacement = models.ForeignKey(
        "assets.Equipment", models.PROTECT, null=True, blank=True, editable=False, related_name="renewal_of", verbose_name=_("replaced by")
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    scope_place = "stands_at"
    scope_department = "equipment__department"
    objects = RenewalItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("renewal item")
        verbose_name_plural = _("renewal items")
        ordering = ["-score", "id"]
        constraints = [
            models.CheckConstraint(
                name="renewal_item_one_target",
                condition=Q(equipment__isnull=False, place__isnull=True) | (Q(equipment__isnull=True, place__isnull=False) & ~Q(what="")),
                violation_error_message=_("Name the thing; or the place and what has to be done there."),
            ),
            models.UniqueConstraint(
                fields=["equipment"],
                name="renewal_item_open",
                condition=Q(state__in=["proposed", "submitted", "approved", "deferred"], equipment__isnull=False),
                violation_error_message=_("It is on the list already."),
            ),
            models.UniqueConstraint(
                fields=["place", "what"],
                name="renewal_item_open_place",
                condition=Q(state__in=["proposed", "submitted", "approved", "deferred"], place__isnull=False),
                violation_error_message=_("It is on the list already."),
            ),
            models.CheckConstraint(name="renewal_item_deferred", condition=~Q(state="deferred") | ~Q(defer_reason="")),
            models.CheckConstraint(name="renewal_item_cost", condition=Q(cost__isnull=True) | Q(cost__gte=0)),
        ]
        indexes = [
            models.Index(fields=["year", "-score", "id"], name="renewal_item_year"),
            models.Index(fields=["state", "-score", "id"], name="renewal_item_state"),
        ]

    def __str__(self) -> str:
        return str(self.equipment) if self.equipment_id else f"{self.place} · {self.what}"

    @property
    def target(self) -> Any:
        return self.equipment if self.equipment_id else self.place
