"""The moves of a round: walked, signed by others, reviewed; or missed, and then it stays missed (facilities.md 4.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import ROLES, access_of
from logistics.core.forms import ReasonForm
from logistics.core.workflow import SYSTEM, Relation, State, Workflow
from maintenance.models import PointVisit, Round, RoundSignature

WALKERS = ("inspector", "technician", "safety_officer")
SAFETY = ("safety_officer", "safety_director")


def walks(walk: Round, person: Any) -> bool:
    """Whose round it is; one that nobody has belongs to all who walk rounds there."""
    if walk.inspector_id is not None:
        return walk.inspector_id == person.pk
    return access_of(person).grant_over(WALKERS, walk) is not None


def open_roles(walk: Round) -> list[str]:
    """The roles whose signature is still missing."""
    done = set(RoundSignature.objects.filter(round=walk).values_list("role", flat=True))
    return [role for role in walk.frozen.get("signatures", ()) if role not in done]


def role_to_sign(walk: Round, person: Any) -> str:
    """As what this person may sign; "" for nothing. The head of the department that has the place signs as its head."""
    access = access_of(person)
    for role in open_roles(walk):
        department = walk.place.department
        if role == "department_head" and department is not None and person.pk in (department.head_id, department.deputy_id):
            return role
        if access.grant_over([role], walk) is not None:
            return role
    return ""


WALKER = Relation("walker", _("who walks the round"), walks)
SIGNER = Relation("signer", _("who is asked to sign"), lambda walk, person: bool(role_to_sign(walk, person)))


# guards --------------------------------------------------------------------------------------------------------------
def unsigned_by(walk: Round, person: Any) -> str | None:
    if person is not None and RoundSignature.objects.filter(round=walk, person=person).exists():
        return gettext("You have signed it already; the second signature is somebody else's.")
    return None


def may_review(walk: Round, person: Any) -> str | None:
    if open_roles(walk):
        words = gettext(", ").join(str(ROLES[role].label) for role in open_roles(walk) if role in ROLES)
        return gettext("Still to be signed by: %(who)s.") % {"who": words}
    if person is not None and person.pk == walk.submitted_by_id:
        return gettext("Somebody else reviews your own round.")
    return None


def same_day(walk: Round, person: Any) -> str | None:
    if person is not None and timezone.localdate(walk.window_from) != clock.today():
        return gettext("Only on the day of the round.")
    return None


def to_sign(walk: Round, person: Any) -> bool:
    return bool(open_roles(walk))


# effects -------------------------------------------------------------------------------------------------------------
def begin(walk: Round, *, by: Any, at: datetime, **data: Any) -> None:
    walk.started_at = at
    walk.inspector = walk.inspector or by


def hand(walk: Round, *, by: Any, at: datetime, to: Any, **data: Any) -> None:
    walk.inspector = to


def submit(walk: Round, *, by: Any, at: datetime, note: str = "", **data: Any) -> None:
    """Every point visited or explained, every mandatory item answered, every photo there or on its way."""
    seen = set(PointVisit.objects.filter(round=walk).values_list("point", flat=True))
    reasons = {key.removeprefix("why_"): str(value).strip() for key, value in data.items() if key.startswith("why_") and str(value).strip()}
    left = [stop for stop in walk.stops if stop["key"] not in seen]
    if reasons.get("all"):
        reasons |= {stop["key"]: reasons["all"] for stop in left if stop["key"] not in reasons}
    silent = [stop for stop in left if stop["key"] not in reasons]
    if silent:
        n = len(silent)
        raise ValidationError(
            ngettext("%(n)s point was neither visited nor explained.", "%(n)s points were neither visited nor explained.", n) % {"n": n}
        )
    lacking = import_string("maintenance.rounds.closing.lacking")(walk)
    if lacking:
        raise ValidationError(gettext("Still missing: %(what)s.") % {"what": gettext(", ").join(lacking)})
    walk.explained = {stop["key"]: reasons[stop["key"]][:300] for stop in left}
    walk.note = note[:1000]
    walk.submitted_at, walk.submitted_by = at, by or walk.inspector
    walk.result = Round.Result.NON_COMPLIANT if walk.failed else Round.Result.COMPLIANT


def countersign(walk: Round, *, by: Any, at: datetime, note: str = "", **data: Any) -> None:
    role = role_to_sign(walk, by)
    if not role:
        raise ValidationError(gettext("You are not asked to sign this round."))
    RoundSignature.objects.create(round=walk, role=role, person=by, at=at, note=note[:500])
    if not open_roles(walk):
        walk.state = "countersigned"


def miss(walk: Round, *, by: Any, at: datetime, **data: Any) -> None:
    walk.missed_at = at


def after(name: str) -> Any:
    """What follows from a move; it calls services, which lie above, and so is named by its path."""

    def act(walk: Round, **data: Any) -> None:
        import_string(f"maintenance.rounds.closing.{name}")(walk, **data)

    return act


ROUNDS = Workflow(
    Round,
    (
        State("due", _("To walk"), "wait", "route"),
        State("started", _("Under way"), "run", "walk"),
        State("submitted", _("Submitted"), "wait", "eye-check"),
        State("countersigned", _("Countersigned"), "wait", "signature"),
        State("reviewed", _("Reviewed"), "done", "check"),
        State("missed", _("Round missed"), "danger", "clock-exclamation"),
        State("void", _("Void"), "off", "ban"),
    ),
)
(
    ROUNDS.move(
        "start", _("Begin the round"), "due", "started", (WALKER, SYSTEM), _("began the round"), icon="player-play", weight=5, effect=begin
    )
    .move(
        "submit",
        _("Submit"),
        "started",
        "submitted",
        WALKER,
        _("submitted the round"),
        icon="send",
        weight=10,
        hidden=True,
        form="maintenance.rounds.forms.SubmitForm",
        effect=submit,
        after=after("submitted"),
    )
    .move(
        "hand",
        _("Hand to somebody"),
        "due started",
        "",
        (*SAFETY, "facilities_manager", "team_leader"),
        _("gave it to %(to)s"),
        icon="user-check",
        weight=40,
        form="maintenance.rounds.forms.HandForm",
        effect=hand,
        after=after("handed"),
    )
    .move(
        "countersign",
        _("Sign"),
        "submitted",
        "",
        SIGNER,
        _("signed it"),
        icon="signature",
        weight=10,
        when=to_sign,
        form="maintenance.rounds.forms.SignForm",
        guard=unsigned_by,
        effect=countersign,
        after=after("countersigned"),
    )
    .move(
        "review",
        _("Review"),
        "submitted countersigned",
        "reviewed",
        SAFETY,
        _("reviewed it"),
        icon="eye-check",
        weight=20,
        form="maintenance.rounds.forms.SignForm",
        guard=may_review,
        after=after("reviewed"),
    )
    .move(
        "miss",
        _("Missed"),
        "due started",
        "missed",
        SYSTEM,
        _("was missed: the window ended"),
        icon="clock-exclamation",
        effect=miss,
        after=after("missed"),
    )
    .move(
        "void",
        _("Make void"),
        "due started",
        "void",
        (*SAFETY, SYSTEM),
        _("made it void"),
        icon="ban",
        weight=90,
        danger=True,
        form=ReasonForm,
        guard=same_day,
        after=after("voided"),
    )
)
