"""The moves of a permit (facilities.md 4.8)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.workflow import SYSTEM, Relation, State, Workflow
from maintenance.models import Permit
from maintenance.permits import effects

WATCHER = Relation("watcher", _("the watcher"), lambda permit, person: permit.watcher_id == person.pk)
APPLICANT = Relation("applicant", _("who asked for it"), lambda permit, person: permit.applicant_id == person.pk)
ISSUERS = ("safety_officer", "facilities_manager")

PERMITS = Workflow(
    Permit,
    (
        State("requested", _("Waits to be issued"), "wait", "hourglass"),
        State("issued", _("Issued"), "info", "checkbox"),
        State("active", _("In use"), "run", "flame"),
        State("closed", _("Closed"), "done", "check"),
        State("refused", _("Refused"), "off", "x"),
        State("revoked", _("Revoked"), "danger", "ban"),
        State("expired", _("Expired"), "late", "clock-exclamation"),
    ),
)
(
    PERMITS.move(
        "issue",
        _("Issue"),
        "requested",
        "issued",
        ISSUERS,
        _("issued it"),
        icon="checkbox",
        weight=5,
        guard=effects.issuable,
        effect=effects.issue,
        after=effects.issued,
    )
    .move(
        "refuse",
        _("Refuse"),
        "requested",
        "refused",
        ISSUERS,
        _("refused it"),
        icon="x",
        weight=60,
        danger=True,
        form="maintenance.forms.ReasonForm",
    )
    .move("activate", _("Begin to use"), "issued", "active", (WATCHER, SYSTEM), _("began to use it"), icon="flame", weight=10)
    .move(
        "close",
        _("Close"),
        "issued active",
        "closed",
        (WATCHER, *ISSUERS),
        _("looked at the site and closed it"),
        icon="check",
        weight=10,
        form="maintenance.permits.forms.CloseForm",
        after=effects.closed,
    )
    .move(
        "revoke",
        _("Revoke"),
        "issued active",
        "revoked",
        ISSUERS,
        _("revoked it"),
        icon="ban",
        weight=70,
        danger=True,
        form="maintenance.forms.ReasonForm",
        after=effects.over,
        locks=effects.its_order,
    )
    .move(
        "expire",
        _("Run out"),
        "issued active",
        "expired",
        SYSTEM,
        _("ended it: its time is over"),
        icon="clock-exclamation",
        after=effects.over,
        locks=effects.its_order,
    )
)
