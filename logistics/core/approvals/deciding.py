"""Who may decide a step of an approval, in whose name, and what stands against it."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import Access, Grant, access_of, holder_ids
from logistics.core.approvals.purposes import PURPOSES
from logistics.core.models import Approval, ApprovalRoute, ApprovalStep
from logistics.core.models.approval import role_label
from logistics.core.templatetags.ui import money

# Upper packages: (approval, what, event) -> None, in the same transaction; what = asked, next, approved, sent_back, refused, withdrawn
RECEIVERS: list[Callable[[Approval, str, Any], None]] = []
ROLES_KEY, ROLES_SECONDS = "approvals:roles", 60


def tell(approval: Approval, what: str, event: Any = None) -> None:
    for receiver in RECEIVERS:
        receiver(approval, what, event)


def approver_roles() -> set[str]:
    """Roles that some route, or some open approval, asks to decide; kept for a minute."""
    known = cache.get(ROLES_KEY)
    if known is None:
        rows = list(ApprovalRoute.objects.live(clock.now()).values_list("steps", "higher_role"))
        rows += [(roles, "") for roles in Approval.objects.open().values_list("roles", flat=True)]
        known = {code for roles, higher in rows for code in [*roles, *([higher] if higher else [])]}
        cache.set(ROLES_KEY, known, ROLES_SECONDS)
    return set(known)


def is_approver(access: Access) -> bool:
    """Does somebody ask this person for decisions at times?"""
    return not access.roles.isdisjoint(approver_roles())


def current(approval: Approval) -> ApprovalStep:
    """The step whose turn it is."""
    return approval.steps.get(position=approval.step)


def reaches(approval: Approval, grant: Grant) -> bool:
    return grant.everywhere or (approval.reach == "here" and grant.reaches(approval.places, approval.departments))


def _held(approval: Approval, person: Any, roles: Iterable[str]) -> list[Grant]:
    """The person's grants of these roles over this approval, own ones before delegated ones."""
    wanted = set(roles)
    held = [grant for grant in access_of(person).grants if grant.role in wanted and reaches(approval, grant)]
    return sorted(held, key=lambda grant: (grant.on_behalf_of is not None, grant.on_behalf_of or 0))


def has_part(approval: Approval, person: Any) -> bool:
    """Does the person hold a role by which some step of this approval is decided?"""
    return bool(_held(approval, person, approval.roles))


def has_turn(approval: Approval, person: Any) -> bool:
    """Does the person hold a role by which the present step is decided?"""
    return bool(_held(approval, person, approval.roles_now))


def for_whom(approval: Approval, person: Any) -> int | None:
    """In whose name the person decides the present step; None in his own."""
    held = _held(approval, person, approval.roles_now)
    fit = [grant for grant in held if not against_grant(approval, person, grant)]
    return (fit or held)[0].on_behalf_of if held else None


def against_grant(approval: Approval, person: Any, grant: Grant) -> str:
    """Why a person may not decide by this grant; "" when nothing stands against it."""
    names = {person.pk, grant.on_behalf_of} - {None}
    asked = {approval.asked_by_id, approval.asked_for_id} - {None}
    if person.pk in asked:
        return _("You asked for this yourself: somebody else decides.")
    if names & asked:
        return _("You act here for the person who asked: somebody else decides.")
    if any(step.outcome and names & {step.decided_by_id, step.on_behalf_of_id} for step in approval.steps.all()):
        return _("You have decided an earlier step: somebody else decides this one.")
    return ""


def against(approval: Approval, person: Any) -> str | None:
    """Why the person cannot decide the present step, in words; None when he can. The system decides nothing."""
    if person is None:
        return _("A person decides, not the system.")
    reasons = [against_grant(approval, person, grant) for grant in _held(approval, person, approval.roles_now)]
    if reasons and all(reasons):
        return reasons[0]
    return None


def against_amount(approval: Approval, person: Any) -> str | None:
    """As `against`; and the amount must not have grown since it was asked for."""
    record = approval.record
    declared = PURPOSES.get(approval.purpose)
    amount = declared.amount_of(record) if declared and record is not None else None
    if amount is not None and approval.amount is not None and amount > approval.amount:
        return _("%(now)s is needed by now, %(asked)s was asked for: it has to be asked anew.") % {
            "now": money(amount), "asked": money(approval.amount)}
    return against(approval, person)


def who_decides(approval: Approval) -> str:
    """Whose turn it is, in words."""
    return _(" or ").join(role_label(code) for code in approval.roles_now)


def holders(approval: Approval, roles: Iterable[str]) -> list[int]:
    """Ids of the people, deputies among them, who hold one of the roles over what is asked."""
    if approval.reach == "school":
        return holder_ids(roles, [], [])
    return holder_ids(roles, approval.places, approval.departments)


def deciders(approval: Approval) -> list[int]:
    """Ids of those who may decide the present step: not who asked, not who decided a step before."""
    out = {approval.asked_by_id, approval.asked_for_id}
    for by, behalf in approval.steps.exclude(outcome="").values_list("decided_by_id", "on_behalf_of_id"):
        out |= {by, behalf}
    return [pk for pk in holders(approval, approval.roles_now) if pk not in out]
