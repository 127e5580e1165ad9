"""How taking away reads in the timeline of the thing; a retired thing stands in for nothing, and nothing for it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assets.models import Equipment, Substitution
from assets.safety.workflow import still_needed
from logistics.core.timeline import note
from logistics.core.workflow import perform, transitioned

note("taken_out", _("took it away for service"), "truck", "late")


def ended(sender: Any, record: Equipment, move: Any, event: Any, **_more: Any) -> None:
    """Where the original is still away the row stays until it is back: the unit is short meanwhile, and says so."""
    if record.status != "disposed":
        return
    for row in Substitution.objects.filter(Q(original=record) | Q(substitute=record), state="live"):
        if still_needed(row, None) is None:
            perform(row, "end", by=None)


transitioned.connect(ended, sender=Equipment, dispatch_uid="assets.substitution_ended")
