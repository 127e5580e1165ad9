"""Equipment, its categories, and the locks that keep it from being used."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.querysets import EquipmentQuerySet, UseLockQuerySet
from logistics.accounts.querysets import OpenToAll
from logistics.core import clock
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record, ScopedModel
from logistics.core.search import Searchable, search_index, search_trigger
from logistics.core.trades import Trade
from logistics.core.trees import tree_triggers

CRITICALITY = [("A", _("A: vital")), ("B", _("B: important")), ("C", _("C: ordinary"))]


@tracked(exclude=["ancestors"])
class EquipmentCategory(Named, Searchable, Record):
    """设备类别: a kind of equipment and what is usual for it."""

    class Kind(models.TextChoices):
        TEACHING = "teaching", _("Teaching")
        LABORATORY = "laboratory", _("Laboratory")
        KITCHEN = "kitchen", _("Kitchen")
        UTILITY = "utility", _("Utilities")
        FIRE = "fire", _("Fire protection")
        ACCESS = "access", _("Access control")
        CCTV = "cctv", _("Cameras")
        SPECIAL = "special", _("Special equipment")
        FURNITURE = "furniture", _("Furniture")
        IT = "it", _("Computers and network")
        VEHICLE = "vehicle", _("Vehicles")
        OTHER = "other", _("Other")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent category"))
    ancestors = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    trade = models.CharField(_("trade"), max_length=10, choices=Trade, blank=True)
    default_life_years = models.SmallIntegerField(
        _("usual life (years)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    default_criticality = models.CharField(_("usual criticality"), max_length=1, choices=CRITICALITY, default="C")

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("equipment category")
        verbose_name_plural = _("equipment categories")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="category_life_years",
                condition=Q(default_life_years__isnull=True) | Q(default_life_years__gte=1, default_life_years__lte=100),
            )
        ]
        indexes = [GinIndex(fields=["ancestors"], name="category_ancestors"), search_index("category_search")]
        triggers = [search_trigger("code", "name_zh", "name_en"), *tree_triggers("assets_equipmentcategory")]


@tracked()
class Equipment(Named, Searchable, Record):
    """设备: one durable thing of the school, where it stands, who keeps it and whether it may be used."""

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    category = models.ForeignKey(EquipmentCategory, models.PROTECT, related_name="equipment", verbose_name=_("category"))
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    maker = models.CharField(_("maker"), max_length=80, blank=True)
    model_name = models.CharField(_("model"), max_length=80, blank=True)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="equipment", verbose_name=_("place"))
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    keeper = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("keeper"))
    serial_no = models.CharField(_("serial number"), max_length=60, blank=True)
    fixed_asset_no = models.CharField(_("fixed asset number"), max_length=40, blank=True)
    purchased_on = models.DateField(_("bought on"), null=True, blank=True)
    commissioned_on = models.DateField(_("in use since"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    purchase_cost = models.DecimalField(
        _("cost (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    life_years = models.SmallIntegerField(
        _("life (years)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Empty: as usual for its category."),
    )
    criticality = models.CharField(_("criticality"), max_length=1, choices=CRITICALITY, default="C")
    status = models.CharField(
        _("status"),
        max_length=14,
        default="planned",
        editable=False,
        choices=[
            ("planned", _("To be registered")),
            ("in_service", _("In use")),
            ("idle", _("Idle")),
            ("out_of_service", _("Out of service")),
            ("disposed", _("Disposed of")),
        ],
    )
    use_state = models.CharField(
        _("may be used"),
        max_length=10,
        default="normal",
        db_default="normal",
        editable=False,
        choices=[("normal", _("Normal")), ("restricted", _("Restricted")), ("locked", _("Locked"))],
    )

    scope_place = "place"
    scope_department = "department"
    objects = EquipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment")
        verbose_name_plural = _("equipment")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fixed_asset_no"],
                name="equipment_fixed_asset",
                condition=~Q(fixed_asset_no=""),
                violation_error_message=_("Another thing already has this fixed asset number."),
            ),
            models.UniqueConstraint(
                fields=["model_name", "serial_no"],
                name="equipment_serial",
                condition=~Q(model_name="") & ~Q(serial_no=""),
                violation_error_message=_("This serial number of this model is already registered."),
            ),
            models.CheckConstraint(
                name="equipment_stands_somewhere", condition=Q(status__in=["planned", "disposed"]) | Q(place__isnull=False)
            ),
            models.CheckConstraint(
                name="equipment_warranty_after_start",
                condition=Q(warranty_until__isnull=True) | Q(commissioned_on__isnull=True) | Q(warranty_until__gte=F("commissioned_on")),
                violation_error_message=_("The warranty ends before the thing was in use."),
            ),
            models.CheckConstraint(name="equipment_cost", condition=Q(purchase_cost__isnull=True) | Q(purchase_cost__gte=0)),
        ]
        indexes = [
            search_index("equipment_search"),
            models.Index(fields=["place", "-id"], name="equipment_place"),
            models.Index(fields=["category", "-id"], name="equipment_category"),
            models.Index(fields=["status", "-id"], name="equipment_status"),
            models.Index(fields=["-id"], name="equipment_not_normal", condition=~Q(use_state="normal")),
        ]
        triggers = [search_trigger("number", "name_zh", "name_en", also=("maker", "model_name", "serial_no", "fixed_asset_no"))]

    @property
    def years(self) -> int | None:
        """How long it is meant to last."""
        return self.life_years or self.category.default_life_years


@tracked()
class UseLock(ScopedModel):
    """禁用、限用: one reason why a thing must not be used, or only with care; several may stand at once."""

    class Level(models.TextChoices):
        RESTRICTED = "restricted", _("Restricted")
        LOCKED = "locked", _("Locked")

    class Cause(models.TextChoices):
        FINDING = "finding", _("Hidden danger")
        CERTIFICATE = "certificate", _("Certificate")
        FAILED_CHECK = "failed_check", _("Failed check")
        MANUAL = "manual", _("By hand")

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="locks", verbose_name=_("equipment"))
    level = models.CharField(_("level"), max_length=10, choices=Level)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause, default=Cause.MANUAL)
    source_kind = models.CharField(max_length=60, blank=True)
    source_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=300)
    opened_at = models.DateTimeField(_("since"), default=clock.now)
    opened_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("locked by"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by"))
    lift_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    scope_place = "equipment__place"
    scope_department = "equipment__department"
    objects = UseLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("use lock")
        verbose_name_plural = _("use locks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "cause", "source_kind", "source_id"],
                name="use_lock_once_per_cause",
                nulls_distinct=False,
                condition=Q(lifted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="use_lock_lifted_whole",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
            ),
            models.CheckConstraint(name="use_lock_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["equipment"], name="use_lock_live", condition=Q(lifted_at__isnull=True))]
        triggers = [
            pgtrigger.Trigger(
                name="use_state",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("thing", "bigint"), ("state", "text")],
                # The row is locked first, so that the question after it sees what a lock just ahead of us committed.
                func="""
                    thing := coalesce(NEW.equipment_id, OLD.equipment_id);
                    PERFORM 1 FROM assets_equipment WHERE id = thing FOR UPDATE;
                    SELECT CASE WHEN bool_or(level = 'locked') THEN 'locked' WHEN count(*) > 0 THEN 'restricted' ELSE 'normal' END
                        INTO state FROM assets_uselock WHERE equipment_id = thing AND lifted_at IS NULL;
                    UPDATE assets_equipment SET use_state = state WHERE id = thing AND use_state <> state;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.reason}"

    def get_absolute_url(self) -> str:
        return reverse("assets:equipment-detail", args=[self.equipment_id])
