"""The legal moves of plans and of due dates (facilities.md 4.3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assets.meters.models import MeterReading
from logistics.core.forms import ReasonForm
from logistics.core.workflow import SYSTEM, State, Workflow, perform
from maintenance.plans.models import MaintenancePlan, PlanOccurrence, PlanTrigger

MANAGER = ("facilities_manager",)
DIRECTOR = ("safety_director",)


# plans --------------------------------------------------------------------------------------------------------------
def complete_plan(plan: MaintenancePlan, person: Any) -> str | None:
    """What is still missing before it can run."""
    if not plan.triggers.exists():
        return gettext("Say first when it falls due.")
    if plan.scope == MaintenancePlan.Scope.LIST and not plan.targets.filter(until__isnull=True).exists():
        return gettext("Name first for which things.")
    return None


def activate(plan: MaintenancePlan, *, by: Any, at: datetime, from_on: date | None = None, **data: Any) -> None:
    plan.counts_from = from_on or timezone.localdate(at)


def suspend(plan: MaintenancePlan, *, by: Any, at: datetime, until: date, reason: str, **data: Any) -> None:
    plan.suspended_until, plan.suspend_reason = until, reason


def resume(plan: MaintenancePlan, *, by: Any, at: datetime, **data: Any) -> None:
    """It counts again from today, or from the day that was named when it ended by itself; what lay between is not asked for."""
    today = timezone.localdate(at)
    plan.counts_from = min(today, plan.suspended_until) if by is None and plan.suspended_until else today
    plan.suspended_until, plan.suspend_reason = None, ""


def end(plan: MaintenancePlan, *, by: Any, at: datetime, **data: Any) -> None:
    plan.suspended_until, plan.suspend_reason = None, ""


def kept_by_law(plan: MaintenancePlan, person: Any) -> str | None:
    """A plan that arose from the law ends when the law asks for nothing there; how a scheme is checked is changed at the scheme."""
    if person is not None and plan.route is not None and plan.route.points == "law":
        return gettext("It arose from what the law asks. Change instead how the checks of this scheme are done.")
    return None


PLANS = Workflow(
    MaintenancePlan,
    (
        State("draft", _("Draft"), "draft", "pencil"),
        State("active", _("In operation"), "run", "player-play"),
        State("suspended", _("Suspended"), "off", "player-pause"),
        State("ended", _("Ended"), "off", "ban"),
    ),
)
PLANS.move(
    "activate",
    _("Activate"),
    "draft",
    "active",
    MANAGER,
    _("activated it"),
    form="maintenance.plans.forms.ActivateForm",
    guard=complete_plan,
    effect=activate,
    icon="player-play",
    weight=5,
)
PLANS.move(
    "suspend",
    _("Suspend"),
    "active",
    "suspended",
    MANAGER,
    _("suspended it until %(until)s"),
    form="maintenance.plans.forms.SuspendForm",
    effect=suspend,
    icon="player-pause",
    weight=50,
)
PLANS.move(
    "resume", _("Use again"), "suspended", "active", (*MANAGER, SYSTEM), _("took it up again"), effect=resume, icon="player-play", weight=10
)
PLANS.move(
    "end",
    _("End the plan"),
    "draft active suspended",
    "ended",
    (*MANAGER, SYSTEM),
    _("ended it"),
    form=ReasonForm,
    guard=kept_by_law,
    effect=end,
    icon="ban",
    weight=90,
    danger=True,
)


# due dates ----------------------------------------------------------------------------------------------------------
def counted(row: PlanOccurrence, at: datetime) -> Any:
    """What the meter of the plan's first interval had counted by then; None without one."""
    if row.equipment_id is None:
        return None
    trigger = PlanTrigger.objects.filter(plan_id=row.plan_id, type=PlanTrigger.Type.INTERVAL).order_by("pk").first()
    if trigger is None:
        return None
    rows = MeterReading.objects.valid().filter(meter__equipment_id=row.equipment_id, meter__quantity=trigger.quantity, read_at__lte=at)
    return rows.order_by("-read_at").values_list("cumulative", flat=True).first()


def complete(row: PlanOccurrence, *, by: Any, at: datetime, **data: Any) -> None:
    row.completed_on, row.ended_at, row.completed_meter = timezone.localdate(at), at, counted(row, at)
    row.state = "done" if row.first_on <= row.completed_on <= row.last_on else "done_late"


def reopen(row: PlanOccurrence, *, by: Any, at: datetime, **data: Any) -> None:
    row.completed_on = row.ended_at = row.completed_meter = None


def miss(row: PlanOccurrence, *, by: Any, at: datetime, cause: str = "window_closed", **data: Any) -> None:
    row.miss_cause, row.ended_at, row.completed_meter = cause, at, counted(row, at)


def skip(row: PlanOccurrence, *, by: Any, at: datetime, reason: str, decided_by: Any = None, **data: Any) -> None:
    row.reason, row.decided_by, row.ended_at, row.completed_meter = reason[:500], by or decided_by, at, counted(row, at)


def skipped(row: PlanOccurrence, *, by: Any, at: datetime, event: Any, reason: str, **data: Any) -> None:
    """The order that was made for it goes with it."""
    order = row.work_order
    if order is not None and order.state in ("draft", "open", "assigned", "accepted", "in_progress", "on_hold"):
        perform(order, "cancel", by=None, reason=reason)


def void(row: PlanOccurrence, *, by: Any, at: datetime, reason: str = "", **data: Any) -> None:
    row.reason = reason[:500]


def its_order(row: PlanOccurrence, data: dict[str, Any]) -> list[Any]:
    return [row.work_order] if row.work_order_id else []


def by_law(row: PlanOccurrence, person: Any) -> str | None:
    return gettext("Required by law: only the safety director may skip it.") if row.statutory else None


OCCURRENCES = Workflow(
    PlanOccurrence,
    (
        State("generated", _("To do"), "wait", "hourglass"),
        State("done", _("Done in time"), "done", "check"),
        State("done_late", _("Done outside the window"), "late", "clock"),
        State("missed", _("Missed"), "danger", "calendar-x"),
        State("skipped", _("Skipped"), "off", "player-skip-forward"),
        State("void", _("Void"), "off", "ban"),
    ),
)
OCCURRENCES.move("complete", _("Done"), "generated", "", SYSTEM, _("was done"), effect=complete, icon="check")
OCCURRENCES.move(
    "reopen",
    _("Open again"),
    "done done_late",
    "generated",
    SYSTEM,
    _("is open again: the work was returned"),
    effect=reopen,
    icon="arrow-back-up",
)
OCCURRENCES.move("miss", _("Missed"), "generated", "missed", SYSTEM, _("was missed"), effect=miss, icon="calendar-x")
OCCURRENCES.move(
    "skip",
    _("Skip"),
    "generated",
    "skipped",
    MANAGER,
    _("skipped it"),
    form=ReasonForm,
    guard=by_law,
    when=lambda row, person: not row.statutory,
    effect=skip,
    after=skipped,
    locks=its_order,
    icon="player-skip-forward",
    weight=60,
    danger=True,
)
OCCURRENCES.move(
    "skip_statutory",
    _("Skip what the law requires"),
    "generated",
    "skipped",
    DIRECTOR,
    _("skipped it although the law requires it"),
    form=ReasonForm,
    when=lambda row, person: row.statutory,
    effect=skip,
    after=skipped,
    locks=its_order,
    icon="player-skip-forward",
    weight=70,
    danger=True,
)
OCCURRENCES.move(
    "drop",
    _("Skipped with its order"),
    "generated",
    "skipped",
    SYSTEM,
    _("was skipped with its order"),
    effect=skip,
    icon="player-skip-forward",
)
OCCURRENCES.move("void", _("Void"), "generated", "void", SYSTEM, _("became void"), effect=void, locks=its_order, icon="ban")
