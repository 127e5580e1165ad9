"""One timeline for everything that happened to a record: moves, notes and comments, newest first."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.bilingual import pick
from logistics.core.models import Comment, Event, kind_of
from logistics.core.workflow import WORKFLOWS


@dataclass(frozen=True)
class Entry:
    """One line: who did what, when; the words of people apart."""

    kind: str
    icon: str
    who: str
    text: str
    quote: str
    at: datetime


NOTES: dict[str, tuple[str, Any, str]] = {}  # move code -> (icon, sentence, look) for events that are no moves


def note(code: str, sentence: Any, icon: str = "info-circle", kind: str = "info") -> None:
    """Declare how an event that is not a move reads in the timeline."""
    NOTES[code] = (icon, sentence, kind)


def timeline(record: models.Model, *, internal: bool, limit: int = 100, who: Any = None) -> list[Entry]:
    """Events and comments of a record in two statements. `internal` shows comments among staff.

    `who(person)` may replace a person's name (a reporter sees no names of other reporters).
    """
    kind = kind_of(record)
    events = Event.objects.filter(kind=kind, object_id=record.pk).select_related("by", "on_behalf_of").order_by("-at", "-id")[:limit]
    comments = Comment.objects.filter(kind=kind, object_id=record.pk).select_related("by").order_by("-at", "-id")
    if not internal:
        comments = comments.filter(internal=False)
    name = who or (lambda person: person.name if person else _("System"))
    entries = [_event_entry(event, record, name) for event in events]
    entries += [
        Entry("info", "message", name(row.by), _("wrote to colleagues") if row.internal else _("wrote"), row.text, row.at)
        for row in comments[:limit]
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _event_entry(event: Event, record: models.Model, name: Any) -> Entry:
    flow = WORKFLOWS.get(event.kind)
    move = flow.moves.get(event.move) if flow else None
    who = name(event.by)
    if event.on_behalf_of_id:
        who = _("%(deputy)s for %(absent)s") % {"deputy": who, "absent": name(event.on_behalf_of)}
    if move:
        look = flow._states[event.to_state].kind if event.to_state in flow._states else "info"
        sentence = str(move.told) % _Labels(event.data) if "%(" in str(move.told) else str(move.told)
        return Entry(look, move.icon, who, sentence, event.text, event.at)
    icon, sentence, look = NOTES.get(event.move, ("info-circle", event.move, "info"))
    return Entry(look, icon, who, str(sentence) % _Labels(event.data), event.text, event.at)


class _Labels(dict):
    """The data of an event as words; what is missing reads as a dash."""

    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        if isinstance(value, dict):
            value = pick(value["zh"], value.get("en", "")) if "zh" in value else value.get("label")
        return "–" if value in (None, "") else str(value)


note("create", gettext_lazy("made this record"), "plus")
note("change", gettext_lazy("changed this record"), "pencil")
note("import", gettext_lazy("brought it in from %(file)s, row %(row)s"), "database-import")
