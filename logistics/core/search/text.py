"""The form in which texts are compared, and the words of what was typed."""
from __future__ import annotations

import re
import unicodedata

MOST_LETTERS = 100  # of one search: nobody types more, and a pasted page finds nothing
MOST_WORDS = 8  # every further word of a query would cost one more condition and hardly narrow the answer
UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff<>]")  # what PostgreSQL cannot keep, and the marks of our own lines
CHINESE = "\u4e00-\u9fff"
SCRIPT_RUN = re.compile(f"[{CHINESE}]+|[^{CHINESE}]+")


def fold(text: str) -> str:
    """Full-width as half-width, capitals, single spaces."""
    # Once more: what looks different at first may contain a mark of ours afterwards (full-width "＜").
    return " ".join(UNSTORABLE.sub(" ", unicodedata.normalize("NFKC", UNSTORABLE.sub(" ", text))).upper().split())


def words(query: str) -> list[str]:
    """The folded words of a query, each once; "明德楼302" also finds "明德楼 3 层 302", so it counts as two."""
    found: list[str] = []
    for word in fold(query[:MOST_LETTERS]).split():
        runs = SCRIPT_RUN.findall(word)
        # A lone character narrows little, so "3楼" and "B座" stay together, as they stand in the texts.
        found += runs if all(len(run) > 1 for run in runs) else [word]
    return list(dict.fromkeys(found))[:MOST_WORDS]
