"""Search text: what is folded alike, and that PostgreSQL finds two Chinese characters through an index."""
import pytest
from django.db import connection

from logistics.core.grams import MOST_WORDS, SQL_CREATE, SQL_DROP, fold, initials, words


@pytest.fixture
def cursor(db):
    """A cursor in a schema of its own, where only these functions live; gone with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA grams_test; SET LOCAL search_path = grams_test")
        cursor.execute(SQL_CREATE)
        yield cursor


@pytest.mark.parametrize(("text", "folded"), [
    ("ｇｄ２６－３３１８", "GD26-3318"), ("  明德楼　 302\t男卫 ", "明德楼 302 男卫"),
    ("Tap\x00drips\ud83d", "TAP DRIPS"), ("㎡", "M2"), ("", ""),
])
def test_texts_that_look_alike_are_folded_alike(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(("text", "letters"), [
    ("明德楼", "MDL"), ("明德楼 302 男卫", "MDL NW"), ("音乐楼", "YYL"), ("长廊", "CL"), ("Block B", ""),
])
def test_initials_are_the_first_letters_as_people_read_them(text, letters):
    assert initials(text) == letters


@pytest.mark.parametrize(("query", "parts"), [
    ("风机 漏水", ["风机", "漏水"]), ("明德楼302", ["明德楼", "302"]), ("3楼", ["3楼"]),
    ("B座 b座", ["B座"]), ("gd26-3318", ["GD26-3318"]), (" ", []),
])
def test_a_query_is_split_where_texts_may_have_a_space(query, parts):
    assert words(query) == parts


def test_a_pasted_page_becomes_a_bounded_number_of_words():
    assert len(words(" ".join(f"word{n}" for n in range(500)))) == MOST_WORDS


@pytest.mark.parametrize(("text", "grams"), [
    ("明德楼 302 男卫", ["02", "30", "德楼", "明德", "男卫"]), ("楼 A 楼", ["A", "楼"]), ("AAAA", ["AA"]), ("", []), ("%_ '", ["%_", "'"]),
])
def test_grams_are_the_pairs_of_each_word_each_once(cursor, text, grams):
    cursor.execute("SELECT hq_grams(%s)", [text])
    assert sorted(cursor.fetchone()[0]) == grams


def test_no_text_has_no_grams(cursor):
    cursor.execute("SELECT hq_grams(NULL)")
    assert cursor.fetchone() == (None,)


def test_two_chinese_characters_and_pinyin_initials_are_found_through_the_index_among_50_000(cursor):
    cursor.execute("CREATE TABLE report (id int PRIMARY KEY, search_text text NOT NULL)")
    cursor.execute(
        "INSERT INTO report "
        "SELECT n, '第 ' || n || ' 号 教室 灯管 不亮 ' || (ARRAY['ZXL', 'KXL', 'YFL'])[n %% 3 + 1] FROM generate_series(1, 50000) n "
        "UNION ALL SELECT 50001, %s UNION ALL SELECT 50002, %s", [f"{fold('明德楼 2号风机异响')} {initials('明德楼')}", fold("风 机房")],
    )
    cursor.execute("CREATE INDEX report_search ON report USING gin (hq_grams(search_text)); ANALYZE report")

    for query in ("风机", "MDL"):
        where = "WHERE hq_grams(search_text) @> hq_grams(%s)"
        cursor.execute(f"SELECT id FROM report {where}", [query])
        assert cursor.fetchall() == [(50001,)]
        cursor.execute(f"EXPLAIN SELECT id FROM report {where}", [query])
        assert "Bitmap Index Scan on report_search" in "\n".join(line for (line,) in cursor.fetchall())


def test_the_functions_can_be_taken_away_again(cursor):
    cursor.execute(SQL_DROP)
    cursor.execute("SELECT to_regproc('hq_grams')")
    assert cursor.fetchone() == (None,)
