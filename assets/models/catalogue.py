"""What kinds of equipment there are, what is to be known about each kind, and the models that makers sell."""
from __future__ import annotations

import re
from datetime import date
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import OpenToAll
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.models import RecordFile
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger
from logistics.core.trades import Trade
from logistics.core.trees import tree_triggers

CRITICALITY = [("A", _("A: vital")), ("B", _("B: important")), ("C", _("C: ordinary"))]
LIFE = [MinValueValidator(1), MaxValueValidator(100)]
NUMBER = re.compile(r"^-?\d{1,15}(\.\d{1,6})?$")


@tracked(exclude=["ancestors"])
class EquipmentCategory(Named, Searchable, Record):
    """设备类别: a kind of equipment, what is usual for it, and which papers and facts belong to it."""

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
    default_life_years = models.SmallIntegerField(_("usual life (years)"), null=True, blank=True, validators=LIFE)
    default_criticality = models.CharField(_("usual criticality"), max_length=1, choices=CRITICALITY, default="C")
    group_allowed = models.BooleanField(
        _("may be kept as a group"), default=False, db_default=False,
        help_text=_("Many alike in one place, such as chairs, may be one line with a number of pieces."),
    )
    use_noted = models.BooleanField(
        _("its use is noted"), default=False, db_default=False,
        help_text=_("By custody, bookings, meters or a log; without any for long such a thing counts as idle."))
    asset_class_code = models.CharField(
        _("fixed asset class"), max_length=20, blank=True, db_default="", help_text=_("From the national classification of fixed assets."))
    documents = ArrayField(
        models.CharField(max_length=12, choices=RecordFile.Label), default=list, db_default=[], blank=True, verbose_name=_("papers needed"),
        help_text=_("What the dossier of such a thing must hold; categories below need them too."),
    )

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
class CategoryAttribute(Named, Record):
    """技术参数: one fact that is to be known about every thing of a category and those below it, with its unit."""

    class Type(models.TextChoices):
        NUMBER = "number", _("Number")
        TEXT = "text", _("Words")
        CHOICE = "choice", _("One of several")
        YESNO = "yesno", _("Yes or no")
        DATE = "date", _("Day")

    category = models.ForeignKey(EquipmentCategory, models.CASCADE, related_name="attributes", verbose_name=_("category"))
    code = models.CharField(_("code"), max_length=30, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and _."))])
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    type = models.CharField(_("what it holds"), max_length=6, choices=Type, default=Type.NUMBER)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    choices = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True, verbose_name=_("choices"),
                         help_text=_("Separated by commas; only for one of several."))
    required = models.BooleanField(
        _("counts for the dossier"), default=False, help_text=_("The dossier of a thing is not complete until this is known."))
    position = models.SmallIntegerField(_("position"), default=0)

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("fact of a category")
        verbose_name_plural = _("facts of categories")
        ordering = ["category", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="category_attribute_once"),
            models.CheckConstraint(
                name="category_attribute_choices",
                condition=(Q(type="choice") & ~Q(choices=[])) | (~Q(type="choice") & Q(choices=[])),
                violation_error_message=_("Name the choices, and only for one of several."),
            ),
            models.CheckConstraint(name="category_attribute_code", condition=Q(code__regex=r"^[a-z][a-z0-9_]*$")),
        ]

    @property
    def label(self) -> str:
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def clean_value(self, text: Any) -> Any:
        """What is stored for a typed value: a number as text of digits, a day as ISO; ValidationError says what would be right."""
        if self.type == "yesno":
            if isinstance(text, bool):
                return text
            word = str(text).strip().lower()
            if word in ("true", "yes", "1", "on", "是", "有"):
                return True
            if word in ("false", "no", "0", "否", "无"):
                return False
            raise ValidationError(gettext("%(name)s: write yes or no.") % {"name": self.name})
        words = str(text).strip()
        if self.type == "number":
            words = words.replace(",", "")
            if not NUMBER.match(words):
                raise ValidationError(gettext("%(name)s: write a number.") % {"name": self.label})
            return float(words) if "." in words else int(words)
        if self.type == "date":
            try:
                return date.fromisoformat(words).isoformat()
            except ValueError:
                raise ValidationError(gettext("%(name)s: write the day as 2026-09-01.") % {"name": self.name}) from None
        if self.type == "choice" and words not in self.choices:
            raise ValidationError(gettext("%(name)s: write one of %(choices)s.") % {
                "name": self.name, "choices": gettext(", ").join(self.choices)})
        if len(words) > 200 or "\x00" in words:
            raise ValidationError(gettext("%(name)s: at most 200 characters.") % {"name": self.name})
        return words


# A line of the register that says the words of a new or renamed model belongs to it.
ADOPT = """
IF TG_OP = 'UPDATE' THEN
    UPDATE assets_equipment SET maker = NEW.maker, model_name = NEW.name WHERE model_id = NEW.id;
END IF;
UPDATE assets_equipment SET model_id = NEW.id WHERE model_id IS NULL AND model_name = NEW.name AND maker = NEW.maker;
RETURN NULL;
"""


@tracked(exclude=["label"])
class EquipmentModel(Searchable, Record):
    """设备型号: what a maker sells under a name: its life and what a new one costs, for every thing of this model."""

    category = models.ForeignKey(EquipmentCategory, models.PROTECT, related_name="models", verbose_name=_("category"))
    maker = models.CharField(_("maker"), max_length=80)
    name = models.CharField(_("model"), max_length=80)
    label = models.GeneratedField(expression=Concat(F("maker"), Value(" "), F("name")), output_field=models.CharField(max_length=161),
                                  db_persist=True, verbose_name=_("maker and model"))
    life_years = models.SmallIntegerField(_("life (years)"), null=True, blank=True, validators=LIFE)
    replacement_cost = models.DecimalField(
        _("cost of a new one (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    price_year = models.SmallIntegerField(
        _("price of the year"), null=True, blank=True, validators=[MinValueValidator(1990), MaxValueValidator(2100)])

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("equipment model")
        verbose_name_plural = _("equipment models")
        ordering = ["maker", "name"]
        constraints = [
            models.UniqueConstraint(fields=["maker", "name"], name="equipment_model_once",
                                    violation_error_message=_("This model of this maker is there already.")),
            models.CheckConstraint(name="equipment_model_named", condition=~Q(name="") & ~Q(maker="")),
            models.CheckConstraint(
                name="equipment_model_life", condition=Q(life_years__isnull=True) | Q(life_years__gte=1, life_years__lte=100)),
            models.CheckConstraint(
                name="equipment_model_price",
                condition=Q(replacement_cost__isnull=True) | Q(replacement_cost__gte=0, price_year__isnull=False),
                violation_error_message=_("A price needs its year.")),
        ]
        indexes = [
            search_index("equipment_model_search"), models.Index(fields=["category", "maker", "name"], name="equipment_model_category"),
        ]
        triggers = [
            search_trigger("name", "maker"),
            pgtrigger.Trigger(
                name="adopt", operation=pgtrigger.Insert | pgtrigger.UpdateOf("maker", "name"), when=pgtrigger.After, func=ADOPT),
        ]

    def __str__(self) -> str:
        return f"{self.maker} {self.name}"
