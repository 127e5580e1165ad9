"""Tables as Excel and CSV: written row by row, with real dates and numbers, and text that can never become a formula."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, BinaryIO, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Kind = Literal["text", "number", "money", "date", "datetime", "duration"]

FORMATS = {"money": "#,##0.00", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "duration": "[h]:mm"}
CONTENT_TYPES = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv; charset=utf-8"}
MOST_IN_A_CELL = 32_767  # Excel's limit; a longer text is cut and ends with …
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # Excel takes the full-width signs, too


@dataclass(frozen=True)
class SheetColumn:
    """One column: its heading, what its cells are, and its width in characters. Durations are timedeltas or whole seconds."""

    label: Any
    kind: str = "text"
    width: int = 16


def workbook(rows: Iterable[Iterable[Any]], columns: list[SheetColumn], title: str) -> bytes:
    """The table as an Excel file."""
    out = io.BytesIO()
    write_workbook(out, rows, columns, title)
    return out.getvalue()


def write_workbook(out: BinaryIO, rows: Iterable[Iterable[Any]], columns: list[SheetColumn], title: str) -> None:
    """The same into a file; only one row at a time is held in memory. Times are shown in the school's zone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(NOT_IN_A_TITLE.sub(" ", title).strip(" '")[:31] or None)
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([_heading(sheet, column) for column in columns])
    last = 1
    for row in rows:
        sheet.append([_cell(sheet, column.kind, value) for column, value in zip(columns, row, strict=True)])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    book.save(out)


def csv_rows(rows: Iterable[Iterable[Any]], columns: list[SheetColumn]) -> Iterator[str]:
    """The lines of a CSV file, for a streaming response; starts with the mark that tells Excel it is UTF-8."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow([_harmless(str(column.label)) for column in columns])
    yield "\ufeff" + _taken(line)
    for row in rows:
        writer.writerow([_plain(column.kind, value) for column, value in zip(columns, row, strict=True)])
        yield _taken(line)


def _heading(sheet: Any, column: SheetColumn) -> WriteOnlyCell:
    cell = _text(sheet, str(column.label))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal=None if column.kind in ("text", "date", "datetime") else "right")
    return cell


def _cell(sheet: Any, kind: str, value: Any) -> Any:
    """What openpyxl writes for this value; a value that is not of its column's kind is kept as text."""
    value = _typed(kind, value)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    if kind not in FORMATS:
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = FORMATS[kind]
    return cell


def _text(sheet: Any, value: str) -> Any:
    value = NOT_IN_XML.sub("", value)
    if len(value) > MOST_IN_A_CELL:
        value = value[: MOST_IN_A_CELL - 1] + "…"
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"  # never a formula or an error, whatever it looks like
    if value.startswith(FORMULA_STARTS):
        cell.quotePrefix = True  # and it stays text when somebody edits the cell
    return cell


def _plain(kind: str, value: Any) -> str:
    value = _typed(kind, value)
    if value is None:
        return ""
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    """Spreadsheets run what begins like a formula, also from CSV; a leading apostrophe makes it text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _typed(kind: str, value: Any) -> Any:
    """The value as its column's kind, or as text if it is something else."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    typed = TYPED.get(kind, lambda value: None)(value)
    return str(value) if typed is None else typed


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float | Decimal) and isfinite(value) else None


def _date(value: Any) -> date | None:
    value = _datetime(value)
    return value.date() if isinstance(value, datetime) else value


def _datetime(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else None


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        span = value
    elif _number(value) is not None:
        span = timedelta(seconds=float(value))
    else:
        return None
    # Excel shows a negative time as a row of hashes.
    return span if span >= timedelta() else f"−{_plain('duration', -span)}"


TYPED: dict[str, Callable[[Any], Any]] = {"number": _number, "money": _number, "date": _date, "datetime": _datetime, "duration": _duration}
