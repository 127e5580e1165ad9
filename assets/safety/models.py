"""Units of safety equipment, what of them is away for service, and what stands in meanwhile."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.safety.querysets import SafetyGroupQuerySet
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record

# The unit is locked first, so that two who take at once count one after the other.
SHARE = """
    SELECT {group} INTO unit {source};
    IF unit IS NULL THEN RETURN NULL; END IF;
    PERFORM 1 FROM assets_safetygroup WHERE id = unit FOR UPDATE;
    SELECT count(*) INTO size FROM assets_equipment WHERE safety_group_id = unit AND status IN ('in_service', 'idle', 'out_of_service');
    SELECT coalesce(g.max_out_share, (SELECT f.value FROM assets_schemefigure f JOIN assets_schemeversion v ON v.id = f.version_id
            WHERE v.scheme_id = g.scheme_id AND v.during @> now() AND f.code = 'max_out_share'), 0)
        INTO share FROM assets_safetygroup g WHERE g.id = unit;
    SELECT count(*) INTO away FROM assets_takenout t WHERE t.group_id = unit AND t.state = 'out'
        AND NOT EXISTS (SELECT 1 FROM assets_substitution s WHERE s.original_id = t.equipment_id AND s.state = 'live');
    IF away > floor(size * share) THEN
        RAISE EXCEPTION 'more of the unit are away than may be' USING ERRCODE = 'check_violation', CONSTRAINT = 'safety_group_share';
    END IF;
    RETURN NULL;
"""
COUNTED = [("unit", "bigint"), ("size", "int"), ("share", "numeric"), ("away", "int")]


@tracked()
class SafetyGroup(Named, Record):
    """配置单元: things that protect one place together, such as the extinguishers of a floor."""

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="safety_groups", verbose_name=_("place"))
    scheme = models.ForeignKey(
        "assets.Scheme",
        models.PROTECT,
        related_name="+",
        verbose_name=_("by the rule of"),
        help_text=_("Its figure says which share may be away at once."),
    )
    max_out_share = models.DecimalField(
        _("own share that may be away"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Empty: as the rule says, 0.25 is a quarter."),
    )

    scope_place = "place"
    objects = SafetyGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("safety unit")
        verbose_name_plural = _("safety units")
        ordering = ["name_zh"]
        constraints = [
            models.CheckConstraint(
                name="safety_group_own_share", condition=Q(max_out_share__isnull=True) | Q(max_out_share__gte=0, max_out_share__lte=1)
            ),
            models.UniqueConstraint(fields=["place", "name_zh"], name="safety_group_once"),
        ]


@tracked()
class TakenOut(Record):
    """送修离位: one thing of a unit that is away from its spot, for service or testing."""

    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="takings", verbose_name=_("equipment"))
    group = models.ForeignKey(SafetyGroup, models.PROTECT, editable=False, related_name="takings", verbose_name=_("safety unit"))
    during = DateTimeRangeField(_("away"), editable=False)
    reason = models.CharField(_("why"), max_length=200)
    taken_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("taken by"))
    state = models.CharField(_("state"), max_length=4, default="out", editable=False)

    scope_place = "group__place"

    class Meta:
        verbose_name = _("thing away for service")
        verbose_name_plural = _("things away for service")
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="taken_out_once", expressions=[("equipment", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(
                name="taken_out_state",
                condition=Q(state="out", during__endswith__isnull=True) | Q(state="back", during__endswith__isnull=False),
            ),
            models.CheckConstraint(name="taken_out_reason", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["group", "-id"], name="taken_out_group"),
            models.Index(fields=["equipment"], name="taken_out_now", condition=Q(state="out")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="share",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                declare=COUNTED,
                func=SHARE.format(group="NEW.group_id", source=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.equipment)


@tracked()
class Substitution(Record):
    """替代: a thing of the same kind and at least the same rating that stands in at the spot of another."""

    original = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="stood_in_by", verbose_name=_("original"))
    substitute = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="stands_in_for", verbose_name=_("stands in"))
    during = DateTimeRangeField(_("during"), editable=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("placed by"))
    state = models.CharField(_("state"), max_length=5, default="live", editable=False)

    scope_place = "original__place"
    scope_department = "original__department"

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="substitution_of", expressions=[("original", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
            ExclusionConstraint(
                name="substitution_by", expressions=[("substitute", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(name="substitution_other", condition=~Q(original=F("substitute"))),
            models.CheckConstraint(
                name="substitution_state",
                condition=Q(state="live", during__endswith__isnull=True) | Q(state="ended", during__endswith__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["original"], name="substitution_live", condition=Q(state="live"))]
        triggers = [
            # same category and agent, a rating of the same letter and at least the same number, and itself not needed elsewhere
            pgtrigger.Trigger(
                name="fits",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("a", "assets_equipment"), ("b", "assets_equipment")],
                func=r"""
                    SELECT * INTO a FROM assets_equipment WHERE id = NEW.original_id;
                    SELECT * INTO b FROM assets_equipment WHERE id = NEW.substitute_id;
                    IF a.category_id <> b.category_id
                        OR coalesce(a.attributes ->> 'agent', '') <> coalesce(b.attributes ->> 'agent', '')
                        OR (a.attributes ->> 'rating' IS NOT NULL AND (
                            coalesce(substring(b.attributes ->> 'rating' FROM '^\d+'), '0')::int
                                < coalesce(substring(a.attributes ->> 'rating' FROM '^\d+'), '0')::int
                            OR coalesce(substring(b.attributes ->> 'rating' FROM '\D+$'), '')
                                <> coalesce(substring(a.attributes ->> 'rating' FROM '\D+$'), ''))) THEN
                        RAISE EXCEPTION 'it does not replace the other' USING ERRCODE = 'check_violation', CONSTRAINT = 'substitution_fits';
                    END IF;
                    IF b.use_state = 'locked' OR b.status NOT IN ('in_service', 'idle')
                        OR EXISTS (SELECT 1 FROM assets_takenout t WHERE t.equipment_id = b.id AND t.state = 'out') THEN
                        RAISE EXCEPTION 'it cannot be used itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'substitution_usable';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="share",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=COUNTED,
                func=SHARE.format(
                    group="t.group_id", source="FROM assets_takenout t WHERE t.equipment_id = OLD.original_id AND t.state = 'out'"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute} → {self.original}"
