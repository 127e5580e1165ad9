"""Schemes of the law, what they require of each thing and place, and the records that prove it."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.certificates.querysets import (
    DatedLawQuerySet,
    LawQuerySet,
    RequirementQuerySet,
    SchemeRuleQuerySet,
    StatutoryRecordQuerySet,
)
from logistics.campus.models import Place
from logistics.core import clock
from logistics.core.bilingual import Named, pick
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel

ACTIONS = [
    ("inspect", _("Statutory inspection")),
    ("test", _("Testing")),
    ("check", _("Own check")),
    ("calibrate", _("Calibration")),
    ("clean", _("Cleaning")),
    ("appraise", _("Appraisal")),
    ("replace", _("Replacement")),
]
UNITS = [("day", _("days")), ("week", _("weeks")), ("half_month", _("half months")), ("month", _("months"))]
SELECTORS = [
    ("all", _("everything")),
    ("grade", _("safety grade of the last record")),
    ("fire_class", _("fire class of the place")),
    ("agent", _("extinguishing agent")),
]


def every_words(every: int, unit: str) -> str:
    """An interval in words."""
    if unit == "month" and every % 12 == 0:
        every, unit = every // 12, "year"
    if every == 1:
        return {"day": gettext("each day"), "week": gettext("each week"), "half_month": gettext("each half month"),
                "month": gettext("each month"), "year": gettext("each year")}[unit]
    return {"day": gettext("every %(n)s days"), "week": gettext("every %(n)s weeks"), "half_month": gettext("every %(n)s half months"),
            "month": gettext("every %(n)s months"), "year": gettext("every %(n)s years")}[unit] % {"n": every}


@tracked()
class Scheme(Named, Record):
    """法定检验项目: one duty that the law or a standard lays on a kind of thing or place."""

    class Target(models.TextChoices):
        EQUIPMENT = "equipment", _("Equipment")
        PLACE = "place", _("Places")

    class OnExpiry(models.TextChoices):
        LOCK = "lock", _("The thing is locked")
        WARN = "warn", _("Warn only")

    class OnFail(models.TextChoices):
        LOCK = "lock", _("The thing is locked")
        CLOSE = "close", _("The place is closed")
        WARN = "warn", _("Warn only")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    target = models.CharField(_("about"), max_length=10, choices=Target, default=Target.EQUIPMENT)
    body_required = models.BooleanField(_("by an outside body"), default=False, help_text=_("The record needs the body and its number."))
    on_expiry = models.CharField(_("when it is over"), max_length=4, choices=OnExpiry, default=OnExpiry.WARN)
    on_fail = models.CharField(_("when it fails"), max_length=5, choices=OnFail, default=OnFail.WARN)
    gathered = models.BooleanField(
        _("counted by building"), default=False, help_text=_("One alert for all things of a building, as for extinguishers.")
    )

    objects = LawQuerySet.as_manager()

    class Meta:
        verbose_name = _("statutory scheme")
        verbose_name_plural = _("statutory schemes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="scheme_fits_target",
                condition=Q(target="equipment") & ~Q(on_fail="close") | Q(target="place") & ~Q(on_fail="lock") & ~Q(on_expiry="lock"),
                violation_error_message=_("Things are locked, places are closed."),
            )
        ]

    @property
    def certified(self) -> bool:
        """Is it proved by a certificate, rather than by the school's own rounds?"""
        return self.body_required or self.on_expiry == "lock"


@tracked()
class SchemeVersion(Record):
    """检验项目版本: what a scheme asks during a span, by which clause, and whether the clause was verified."""

    class Status(models.TextChoices):
        VERIFIED = "verified", _("verified in the named source")
        TO_CHECK = "to_check", _("to be checked")

    class ApplyUnit(models.TextChoices):
        DAY = "day", _("days")
        MONTH = "month", _("months")

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions", verbose_name=_("statutory scheme"))
    during = DateTimeRangeField(_("holds"))
    clause = models.CharField(_("clause"), max_length=200)
    status = models.CharField(_("clause is"), max_length=8, choices=Status, default=Status.TO_CHECK)
    source = models.CharField(_("verified where"), max_length=200, blank=True)
    apply_before = models.SmallIntegerField(
        _("apply before the end"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    apply_unit = models.CharField(_("counted in"), max_length=5, choices=ApplyUnit, default=ApplyUnit.MONTH)
    keep_years = models.SmallIntegerField(
        _("records are kept (years)"), default=3, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    reason = models.CharField(_("why it was changed"), max_length=500, blank=True)
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("set by"))
    confirmed_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    confirm_reason = models.CharField(_("what it was checked against"), max_length=500, blank=True, editable=False)

    objects = DatedLawQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a scheme")
        verbose_name_plural = _("versions of schemes")
        ordering = ["scheme__code", "during"]
        constraints = [
            ExclusionConstraint(
                name="scheme_version_once", expressions=[("scheme", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(name="scheme_version_holds", condition=Q(during__isempty=False)),
            models.CheckConstraint(name="scheme_version_keeps", condition=Q(keep_years__gte=1)),
            models.CheckConstraint(name="scheme_version_apply", condition=Q(apply_before__isnull=True) | Q(apply_before__gte=1)),
            models.CheckConstraint(
                name="scheme_version_confirmed",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True, confirm_reason="")
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirm_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} · {self.clause}"

    def get_absolute_url(self) -> str:
        return reverse("assets:scheme-detail", args=[self.scheme_id])


class SchemeInterval(ScopedModel):
    """检验周期: how often a version asks for an action, of which things: all, by age, grade, fire class or agent."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="intervals", verbose_name=_("version of a scheme"))
    action = models.CharField(_("action"), max_length=10, choices=ACTIONS)
    by = models.CharField(_("of"), max_length=10, choices=SELECTORS, default="all")
    value = models.CharField(_("value"), max_length=20, blank=True)
    ages = IntegerRangeField(_("age in months"))
    every = models.SmallIntegerField(_("every"), validators=[MinValueValidator(1), MaxValueValidator(1200)])
    unit = models.CharField(_("unit"), max_length=10, choices=UNITS, default="month")

    objects = LawQuerySet.as_manager()

    class Meta:
        verbose_name = _("interval of a scheme")
        verbose_name_plural = _("intervals of schemes")
        ordering = ["version", "action", "value", "ages"]
        constraints = [
            ExclusionConstraint(
                name="scheme_interval_once",
                expressions=[
                    ("version", RangeOperators.EQUAL),
                    ("action", RangeOperators.EQUAL),
                    ("value", RangeOperators.EQUAL),
                    ("ages", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="scheme_interval_one_kind",
                expressions=[
                    ("version", RangeOperators.EQUAL),
                    ("action", RangeOperators.EQUAL),
                    ("by", RangeOperators.NOT_EQUAL),
                ],
            ),
            models.CheckConstraint(name="scheme_interval_some_age", condition=Q(ages__isempty=False)),
            models.CheckConstraint(name="scheme_interval_value", condition=Q(by="all", value="") | (~Q(by="all") & ~Q(value=""))),
            models.CheckConstraint(name="scheme_interval_every", condition=Q(every__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.words}"

    @property
    def words(self) -> str:
        """How often, of what: "every 2 years, from 7 years on"."""
        parts = [every_words(self.every, self.unit)]
        if self.by != "all":
            parts.append(self.value_words)
        if ages := self.age_words:
            parts.append(ages)
        return gettext(", ").join(parts)

    @property
    def value_words(self) -> str:
        match self.by:
            case "grade":
                return gettext("not graded yet") if self.value == "none" else gettext("grade %(grade)s") % {"grade": self.value}
            case "fire_class":
                return str(dict(Place.FireClass.choices).get(self.value, self.value))
            case "agent":
                return str(dict(AGENTS).get(self.value, self.value))
        return ""

    @property
    def age_words(self) -> str:
        lower, upper = (self.ages.lower or 0), self.ages.upper
        match (lower, upper):
            case (0, None):
                return ""
            case (_, None):
                return gettext("from %(first)s months on") % {"first": lower}
            case (0, _):
                return gettext("up to %(last)s months") % {"last": upper}
        return gettext("from %(first)s to %(last)s months") % {"first": lower, "last": upper}


# as the fact "agent" of the category of extinguishers says it
AGENTS = [
    ("水基", _("Water or foam")),
    ("干粉", _("Powder")),
    ("二氧化碳", _("Carbon dioxide")),
    ("洁净气体", _("Clean agent")),
    ("none", _("agent not recorded")),
]


class SchemeFigure(ScopedModel):
    """法定数值: a number of the clause that is no interval, such as the share of extinguishers that may be away at once."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="figures", verbose_name=_("version of a scheme"))
    code = models.CharField(_("code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=3)

    objects = LawQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of a scheme")
        verbose_name_plural = _("figures of schemes")
        ordering = ["version", "code"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="scheme_figure_once")]

    def __str__(self) -> str:
        return f"{pick(self.name_zh, self.name_en)}{gettext(': ')}{self.value.normalize():f}"


@tracked()
class SchemeRule(Record):
    """适用规则: which things or places a scheme is about; several rules of one scheme add up."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rules", verbose_name=_("statutory scheme"))
    category_code = models.CharField(
        _("code of the category"), max_length=40, blank=True, help_text=_("This category of equipment and all below it.")
    )
    attribute = models.CharField(_("only with the attribute"), max_length=40, blank=True)
    attribute_value = models.CharField(_("equal to"), max_length=60, blank=True)
    place_use = models.CharField(_("use of the place"), max_length=12, choices=Place.Use, blank=True)
    place_kind = models.CharField(_("kind of the place"), max_length=10, choices=Place.Kind, blank=True)
    fire_class = models.CharField(_("fire class of the place"), max_length=18, choices=Place.FireClass, blank=True)
    active = models.BooleanField(_("in force"), default=True)
    reason = models.CharField(_("why it was changed"), max_length=500, blank=True)

    category_zh: str | None  # by SchemeRuleQuerySet.named
    category_en: str | None
    objects = SchemeRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of a scheme")
        verbose_name_plural = _("rules of schemes")
        ordering = ["scheme__code", "id"]
        constraints = [
            models.CheckConstraint(
                name="scheme_rule_of_something",
                condition=~Q(category_code="", place_use="", place_kind="", fire_class=""),
                violation_error_message=_("Say what it is about: a category, or a use, kind or fire class of places."),
            ),
            models.CheckConstraint(
                name="scheme_rule_attribute", condition=Q(attribute="", attribute_value="") | ~Q(category_code="") & ~Q(attribute="")
            ),
        ]

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("assets:scheme-detail", args=[self.scheme_id])

    @property
    def words(self) -> str:
        """What it selects, in words."""
        parts: list[str] = []
        if self.category_code:
            zh = getattr(self, "category_zh", None) or self.category_code
            name = pick(zh, getattr(self, "category_en", None) or zh)
            parts.append(gettext("%(category)s and all kinds of it") % {"category": name})
        parts += [
            str(words)
            for words in (
                self.get_place_kind_display() if self.place_kind else "",
                self.get_place_use_display() if self.place_use else "",
                self.get_fire_class_display() if self.fire_class else "",
            )
            if words
        ]
        if self.attribute:
            parts.append(f"{self.attribute} = {self.attribute_value}")
        return gettext(", ").join(parts)


class StatutoryRecord(Record):
    """检验记录: one inspection, test or check of a thing or place as it was done; never changed, only corrected by a later one."""

    class Result(models.TextChoices):
        PASS = "pass", _("Passed")
        CONDITIONAL = "conditional", _("Passed with conditions")
        FAIL = "fail", _("Failed")

    equipment = models.ForeignKey(
        "assets.Equipment", models.PROTECT, null=True, blank=True, related_name="statutory_records", verbose_name=_("equipment")
    )
    place = models.ForeignKey(
        "campus.Place", models.PROTECT, null=True, blank=True, related_name="statutory_records", verbose_name=_("place")
    )
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="records", verbose_name=_("statutory scheme"))
    action = models.CharField(_("action"), max_length=10, choices=ACTIONS)
    performed_on = models.DateField(_("done on"))
    result = models.CharField(_("result"), max_length=11, choices=Result)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The last day, as the certificate says."))
    certificate_no = models.CharField(_("certificate number"), max_length=80, blank=True)
    body = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inspection body")
    )
    inspector = models.CharField(_("inspected by"), max_length=80, blank=True)
    grade = models.SmallIntegerField(
        _("safety grade"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("Of pressure vessels: 1 to 5."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("corrects the record")
    )
    stands_at = models.ForeignKey("campus.Place", models.PROTECT, editable=False, related_name="+", verbose_name=_("where it stood"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by"))
    at = models.DateTimeField(_("entered at"), default=clock.now, editable=False)

    scope_place = "stands_at"
    scope_department = "equipment__department"
    objects = StatutoryRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection record")
        verbose_name_plural = _("inspection records")
        ordering = ["-performed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="statutory_record_one_target",
                condition=Q(equipment__isnull=False, place__isnull=True) | Q(equipment__isnull=True, place__isnull=False),
            ),
            models.CheckConstraint(
                name="statutory_record_valid",
                condition=Q(valid_until__isnull=True) | Q(result="fail") | Q(valid_until__gt=F("performed_on")),
                violation_error_message=_("It ends before it was done."),
            ),
            models.CheckConstraint(name="statutory_record_grade", condition=Q(grade__isnull=True) | Q(grade__gte=1, grade__lte=5)),
        ]
        indexes = [
            models.Index(fields=["equipment", "scheme", "action", "-performed_on", "-id"], name="statutory_record_thing"),
            models.Index(fields=["place", "scheme", "action", "-performed_on", "-id"], name="statutory_record_place"),
            models.Index(fields=["-performed_on", "-id"], name="statutory_record_day"),
            models.Index(fields=["scheme", "-performed_on", "-id"], name="statutory_record_scheme"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.certificate_no}".strip()

    @property
    def target(self) -> Any:
        return self.equipment if self.equipment_id else self.place

    @property
    def passed(self) -> bool:
        return self.result != "fail"


class Requirement(Record):
    """法定要求: what one scheme asks of one thing or place, worked out from the rules; until when it is met, by which record."""

    equipment = models.ForeignKey("assets.Equipment", models.CASCADE, null=True, related_name="requirements", verbose_name=_("equipment"))
    place = models.ForeignKey("campus.Place", models.CASCADE, null=True, related_name="requirements", verbose_name=_("place"))
    stands_at = models.ForeignKey("campus.Place", models.CASCADE, related_name="+", verbose_name=_("where"))
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="requirements", verbose_name=_("statutory scheme"))
    action = models.CharField(_("action"), max_length=10, choices=ACTIONS)
    interval = models.ForeignKey(SchemeInterval, models.CASCADE, null=True, related_name="+", verbose_name=_("interval"))
    basis = models.ForeignKey(StatutoryRecord, models.PROTECT, null=True, related_name="+", verbose_name=_("record"))
    result = models.CharField(_("result"), max_length=11, blank=True, choices=StatutoryRecord.Result)
    next_due_on = models.DateField(_("due"), null=True)

    worked_out = True  # by triggers; it goes with what it is about
    scope_place = "stands_at"
    scope_department = "equipment__department"
    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statutory requirement")
        verbose_name_plural = _("statutory requirements")
        ordering = ["next_due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["equipment", "place", "scheme", "action"], name="requirement_once", nulls_distinct=False),
            models.CheckConstraint(
                name="requirement_one_target",
                condition=Q(equipment__isnull=False, place__isnull=True) | Q(equipment__isnull=True, place__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_on", "id"], name="requirement_due"),
            models.Index(fields=["scheme", "next_due_on", "id"], name="requirement_scheme"),
            models.Index(fields=["stands_at", "next_due_on", "id"], name="requirement_where"),
        ]

    def __str__(self) -> str:
        return gettext("%(thing)s: %(scheme)s") % {"thing": self.target, "scheme": self.scheme}

    @property
    def target(self) -> Any:
        return self.equipment if self.equipment_id else self.place
