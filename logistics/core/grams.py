"""Folded search text, pinyin initials, and the two-character grams that PostgreSQL indexes.

Most Chinese words have two characters, which a trigram index cannot find; an array of all pairs of neighbouring characters can.
"""
from __future__ import annotations

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

MOST_WORDS = 8  # every further word of a query would cost one more condition and hardly narrow the answer
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # PostgreSQL keeps neither NUL nor half a surrogate pair
CHINESE = "\u4e00-\u9fff"
CHINESE_RUN = re.compile(f"[{CHINESE}]+")
SCRIPT_RUN = re.compile(f"[{CHINESE}]+|[^{CHINESE}]+")

SQL_CREATE = """
CREATE FUNCTION hq_grams(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(word, place, 2)), '{}')
    FROM string_to_table(folded, ' ') AS word, generate_series(1, greatest(length(word) - 1, 1)) AS place
    WHERE word <> ''
$$;
COMMENT ON FUNCTION hq_grams(text) IS 'Pairs of neighbouring characters of each word of a folded text; a lone character as it is';
"""
SQL_DROP = "DROP FUNCTION hq_grams(text)"


def fold(text: str) -> str:
    """The form in which texts are compared: full-width as half-width, capitals, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", UNSTORABLE.sub(" ", text)).upper().split())


def initials(text: str) -> str:
    """First pinyin letters of each run of Chinese, runs apart: "明德楼 302 男卫" gives "MDL NW"; "" without Chinese."""
    return " ".join("".join(lazy_pinyin(run, style=Style.FIRST_LETTER)).upper() for run in CHINESE_RUN.findall(text))


def words(query: str) -> list[str]:
    """The folded words of a query, each once; "明德楼302" also finds "明德楼 302", so it counts as two."""
    found: list[str] = []
    for word in fold(query).split():
        runs = SCRIPT_RUN.findall(word)
        # A lone character has no pair, so splitting "3楼" or "B座" would take the index away from it.
        found += runs if all(len(run) > 1 for run in runs) else [word]
    return list(dict.fromkeys(found))[:MOST_WORDS]
