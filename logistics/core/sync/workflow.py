"""The moves of a conflict: applied by hand, set aside with a reason, or settled by what came after it."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.access import access_of
from logistics.core.forms import ReasonForm
from logistics.core.models import SyncConflict
from logistics.core.sync import effects
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

DECIDES = Relation("decides", _("who decides on conflicts here"),
                   lambda conflict, person: access_of(person).may("core.syncconflict:change", conflict))

FLOW = Workflow(SyncConflict, (
    State("open", _("To decide"), "late", "git-pull-request"), State("applied", _("Applied"), "done", "check"),
    State("set_aside", _("Set aside"), "off", "archive"),
))
FLOW.move("apply", _("Apply"), "open", "applied", DECIDES, _("applied it by hand"), effect=effects.apply, locks=effects.locks, icon="check",
          weight=10, question=_("Apply these entries to the record as it stands now?"))
FLOW.move("set_aside", _("Set aside"), "open", "set_aside", DECIDES, _("set it aside"), form=ReasonForm, effect=effects.set_aside,
          icon="archive", weight=60)
FLOW.move("redeem", _("Settle"), "open", "applied", SYSTEM, _("settled it: what came after it counts"), effect=effects.settle, icon="check")
