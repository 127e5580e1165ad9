"""Why a fact did not go through, as codes with words in the reader's language."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CAUSES = {
    "refused": _("It no longer fits the record."),
    "blocked": _("Something that was done before it waits for a decision."),
    "too_old": _("It lay on the phone for too long."),
    "gone": _("The record is not there for whoever sent it."),
    "fault": _("It could not be taken over; the fault is ours and is noted."),
    "unknown": _("This kind of entry is not known here."),
    "gap": _("Something that was done before it never arrived."),
    "no_photo": _("The photo has not arrived for a day."),
    "bad_photo": _("The photo cannot be used."),
    "other_content": _("The same entry was sent before with other content."),
}
