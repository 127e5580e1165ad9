"""The supply map: which thing feeds which place with what, and what there cannot do without."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.supply.querysets import SupplyQuerySet
from logistics.core.history import tracked
from logistics.core.scoping import Record


class Utility(models.TextChoices):
    WATER = "water", _("Water")
    HOT_WATER = "hot_water", _("Hot water")
    ELECTRICITY = "electricity", _("Electricity")
    GAS = "gas", _("Gas")
    HEATING = "heating", _("Heating")
    COOLING = "cooling", _("Cooling")
    NETWORK = "network", _("Network")
    LIFT = "lift", _("Lifts")


@tracked()
class Supply(Record):
    """供给关系: this thing feeds this place, and everything in it, with a utility."""

    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="feeds", verbose_name=_("fed by"))
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="fed_by", verbose_name=_("place"))
    utility = models.CharField(_("utility"), max_length=12, choices=Utility)
    share = models.DecimalField(_("share of the need (%)"), max_digits=5, decimal_places=2, null=True, blank=True)

    scope_place = "place"
    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply line")
        verbose_name_plural = _("supply map")
        ordering = ["utility", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "place", "utility"], name="supply_once", violation_error_message=_("This line is on the map already.")
            ),
            models.CheckConstraint(
                name="supply_share",
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=100),
                violation_error_message=_("Between 0 and 100."),
            ),
        ]
        indexes = [
            models.Index(fields=["place", "utility"], name="supply_place"),
            models.Index(fields=["utility", "-id"], name="supply_utility"),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} → {self.place} · {self.get_utility_display()}"


@tracked()
class CriticalLoad(Record):
    """重要负荷: something that must not go without a utility unasked: a kitchen, a cold store, a server; and who answers for it."""

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="critical_loads", verbose_name=_("place"))
    equipment = models.ForeignKey(
        "assets.Equipment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("equipment"),
        help_text=_("Empty: the place itself."),
    )
    utility = models.CharField(_("utility"), max_length=12, choices=Utility)
    contact = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("who answers for it"))
    need = models.CharField(
        _("what it needs"), max_length=200, blank=True, help_text=_("How long it can do without, what must be prepared.")
    )

    scope_place = "place"
    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("critical load")
        verbose_name_plural = _("critical loads")
        ordering = ["utility", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "equipment", "utility"],
                name="critical_load_once",
                nulls_distinct=False,
                violation_error_message=_("This load is listed already."),
            )
        ]
        indexes = [models.Index(fields=["utility", "-id"], name="critical_load_utility")]

    def __str__(self) -> str:
        what = self.equipment.name if self.equipment_id else self.place.place_label  # type: ignore[union-attr]
        return f"{what} · {self.get_utility_display()}"
