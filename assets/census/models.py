"""Counts of the equipment: what should be there, what was seen, and what follows from it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assets.census.querysets import CensusLineQuerySet, CensusQuerySet
from logistics.core.history import tracked
from logistics.core.scoping import Record

RESULTS = [
    ("found", _("Found")),
    ("moved", _("Found elsewhere")),
    ("missing", _("Missing")),
    ("surplus", _("Not expected")),
    ("broken", _("Found broken")),
]
DECISIONS = [
    ("move", _("It belongs where it was seen")),
    ("keep", _("Leave the register as it is")),
    ("write_off", _("Dispose of it")),
    ("repair", _("Take it out of service")),
    ("register", _("Enter it into the register")),
    ("adjust", _("Put the pieces to what was seen")),
]


@tracked()
class Census(Record):
    """资产清查: a count of the equipment of some places or departments from a day to a day."""

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    place = models.ForeignKey(
        "campus.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("place"),
        help_text=_("Everything that stands there or below. Empty: everywhere."),
    )
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    category = models.ForeignKey(
        "assets.EquipmentCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    counters = models.ManyToManyField("accounts.Person", blank=True, related_name="+", verbose_name=_("who counts"))
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    frozen_at = models.DateTimeField(_("list frozen"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, default="draft", editable=False)

    scope_place = "place"
    scope_department = "department"
    lock_rank = 14
    objects = CensusQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of equipment")
        verbose_name_plural = _("counts of equipment")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="census_state", condition=Q(state__in=["draft", "counting", "reviewed", "closed", "cancelled"])),
            models.CheckConstraint(
                name="census_days",
                condition=Q(ends_on__gte=F("begins_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="census_frozen", condition=~Q(state__in=["counting", "reviewed", "closed"]) | Q(frozen_at__isnull=False)
            ),
            models.CheckConstraint(name="census_closed_has_time", condition=~Q(state="closed") | Q(closed_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="census_state_id")]

    def __str__(self) -> str:
        return self.name


@tracked(inserts=False)
class CensusLine(Record):
    """清查明细: one thing of a count: where it should be, where it was seen, and what was decided."""

    census = models.ForeignKey(Census, models.PROTECT, related_name="lines", verbose_name=_("count of equipment"))
    equipment = models.ForeignKey(
        "assets.Equipment", models.PROTECT, null=True, blank=True, related_name="census_lines", verbose_name=_("equipment")
    )
    found_name = models.CharField(_("what was found"), max_length=80, blank=True)  # of a thing that the register does not know
    expected_place = models.ForeignKey("campus.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("should be at"))
    expected_quantity = models.PositiveIntegerField(_("pieces expected"), default=0)
    seen_place = models.ForeignKey("campus.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("seen at"))
    seen_quantity = models.PositiveIntegerField(_("pieces seen"), null=True)
    seen_at = models.DateTimeField(_("seen"), null=True)
    seen_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("noted by"))
    result = models.CharField(_("result"), max_length=8, choices=RESULTS, blank=True)
    decision = models.CharField(_("decision"), max_length=9, choices=DECISIONS, blank=True)
    category = models.ForeignKey(  # of a thing that the register does not know yet
        "assets.EquipmentCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = CensusLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a count")
        verbose_name_plural = _("lines of a count")
        ordering = ["census", "id"]
        constraints = [
            models.UniqueConstraint(fields=["census", "equipment"], name="census_line_once"),
            models.CheckConstraint(name="census_line_of_something", condition=Q(equipment__isnull=False) | ~Q(found_name="")),
            models.CheckConstraint(
                name="census_line_result", condition=Q(result__in=["", "found", "moved", "missing", "surplus", "broken"])
            ),
            models.CheckConstraint(
                name="census_line_seen_whole",
                condition=Q(result__in=["", "missing"], seen_at__isnull=True, seen_place__isnull=True)
                | (~Q(result__in=["", "missing"]) & Q(seen_at__isnull=False, seen_place__isnull=False)),
            ),
            models.CheckConstraint(
                name="census_line_decided",
                condition=Q(decision="")
                | (Q(decision="keep") & ~Q(result=""))
                | Q(decision="move", result__in=["moved", "surplus"], equipment__isnull=False)
                | Q(decision="write_off", result__in=["missing", "broken"], equipment__isnull=False)
                | Q(decision="repair", result="broken", equipment__isnull=False)
                | Q(decision="register", result="surplus", equipment__isnull=True, category__isnull=False)
                | Q(decision="adjust", result__in=["found", "broken"], equipment__isnull=False),
                violation_error_message=_("This decision does not fit what was seen."),
            ),
        ]
        indexes = [
            models.Index(fields=["census", "expected_place"], name="census_line_place"),
            models.Index(fields=["census", "result", "id"], name="census_line_result_id"),
        ]

    def __str__(self) -> str:
        return str(self.equipment) if self.equipment_id else self.found_name
