"""Reading what people upload: Excel and CSV, in the encodings of schools, without trusting a byte of it."""
from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.core.sheets import FORMULA_STARTS

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 400 * 2**20  # an Excel file is a zip: a small one may hold gigabytes
MOST_ROWS = 50_000
MOST_COLUMNS = 100
LOOKED_AT = 20  # the heading stands within the first rows
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Line:
    """A row of the file under its heading: the number that the person sees in Excel, and its cells."""

    number: int
    cells: list[Any]


@dataclass(frozen=True)
class Sheet:
    headers: list[str]
    lines: list[Line]


def read_sheet(path: Path) -> Sheet:
    """The first sheet of a file; ValidationError says what the file is instead."""
    if path.stat().st_size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 20 MB. Split it."))
    rows = _excel(path) if path.suffix == ".xlsx" else _csv(path)
    headers: list[str] = []
    lines: list[Line] = []
    for number, cells in rows:
        filled = [cell for cell in cells if cell not in (None, "")]
        if not headers:
            if filled:
                headers = [("" if cell is None else str(cell).strip()) for cell in cells[:MOST_COLUMNS]]
                while headers and not headers[-1]:
                    headers.pop()
            elif number > LOOKED_AT:
                break
        elif filled:
            if len(lines) >= MOST_ROWS:
                raise ValidationError(_("More than %(n)s rows. Split the file.") % {"n": MOST_ROWS})
            kept = list(cells[: len(headers)])
            lines.append(Line(number, kept + [None] * (len(headers) - len(kept))))
    if not headers:
        raise ValidationError(_("The file is empty. The first row holds the headings."))
    if not lines:
        raise ValidationError(_("There are headings but no rows under them."))
    return Sheet(headers, lines)


def _excel(path: Path) -> Iterator[tuple[int, list[Any]]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise ValidationError(_("The file unpacks to more than can be read. Split it."))
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except ValidationError:
        raise
    except Exception:
        raise ValidationError(_("This is not an Excel file (.xlsx). Save it anew in Excel or WPS, or as CSV.")) from None
    try:
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise ValidationError(_("The file has no visible sheet."))
        sheet.reset_dimensions()
        try:
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, list(cells)
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError):
            raise ValidationError(_("The file is damaged. Save it anew in Excel or WPS.")) from None
    finally:
        book.close()


def _csv(path: Path) -> Iterator[tuple[int, list[Any]]]:
    text = decoded(path.read_bytes())
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;，", key=first.count) if first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            # our own CSV writes an apostrophe before what looks like a formula
            yield reader.line_num, [cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell for cell in cells]
    except csv.Error:
        raise ValidationError(_("The file is damaged. Save it anew in Excel or WPS.")) from None


def decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else what Chinese Excel writes."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValidationError(_("This is neither Excel nor text. Save it as .xlsx, or as CSV in UTF-8."))
