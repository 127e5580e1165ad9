"""One timeline for everything that happened to a record: moves, comments and, field by field, changes; newest first, fifty at a time."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.bilingual import pick
from logistics.core.history import changes, event_model, labels_of, shown, told, words_of_field
from logistics.core.models import Comment, Event, kind_of
from logistics.core.records.dossier import gather, marked, name_of, who
from logistics.core.templatetags import ui
from logistics.core.workflow import WORKFLOWS

SIZE = 50
SHOWS = {
    "all": gettext_lazy("All"), "moves": gettext_lazy("Moves"), "comments": gettext_lazy("Comments"), "changes": gettext_lazy("Changes"),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RANKS = {"event": 2, "comment": 1, "change": 0}  # which of two things of the same instant stands above
FOLD = 3  # more changed fields than this are folded


@dataclass(frozen=True)
class Change:
    """One field: its name, before and after."""

    label: str
    before: Any
    after: Any
    state: bool = False


@dataclass
class Entry:
    """One line: who did what, when; the words of people apart; the fields that changed with it."""

    kind: str
    icon: str
    who: str
    text: str
    quote: str | SafeString
    at: datetime
    key: tuple[datetime, int, int] = field(default=(EPOCH, 0, 0), repr=False)
    changes: list[Change] = field(default_factory=list)
    act: str = ""
    moved: bool = False  # a move, whose sentence tells of the state already
    comment_id: int | None = None
    by_id: int | None = None
    internal: bool = False
    withdrawn: bool = False
    withdraw_url: str = ""

    @property
    def folded(self) -> bool:
        return len(self.changes) > FOLD


@dataclass(frozen=True)
class Page:
    """A stretch of the timeline, and where the next older one begins ("" at the end)."""

    entries: list[Entry]
    older: str = ""


NOTES: dict[str, tuple[str, Any, str]] = {}  # move code -> (icon, sentence, look) for events that are no moves
NOTES_OF: dict[str, list[str]] = {}  # record kind -> such events that other systems may subscribe to
FIRST_EVENTS: dict[str, str] = {}  # record kind -> the event with which its records begin, where it is not "create"


def note(code: str, sentence: Any, icon: str = "info-circle", kind: str = "info", *, of: str = "", first: bool = False) -> None:
    """Declare how an event that is not a move reads in the timeline.

    `of` names the record kind that others may want to hear it of; `first` says that such records begin with it instead of "create".
    """
    NOTES[code] = (icon, sentence, kind)
    if first:
        FIRST_EVENTS[of] = code
    elif of:
        NOTES_OF.setdefault(of, []).append(code)


def parts_of(record: models.Model, *, internal: bool, show: str = "all", before: str = "", size: int = SIZE) -> dict[str, Any]:
    """What the timeline reads of a record, as parts of one statement (records.dossier.gather)."""
    at, cursor = {"kind": kind_of(record), "object_id": record.pk}, _cursor(before)
    found: dict[str, Any] = {}
    if show in ("all", "moves"):
        found["event"] = (Event.objects.filter(_older("event", cursor), **at).order_by("-at", "-id")[: size + 1], {
            "id": "id", "move": "move", "to": "to_state", "at": "at", "text": "text", "data": "data", "act": "act", "by": who("by"),
            "absent": who("on_behalf_of")})
    if show in ("all", "comments"):
        rows = Comment.objects.filter(_older("comment", cursor), **at)
        rows = rows if internal else rows.filter(internal=False)
        found["comment"] = (rows.order_by("-at", "-id")[: size + 1], {
            "id": "id", "at": "at", "text": "text", "internal": "internal", "mentioned": "mentioned", "withdrawn": "withdrawn_at",
            "by": who("by")})
    return found


def page_of(record: models.Model, rows: dict[str, Any], *, changed: bool, show: str = "all", before: str = "", size: int = SIZE,
            hidden: frozenset[str] = frozenset()) -> Page:
    """The page out of the rows that `parts_of` asked for; `changed` adds what the database kept, less the hidden fields."""
    entries = [_event_entry(row, record) for row in rows.get("event", ())]
    entries += [_comment_entry(row) for row in rows.get("comment", ())]
    if changed and show in ("all", "changes"):
        entries = _with_changes(entries, _change_entries(record, _cursor(before), size + 1, hidden), record, bool(before) and show == "all")
    entries.sort(key=lambda entry: entry.key, reverse=True)
    more = len(entries) > size
    entries = entries[:size]
    return Page(entries, _written(entries[-1].key) if more else "")


def timeline(record: models.Model, *, internal: bool, show: str = "all", before: str = "", size: int = SIZE) -> list[Entry]:
    """Events and comments of a record, read on their own."""
    rows = gather(parts_of(record, internal=internal, show=show, before=before, size=size))
    return page_of(record, rows, changed=False, show=show, before=before, size=size).entries


# one place in the timeline ------------------------------------------------------------------------------------------
def _written(key: tuple[datetime, int, int]) -> str:
    at, rank, pk = key
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{rank}-{pk}"


def _cursor(text: str) -> tuple[datetime, int, int] | None:
    try:
        micro, rank, pk = (int(part) for part in text.split("-"))
        return EPOCH + timedelta(microseconds=micro), rank, pk
    except (ValueError, OverflowError):
        return None


def _older(source: str, cursor: tuple[datetime, int, int] | None, at: str = "at", pk: str = "id") -> Q:
    """Rows of a source that stand below a place in the timeline."""
    if cursor is None:
        return Q()
    instant, rank, last = cursor
    if RANKS[source] < rank:
        return Q(**{f"{at}__lte": instant})
    below = Q(**{f"{at}__lt": instant})
    return below | Q(**{at: instant, f"{pk}__lt": last}) if RANKS[source] == rank else below


# rows as lines -------------------------------------------------------------------------------------------------------
def instant(text: str) -> datetime:
    """A time out of JSON."""
    found = parse_datetime(text)
    assert found is not None
    return found


def _event_entry(row: dict[str, Any], record: models.Model) -> Entry:
    flow = WORKFLOWS.get(kind_of(record))
    move = flow.moves.get(row["move"]) if flow else None
    at = instant(row["at"])
    name = name_of(row["by"]) or _("System")
    if absent := name_of(row["absent"]):
        name = _("%(deputy)s for %(absent)s") % {"deputy": name, "absent": absent}
    if flow and move:
        icon, sentence = move.icon, move.told
        look = flow._states[row["to"]].kind if row["to"] in flow._states else "info"
    else:
        icon, sentence, look = NOTES.get(row["move"], ("info-circle", row["move"], "info"))
    told, key = sentence_of(sentence, row["data"]), (at, RANKS["event"], row["id"])
    words = pick(row["text"], row["data"].get("text_en", ""))
    return Entry(look, icon, name, told, words, at, key, act=row["act"] or "", moved=move is not None)


def _comment_entry(row: dict[str, Any]) -> Entry:
    at, gone = instant(row["at"]), bool(row["withdrawn"])
    told = _("withdrew a comment") if gone else _("wrote to colleagues") if row["internal"] else _("wrote")
    return Entry(
        "off" if gone else "info", "message-off" if gone else "message", name_of(row["by"]) or _("Guest"), told,
        "" if gone else marked(row["text"], row["mentioned"]), at, (at, RANKS["comment"], row["id"]), comment_id=row["id"],
        by_id=row["by"]["id"], internal=row["internal"], withdrawn=gone,
    )


def _change_entries(record: models.Model, cursor: tuple[datetime, int, int] | None, size: int, hidden: frozenset[str]) -> list[Entry]:
    if event_model(type(record)) is None:
        return []
    rows = [row for row in changes(record, size, _older("change", cursor, "pgh_created_at", "pgh_id")) if row["what"] == "update"]
    for row in rows:
        row["fields"] = [one for one in row["fields"] if told(one[0]) and one[0].name not in hidden and not _numbered(*one)]
    rows = [row for row in rows if row["fields"]]
    labels = labels_of(rows)
    user, flow = _user_kind(), WORKFLOWS.get(kind_of(record))
    state = flow.field if flow else ""
    return [
        Entry(
            "info", "pencil", labels.get((user, row["who"]), "") or _("System"), _("changed it"), "", row["at"],
            (row["at"], RANKS["change"], row["id"]), act=row["act"] or "",
            changes=[Change(str(words_of_field(one)), shown(one, older, labels), shown(one, newer, labels), one.name == state)
                     for one, older, newer in row["fields"]],
        )
        for row in rows
    ]


def _numbered(field_: Any, before: Any, after: Any) -> bool:
    """A record got its number, taken last in the act that made it: nothing that anybody did."""
    return field_.name == "number" and not before


def _user_kind() -> str:
    from django.contrib.auth import get_user_model

    return str(get_user_model()._meta.label_lower)


def _with_changes(entries: list[Entry], changed: list[Entry], record: models.Model, further: bool) -> list[Entry]:
    """Lay what the database kept under the act that did it; what no line tells stands by itself."""
    by_act = {entry.act: entry for entry in entries if entry.act}
    alone = []
    for one in changed:
        act = by_act.get(one.act)
        if act is not None:
            act.changes += [change for change in one.changes if not (change.state and act.moved)]
        else:
            alone.append(one)
    acts = [UUID(one.act) for one in alone if one.act] if further else []
    if acts:  # told on an earlier page
        events = Event.objects.filter(kind=kind_of(record), object_id=record.pk, act__in=acts)
        told = {str(act) for act in events.values_list("act", flat=True)}
        alone = [one for one in alone if one.act not in told]
    return entries + alone


def sentence_of(sentence: Any, data: dict[str, Any]) -> str:
    """What an event says, filled with its data."""
    return str(sentence) % _Labels(data) if "%(" in str(sentence) else str(sentence)


class _Labels(dict):
    """The data of an event as words; what is missing reads as a dash."""

    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        if isinstance(value, dict):
            value = pick(value["zh"], value.get("en", "")) if "zh" in value else value.get("label")
        elif key == "amount" and value not in (None, ""):
            return ui.money(Decimal(value)).lstrip("¥")
        return "–" if value in (None, "") else _time_words(value) if isinstance(value, str) else str(value)


ISO = re.compile(r"\d{4}-\d\d-\d\d(T\S+)?")


def _time_words(text: str) -> str:
    """A day or an instant out of JSON as people write it, with its year: sentences are kept in notices too. Other text as it is."""
    if not ISO.fullmatch(text):
        return text
    at = parse_datetime(text) if "T" in text else None
    day = parse_date(text[:10])
    return ui.paper_time(at) if at and at.tzinfo else ui.paper_day(day) if day else text


note("create", gettext_lazy("made this record"), "plus")
note("change", gettext_lazy("changed this record"), "pencil")
note("import", gettext_lazy("brought it in from %(file)s, row %(row)s"), "database-import")
