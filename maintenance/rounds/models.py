"""Routes with their points, rounds with what was visited, and the signatures under them."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.bilingual import Named, pick
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel
from logistics.core.search import Searchable, search_index, search_trigger
from maintenance.findings.models import Domain
from maintenance.models.request import Here
from maintenance.rounds.querysets import RoundQuerySet, RoutePartQuerySet, RouteQuerySet


@tracked()
class Route(Named, Searchable, Record):
    """巡检路线: which points are walked, in which order, and what is looked at there."""

    class Kind(models.TextChoices):
        PATROL = "patrol", _("Patrol")
        INSPECTION = "inspection", _("Inspection")
        CAMPAIGN = "campaign", _("Campaign")

    class Points(models.TextChoices):
        LIST = "list", _("the points listed")
        FILTER = "filter", _("all equipment of a category in a place")
        LAW = "law", _("what the law asks to be checked in a place")

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    domain = models.CharField(_("domain"), max_length=12, choices=Domain, default=Domain.FIRE)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PATROL)
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="routes", verbose_name=_("place"))
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    points = models.CharField(_("points"), max_length=6, choices=Points, default=Points.LIST)
    category = models.ForeignKey(
        "assets.EquipmentCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipment category")
    )
    checklist = models.ForeignKey(
        "maintenance.Checklist",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checklist"),
        help_text=_("Used at every point that names no other."),
    )
    tag_needed = models.BooleanField(_("labels must be scanned"), default=True)
    min_s = models.PositiveSmallIntegerField(_("shortest time at a point (seconds)"), default=20)
    ordered = models.BooleanField(_("in this order"), default=False)
    signatures = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("signed by"))
    random_share = models.PositiveSmallIntegerField(_("share of the drawn points (%)"), default=0, validators=[MaxValueValidator(100)])
    minutes = models.PositiveIntegerField(_("time for a round (minutes)"), default=120)
    duty = models.CharField(_("fulfils the duty"), max_length=60, blank=True)  # code of an obligation
    scheme = models.ForeignKey(
        "assets.Scheme", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("statutory scheme")
    )
    every = models.PositiveSmallIntegerField(_("every"), null=True, blank=True, editable=False)  # of the scheme's interval: day, month …
    unit = models.CharField(_("unit"), max_length=10, blank=True, editable=False)
    active = models.BooleanField(_("in use"), default=True)

    scope_place = "place"
    scope_department = "team"
    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ["name_zh", "pk"]
        constraints = [
            models.CheckConstraint(
                name="route_filter_has_category",
                condition=~Q(points="filter") | Q(category__isnull=False, checklist__isnull=False),
                violation_error_message=_("Choose the category and the checklist."),
            ),
            models.CheckConstraint(name="route_share", condition=Q(random_share__lte=100)),
            models.CheckConstraint(
                name="route_of_law",
                condition=Q(points="law", scheme__isnull=False, every__isnull=False, checklist__isnull=False) & ~Q(unit="")
                | ~Q(points="law") & Q(scheme__isnull=True, every__isnull=True, unit=""),
            ),
            models.UniqueConstraint(
                fields=["scheme", "place", "every", "unit"], name="route_of_law_once", condition=Q(active=True, points="law")
            ),
        ]
        indexes = [
            models.Index(fields=["place", "-id"], name="route_place"),
            models.Index(fields=["domain", "-id"], name="route_domain"),
            search_index("route_search"),
        ]
        triggers = [search_trigger("name_zh", "name_en")]


@tracked()
class RoutePoint(Record):
    """巡检点: a place or a thing on a route, and what is looked at there."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="stops", verbose_name=_("route"))
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipment"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    tag_needed = models.BooleanField(_("label must be scanned"), default=True)
    min_s = models.PositiveSmallIntegerField(_("shortest time (seconds)"), default=20)
    drawn = models.BooleanField(_("only when drawn"), default=False, help_text=_("Joins a round by chance, unannounced."))
    checklist = models.ForeignKey(
        "maintenance.Checklist", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checklist")
    )

    scope_place = "route__place"
    scope_department = "route__team"
    objects = RoutePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of a route")
        verbose_name_plural = _("points of routes")
        ordering = ["route", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="route_point_somewhere",
                condition=Q(place__isnull=False) | Q(equipment__isnull=False),
                violation_error_message=_("Choose a place or a thing."),
            ),
        ]
        indexes = [models.Index(fields=["route", "order"], name="route_point_order")]

    def __str__(self) -> str:
        return str(self.equipment or self.place)


@tracked()
class Round(Here, Searchable, Record):
    """巡检单: one walk along a route within a window of time, with the points and questions frozen as they were when it was made."""

    class State(models.TextChoices):
        DUE = "due", _("To walk")
        STARTED = "started", _("Under way")
        SUBMITTED = "submitted", _("Submitted")
        COUNTERSIGNED = "countersigned", _("Countersigned")
        REVIEWED = "reviewed", _("Reviewed")
        MISSED = "missed", _("Round missed")
        VOID = "void", _("Void")

    class Result(models.TextChoices):
        COMPLIANT = "compliant", _("Compliant")
        NON_COMPLIANT = "non_compliant", _("Not compliant")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    route = models.ForeignKey(Route, models.PROTECT, related_name="rounds", verbose_name=_("route"))
    occurrence = models.OneToOneField(
        "maintenance.PlanOccurrence",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="round",
        verbose_name=_("due date of the plan"),
        editable=False,
    )
    domain = models.CharField(_("domain"), max_length=12, choices=Domain, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Route.Kind, editable=False)
    title_zh = models.CharField(_("Chinese name"), max_length=80, editable=False)
    title_en = models.CharField(_("English name"), max_length=80, blank=True, editable=False)
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    inspector = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("inspector")
    )
    statutory = models.BooleanField(_("required by law"), default=False, editable=False)
    window_from = models.DateTimeField(_("from"))
    window_to = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.DUE, editable=False)
    frozen = models.JSONField(default=dict, editable=False)
    explained = models.JSONField(default=dict, editable=False)  # point -> why it was not visited
    planned = models.PositiveIntegerField(_("points"), default=0, editable=False)
    visited = models.PositiveIntegerField(_("points visited"), default=0, editable=False)
    scanned = models.PositiveIntegerField(_("points scanned"), default=0, editable=False)
    failed = models.PositiveIntegerField(_("items failed"), default=0, editable=False)
    result = models.CharField(_("result"), max_length=14, choices=Result, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=1000, blank=True, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("submitted by")
    )
    missed_at = models.DateTimeField(_("missed since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    lock_rank = 15
    scope_place = "place"
    scope_department = "team"
    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("inspection rounds")
        ordering = ["-window_from", "-id"]
        constraints = [
            models.CheckConstraint(name="round_window", condition=Q(window_to__gt=F("window_from"))),
            models.CheckConstraint(
                name="round_submitted_whole",
                condition=~Q(state__in=["submitted", "countersigned", "reviewed"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, missed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="round_missed_whole", condition=~Q(state="missed") | Q(missed_at__isnull=False, submitted_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["-window_from", "-id"], name="round_newest"),
            models.Index(fields=["state", "-window_from", "-id"], name="round_state"),
            models.Index(fields=["route", "-window_from", "-id"], name="round_route"),
            models.Index(fields=["inspector", "-window_from", "-id"], name="round_inspector"),
            models.Index(fields=["place", "-window_from"], name="round_place"),
            models.Index(fields=["domain", "-window_from"], name="round_domain"),
            models.Index(fields=["window_to"], name="round_live", condition=Q(state__in=["due", "started"])),
            search_index("round_search"),
        ]
        triggers = [
            search_trigger("number", "title_zh", "title_en", also=("place_zh", "place_en")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_made", fields=["route", "frozen", "window_from", "window_to", "created_at"]),
            pgtrigger.Protect(
                name="missed_stays_missed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="missed") & ~pgtrigger.Q(new__state="missed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.title}"

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def stops(self) -> list[dict[str, Any]]:
        """The frozen points, in their order."""
        return self.frozen.get("points", [])

    def stop(self, key: str) -> dict[str, Any] | None:
        return next((one for one in self.stops if one["key"] == key), None)


class PointVisit(ScopedModel):
    """到点记录: somebody was at a point of a round, when, and how that is proved."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="visits")
    point = models.CharField(max_length=12)  # the key of the frozen point
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+")
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, related_name="+")
    scan = models.CharField(max_length=20, blank=True)  # the code as it was read
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    judged_at = models.DateTimeField(default=clock.now)
    flags = ArrayField(models.CharField(max_length=16), default=list)

    scope_place = "place"
    scope_department = "round__team"

    class Meta:
        verbose_name = _("visit to a point")
        verbose_name_plural = _("visits to points")
        constraints = [models.UniqueConstraint(fields=["round", "point"], name="point_visit_once")]
        indexes = [models.Index(fields=["equipment", "-id"], name="point_visit_equipment", condition=Q(equipment__isnull=False))]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.round} · {self.point}"


class RoundSignature(ScopedModel):
    """签字: who stands for a round, in which role; no two of them are the same person."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="signed")
    role = models.CharField(max_length=40)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=500, blank=True)

    scope_place = "round__place"

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(fields=["round", "role"], name="round_signature_role"),
            models.UniqueConstraint(fields=["round", "person"], name="round_signature_person"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"
