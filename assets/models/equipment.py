"""Equipment: one durable thing of the school, or a group of alike ones."""
from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from assets.models.catalogue import CRITICALITY, LIFE, EquipmentCategory, EquipmentModel
from assets.querysets import EquipmentQuerySet
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger
from logistics.core.trees import tree_triggers

# Either the model is chosen and gives its words, or the words are typed and find their model.
MODEL_WORDS = """
IF TG_OP = 'UPDATE' AND NEW.model_id IS NOT DISTINCT FROM OLD.model_id
    AND (NEW.maker, NEW.model_name) IS DISTINCT FROM (OLD.maker, OLD.model_name) THEN
    NEW.model_id := NULL;
END IF;
IF NEW.model_id IS NOT NULL THEN
    SELECT maker, name INTO NEW.maker, NEW.model_name FROM assets_equipmentmodel WHERE id = NEW.model_id;
ELSIF NEW.model_name <> '' THEN
    SELECT id INTO NEW.model_id FROM assets_equipmentmodel WHERE maker = NEW.maker AND name = NEW.model_name;
END IF;
RETURN NEW;
"""
# What a category says of its things: whether they may be a group, and which facts they have.
FITS_CATEGORY = """
IF NEW.tracking = 'group' AND (TG_OP = 'INSERT' OR (NEW.tracking, NEW.category_id) IS DISTINCT FROM (OLD.tracking, OLD.category_id))
    AND NOT (SELECT group_allowed FROM assets_equipmentcategory WHERE id = NEW.category_id) THEN
    RAISE EXCEPTION 'not kept as a group' USING ERRCODE = 'check_violation', CONSTRAINT = 'equipment_group_allowed';
END IF;
IF NEW.attributes <> '{}' AND (TG_OP = 'INSERT' OR (NEW.attributes, NEW.category_id) IS DISTINCT FROM (OLD.attributes, OLD.category_id))
THEN
    SELECT given.key INTO strange FROM jsonb_each(NEW.attributes) AS given
        WHERE NOT EXISTS (
            SELECT FROM assets_categoryattribute a WHERE a.code = given.key
                AND a.category_id = ANY((SELECT ancestors FROM assets_equipmentcategory WHERE id = NEW.category_id)::bigint[])
                AND CASE a.type WHEN 'number' THEN jsonb_typeof(given.value) = 'number'
                    WHEN 'yesno' THEN jsonb_typeof(given.value) = 'boolean' WHEN 'choice' THEN given.value #>> '{}' = ANY(a.choices)
                    ELSE jsonb_typeof(given.value) = 'string' END)
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'no such fact of the category: %', strange USING ERRCODE = 'check_violation', CONSTRAINT = 'equipment_attributes';
    END IF;
END IF;
RETURN NEW;
"""
DISPOSED_STAYS = """
RAISE EXCEPTION 'disposed of for good' USING ERRCODE = 'check_violation', CONSTRAINT = 'equipment_disposed_for_good';
"""


@tracked(exclude=["ancestors"])
class Equipment(Named, Searchable, Record):
    """设备: one durable thing of the school or a group of alike ones, where it stands, who keeps it and whether it may be used."""

    class Tracking(models.TextChoices):
        UNIT = "unit", _("One thing")
        GROUP = "group", _("A group of alike things")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    category = models.ForeignKey(EquipmentCategory, models.PROTECT, related_name="equipment", verbose_name=_("category"))
    model = models.ForeignKey(
        EquipmentModel, models.PROTECT, null=True, blank=True, related_name="equipment", verbose_name=_("model on file"))
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    maker = models.CharField(_("maker"), max_length=80, blank=True)
    model_name = models.CharField(_("model"), max_length=80, blank=True)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="equipment", verbose_name=_("place"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of"))
    ancestors = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    stops_parent = models.BooleanField(
        _("stops what it is part of"), default=False, db_default=False, help_text=_("When this part is down, the whole is down."))
    tracking = models.CharField(_("kept as"), max_length=5, choices=Tracking, default=Tracking.UNIT, db_default="unit")
    quantity = models.PositiveIntegerField(_("pieces"), default=1, db_default=1, validators=[MinValueValidator(1)])
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    keeper = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("keeper"))
    serial_no = models.CharField(_("serial number"), max_length=60, blank=True)
    fixed_asset_no = models.CharField(_("fixed asset number"), max_length=40, blank=True)
    registration_no = models.CharField(
        _("registration certificate"), max_length=40, blank=True, db_default="", help_text=_("Of special equipment: the use registration."))
    device_code = models.CharField(_("device code"), max_length=40, blank=True, db_default="")
    supplier = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier"))
    made_by = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("maker as a company on file"))
    contractor = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("serviced by"))
    purchased_on = models.DateField(_("bought on"), null=True, blank=True)
    commissioned_on = models.DateField(_("in use since"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    purchase_cost = models.DecimalField(
        _("cost (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("Of all pieces together."),
    )
    replacement_cost = models.DecimalField(
        _("cost of a new one (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("Empty: as its model says, else what it cost."),
    )
    price_year = models.SmallIntegerField(
        _("price of the year"), null=True, blank=True, validators=[MinValueValidator(1990), MaxValueValidator(2100)])
    life_years = models.SmallIntegerField(
        _("life (years)"), null=True, blank=True, validators=LIFE, help_text=_("Empty: as its model says, else as usual for its category."))
    criticality = models.CharField(_("criticality"), max_length=1, choices=CRITICALITY, default="C")
    safety_group = models.ForeignKey(
        "assets.SafetyGroup", models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("safety unit"))
    attributes = models.JSONField(_("technical facts"), default=dict, db_default={}, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("stands in for"))
    origin_kind = models.CharField(max_length=60, blank=True, db_default="", editable=False)  # what it came from: a receipt, a division
    origin_id = models.BigIntegerField(null=True, editable=False)
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
                fields=["maker", "model_name", "serial_no"],
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
            models.CheckConstraint(name="equipment_quantity", condition=Q(quantity__gte=1),
                                   violation_error_message=_("At least one piece.")),
            models.CheckConstraint(
                name="equipment_unit_is_one", condition=Q(tracking="group") | Q(tracking="unit", quantity=1),
                violation_error_message=_("One thing has one piece; several are kept as a group.")),
            models.CheckConstraint(
                name="equipment_group_has_no_serial", condition=Q(tracking="unit") | Q(serial_no=""),
                violation_error_message=_("A group has no serial number; each of its pieces would have one.")),
            models.CheckConstraint(
                name="equipment_replacement",
                condition=Q(replacement_cost__isnull=True) | Q(replacement_cost__gte=0, price_year__isnull=False),
                violation_error_message=_("A price needs its year.")),
            models.CheckConstraint(
                name="equipment_life", condition=Q(life_years__isnull=True) | Q(life_years__gte=1, life_years__lte=100)),
            models.CheckConstraint(name="equipment_origin", condition=Q(origin_kind="", origin_id__isnull=True)
                                   | (~Q(origin_kind="") & Q(origin_id__isnull=False))),
            models.CheckConstraint(name="equipment_other_replaced", condition=Q(replaces__isnull=True) | ~Q(replaces=F("id"))),
            models.CheckConstraint(name="equipment_attributes_object", condition=Exact(
                Func(F("attributes"), function="jsonb_typeof", output_field=models.CharField()), Value("object"))),
        ]
        indexes = [
            search_index("equipment_search"),
            models.Index(fields=["place", "-id"], name="equipment_place"),
            models.Index(fields=["category", "-id"], name="equipment_category"),
            models.Index(fields=["status", "-id"], name="equipment_status"),
            models.Index(fields=["-id"], name="equipment_not_normal", condition=~Q(use_state="normal")),
            models.Index(fields=["model_name", "maker"], name="equipment_words_of_model", condition=~Q(model_name="")),
            models.Index(fields=["department", "-id"], name="equipment_department_id"),
            models.Index(fields=["keeper", "-id"], name="equipment_keeper_id"),
            models.Index(fields=["warranty_until"], name="equipment_warranty", condition=Q(warranty_until__isnull=False)),
            GinIndex(fields=["ancestors"], name="equipment_ancestors"),
        ]
        triggers = [
            search_trigger("number", "name_zh", "name_en",
                           also=("maker", "model_name", "serial_no", "fixed_asset_no", "registration_no", "device_code")),
            *tree_triggers("assets_equipment"),
            pgtrigger.Trigger(name="model_words", operation=pgtrigger.Insert | pgtrigger.UpdateOf("model_id", "maker", "model_name"),
                              when=pgtrigger.Before, func=MODEL_WORDS),
            pgtrigger.Trigger(
                name="fits_category", operation=pgtrigger.Insert | pgtrigger.UpdateOf("category_id", "tracking", "attributes"),
                when=pgtrigger.Before, declare=[("strange", "text")], func=FITS_CATEGORY),
            pgtrigger.Trigger(name="disposed_stays", operation=pgtrigger.UpdateOf("status"), when=pgtrigger.Before,
                              condition=pgtrigger.Condition("OLD.status = 'disposed' AND NEW.status <> 'disposed'"), func=DISPOSED_STAYS),
        ]

    @property
    def years(self) -> int | None:
        """How long it is meant to last."""
        return self.life_years or (self.model.life_years if self.model else None) or self.category.default_life_years

    @property
    def price(self) -> tuple[Decimal | None, int | None]:
        """What all pieces would cost new, and in the money of which year."""
        if self.replacement_cost is not None:
            return self.replacement_cost * self.quantity, self.price_year
        if self.model and self.model.replacement_cost is not None:
            return self.model.replacement_cost * self.quantity, self.model.price_year
        return self.purchase_cost, self.purchased_on.year if self.purchased_on else None

    @property
    def pieces(self) -> str:
        """ "× 48" for a group, nothing for one thing."""
        return f"× {self.quantity:,}" if self.tracking == "group" else ""
