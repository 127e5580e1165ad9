"""The life of a person at the school: invited, active, suspended, left."""
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.accounts.models import ApiToken, Delegation, Membership, Person, RoleGrant
from logistics.accounts.publishing import ENDINGS, HAND_OVERS
from logistics.core import clock
from logistics.core.forms import ActingForm, DayInput, ReasonForm
from logistics.core.timeline import note
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

LONGEST_NOTICE = timedelta(days=730)


class LeaveForm(ActingForm):
    """The last day of somebody who leaves, with what has to be handed over."""

    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        duties = [(topic.title, len(list(topic.find(self.record)))) for topic in HAND_OVERS] if self.record else []
        open_ones = [_("%(what)s: %(n)s") % {"what": title, "n": n} for title, n in duties if n]
        if open_ones:
            self.fields["last_day"].help_text = _("To hand over first: %(duties)s.") % {"duties": ", ".join(open_ones)}

    def clean_last_day(self) -> date:
        day = self.cleaned_data["last_day"]
        if day > clock.today() + LONGEST_NOTICE:
            raise forms.ValidationError(_("Choose a day within the next two years."))
        return day


def not_oneself(person: Person, by: Person | None) -> Any:
    """Nobody locks himself out."""
    return _("You cannot do this to yourself.") if by is not None and by.pk == person.pk else None


def last_day_over(person: Person, by: Person | None) -> Any:
    return None if person.left_on and person.left_on < clock.today() else _("The last day is not over yet.")


def set_last_day(person: Person, *, by: Any, at: Any, last_day: date, reason: str = "") -> None:
    person.left_on = last_day


def end_everything(person: Person, *, by: Any, at: Any, event: Any, **data: Any) -> None:
    """Cut grants, memberships, delegations, tokens and what upper floors hang on the person at the midnight after the last day."""
    until = person.ends_at
    assert until is not None
    for rows in (
        RoleGrant.objects.filter(person=person), Membership.objects.filter(person=person),
        Delegation.objects.filter(from_person=person), Delegation.objects.filter(to_person=person),
    ):
        rows.end_at(until)
    ApiToken.objects.filter(owner=person, expires_at__gt=until).update(expires_at=until)
    for end in ENDINGS:
        end(person, until)


def come_back(person: Person, *, by: Any, at: Any) -> None:
    person.left_on = None


FLOW = Workflow(
    Person,
    (
        State("invited", gettext_lazy("Invited"), "wait", "mail"),
        State("active", gettext_lazy("Active"), "done"),
        State("suspended", gettext_lazy("Suspended"), "danger", "lock"),
        State("left", gettext_lazy("Left"), "off", "logout"),
        State("anonymised", gettext_lazy("Anonymised"), "off", "user-off"),
    ),
    field="status",
)
OFFICE = ("system_manager", "staff_officer")

FLOW.move("arrive", gettext_lazy("Arrive"), "invited", "active", SYSTEM, gettext_lazy("signed in for the first time"), icon="login")
FLOW.move(
    "reactivate", gettext_lazy("Reactivate"), "suspended", "active", "system_manager", gettext_lazy("opened the account again"),
    icon="lock-open", weight=10,
)
FLOW.move(
    "rejoin", gettext_lazy("Rejoin"), "left", "active", OFFICE, gettext_lazy("took this person in again"),
    effect=come_back, icon="login", weight=10, question=gettext_lazy("Take this person in again? Roles have to be granted anew."),
)
FLOW.move(
    "leave", gettext_lazy("Set the last day"), "invited active suspended", "", OFFICE, gettext_lazy("set the last day to %(last_day)s"),
    form=LeaveForm, guard=not_oneself, effect=set_last_day, after=end_everything, icon="logout", danger=True,
    question=gettext_lazy("When is the last day? At midnight everything that hangs on this person ends."), weight=60,
)
FLOW.move(
    "suspend", gettext_lazy("Suspend"), "invited active", "suspended", "system_manager", gettext_lazy("suspended the account"),
    form=ReasonForm, guard=not_oneself, icon="lock", danger=True,
    question=gettext_lazy("Suspend this account? It stops at the next request."), weight=70,
)
FLOW.move(
    "depart", gettext_lazy("Depart"), "invited active suspended", "left", SYSTEM, gettext_lazy("ended with the last day"),
    guard=last_day_over, icon="logout",
)



def revoke(token: ApiToken, *, by: Any, at: Any) -> None:
    token.revoked_at = clock.now()


OWNER = Relation("owner", gettext_lazy("whose token it is"), lambda token, person: token.owner_id == person.pk)
TOKENS = Workflow(ApiToken, (
    State("valid", gettext_lazy("Valid"), "done", "key"), State("revoked", gettext_lazy("Revoked"), "off", "key-off"),
))
TOKENS.move("revoke", gettext_lazy("Revoke"), "valid", "revoked", (OWNER, "system_manager"), gettext_lazy("revoked the token"),
            effect=revoke, icon="key-off", danger=True,
            question=gettext_lazy("Revoke this token? Programs that use it stop at the next request."))

note("role_granted", gettext_lazy("granted the role %(role)s (%(where)s)"), "key")
note("role_ended", gettext_lazy("ended the role %(role)s (%(where)s)"), "key-off", "off")
note("delegated", gettext_lazy("handed duties over to %(deputy)s"), "users")
note("delegation_ended", gettext_lazy("took duties back from %(deputy)s"), "users-minus", "off")
note("password_set", gettext_lazy("set a start password"), "password")
