"""Where a text answers what was typed: the pieces that a page shows highlighted."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from logistics.core.search.pinyin import LETTERS, cuts, initials, readings, syllables


def marked(text: str, typed: Iterable[str]) -> SafeString:
    """The text as safe HTML with <mark> around what answers the words."""
    letters, at = _folded(text)
    hit = [False] * len(text)
    for word in typed:
        for first, last in _places(letters, word):
            for place in range(at[first], at[last - 1] + 1):
                hit[place] = True
    pieces, start = [], 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hit[place] != hit[start]:
            piece = conditional_escape(text[start:place])
            pieces.append(f"<mark>{piece}</mark>" if hit[start] else piece)
            start = place
    return mark_safe("".join(pieces))


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in capitals and half-width, and for each of its letters the place in the text."""
    letters, at = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKC", letter).upper():
            letters.append(part)
            at.append(place)
    return "".join(letters), at


def _places(letters: str, word: str) -> list[tuple[int, int]]:
    found, start = [], letters.find(word)
    while start >= 0:
        found.append((start, start + len(word)))
        start = letters.find(word, start + len(word))
    if found or not LETTERS.fullmatch(word):
        return found
    whole = syllables()[0]
    ways: list[list[tuple[str, bool]]] = [[(letter, True) for letter in word]] if initials(word) else []
    ways += [[(part, part not in whole) for part in way] for way in cuts(word)]
    for way in ways:
        for start in range(len(letters) - len(way) + 1):
            if all(_reads(letters[start + n], part, open_) for n, (part, open_) in enumerate(way)):
                found.append((start, start + len(way)))
    return found


def _reads(letter: str, part: str, open_: bool) -> bool:
    return any(known.startswith(part) if open_ else known == part for known in readings(letter))
