"""Readings of Chinese characters, and what typed letters may mean: initials ("YYL") or syllables ("yinyuelou")."""
from __future__ import annotations

import re
from functools import cache

from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

FIRST, LAST = 0x4E00, 0x9FFF  # the basic block of Chinese characters
MOST_CUTS = 6  # ways to cut letters into syllables that are tried: "xian" has two
LETTERS = re.compile(r"[A-Z]{2,40}")
VOWEL = re.compile("[AEIOUV]")  # a few rare characters are read as a mere hum


def readings(letter: str) -> tuple[str, ...]:
    """Every reading of a character in capitals without tones, the usual one first: "乐" gives LE, YUE."""
    known = PINYIN_DICT.get(ord(letter), "") if len(letter) == 1 and FIRST <= ord(letter) <= LAST else ""
    plain = (to_normal(reading).upper() for reading in known.split(",") if reading)
    return tuple(dict.fromkeys(word for word in plain if VOWEL.search(word) and word.isascii() and word.isalpha()))


def reading_rows() -> list[tuple[str, str]]:
    """(character, its readings with commas between) for every character of the basic block that has one."""
    found = ((chr(code), ",".join(readings(chr(code)))) for code in PINYIN_DICT if FIRST <= code <= LAST)
    return [(letter, known) for letter, known in found if known]


@cache
def syllables() -> tuple[frozenset[str], frozenset[str]]:
    """All syllables, and all beginnings of syllables."""
    whole = frozenset(reading for code in PINYIN_DICT if FIRST <= code <= LAST for reading in readings(chr(code)))
    return whole, frozenset(word[:end] for word in whole for end in range(1, len(word) + 1))


def cuts(word: str) -> list[tuple[str, ...]]:
    """The ways to read letters as syllables, the last one perhaps unfinished: "YINYUEL" gives YIN YUE L. Fewest syllables first."""
    whole, begun = syllables()
    ends: dict[int, list[tuple[str, ...]]] = {len(word): [()]}
    for start in range(len(word) - 1, -1, -1):
        ways: list[tuple[str, ...]] = [(word[start:],)] if word[start:] in begun else []
        for end in range(min(start + 6, len(word) - 1), start, -1):
            if word[start:end] in whole:
                ways += [(word[start:end], *rest) for rest in ends[end] if rest]
        ends[start] = sorted(ways, key=len)[:MOST_CUTS]
    found = ends[0]
    unfinished = [way for way in found if way[-1] not in whole]
    return [way for way in found if way[-1] in whole] or unfinished


def initials(word: str) -> bool:
    """May every letter begin a syllable?"""
    return not set(word) & set("IUV")
