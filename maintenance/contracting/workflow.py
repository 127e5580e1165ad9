"""The moves of quotes and visits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.workflow import SYSTEM, Relation, State, Workflow
from maintenance.contracting import effects
from maintenance.models import Quote, Visit

FIRM = Relation(
    "firm",
    _("somebody of the firm"),
    lambda record, person: (
        "contractor" in person.kinds and person.organisation_id is not None and person.organisation_id == record.organisation_id
    ),
)
DESK = ("dispatcher", "facilities_manager")

QUOTES = Workflow(
    Quote,
    (
        State("asked", _("Asked for"), "wait", "hourglass"),
        State("offered", _("Offered"), "wait", "wallet"),
        State("accepted", _("Accepted"), "done", "check"),
        State("refused", _("Refused"), "off", "x"),
    ),
)
(
    QUOTES.move(
        "offer",
        _("Make an offer"),
        "asked offered",
        "offered",
        (FIRM, *DESK),
        _("offered %(amount)s CNY"),
        icon="wallet",
        weight=10,
        form="maintenance.contracting.forms.OfferForm",
        effect=effects.offer,
        after=effects.offered,
    )
    .move(
        "accept",
        _("Accept the offer"),
        "offered",
        "accepted",
        DESK,
        _("accepted the offer"),
        icon="check",
        weight=10,
        locks=effects.its_order,
        form="maintenance.contracting.forms.AcceptQuoteForm",
        guard=effects.acceptable,
        effect=effects.accept,
        after=effects.accepted,
    )
    .move("refuse", _("Refuse"), "asked offered", "refused", (*DESK, FIRM, SYSTEM), _("refused it"), icon="x", weight=60, danger=True)
)

VISITS = Workflow(
    Visit,
    (
        State("planned", _("Planned"), "wait", "calendar"),
        State("on_site", _("On site"), "run", "user-check"),
        State("left", _("Left"), "done", "check"),
        State("cancelled", _("Cancelled"), "off", "ban"),
    ),
)
(
    VISITS.move(
        "arrive",
        _("They are here"),
        "planned",
        "on_site",
        (FIRM, *DESK),
        _("came"),
        icon="user-check",
        weight=5,
        guard=effects.fit_crew,
        effect=effects.arrive,
    )
    .move("leave", _("They left"), "on_site", "left", (FIRM, *DESK), _("left"), icon="check", weight=5, effect=effects.leave)
    .move(
        "cancel", _("Cancel the visit"), "planned", "cancelled", (FIRM, *DESK), _("cancelled the visit"), icon="ban", weight=60, danger=True
    )
)
