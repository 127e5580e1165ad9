"""Reports as PDF: a head with school, title and number, then sections of facts, words, tables and charts, then signature lines."""
from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.charts import Chart, standalone
from logistics.core.context import SHELL
from logistics.core.pdf import render
from logistics.core.templatetags import ui


@dataclass(frozen=True)
class Facts:
    """Label over value, in columns."""

    pairs: Sequence[tuple[Any, Any]]
    title: Any = ""
    columns: int = 3
    kind: str = "facts"


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: Any
    title: Any = ""
    kind: str = "words"


@dataclass(frozen=True)
class Part:
    """The head of a group of sections."""

    title: Any
    kind: str = "part"


@dataclass(frozen=True)
class Table:
    """Rows of text under heads that repeat on every page; `numbers` are end-aligned columns, `name` the one that stands out.

    The columns of `roomy` share the free width with it; `dense` sets registers of many pages smaller.
    """

    heads: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    title: Any = ""
    numbers: Sequence[int] = ()
    name: int = 0
    total: Sequence[Any] = ()
    roomy: Sequence[int] = ()
    dense: bool = False
    kind: str = "table"


@dataclass(frozen=True)
class Drawing:
    """Charts of core.charts: one across the page, or two beside each other."""

    charts: Sequence[Chart]


@dataclass(frozen=True)
class Photos:
    """Small photos with a line under each, four beside each other: (JPEG, width, height, words)."""

    photos: Sequence[tuple[bytes, int, int, Any]]
    title: Any = ""
    kind: str = "photos"


HALF = 400  # a drawing narrower than this fills half the page at most
Section = Facts | Part | Words | Table | Drawing | Photos


@dataclass(frozen=True)
class Report:
    """What is printed. `wide` lays the paper on its side."""

    title: Any
    sections: Sequence[Section]
    number: str = ""
    printed: str = ""
    school: str = ""
    signatures: Sequence[Any] = ()
    footnote: Any = ""
    url: str = ""
    wide: bool = False

    def pdf(self, made_at: datetime | None = None) -> bytes:
        """The file, in the language that is active; with `made_at` the same report is the same file for ever."""
        data: dict[str, Any] = {
            "title": str(self.title), "number": self.number, "printed": self.printed, "school": self.school, "wide": self.wide,
            "page_words": _("Page {n} of {total}"), "footnote": str(self.footnote), "signatures": _texts(self.signatures),
            "sections": [_plain(section) for section in self.sections],
        }
        return render("report", data | ({"url": self.url} if self.url else {}), made_at)


def heading(request: Any) -> dict[str, str]:
    """`school` and `printed` of a report that this person asked for now."""
    provider = SHELL.get("school")
    return {
        "school": str(provider(request)[0]) if provider else "",
        "printed": _("Printed %(time)s by %(name)s") % {"time": ui.paper_time(clock.now()), "name": request.user.name},
    }


def _texts(values: Iterable[Any]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _plain(section: Section) -> dict[str, Any]:
    """A section as the template reads it: text only, so that nothing can become a command."""
    if isinstance(section, Drawing):
        drawn = [_chart(chart) for chart in section.charts]
        return drawn[0] | {"kind": "chart"} if len(drawn) == 1 else {"kind": "charts", "charts": drawn}
    if isinstance(section, Part):
        return {"kind": "part", "title": str(section.title)}
    if isinstance(section, Facts):
        return {"kind": "facts", "title": str(section.title), "columns": section.columns, "pairs": [_texts(pair) for pair in section.pairs]}
    if isinstance(section, Table):
        found = asdict(section)
        return found | {"title": str(section.title), "heads": _texts(section.heads), "rows": [_texts(row) for row in section.rows],
                        "total": _texts(section.total), "numbers": list(section.numbers), "roomy": list(section.roomy)}
    if isinstance(section, Photos):
        photos = [{"svg": framed(*photo[:3]), "words": str(photo[3])} for photo in section.photos]
        return {"kind": "photos", "title": str(section.title), "photos": photos}
    return {"kind": "words", "title": str(section.title), "text": str(section.text)}


def framed(jpeg: bytes, width: int, height: int) -> str:
    """A photo as a drawing, because what templates are given is text."""
    data = b64encode(jpeg).decode()
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}">'
            f'<image width="{width}" height="{height}" xlink:href="data:image/jpeg;base64,{data}"/></svg>')


def _chart(chart: Chart) -> dict[str, Any]:
    return {"title": str(chart.title), "note": str(chart.note), "half": chart.width < HALF, "svg": "" if chart.state else standalone(chart),
            "empty": _("There is nothing to draw yet.") if chart.state == "empty" else _("Too few values to see a line in.")}
