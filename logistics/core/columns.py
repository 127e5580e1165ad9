"""List columns: what a cell shows, what it joins, how it sorts. Rendering is plain string work: 50 rows cost about a millisecond."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from logistics.core.templatetags import ui


def follow(record: Any, path: str) -> Any:
    """The value at a dotted path ("place.name"), None when a step is missing; callables are called."""
    for step in path.split("."):
        if record is None:
            return None
        record = getattr(record, step)
        if callable(record) and not isinstance(record, models.Model):
            record = record()
    return record


@dataclass(frozen=True)
class Column:
    """One column. `path` is dotted; `joins` are select_related paths; `sort` a database path ("" = not sortable).

    `css` places the cell on the phone card (c-title, c-state, c-full, c-side, c-hide) and may add hq-end.
    `export` gives the plain value for Excel and the API when the shown one is markup.
    """

    path: str
    label: Any
    sort: str = ""
    joins: tuple[str, ...] = ()
    css: str = ""
    kind: str = "text"  # text, number, money, date, datetime, duration: for Excel
    show: Callable[[Any], Any] | None = None
    export: Callable[[Any], Any] | None = None
    heading: bool = False  # the name cell: a row header that links to the record
    default: bool = True  # shown unless somebody hides it
    width: int = 16

    @property
    def name(self) -> str:
        return self.path.replace(".", "_")

    def value(self, record: Any) -> Any:
        return follow(record, self.path)

    def text(self, record: Any) -> str | SafeString:
        """The cell's content as safe text."""
        if self.show:
            return conditional_escape(self.show(record))
        return conditional_escape(words_for(self.value(record)))

    def plain(self, record: Any) -> Any:
        """The cell's value for Excel."""
        if self.export:
            return self.export(record)
        value = self.value(record)
        return value if isinstance(value, str | int | float | Decimal | date | datetime) or value is None else str(value)

    def cell(self, record: Any, base: str = "") -> SafeString:
        """The whole cell, on the page at `base`; what HTML can do without is left out, because a page has hundreds of these."""
        content = self.text(record)
        css = f' class="{self.css}"' if " " in self.css else f" class={self.css}" if self.css else ""
        if self.heading:
            link = f"<a href={record.get_absolute_url().removeprefix(base)}>{content}</a>{self.below(record)}"
            names = f'"c-title {self.css}"' if self.css else "c-title"
            return mark_safe(f"<th role=rowheader class={names}>{link}</th>")
        return mark_safe(f"<td role=cell{css}>{content}</td>")

    def below(self, record: Any) -> str:
        return ""


@dataclass(frozen=True)
class NameColumn(Column):
    """The name cell with a second line under it."""

    second: str = ""
    heading: bool = True

    def text(self, record: Any) -> str | SafeString:
        """The cell is a link already: another record that gives the name is told by its words."""
        if not self.show and isinstance(value := self.value(record), models.Model):
            return escape(value)
        return super().text(record)

    def below(self, record: Any) -> str:
        line = follow(record, self.second) if self.second else ""
        return f"<small>{escape(line)}</small>" if line else ""


@dataclass(frozen=True)
class StateColumn(Column):
    """The state badge of a record with a workflow."""

    path: str = "state"
    label: Any = ""
    css: str = "c-state"
    width: int = 12

    def text(self, record: Any) -> SafeString:
        state = type(record).workflow.state(record)
        return ui.state(state.kind, state.label, state.icon, sprite=True)

    def plain(self, record: Any) -> str:
        return str(type(record).workflow.state(record).label)


def words_for(value: Any) -> Any:
    """How a bare value reads in a list or among facts."""
    if value is None or value == "":
        return mark_safe(f'<span class="hq-muted">{escape(_("not recorded"))}</span>')
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return ui.when(value)
    if isinstance(value, date):
        return ui.day(value)
    if isinstance(value, Decimal | int | float):
        return ui.number(value)
    if isinstance(value, models.Model) and hasattr(value, "get_absolute_url"):
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value)
    if isinstance(value, list | tuple | set):
        return _(", ").join(str(item) for item in value)
    return value


def joins_of(columns: Iterable[Column]) -> list[str]:
    """select_related paths of the columns, each once."""
    return list(dict.fromkeys(path for column in columns for path in column.joins))
