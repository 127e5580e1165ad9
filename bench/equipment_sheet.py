"""A sheet of much equipment with planted mistakes, and what must be said about each."""
from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

HEADINGS = [
    "设备名称", "设备分类", "存放地点", "生产厂家", "规格型号", "出厂编号", "固定资产编号", "购置日期", "启用日期",
    "登记方式", "数量", "原值", "技术参数",
]
KINDS_OF_MISTAKE = 7


def write(path: Path, rows: int, mistakes: int, categories: list[str], places: list[str]) -> dict[int, tuple[str, str]]:
    """`rows` things, each tenth a group. Returns {row of the sheet: (column, value)} of the planted mistakes, spread evenly."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("设备")
    sheet.append(HEADINGS)
    planted: dict[int, tuple[str, str]] = {}
    for n in range(rows):
        group, begun = n % 10 == 9, date(2015, 1, 1) + timedelta(days=n % 4000)
        cells: list[object] = [
            f"设备 {n}", categories[n % len(categories)], places[n % len(places)], f"厂家 {n % 7}", f"M-{n % 40}",
            "" if group else f"SN{n:06d}",
            f"FA{n:06d}", begun, begun + timedelta(days=20), "成批" if group else "单台", 24 if group else 1, 1000 + n % 900,
            f"功率={n % 50}" if n % 3 == 0 else ""]
        if len(planted) < mistakes and n and n >= len(planted) * rows // mistakes and not group:
            planted[n + 2] = spoil(cells, len(planted) % KINDS_OF_MISTAKE)
        sheet.append(cells)
    book.save(path)
    return planted


def spoil(cells: list[object], kind: int) -> tuple[str, str]:
    """Plant one mistake; its column and the value that is wrong. Three pieces of one thing are nobody's column."""
    place, value = ((1, "NOPE"), (2, "NOWHERE"), (7, "去年"), (11, "-5"), (6, "FA000000"), (10, "3"), (0, ""))[kind]
    cells[place] = value
    return (HEADINGS[place], value) if place != 10 else ("", "")
