"""Search text: what is folded alike, which letters mean which Chinese, and that PostgreSQL keeps it for every row."""
from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.search.pinyin import cuts, readings, syllables
from logistics.core.search.text import MOST_WORDS, fold, words


@pytest.mark.parametrize(("text", "folded"), [
    ("ｇｄ２６－３３１８", "GD26-3318"), ("  明德楼　 302\t男卫 ", "明德楼 302 男卫"), ("a＜b", "A B"),
    ("Tap\x00drips\ud83d", "TAP DRIPS"), ("㎡", "M2"), ("", ""),
])
def test_texts_that_look_alike_are_folded_alike(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(("query", "parts"), [
    ("风机 漏水", ["风机", "漏水"]), ("明德楼302", ["明德楼", "302"]), ("3楼", ["3楼"]), ("3号楼 水龙头", ["3号楼", "水龙头"]),
    ("B座 b座", ["B座"]), ("gd26-3318", ["GD26-3318"]), (" ", []),
])
def test_a_query_is_split_where_texts_may_have_a_space(query, parts):
    assert words(query) == parts


def test_a_pasted_page_becomes_a_bounded_number_of_words():
    assert len(words(" ".join(f"w{n}" for n in range(500)))) == MOST_WORDS


def test_a_character_has_all_its_readings():
    assert (readings("乐"), readings("长"), readings("楼"), readings("女")[0], readings("x")) == (
        ("LE", "YUE"), ("ZHANG", "CHANG"), ("LOU",), "NV", ())


@pytest.mark.parametrize(("letters", "ways"), [
    ("YINYUELOU", ("YIN", "YUE", "LOU")), ("SHUILONGT", ("SHUI", "LONG", "T")), ("XIAN", ("XIAN",)), ("ZHO", ("ZHO",)),
])
def test_letters_are_cut_into_syllables(letters, ways):
    assert ways in cuts(letters)


@pytest.mark.parametrize("letters", ["PUMP", "IUV", "XXQ"])
def test_what_is_no_pinyin_has_no_cut(letters):
    assert cuts(letters) == []


@given(st.lists(st.sampled_from(sorted(syllables()[0])), min_size=1, max_size=6))
def test_syllables_put_together_can_be_cut_again(parts):
    assert all("".join(way) == "".join(parts) for way in cuts("".join(parts)))
    assert cuts("".join(parts))


@pytest.fixture
def texts(db):
    def of(names: list[str], also: list[str]) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT hq_search_text(%s, %s)", [names, also])
            return cursor.fetchone()[0]

    return of


def test_a_search_text_has_a_line_for_number_names_and_the_rest_and_the_same_in_pinyin(texts):
    assert texts(["WO-2026-000123", "音乐楼 3 层", "Music building", "Music building"], ["明德楼　302", "a<b"]).split("\n") == [
        "", "WO-2026-000123", "音乐楼3层", "MUSIC BUILDING", " 明德楼302 A B WO2026000123", "", "<YIN<LE,YUE<LOU <CENG",
        "<MING,MENG<DE<LOU", "",
    ]


def test_nothing_gives_a_text_without_words(texts):
    assert texts(["", None], [None]).split() == []


def test_tokens_are_pairs_syllables_pairs_of_initials_and_parts_of_numbers(texts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(hq_tokens(%s))", [texts(["A-1234", "音乐"], [])])
        found = set(cursor.fetchone()[0])
    pairs, numbers, pinyin = "A- -1 12 23 34 4 A1 音乐 乐", "A-12 -123 1234 A123", "<YIN <LE <YUE >YL >YY"
    assert found == {*pairs.split(), *numbers.split(), *pinyin.split()}
