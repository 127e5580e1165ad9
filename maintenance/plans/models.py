"""Plans of upkeep, their triggers and targets, each date that fell due, and when the generator was at work."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.meters.models import Quantity
from logistics.core import clock
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record, ScopedModel
from logistics.core.search import Searchable, search_index, search_trigger
from maintenance.models.policy import Priority
from maintenance.plans.querysets import OccurrenceQuerySet, PlanPartQuerySet, PlanQuerySet

MONTH_DAY = RegexValidator(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", _("Write the month and the day: 11-15."))


@tracked()
class MaintenancePlan(Named, Searchable, Record):
    """保养计划: what is done again and again, on which things, by which rule, by which team."""

    class Output(models.TextChoices):
        WORK_ORDER = "work_order", _("A work order for each thing")
        ROUND = "round", _("An inspection round")

    class Scope(models.TextChoices):
        FILTER = "filter", _("All of a category at a place: new ones join, retired ones leave")
        LIST = "list", _("A list of things or places")

    class Shift(models.TextChoices):
        NONE = "none", _("Stays on the day")
        NEXT = "next_workday", _("Moves to the next working day")
        PREVIOUS = "previous_workday", _("Moves to the working day before")
        VACATION = "vacation_only", _("Moves into the holidays")

    class Overlap(models.TextChoices):
        ONE_OPEN = "one_open", _("Only one open at a time")
        ALLOW = "allow", _("May pile up")

    class FirstDue(models.TextChoices):
        AFTER = "after_interval", _("After the first interval")
        AT_ONCE = "at_once", _("At once")

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    output = models.CharField(_("what comes of it"), max_length=10, choices=Output, default=Output.WORK_ORDER)
    work = models.ForeignKey(
        "maintenance.RepairCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of work")
    )
    route = models.ForeignKey(
        "maintenance.Route", models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("inspection route")
    )
    checklist = models.ForeignKey(
        "maintenance.Checklist",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("checklist"),
        help_text=_("Each of its orders is worked through by it, in the version of that day."),
    )
    scope = models.CharField(_("for which things"), max_length=6, choices=Scope, default=Scope.FILTER)
    category = models.ForeignKey(
        "assets.EquipmentCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipment category")
    )
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    statutory = models.BooleanField(
        _("required by law"),
        default=False,
        help_text=_("Cannot be cancelled; only the safety director may skip it, and it counts as missed."),
    )
    clause = models.CharField(_("clause"), max_length=120, blank=True)
    scheme = models.ForeignKey(
        "assets.Scheme",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("statutory scheme"),
        help_text=_("The duty that this plan meets."),
    )
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    pool = models.BooleanField(_("technicians of the team may take it"), default=True)
    priority = models.CharField(_("priority"), max_length=2, choices=Priority, default="P3")
    estimate_s = models.PositiveIntegerField(_("effort for each in seconds"), default=3600)
    instructions = models.TextField(_("what to do"), max_length=4000, blank=True)
    lead_days = models.PositiveSmallIntegerField(_("made so many days before"), default=7, validators=[MaxValueValidator(366)])
    before_days = models.PositiveSmallIntegerField(_("may be done so many days early"), default=7, validators=[MaxValueValidator(366)])
    after_days = models.PositiveSmallIntegerField(_("may be done so many days late"), default=7, validators=[MaxValueValidator(366)])
    shift = models.CharField(_("when the day is no working day"), max_length=16, choices=Shift, default=Shift.NEXT)
    overlap = models.CharField(_("while the last one is open"), max_length=8, choices=Overlap, default=Overlap.ONE_OPEN)
    season_from = models.CharField(_("season from"), max_length=5, blank=True, validators=[MONTH_DAY], help_text=_("Month and day: 11-15."))
    season_to = models.CharField(_("season to"), max_length=5, blank=True, validators=[MONTH_DAY], help_text=_("May lie in the next year."))
    first_due = models.CharField(_("the first time"), max_length=14, choices=FirstDue, default=FirstDue.AFTER)
    state = models.CharField(max_length=10, default="draft", editable=False)
    counts_from = models.DateField(_("counts from"), null=True, blank=True, editable=False)
    suspended_until = models.DateField(_("suspended until"), null=True, blank=True, editable=False)
    suspend_reason = models.CharField(_("why suspended"), max_length=500, blank=True, editable=False)

    lock_rank = 5
    scope_place = "place"
    scope_department = "team"
    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("upkeep plan")
        verbose_name_plural = _("upkeep plans")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="plan_state", condition=Q(state__in=["draft", "active", "suspended", "ended"])),
            models.CheckConstraint(
                name="plan_statutory_never_later",
                condition=Q(statutory=False) | Q(shift__in=["none", "previous_workday"]),
                violation_error_message=_("What the law asks for may move forward only: stay on the day, or the working day before."),
            ),
            models.CheckConstraint(
                name="plan_season_whole",
                condition=Q(season_from="", season_to="") | (~Q(season_from="") & ~Q(season_to="")),
                violation_error_message=_("A season has a first and a last day."),
            ),
            models.CheckConstraint(
                name="plan_filter_filters",
                condition=~Q(scope="filter") | Q(category__isnull=False),
                violation_error_message=_("Name the category of equipment."),
            ),
            models.CheckConstraint(
                name="plan_order_has_work",
                condition=~Q(output="work_order") | Q(work__isnull=False),
                violation_error_message=_("Name the kind of work."),
            ),
            models.CheckConstraint(
                name="plan_round_has_route",
                condition=Q(output="round", route__isnull=False, scope="list") | Q(output="work_order", route__isnull=True),
                violation_error_message=_("A round goes along one route; name it."),
            ),
            models.CheckConstraint(name="plan_running_counts", condition=~Q(state="active") | Q(counts_from__isnull=False)),
            models.CheckConstraint(
                name="plan_suspended_whole",
                condition=Q(state="suspended", suspended_until__isnull=False) & ~Q(suspend_reason="")
                | ~Q(state="suspended") & Q(suspended_until__isnull=True, suspend_reason=""),
            ),
        ]
        indexes = [
            search_index("plan_search"),
            models.Index(fields=["state", "code"], name="plan_state_code"),
            models.Index(fields=["team", "code"], name="plan_team"),
        ]
        triggers = [search_trigger("code", "name_zh", "name_en")]


@tracked()
class PlanTrigger(ScopedModel):
    """触发条件: one reason why something falls due: a date of the calendar, an interval since the last time, or a counter."""

    class Type(models.TextChoices):
        FIXED = "calendar_fixed", _("On fixed dates")
        FLOATING = "calendar_floating", _("So long after the last time")
        INTERVAL = "meter_interval", _("After so many hours, km … since the last time")
        THRESHOLD = "meter_threshold", _("When a gauge passes a value")

    class Freq(models.TextChoices):
        DAILY = "daily", _("day")
        WEEKLY = "weekly", _("week")
        MONTHLY = "monthly", _("month")
        YEARLY = "yearly", _("year")

    plan = models.ForeignKey(MaintenancePlan, models.CASCADE, related_name="triggers", verbose_name=_("plan"))
    type = models.CharField(_("when"), max_length=18, choices=Type)
    freq = models.CharField(_("repeats each"), max_length=8, choices=Freq, blank=True)
    every = models.PositiveSmallIntegerField(_("every"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1000)])
    weekdays = ArrayField(models.SmallIntegerField(), verbose_name=_("weekdays"), default=list, blank=True)
    month_days = ArrayField(models.SmallIntegerField(), verbose_name=_("days of the month"), default=list, blank=True)
    set_pos = models.SmallIntegerField(_("which of them"), null=True, blank=True)
    months = ArrayField(models.SmallIntegerField(), verbose_name=_("months"), default=list, blank=True)
    anchor_on = models.DateField(_("counted from"), null=True, blank=True)
    every_months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True, validators=[MaxValueValidator(1200)])
    every_days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True, validators=[MaxValueValidator(30000)])
    quantity = models.CharField(_("quantity"), max_length=8, choices=Quantity, blank=True)
    every_units = models.DecimalField(_("units"), max_digits=14, decimal_places=3, null=True, blank=True)
    comparator = models.CharField(_("passes"), max_length=2, choices=[("ge", _("at or above")), ("le", _("at or below"))], blank=True)
    set_at = models.DecimalField(_("value"), max_digits=14, decimal_places=3, null=True, blank=True)
    clear_at = models.DecimalField(_("armed again at"), max_digits=14, decimal_places=3, null=True, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("trigger")
        verbose_name_plural = _("triggers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="trigger_fits_its_type",
                condition=(
                    (
                        Q(type="calendar_fixed", every__gte=1, anchor_on__isnull=False, every_months__isnull=True, every_days__isnull=True)
                        & Q(quantity="", every_units__isnull=True, set_at__isnull=True)
                        & ~Q(freq="")
                    )
                    | (
                        Q(type="calendar_floating", freq="", quantity="", every_units__isnull=True, set_at__isnull=True)
                        & (Q(every_months__gte=1) | Q(every_days__gte=1))
                    )
                    | (
                        Q(type="meter_interval", freq="", every_months__isnull=True, every_days__isnull=True)
                        & Q(every_units__gt=0, set_at__isnull=True)
                        & ~Q(quantity="")
                    )
                    | (
                        Q(type="meter_threshold", freq="", every_months__isnull=True, every_days__isnull=True, every_units__isnull=True)
                        & Q(set_at__isnull=False, clear_at__isnull=False, comparator__in=["ge", "le"])
                        & ~Q(quantity="")
                    )
                ),
                violation_error_message=_("These fields do not fit this kind of trigger."),
            ),
            models.CheckConstraint(
                name="trigger_clears_on_the_other_side",
                condition=Q(set_at__isnull=True)
                | Q(comparator="ge", clear_at__lt=models.F("set_at"))
                | Q(comparator="le", clear_at__gt=models.F("set_at")),
                violation_error_message=_("It is armed again on the other side of the value."),
            ),
            models.CheckConstraint(name="trigger_set_pos", condition=Q(set_pos__isnull=True) | Q(set_pos__in=[1, 2, 3, 4, -1])),
            models.CheckConstraint(name="trigger_weekdays", condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7])),
            models.CheckConstraint(name="trigger_months", condition=Q(months__contained_by=list(range(1, 13)))),
            models.CheckConstraint(name="trigger_month_days", condition=Q(month_days__contained_by=[-1, *range(1, 32)])),
            models.UniqueConstraint(
                fields=["plan"], name="trigger_one_calendar", condition=Q(type__in=["calendar_fixed", "calendar_floating"])
            ),
            models.UniqueConstraint(fields=["plan", "type", "quantity"], name="trigger_once"),
        ]

    def __str__(self) -> str:
        return str(self.get_type_display())


class PlanTarget(ScopedModel):
    """保养对象: a thing or a place that a plan covers, and since when; of a live filter the system keeps them."""

    plan = models.ForeignKey(MaintenancePlan, models.PROTECT, related_name="targets", verbose_name=_("plan"))
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, related_name="+", verbose_name=_("equipment"))
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("place"))
    since = models.DateField(_("since"))
    until = models.DateField(_("left on"), null=True)
    last_done_on = models.DateField(_("last done before"), null=True, blank=True)
    last_done_meter = models.DecimalField(_("counter then"), max_digits=16, decimal_places=3, null=True, blank=True)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing of a plan")
        verbose_name_plural = _("things of plans")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="plan_target_one",
                condition=Q(equipment__isnull=False, place__isnull=True) | Q(equipment__isnull=True, place__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["plan", "equipment", "place"], name="plan_target_once", nulls_distinct=False, condition=Q(until__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["equipment"], name="plan_target_equipment", condition=Q(equipment__isnull=False))]

    def __str__(self) -> str:
        return str(self.equipment or self.place)


@tracked(inserts=False)
class PlanOccurrence(Record):
    """到期项: one date on which something of a plan fell due for one thing or place, and what became of it."""

    class State(models.TextChoices):
        GENERATED = "generated", _("To do")
        DONE = "done", _("Done")
        DONE_LATE = "done_late", _("Done outside the window")
        MISSED = "missed", _("Missed")
        SKIPPED = "skipped", _("Skipped")
        VOID = "void", _("Void")

    class Miss(models.TextChoices):
        SUPERSEDED = "superseded", _("a newer one took its place")
        PREVIOUS_OPEN = "previous_open", _("the one before was still open")
        WINDOW_CLOSED = "window_closed", _("its time had passed")
        OUTAGE = "outage", _("the system was not running")

    plan = models.ForeignKey(MaintenancePlan, models.PROTECT, related_name="occurrences", verbose_name=_("plan"))
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, related_name="+", verbose_name=_("equipment"))
    target_place = models.ForeignKey("campus.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("place to keep"))
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+", verbose_name=_("place"))  # where it stood then
    seq = models.PositiveIntegerField(_("number"))
    planned_on = models.DateField(_("by the rule"))
    due_on = models.DateField(_("due on"))
    first_on = models.DateField(_("window from"))  # due_on − before_days, as the plan said then
    last_on = models.DateField(_("window to"))  # due_on + after_days
    due_meter = models.DecimalField(_("due at"), max_digits=16, decimal_places=3, null=True)
    reasons = ArrayField(models.CharField(max_length=18), verbose_name=_("why"), default=list)
    fixed = models.BooleanField(default=False, editable=False)
    one_open = models.BooleanField(default=True, editable=False)
    statutory = models.BooleanField(_("required by law"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.GENERATED)
    miss_cause = models.CharField(_("why missed"), max_length=14, choices=Miss, blank=True)
    work_order = models.ForeignKey(
        "maintenance.WorkOrder", models.PROTECT, null=True, related_name="occurrences", verbose_name=_("work order")
    )
    completed_on = models.DateField(_("done on"), null=True)
    ended_at = models.DateTimeField(
        _("ended at"), null=True, editable=False
    )  # done, skipped or missed later; readings up to then belong to it
    completed_meter = models.DecimalField(_("counter then"), max_digits=16, decimal_places=3, null=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    lock_rank = 15  # after its work order
    scope_place = "place"
    scope_department = "plan__team"
    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("due date")
        verbose_name_plural = _("due dates")
        ordering = ["-due_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="occurrence_one_target",
                condition=Q(equipment__isnull=False, target_place__isnull=True) | Q(equipment__isnull=True, target_place__isnull=False),
            ),
            models.UniqueConstraint(fields=["plan", "equipment", "target_place", "seq"], name="occurrence_seq", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["plan", "equipment", "target_place", "planned_on"],
                name="occurrence_date",
                nulls_distinct=False,
                condition=Q(fixed=True),
            ),
            models.UniqueConstraint(
                fields=["plan", "equipment", "target_place"],
                name="occurrence_one_open",
                nulls_distinct=False,
                condition=Q(state="generated", one_open=True),
            ),
            models.CheckConstraint(
                name="occurrence_missed_why",
                condition=Q(state="missed") & ~Q(miss_cause="") | ~Q(state="missed") & Q(miss_cause=""),
            ),
            models.CheckConstraint(
                name="occurrence_done_when",
                condition=Q(state__in=["done", "done_late"], completed_on__isnull=False)
                | ~Q(state__in=["done", "done_late"]) & Q(completed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="occurrence_done_in_window",
                condition=~Q(state="done") | Q(completed_on__gte=models.F("first_on"), completed_on__lte=models.F("last_on")),
            ),
            models.CheckConstraint(name="occurrence_skipped_why", condition=~Q(state="skipped") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["state", "-due_on", "-id"], name="occurrence_state"),
            models.Index(fields=["-due_on", "-id"], name="occurrence_due"),
            models.Index(fields=["place", "-due_on"], name="occurrence_place"),
            models.Index(fields=["plan", "equipment", "target_place", "-seq"], name="occurrence_target"),
            models.Index(fields=["plan", "equipment", "target_place", "-seq"], name="occurrence_open", condition=Q(state="generated")),
            models.Index(fields=["equipment", "-due_on"], name="occurrence_equipment", condition=Q(equipment__isnull=False)),
            models.Index(fields=["work_order"], name="occurrence_order", condition=Q(work_order__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.plan.code} · {self.equipment or self.target_place} · {self.due_on.isoformat()}"

    @property
    def target(self) -> models.Model:
        return self.equipment or self.target_place


class GeneratorSpan(models.Model):
    """排程运行时段: a span in which the generator ran without a long silence; the gaps between them are the outages."""

    during = DateTimeRangeField(_("ran from–to"))

    class Meta:
        verbose_name = _("running time of the generator")
        verbose_name_plural = _("running times of the generator")
        ordering = ["-during"]
        constraints = [ExclusionConstraint(name="generator_span_apart", expressions=[("during", RangeOperators.OVERLAPS)])]

    def __str__(self) -> str:
        return f"{self.during.lower} – {self.during.upper}"
