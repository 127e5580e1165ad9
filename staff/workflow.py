"""The moves of rosters, duties, certificates and leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.alerts.services import notify
from logistics.core import clock
from logistics.core.forms import ReasonForm
from logistics.core.workflow import Relation, State, Workflow, write_event
from staff import followups
from staff.models import Certificate, Duty, Leave, RosterPeriod

HOLDER = Relation("holder", _("the person concerned"), lambda record, person: record.staff.person_id == person.pk)
LEADERS = ("team_leader", "staff_officer")
ONE_DAY = timedelta(days=1)


# rosters -----------------------------------------------------------------------------------------------------------
def empty_roster(period: RosterPeriod, person: Any) -> Any:
    return None if period.duties.live().exists() else _("Nobody is on this roster yet.")


def note_publishing(period: RosterPeriod, *, by: Any, at: Any, **data: Any) -> None:
    period.published_at = at


def tell_team(period: RosterPeriod, *, by: Any, at: Any, event: Any, **data: Any) -> None:
    people = period.duties.live().values_list("staff__person_id", flat=True).distinct()
    notify(
        people=people,
        code="staff.roster_published",
        link=reverse("staff:my-duties"),
        source=period,
        dedupe_key=f"roster:{period.pk}",
        params={
            "team": {"zh": period.team.name_zh, "en": period.team.name_en},
            "first": {"day": period.first_day.isoformat()},
            "last": {"day": period.last_day.isoformat()},
        },
    )
    followups.roster_is_out(period, by=by, at=at)


def not_over(period: RosterPeriod, person: Any) -> Any:
    return None if period.last_day < clock.today() else _("The roster still runs until %(day)s.") % {"day": period.last_day.isoformat()}


ROSTER = Workflow(
    RosterPeriod,
    (
        State("draft", _("Draft"), "draft"),
        State("published", _("Published"), "run", "calendar-check"),
        State("closed", _("Archived"), "done"),
    ),
)
ROSTER.move(
    "publish",
    _("Publish"),
    "draft",
    "published",
    LEADERS,
    _("published it"),
    icon="send",
    weight=10,
    guard=empty_roster,
    effect=note_publishing,
    after=tell_team,
    question=_("Publish this roster and tell everybody in it?"),
)
ROSTER.move("close", _("Archive"), "published", "closed", ("staff_officer",), _("archived it"), icon="lock", weight=60, guard=not_over)


# duties ------------------------------------------------------------------------------------------------------------
def draft_roster(duty: Duty, person: Any) -> Any:
    return _("The roster is not published yet.") if duty.period.state == "draft" else None


def too_early(duty: Duty, person: Any) -> Any:
    early = duty.start - clock.now()
    return draft_roster(duty, person) or (_("It begins later; check in at most 2 hours before.") if early.total_seconds() > 7200 else None)


def not_begun(duty: Duty, person: Any) -> Any:
    return draft_roster(duty, person) or (_("It has not begun yet.") if duty.start > clock.now() else None)


def present(duty: Duty, *, by: Any, at: Any, event: Any, **data: Any) -> None:
    followups.taken_up(duty, by=by, at=at)


def tell_cancelled(duty: Duty, *, by: Any, at: Any, event: Any, **data: Any) -> None:
    followups.taken_off([duty], gettext("It was taken off the roster."))
    if duty.period.state == "published" and duty.staff.person_id != getattr(by, "pk", None):
        notify(
            people=[duty.staff.person_id],
            code="staff.duty_cancelled",
            link=duty.get_absolute_url(),
            source=duty,
            dedupe_key=f"staff.duty_cancelled:{duty.pk}",
            params={"start": {"at": duty.start.isoformat()}, "end": {"at": duty.end.isoformat()}},
        )


DUTY = Workflow(
    Duty,
    (
        State("planned", _("Planned"), "wait", "calendar"),
        State("started", _("On duty"), "run"),
        State("done", _("Done"), "done"),
        State("absent", _("Absent"), "danger", "user-x"),
        State("cancelled", _("Cancelled"), "off"),
    ),
)
DUTY.move(
    "start", _("I am here"), "planned", "started", (HOLDER, *LEADERS), _("came on duty"), icon="map-pin-check", weight=10, guard=too_early,
    after=present,
)
DUTY.move("finish", _("Go off duty"), "started", "done", (HOLDER, *LEADERS), _("ended the duty"), icon="check", weight=10)
DUTY.move(
    "absent",
    _("Did not come"),
    "planned",
    "absent",
    LEADERS,
    _("noted that nobody came"),
    icon="user-x",
    weight=40,
    guard=not_begun,
    danger=True,
)
DUTY.move(
    "cancel",
    _("Take off the roster"),
    "planned",
    "cancelled",
    LEADERS,
    _("took it off the roster"),
    form=ReasonForm,
    after=tell_cancelled,
    icon="calendar-off",
    weight=50,
    danger=True,
)


# certificates ------------------------------------------------------------------------------------------------------
def own_paper(paper: Certificate, person: Any) -> Any:
    me = getattr(person, "pk", None)
    if me and paper.staff.person_id == me:
        return _("Nobody verifies the own certificate.")
    return _("Somebody else than who entered it verifies it.") if me and paper.added_by_id == me else None


def note_verifying(paper: Certificate, *, by: Any, at: Any, **data: Any) -> None:
    paper.verified_by, paper.verified_at = by, at


PAPER = Workflow(
    Certificate,
    (
        State("pending", _("To be verified"), "wait"),
        State("valid", _("Valid"), "done"),
        State("rejected", _("Turned down"), "off"),
        State("revoked", _("Revoked"), "danger", "ban"),
    ),
)
PAPER.move(
    "verify",
    _("Verify the certificate"),
    "pending",
    "valid",
    ("staff_officer",),
    _("verified it"),
    icon="eye-check",
    weight=10,
    guard=own_paper,
    effect=note_verifying,
)
PAPER.move(
    "reject",
    _("Turn down"),
    "pending",
    "rejected",
    ("staff_officer",),
    _("turned it down"),
    icon="x",
    weight=40,
    guard=own_paper,
    form=ReasonForm,
    danger=True,
)
PAPER.move(
    "revoke", _("Revoke"), "valid", "revoked", ("staff_officer",), _("revoked it"), icon="ban", weight=60, form=ReasonForm, danger=True
)


# leave -------------------------------------------------------------------------------------------------------------
def own_leave(leave: Leave, person: Any) -> Any:
    return _("Somebody else decides on the own leave.") if leave.staff.person_id == getattr(person, "pk", None) else None


def empty_duties(leave: Leave, *, by: Any, at: Any, event: Any, **data: Any) -> None:
    """The person comes off the roster for these days; the holes show there."""
    first, last = clock.midnight(leave.first_day), clock.midnight(leave.last_day) + ONE_DAY
    for duty in (
        Duty.objects.select_for_update(of=("self",))
        .filter(staff=leave.staff, state="planned", start__gte=first, start__lt=last)
        .order_by("pk")
    ):
        duty.state = "cancelled"
        duty.save(update_fields=["state"])
        write_event(duty, "on_leave", by=by, from_state="planned", to_state="cancelled")
        followups.taken_off([duty], gettext("The person is on leave."))
    tell_decision(leave, "staff.leave_approved")


def tell_refusal(leave: Leave, *, by: Any, at: Any, event: Any, **data: Any) -> None:
    tell_decision(leave, "staff.leave_refused")


def tell_decision(leave: Leave, code: str) -> None:
    notify(
        people=[leave.staff.person_id],
        code=code,
        link=leave.get_absolute_url(),
        source=leave,
        dedupe_key=f"{code}:{leave.pk}",
        params={"first": {"day": leave.first_day.isoformat()}, "last": {"day": leave.last_day.isoformat()}},
    )


LEAVE = Workflow(
    Leave,
    (
        State("asked", _("Asked"), "wait"),
        State("approved", _("Approved"), "done"),
        State("refused", _("Not approved"), "off"),
        State("withdrawn", _("Withdrawn"), "off", "arrow-back-up"),
    ),
)
LEAVE.move(
    "approve", _("Approve"), "asked", "approved", LEADERS, _("approved it"), icon="checkbox", weight=10, guard=own_leave, after=empty_duties
)
LEAVE.move(
    "refuse",
    _("Refuse"),
    "asked",
    "refused",
    LEADERS,
    _("refused it"),
    icon="x",
    weight=30,
    guard=own_leave,
    form=ReasonForm,
    after=tell_refusal,
    danger=True,
)
LEAVE.move("withdraw", _("Withdraw"), "asked approved", "withdrawn", (HOLDER,), _("withdrew it"), icon="arrow-back-up", weight=50)
