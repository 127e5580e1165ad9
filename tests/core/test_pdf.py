"""Prints: the words are in the file as text, in glyphs of our own font, on the right number of pages, and soon."""
import io
import re
import time
from datetime import UTC, datetime

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from logistics.core import clock
from logistics.core.pdf import LAYOUTS, Label, label_sheet, render
from logistics.core.qr import new_code

ORDER = {
    "school": "梧桐实验学校后勤处", "title": "维修工单", "number": "GD26-3318", "url": "https://houqin.wutong.example/app/workorder/3318/",
    "printed": "打印于 2026-11-23 16:20 · 周敏", "page_words": "第 {n} 页，共 {total} 页",
    "facts": [["地点", "主校区 / 明德楼 / 302 男卫"], ["问题", "洗手池水龙头滴水"], ["维修人", "陈立（水暖班）"]],
    "words": ["关不紧，一直滴"], "note": "试压 3 分钟，无渗漏",
    "tables": [{
        "title": "工料", "heads": ["项目", "数量", "金额（元）"], "numbers": [1, 2],
        "rows": [["人工，陈立", "1.10 小时", "55.00"], ["陶瓷阀芯 1/2″", "1 个", "32.40"]], "total": ["合计", "", "87.40"],
    }],
    "signatures": ["维修人签字", "验收人签字", "报修人签字"], "footnote": "扫码可核对。",
}
MINGDE = Label("7K3M9QW2RTX4B", "明德楼 302 男卫", "Mingde Building 302, men's toilet")
LONG = Label(
    "0123456789ABC", "主校区 / 明德楼 / 三楼 / 高中物理实验准备室（危化品专柜旁）的感应水龙头",
    "Main campus, Mingde Building, third floor, physics preparation room",
)


def pages(pdf):
    return PdfReader(io.BytesIO(pdf)).pages


def words(page):
    """The text of a page without spaces, which depend on how it is set."""
    return re.sub(r"\s", "", page.extract_text())


def missing_glyphs(page):
    """How often the page draws glyph 0, the box that stands for a character the font lacks."""
    drawn = b""
    for operands, operator in page.get_contents().operations:
        if operator in (b"Tj", b"TJ"):
            parts = operands[0] if operator == b"TJ" else operands
            drawn += b"".join(part.original_bytes for part in parts if hasattr(part, "original_bytes"))
    return sum(drawn[at : at + 2] == b"\0\0" for at in range(0, len(drawn), 2))


def test_the_sheet_of_an_order_says_everything_in_the_order_of_the_design():
    (page,) = pages(render("work_order", ORDER))
    found = words(page)
    expected = [
        "梧桐实验学校后勤处", "维修工单GD26-3318", "打印于2026-11-2316:20·周敏·第1页，共1页",
        "主校区/明德楼/302男卫", "洗手池水龙头滴水", "陈立（水暖班）",
        "关不紧，一直滴", "试压3分钟，无渗漏",
        "工料", "项目", "数量", "金额（元）", "人工，陈立", "1.10小时", "55.00", "陶瓷阀芯1/2″", "32.40",
        "合计", "87.40",
        "维修人签字", "验收人签字", "报修人签字", "扫码可核对。",
    ]
    places = [found.index(text) for text in expected]
    assert places == sorted(places)


def test_every_character_has_a_glyph_in_the_font_that_comes_with_the_project():
    (page,) = pages(render("work_order", ORDER))
    fonts = {str(font.get_object()["/BaseFont"]).split("+")[-1] for font in page["/Resources"]["/Font"].values()}
    assert fonts == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert missing_glyphs(page) == 0
    assert missing_glyphs(pages(render("work_order", ORDER | {"note": "\U0001f600"}))[0]) == 1  # the check itself can fail


def test_a_long_table_repeats_its_head_and_every_page_says_which_it_is():
    rows = [[f"阀芯 {n}", "1 个", "32.40"] for n in range(100)]
    sheet = pages(render("work_order", ORDER | {"tables": [ORDER["tables"][0] | {"rows": rows}]}))
    texts = [words(page) for page in sheet]
    assert len(texts) == 4
    for number, text in enumerate(texts, 1):
        assert f"第{number}页，共4页" in text
        assert "GD26-3318" in text
        assert "金额（元）" in text
    assert [n for n in range(100) if f"阀芯{n}1个" not in "".join(texts)] == []


def test_numbers_stand_under_each_other_at_the_end():
    starts = {}

    def note(text, place, _matrix, _font, _size):
        if text.strip() in ("5.00", "1234.00"):
            starts[text.strip()] = place[4]

    table = {"heads": ["项目", "金额"], "numbers": [1], "rows": [["甲", "5.00"], ["乙", "1234.00"]]}
    pages(render("work_order", {"title": "T", "tables": [table]}))[0].extract_text(visitor_text=note)
    digit = 0.555 * 10.5  # width of a tabular digit of our font at our size
    assert starts["5.00"] - starts["1234.00"] == pytest.approx(3 * digit, abs=0.01)


def test_text_of_people_is_shown_and_never_obeyed():
    trick = '#set page(fill: red) *b* $x$ #read("base.typ") @a <b> \\ "); #panic()'
    (page,) = pages(render("work_order", ORDER | {"note": trick}))
    assert re.sub(r"\s", "", trick) in words(page)


def test_parts_that_are_not_given_are_left_out():
    (page,) = pages(render("work_order", {"title": "Work order", "number": "GD26-1", "page_words": "Page {n} of {total}"}))
    assert words(page) == "WorkorderGD26-1Page1of1"


def test_the_file_names_itself_its_language_and_the_instant_it_was_made():
    with clock.standing_at(datetime(2026, 11, 23, 8, 20, tzinfo=UTC)), override("zh-hans"):
        reader = PdfReader(io.BytesIO(render("work_order", ORDER)))
        assert render("work_order", ORDER) == render("work_order", ORDER)
    assert reader.metadata.title == "维修工单"
    assert reader.metadata.creation_date == datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
    assert reader.trailer["/Root"]["/Lang"].startswith("zh")


def test_a_label_says_what_it_hangs_on_in_both_languages_and_whom_to_call():
    (page,) = pages(label_sheet([MINGDE], "a4_24", "标签", "扫码报修 · Scan to report", "报修电话 6680 1234"))
    assert words(page) == "扫码报修·Scantoreport明德楼302男卫MingdeBuilding302,men'stoilet7K3M-9QW2R-TX4B报修电话66801234"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_fill_their_pages_and_keep_every_word_whole(layout):
    per_page = LAYOUTS[layout].columns * LAYOUTS[layout].rows
    sheet = pages(label_sheet([LONG] * per_page + [Label("7K3M9QW2RTX4B")], layout, "标签", hotline="6680 1234"))
    assert len(sheet) == 2
    assert [round(float(side) / 72 * 25.4) for side in sheet[0].mediabox[2:]] == list(LAYOUTS[layout].page)
    text = words(sheet[0])
    assert text.count("0123-45678-9ABC") == text.count(re.sub(r"\s", "", LONG.name)) == per_page
    assert words(sheet[1]) == "7K3M-9QW2R-TX4B66801234"


def test_no_labels_leave_the_paper_of_the_layout():
    for layout in LAYOUTS.values():
        assert layout.left + layout.columns * layout.width + (layout.columns - 1) * layout.gap <= layout.page[0]
        assert layout.top + layout.rows * layout.height <= layout.page[1]


def test_200_labels_take_less_than_two_seconds_and_fill_nine_pages():
    labels = [Label(new_code(), f"明德楼 {n} 教室", f"Mingde Building, room {n}") for n in range(200)]
    start = time.process_time()
    pdf = label_sheet(labels, "a4_24", "标签", "扫码报修", "6680 1234")
    assert time.process_time() - start < 2
    assert len(pages(pdf)) == 9
