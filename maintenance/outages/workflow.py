"""The legal moves of an outage (facilities.md 4.9)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.access import access_of
from logistics.core.workflow import SYSTEM, Relation, State, Workflow
from maintenance.models import Outage
from maintenance.outages import effects

TECHNICIAN = Relation("technician", _("a technician"), lambda outage, person: "technician" in access_of(person).roles)
DESK = ("dispatcher", "facilities_manager", "logistics_director")

OUTAGES = Workflow(
    Outage,
    (
        State("draft", _("Draft"), "draft", "pencil"),
        State("approved", _("Approved"), "wait", "checkbox"),
        State("announced", _("Announced"), "info", "bell"),
        State("ongoing", _("Off now"), "late", "plug-off"),
        State("restored", _("Restored"), "done", "check"),
        State("closed", _("Filed"), "off", "archive"),
        State("cancelled", _("Cancelled"), "off", "ban"),
    ),
)
(
    OUTAGES.move(
        "approve",
        _("Approve"),
        "draft",
        "approved",
        ("facilities_manager", "logistics_director"),
        _("approved it"),
        icon="checkbox",
        weight=10,
        guard=effects.planned_only,
    )
    .move(
        "answer_load",
        _("Arrange a critical load"),
        "draft approved",
        "",
        DESK,
        _("arranged %(load)s: %(arrangement)s"),
        icon="user-check",
        weight=8,
        form="maintenance.outages.forms.AnswerForm",
        effect=effects.answer,
        when=lambda outage, person: effects.unanswered(outage) is not None,
    )
    .move(
        "announce",
        _("Announce"),
        "approved",
        "announced",
        DESK,
        _("announced it"),
        icon="bell",
        weight=10,
        guard=effects.unanswered,
        effect=effects.announce,
        after=effects.announced,
        question=_("Tell everybody there now?"),
    )
    .move(
        "begin",
        _("It is off"),
        "draft announced",
        "ongoing",
        (*DESK, SYSTEM),
        _("reported that it is off"),
        icon="plug-off",
        weight=20,
        guard=effects.may_begin,
        effect=effects.begin,
        after=effects.begun,
        when=lambda outage, person: outage.state == "announced" or outage.kind == "unplanned",
    )
    .move(
        "extend",
        _("Extend"),
        "announced ongoing",
        "",
        DESK,
        _("moved the end to %(new_end)s"),
        icon="clock",
        weight=30,
        form="maintenance.outages.forms.ExtendForm",
        effect=effects.extend,
        after=effects.extended,
    )
    .move(
        "tell",
        _("Tell the news"),
        "announced ongoing",
        "",
        DESK,
        _("told the news"),
        icon="message",
        weight=40,
        form="maintenance.outages.forms.NewsForm",
        after=effects.news,
    )
    .move(
        "restore",
        _("It is back"),
        "ongoing",
        "restored",
        (*DESK, TECHNICIAN),
        _("reported that it is back"),
        icon="check",
        weight=5,
        effect=effects.restore,
        after=effects.restored,
    )
    .move("close", _("File"), "restored", "closed", DESK, _("filed it"), icon="archive", weight=20)
    .move(
        "cancel",
        _("Call off"),
        "draft approved announced",
        "cancelled",
        DESK,
        _("called it off"),
        icon="ban",
        weight=90,
        danger=True,
        form="maintenance.forms.ReasonForm",
        effect=effects.call_off,
        after=effects.called_off,
    )
)
