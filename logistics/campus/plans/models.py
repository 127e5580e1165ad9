"""What is known of a building as a construction, and floor plans with pins on them."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models.reference import RecordRef
from logistics.core.scoping import Record


@tracked()
class BuildingProfile(Record):
    """楼栋档案: how a building was built, how long it is meant to stand, and what it would cost to build again."""

    class Seismic(models.TextChoices):
        MEETS = "meets", _("Meets the code")
        BELOW = "below", _("Below the code")
        UNKNOWN = "unknown", _("Not assessed")

    class Grade(models.TextChoices):
        A = "A", _("A: sound")
        B = "B", _("B: sound, parts to mend")
        C = "C", _("C: partly dangerous")
        D = "D", _("D: dangerous as a whole")

    place = models.OneToOneField("campus.Place", models.PROTECT, related_name="profile", verbose_name=_("building"))
    built_on = models.DateField(_("finished on"), null=True, blank=True)
    design_life_years = models.SmallIntegerField(_("design life (years)"), null=True, blank=True)
    storeys_above = models.SmallIntegerField(_("storeys above ground"), null=True, blank=True)
    storeys_below = models.SmallIntegerField(_("storeys below ground"), null=True, blank=True)
    height_m = models.DecimalField(_("height (m)"), max_digits=6, decimal_places=2, null=True, blank=True)
    gross_m2 = models.DecimalField(_("gross area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True)
    seismic = models.CharField(_("earthquake resistance"), max_length=8, choices=Seismic, default=Seismic.UNKNOWN)
    structural_grade = models.CharField(_("grade of the structure"), max_length=1, choices=Grade, blank=True)
    replacement_cost = models.DecimalField(_("cost to build again (CNY)"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_year = models.SmallIntegerField(_("at prices of the year"), null=True, blank=True)

    scope_place = "place"

    class Meta:
        verbose_name = _("building profile")
        verbose_name_plural = _("building profiles")
        constraints = [
            models.CheckConstraint(
                name="profile_figures",
                condition=(Q(design_life_years__isnull=True) | Q(design_life_years__gt=0))
                & (Q(storeys_above__isnull=True) | Q(storeys_above__gte=0)) & (Q(storeys_below__isnull=True) | Q(storeys_below__gte=0))
                & (Q(height_m__isnull=True) | Q(height_m__gt=0)) & (Q(gross_m2__isnull=True) | Q(gross_m2__gt=0))
                & (Q(replacement_cost__isnull=True) | Q(replacement_cost__gte=0)),
                violation_error_message=_("Years, sizes and costs cannot be negative."),
            ),
            models.CheckConstraint(
                name="profile_cost_has_year", condition=Q(replacement_cost__isnull=True) | Q(price_year__isnull=False),
                violation_error_message=_("Say at prices of which year the cost is."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.place)


@tracked()
class FloorPlan(Record):
    """平面图: a drawing of a floor, building or campus on which things are pinned."""

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="plans", verbose_name=_("drawing of"))
    file = models.CharField(max_length=200, editable=False)
    width_px = models.IntegerField(editable=False)
    height_px = models.IntegerField(editable=False)
    metres_per_px = models.DecimalField(
        _("metres per pixel"), max_digits=8, decimal_places=5, null=True, blank=True, help_text=_("The scale, if it is known.")
    )
    added_at = models.DateTimeField(_("added"), default=clock.now, editable=False)

    scope_place = "place"

    class Meta:
        verbose_name = _("floor plan")
        verbose_name_plural = _("floor plans")
        ordering = ["place__code"]
        constraints = [
            models.UniqueConstraint(name="plan_of_place", fields=["place"], violation_error_message=_("This place has a plan already.")),
            models.CheckConstraint(name="plan_size", condition=Q(width_px__gt=0, height_px__gt=0)),
            models.CheckConstraint(name="plan_scale", condition=Q(metres_per_px__isnull=True) | Q(metres_per_px__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.place)


class Pin(RecordRef):
    """图钉: where on a plan something stands, as shares of width and height from the upper left corner."""

    plan = models.ForeignKey(FloorPlan, models.CASCADE, related_name="pins", verbose_name=_("floor plan"))
    label = models.CharField(_("words"), max_length=200)
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+")  # of what is pinned
    x = models.FloatField()
    y = models.FloatField()

    class Meta:
        verbose_name = _("pin")
        verbose_name_plural = _("pins")
        ordering = ["y", "x"]
        constraints = [
            models.UniqueConstraint(name="pin_once", fields=["plan", "kind", "object_id"]),
            models.CheckConstraint(name="pin_on_the_plan", condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1)),
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="pin_target")]

    def __str__(self) -> str:
        return self.label
