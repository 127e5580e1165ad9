"""Boards: a record's states as lanes, its rows as cards; declared by a resource, with the same scope, filters and moves as its list."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.core.errors import NotAllowed
from logistics.core.pages import RecordPage, filtered_rows, move_buttons


@dataclass(frozen=True)
class Card:
    """What a card shows: priority code, number, title, where, who (a person or words), and a clock {kind, words}."""

    title: Any
    number: str = ""
    where: Any = ""
    person: Any = None
    nobody: Any = ""  # the words when there is no person
    priority: str = ""
    clock: Any = None


@dataclass(frozen=True)
class Board:
    """Lanes in this order, each with its first rows as cards.

    `limits(state, lane)` says in words why a lane (a queryset) is too full, or "".

    `rows` prepares the queryset (joins, prefetches); `by` names a foreign key that narrows the board: its values are offered as chips.
    """

    states: Sequence[str]
    card: Callable[[Any], Card]
    limits: Callable[[str, Any], str] = lambda state, lane: ""
    rows: Callable[[Any], Any] = lambda rows: rows
    order: Sequence[str] = ("-pk",)
    by: str = ""
    everything: Any = ""  # the chip that takes the narrowing away
    per_lane: int = 10


class BoardPage(RecordPage):
    """The board of a resource: lanes, filtered like its list; on a phone the lanes are tabs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        declared = self.resource
        board: Board = declared.board
        if not declared.may_list(request.user):
            raise NotAllowed(_("The board is for those whose work this is."), self.refuse("", "view").who)
        flow = declared.model.workflow
        field = flow.field
        rows = filtered_rows(declared, request).rows.filter(**{f"{field}__in": board.states})
        chosen = request.GET.get(board.by, "") if board.by else ""
        every = rows
        if chosen.isdigit():
            rows = rows.filter(**{f"{board.by}_id": int(chosen)})
        counts = Counter(dict(rows.order_by().values_list(field).annotate(n=Count("pk"))))
        inside = {state: rows.filter(**{field: state}) for state in board.states}
        shown = {state: list(board.rows(lane.order_by(*board.order))[: board.per_lane]) if counts[state] else []
                 for state, lane in inside.items()}
        lanes = []
        for code in board.states:
            more = max(counts[code] - len(shown[code]), 0)
            lanes.append({
                "state": flow._states[code], "count": counts[code], "more": more,
                "over": board.limits(code, inside[code]) if counts[code] else "",
                "more_url": f"{reverse(declared.url_name('list'))}?{field}={code}",
                "cards": [{"card": board.card(row), "url": row.get_absolute_url(),
                           "moves": reverse(declared.url_name("moves"), args=[row.pk])} for row in shown[code]],
            })
        page = {
            "title": _("Board"), "what": str(declared.label_plural), "sentence": declared.sentence(request.user, every),
            "segments": declared.views("board"), "chips": self.chips(board, every, chosen),
            "crumbs": [{"label": str(declared.label_plural).capitalize(), "url": reverse(declared.url_name("list"))}],
        }
        return self.show("core/board.html", page, lanes=lanes)

    def chips(self, board: Board, rows: Any, chosen: str) -> list[dict[str, Any]]:
        """All, and each value of the narrowing key that occurs."""
        if not board.by:
            return []
        model = self.resource.model._meta.get_field(board.by).related_model
        found = model._base_manager.filter(pk__in=rows.order_by().values(f"{board.by}_id"))[:12]
        query = self.request.GET.copy()
        chips = []
        for label, value in ((board.everything or _("All"), ""), *((str(one), str(one.pk)) for one in found)):
            query.pop(board.by, None)
            if value:
                query[board.by] = value
            chips.append({"label": label, "on": value == chosen, "url": f"?{query.urlencode()}" if query else self.request.path})
        return chips


class MovesPage(RecordPage):
    """The moves of one record, for a dialog: M on a card."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        if not hasattr(record, "workflow"):
            raise Http404
        page = {"title": self.resource.title(record), "meta": self.resource.meta(record, request.user),
                "moves": move_buttons(record, request.user), "url": record.get_absolute_url(),
                "crumbs": [{"label": self.resource.title(record), "url": record.get_absolute_url()}]}
        return self.show("core/moves.html", page, record=record)
