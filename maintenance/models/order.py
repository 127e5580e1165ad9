"""The work order: who mends what, when, with what effort."""
from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel
from logistics.core.search import Searchable, search_index, search_trigger
from maintenance.models.catalogue import RepairCategory
from maintenance.models.policy import Priority
from maintenance.models.request import Here, Titled
from maintenance.permits.kinds import Kind as PermitKind
from maintenance.querysets import LIVE_STATES, OrderPartQuerySet, WorkOrderQuerySet

# Two who link at once count one after the other: a circle of orders would wait for itself for ever.
CIRCLE = """
    PERFORM pg_advisory_xact_lock(hashtext('maintenance_workorder.{column}'));
    IF EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.{column} UNION
            SELECT o.{column} FROM maintenance_workorder o JOIN above a ON o.id = a.id WHERE o.{column} IS NOT NULL
        ) SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a circle of orders' USING ERRCODE = 'check_violation', CONSTRAINT = 'order_circle';
    END IF;
    RETURN NULL;
"""


def _no_circle(name: str) -> pgtrigger.Trigger:
    column = f"{name}_id"
    return pgtrigger.Trigger(
        name=f"{name}_no_circle", operation=pgtrigger.UpdateOf(column), when=pgtrigger.After, func=CIRCLE.replace("{column}", column),
        condition=pgtrigger.Condition(f"NEW.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}"),
    )


@tracked()
class WorkOrder(Titled, Here, Searchable, Record):
    """工单: one piece of work at one place, from dispatch to the closed repair."""

    class Kind(models.TextChoices):
        CORRECTIVE = "corrective", _("Repair")
        PREVENTIVE = "preventive", _("Upkeep")
        DEFECT = "defect", _("Defect")
        SERVICE = "service", _("Service")
        IMPROVEMENT = "improvement", _("Improvement")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("To assign")
        ASSIGNED = "assigned", _("To accept")
        ACCEPTED = "accepted", _("Taken")
        IN_PROGRESS = "in_progress", _("In progress")
        ON_HOLD = "on_hold", _("On hold")
        DONE = "done", _("To verify")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.CORRECTIVE)
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipment"))
    category = models.ForeignKey("maintenance.RepairCategory", models.PROTECT, related_name="+", verbose_name=_("category"))
    priority = models.CharField(_("priority"), max_length=2, choices=Priority)
    impact = models.PositiveSmallIntegerField(_("impact"), default=3)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=3)
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    pool = models.BooleanField(_("in the pool"), default=False)
    lead = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="led_orders", verbose_name=_("technician")
    )
    contractor = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("firm")
    )
    permits_needed = ArrayField(
        models.CharField(max_length=14, choices=PermitKind), verbose_name=_("permits needed"), default=list, blank=True
    )
    planned_start = models.DateTimeField(_("planned from"), null=True, blank=True)
    planned_end = models.DateTimeField(_("planned to"), null=True, blank=True)
    estimate_s = models.PositiveIntegerField(_("estimated effort in seconds"), default=3600)
    estimate_cost = models.DecimalField(_("estimated cost in CNY"), max_digits=12, decimal_places=2, null=True, blank=True, editable=False)
    proof = models.CharField(_("proof of work"), max_length=12, choices=RepairCategory.Proof, default="none")
    problem = models.ForeignKey(
        "maintenance.FailureCode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("problem")
    )
    cause = models.ForeignKey("maintenance.FailureCode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cause"))
    remedy = models.ForeignKey("maintenance.FailureCode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("remedy"))
    stops_use = models.BooleanField(_("cannot be used"), default=False)
    completion_note = models.TextField(_("what was done"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of"))
    blocked_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="blocks", verbose_name=_("waits for"))
    source_kind = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.BigIntegerField(null=True, blank=True, editable=False)
    held_from = models.CharField(max_length=12, blank=True, editable=False)
    reopened_count = models.PositiveSmallIntegerField(_("times returned"), default=0, editable=False)
    reported_at = models.DateTimeField(_("first reported"), default=clock.now)
    released_at = models.DateTimeField(_("released"), null=True, blank=True, editable=False)
    done_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("why cancelled"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    lock_rank = 10
    scope_place = "place"
    scope_department = "team"
    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="order_at_work_has_lead",
                condition=~Q(state__in=["assigned", "accepted", "in_progress", "done"])
                | Q(lead__isnull=False) | Q(contractor__isnull=False),
            ),
            models.CheckConstraint(name="order_lead_or_firm", condition=Q(lead__isnull=True) | Q(contractor__isnull=True)),
            models.CheckConstraint(name="order_done_has_time", condition=~Q(state__in=["done", "closed"]) | Q(done_at__isnull=False)),
            models.CheckConstraint(name="order_cancelled_has_reason", condition=~Q(state="cancelled") | ~Q(cancel_reason="")),
            models.CheckConstraint(name="order_estimate_not_negative", condition=Q(estimate_cost__isnull=True) | Q(estimate_cost__gte=0)),
            models.CheckConstraint(name="order_not_blocked_by_itself", condition=Q(blocked_by__isnull=True) | ~Q(blocked_by=F("id"))),
            models.CheckConstraint(name="order_not_part_of_itself", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="order_state"),
            models.Index(fields=["priority", "-created_at", "-id"], name="order_priority"),
            models.Index(fields=["category", "-created_at", "-id"], name="order_category"),
            models.Index(fields=["team", "-created_at", "-id"], name="order_team"),
            models.Index(fields=["lead", "-created_at", "-id"], name="order_lead"),
            models.Index(fields=["contractor", "-created_at"], name="order_firm", condition=Q(contractor__isnull=False)),
            models.Index(fields=["place", "-created_at"], name="order_place"),
            models.Index(fields=["equipment", "-created_at"], name="order_equipment", condition=Q(equipment__isnull=False)),
            models.Index(fields=["state", "priority", "reported_at"], name="order_live", condition=Q(state__in=LIVE_STATES)),
            models.Index(fields=["done_at"], name="order_done"),
            models.Index(fields=["planned_start"], name="order_planned", condition=Q(planned_start__isnull=False)),
            models.Index(fields=["closed_at"], name="order_closed"),
            models.Index(fields=["released_at"], name="order_released"),
            models.Index(fields=["done_at"], name="order_came_back", condition=Q(reopened_count__gt=0)),
            search_index("order_search"),
        ]
        triggers = [
            search_trigger("number", "title_zh", "title_en", also=("place_zh", "place_en")), _no_circle("parent"), _no_circle("blocked_by"),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.title}"

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES


@tracked()
class Assignment(models.Model):
    """派工: a person was put on an order, as lead or crew, and what became of it."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        CREW = "crew", _("crew")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="assignments")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=4, choices=Role, default=Role.LEAD)
    offered_at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["order"], name="assignment_one_lead", condition=Q(role="lead", released_at__isnull=True)),
            models.UniqueConstraint(fields=["order", "person"], name="assignment_person_once", condition=Q(released_at__isnull=True)),
        ]
        indexes = [models.Index(fields=["person", "-offered_at"], name="assignment_person")]

    def __str__(self) -> str:
        return f"{self.order} · {self.person}"


@tracked()
class Hold(models.Model):
    """挂起: a span in which an order waited, why, and whether its clock waited too."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="holds")
    during = DateTimeRangeField()
    reason = models.ForeignKey("maintenance.HoldReason", models.PROTECT, related_name="+")
    pauses = models.BooleanField()
    until = models.DateField(_("expected until"), null=True)
    part = models.CharField(_("which part"), max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            ExclusionConstraint(
                name="hold_one_at_a_time", expressions=[("order", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.reason}"


@tracked()
class LabourEntry(ScopedModel):
    """工时: a span in which somebody worked on an order, priced when it was booked and never again."""

    class Type(models.TextChoices):
        WORK = "work", _("work")
        TRAVEL = "travel", _("way")
        WAIT = "wait", _("waiting")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="labour")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="labour", verbose_name=_("technician"))
    during = DateTimeRangeField(_("from–to"))  # an unbounded end means: at it now
    type = models.CharField(_("type"), max_length=6, choices=Type, default=Type.WORK)
    rate = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, default=Decimal(0))
    voided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField(max_length=200, blank=True)

    scope_place = "order__place"
    objects = OrderPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("labour entry")
        verbose_name_plural = _("labour entries")
        constraints = [
            ExclusionConstraint(
                name="labour_one_job_at_a_time", condition=Q(voided_by__isnull=True),
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["order"], name="labour_order")]

    def __str__(self) -> str:
        return f"{self.person} {self.minutes} min"

    @property
    def running(self) -> bool:
        return self.during.upper is None

    @property
    def minutes(self) -> int:
        end = self.during.upper or clock.now()
        return int((end - self.during.lower).total_seconds() // 60)


class CostLine(models.Model):
    """费用: money spent on an order besides labour; never changed, corrected by a credit."""

    class Type(models.TextChoices):
        SERVICE = "service", _("outside service")
        MATERIAL = "direct_material", _("material bought directly")
        FEE = "fee", _("fee")
        CREDIT = "credit", _("credit")

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="costs")
    type = models.CharField(_("type"), max_length=16, choices=Type)
    amount = models.DecimalField(_("amount in CNY"), max_digits=12, decimal_places=2)
    note = models.CharField(_("for what"), max_length=200)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    warranty_reason = models.CharField(_("why paid although under warranty"), max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("cost line")
        verbose_name_plural = _("cost lines")
        constraints = [
            models.CheckConstraint(name="cost_sign", condition=Q(type="credit", amount__lt=0) | (~Q(type="credit") & Q(amount__gt=0))),
        ]
        indexes = [models.Index(fields=["order"], name="cost_order")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.note}: {self.amount}"
