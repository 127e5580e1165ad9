"""Excel and CSV: read back, values are what they were, and no text is ever run."""
import csv
import io
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy, override
from openpyxl import load_workbook

from logistics.core.sheets import MOST_IN_A_CELL, SheetColumn, csv_rows, workbook, write_workbook

COLUMNS = [
    SheetColumn("编号", "text", 14), SheetColumn("Rows", "number"), SheetColumn("金额（元）", "money"), SheetColumn("Day", "date"),
    SheetColumn("At", "datetime", 18), SheetColumn("Took", "duration"),
]
ROW = ["GD26-3318", 3, Decimal("87.40"), date(2026, 11, 23), datetime(2026, 11, 23, 17, 5, tzinfo=UTC), 22_500]
DANGEROUS = ["=1+1", '=HYPERLINK("http://x")', "+86 138", "-1", "@SUM(A1)", "\t=1", "＝1+1", "#N/A", "1.10", "2026-11-23", "{=1}"]


def read(content):
    return load_workbook(io.BytesIO(content)).active


def one_column(kind, values):
    return [row[0] for row in read(workbook([[value] for value in values], [SheetColumn("A", kind)], "T")).iter_rows(min_row=2)]


def read_csv(rows, columns):
    text = "".join(csv_rows(rows, columns))
    assert text.encode().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text[1:])))


def test_values_come_back_as_numbers_money_dates_and_times_in_the_zone_of_the_school():
    sheet = read(workbook([ROW], COLUMNS, "维修工单"))
    assert [cell.value for cell in sheet[2]] == [
        "GD26-3318", 3, 87.4, datetime(2026, 11, 23), datetime(2026, 11, 24, 1, 5), timedelta(hours=6, minutes=15),
    ]
    assert [cell.number_format for cell in sheet[2]] == ["General", "General", "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "[h]:mm"]


def test_the_heading_is_bold_stays_in_sight_repeats_in_print_and_filters_exactly_the_rows():
    sheet = read(workbook([ROW, ROW], COLUMNS, "维修工单"))
    assert [cell.value for cell in sheet[1]] == ["编号", "Rows", "金额（元）", "Day", "At", "Took"]
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("维修工单", "A2", "A1:F3", "$1:$1")
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["E"].width) == (14, 18)


def test_an_empty_table_still_has_its_heading():
    sheet = read(workbook([], COLUMNS, "维修工单"))
    assert sheet.max_row == 1
    assert sheet.auto_filter.ref == "A1:F1"


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_an_error_or_a_number_stays_text(text):
    for kind in ("text", "number", "date"):
        (cell,) = one_column(kind, [text])
        assert (cell.data_type, cell.value) == ("s", text)
    (heading,) = read(workbook([], [SheetColumn(text)], "T"))[1]
    assert (heading.data_type, heading.value) == ("s", text)


def test_text_that_looks_like_a_formula_stays_text_when_its_cell_is_edited():
    assert [cell.quotePrefix for cell in one_column("text", ["=1+1", "+86", "plain"])] == [True, True, False]


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_csv_disarms_text_that_looks_like_a_formula_but_not_negative_numbers(text):
    assert read_csv([[text, -5]], [SheetColumn("A"), SheetColumn(text, "number")]) == [["A", f"'{text}"], [f"'{text}", "-5"]]


def test_csv_holds_the_same_values_with_quotes_and_lines_inside():
    assert read_csv([ROW, ['He said "drip",\n滴水', None, None, None, None, None]], COLUMNS)[1:] == [
        ["GD26-3318", "3", "87.40", "2026-11-23", "2026-11-24 01:05", "6:15"], ['He said "drip",\n滴水', "", "", "", "", ""],
    ]


def test_a_value_of_another_kind_is_kept_as_text_instead_of_lost():
    assert [cell.value for cell in one_column("number", ["not recorded", Decimal("NaN"), date(2026, 1, 2), [1]])] == [
        "not recorded", "NaN", "2026-01-02", "[1]",
    ]
    assert one_column("date", [datetime(2026, 11, 23, 17, 0, tzinfo=UTC)])[0].value == datetime(2026, 11, 24)
    assert [cell.value for cell in one_column("text", [12, gettext_lazy("Day")])] == ["12", "Day"]


def test_yes_and_no_are_words_of_the_reader():
    with override("en"):
        assert [cell.value for cell in one_column("text", [True, False])] == ["yes", "no"]


def test_a_negative_duration_is_words_because_excel_shows_hashes():
    assert [cell.value for cell in one_column("duration", [timedelta(hours=30), -5400])] == [timedelta(hours=30), "−1:30"]
    assert read_csv([[timedelta(hours=30)], [-5400]], [SheetColumn("A", "duration")])[1:] == [["30:00"], ["−1:30"]]


def test_text_that_excel_cannot_hold_is_cut_or_cleaned_instead_of_breaking_the_file():
    long, dirty, hidden = one_column("text", ["水" * 40_000, "a\x00b\x0bc\ud83dd\n好", "\x00=1+1"])
    assert len(long.value) == MOST_IN_A_CELL
    assert long.value.endswith("水…")
    assert dirty.value == "abcd\n好"
    assert (hidden.data_type, hidden.value) == ("s", "=1+1")


@pytest.mark.parametrize(("title", "shown"), [("a/b: [c]?", "a b   c"), ("很" * 40, "很" * 31), ("", "Sheet"), ("'quoted'", "quoted")])
def test_any_title_becomes_a_sheet_name(title, shown):
    assert read(workbook([], COLUMNS, title)).title == shown


def test_memory_stays_flat_however_many_rows_are_written(tmp_path):
    def peak(count):
        tracemalloc.start()
        with open(tmp_path / "rows.xlsx", "wb") as out:
            write_workbook(out, (ROW for _ in range(count)), COLUMNS, "T")
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is imported and compiled on first use
    assert peak(3000) - peak(300) < 200_000
