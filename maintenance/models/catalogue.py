"""What can be wrong, who mends it, and why work may wait."""
from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import OpenToAll
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.trades import Trade
from maintenance.permits.kinds import Kind


class Catalogued(Named, Record):
    """A row of the catalogue with a code and a name in both languages; every signed-in person may read it."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    active = models.BooleanField(_("active"), default=True)

    objects = OpenToAll.as_manager()

    class Meta:
        abstract = True


@tracked()
class RepairCategory(Catalogued):
    """报修类别: a kind of repair work; it decides trade, needed skill, proof and first estimate."""

    class Proof(models.TextChoices):
        NONE = "none", _("none")
        AFTER = "after_photo", _("photo after")
        BEFORE_AFTER = "before_after", _("photos before and after")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    icon = models.CharField(_("icon"), max_length=40, default="tool")
    trade = models.CharField(_("trade"), max_length=12, choices=Trade)
    required_level = models.PositiveSmallIntegerField(_("needed level"), default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])
    certificates = models.ManyToManyField("staff.CertificateType", blank=True, related_name="+", verbose_name=_("needed certificates"))
    team = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"),
        limit_choices_to={"kind": "team"}, help_text=_("Does this work unless a dispatch rule says otherwise."),
    )
    impact = models.PositiveSmallIntegerField(_("usual impact"), default=3, validators=[MinValueValidator(1), MaxValueValidator(4)])
    urgency = models.PositiveSmallIntegerField(_("usual urgency"), default=3, validators=[MinValueValidator(1), MaxValueValidator(4)])
    estimate_s = models.PositiveIntegerField(_("usual effort in seconds"), default=3600)
    proof = models.CharField(_("proof of work"), max_length=12, choices=Proof, default=Proof.NONE)

    equipment_category = models.ForeignKey(
        "assets.EquipmentCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of equipment"),
        help_text=_("At such a thing its tiles come first; its failure codes are offered for every repair of such a thing."),
    )
    questions = models.ForeignKey(
        "maintenance.Checklist", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("questions to the reporter"),
        help_text=_("At most four, by choice, number or words; asked after the tile, all optional."),
    )
    charge_on_misuse = models.BooleanField(
        _("misuse is charged"), default=False, db_default=False,
        help_text=_("The order reminds whoever repairs it to keep photos and to say what was done to it."),
    )
    permits = ArrayField(models.CharField(max_length=14, choices=Kind), verbose_name=_("permits needed"), default=list, blank=True,
                         help_text=_("Its orders start only with these permits."))

    class Meta:
        verbose_name = _("repair category")
        verbose_name_plural = _("repair categories")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="category_levels", condition=Q(required_level__range=(1, 5), impact__range=(1, 4), urgency__range=(1, 4))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent.name} / {self.name}" if self.parent else self.name


@tracked()
class Symptom(Catalogued):
    """现象: one tile of the report form, in the words of those who see it."""

    class Hazard(models.TextChoices):
        NONE = "none", _("none")
        GAS = "gas", _("gas")
        FIRE = "fire", _("fire or smoke")
        WATER = "water", _("flooding")
        ELECTRIC = "electric", _("electric shock")
        LIFT = "lift_trapped", _("somebody stuck in a lift")
        STRUCTURE = "structure", _("falling parts")
        SHARP = "sharp", _("sharp edges")

    category = models.ForeignKey(RepairCategory, models.PROTECT, related_name="symptoms", verbose_name=_("category"))
    icon = models.CharField(_("icon"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    uses = ArrayField(models.CharField(max_length=20), verbose_name=_("uses of rooms"), default=list, blank=True,
                      help_text=_("Offered in rooms of these uses; empty means everywhere."))
    hazard = models.CharField(_("hazard"), max_length=12, choices=Hazard, default=Hazard.NONE)

    class Meta:
        verbose_name = _("symptom")
        verbose_name_plural = _("symptoms")
        ordering = ["order", "code"]

    @property
    def dangerous(self) -> bool:
        return self.hazard != self.Hazard.NONE


LIFE_SAFETY = frozenset({"gas", "fire", "electric", "lift_trapped"})


@tracked()
class FailureCode(Catalogued):
    """故障代码: the words in which a finished repair is recorded: problem, cause or remedy."""

    class Level(models.TextChoices):
        PROBLEM = "problem", _("problem")
        CAUSE = "cause", _("cause")
        REMEDY = "remedy", _("remedy")

    category = models.ForeignKey(
        RepairCategory, models.PROTECT, null=True, blank=True, related_name="failure_codes", verbose_name=_("category")
    )
    level = models.CharField(_("level"), max_length=8, choices=Level)

    class Meta:
        verbose_name = _("failure code")
        verbose_name_plural = _("failure codes")
        ordering = ["level", "code"]


@tracked()
class HoldReason(Catalogued):
    """挂起原因: why an order waits, what has to be said of it, whether the clock waits with it, and for how long at most."""

    class Needs(models.TextChoices):
        NOTHING = "nothing", _("nothing more")
        DATE = "date", _("a date")
        PART = "part", _("which part")
        QUOTE = "quote", _("a firm asked for its price")

    pauses = models.BooleanField(_("pauses the clock"), default=False)
    needs = models.CharField(_("needs"), max_length=8, choices=Needs, default=Needs.NOTHING)
    max_days = models.PositiveSmallIntegerField(_("at most days"), default=14)

    class Meta:
        verbose_name = _("hold reason")
        verbose_name_plural = _("hold reasons")
        ordering = ["code"]
