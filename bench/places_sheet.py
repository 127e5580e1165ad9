"""A sheet of many places with planted mistakes, and what must be said about each."""
from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

HEADINGS = ["编码", "位于", "类型", "中文名称", "英文名", "用途", "面积（m²）", "容纳人数"]
KINDS_OF_MISTAKE = 6


def write(path: Path, rows: int, mistakes: int, campus: str = "X", *, prefix: str = "N") -> dict[int, tuple[str, str]]:
    """`rows` places below the campus: buildings, floors, rooms, in the order of a walk. Returns {row of the sheet: (column, value)} of
    the planted mistakes, spread evenly over the rooms."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("场所")
    sheet.append(HEADINGS)
    planted: dict[int, tuple[str, str]] = {}
    building = floor = ""
    for n in range(rows):
        line = n + 2
        if n % 211 == 0:
            building = f"{prefix}{n:06d}"
            cells = [building, campus, "楼", f"{n // 211 + 1} 号楼", f"Building {n // 211 + 1}", "", "", ""]
        elif n % 211 % 30 == 1:
            floor = f"{prefix}{n:06d}"
            cells = [floor, building, "Floor", f"{n % 211 // 30 + 1} 层", "", "", "", ""]
        else:
            cells = [f"{prefix}{n:06d}", floor, "室", f"{n} 室", f"Room {n}", "教室" if n % 2 else "Office room", 40 + n % 60, 20 + n % 40]
            if len(planted) < mistakes and n >= len(planted) * rows // mistakes:
                planted[line] = spoil(cells, len(planted) % KINDS_OF_MISTAKE)
        sheet.append(cells)
    book.save(path)
    return planted


def spoil(cells: list[object], kind: int) -> tuple[str, str]:
    """Plant one mistake; its column and the value that is wrong."""
    place, value = ((6, "-5"), (1, "NOWHERE"), (2, "塔楼"), (3, ""), (7, "many"), (5, "Disco"))[kind]
    cells[place] = value
    return HEADINGS[place], value
