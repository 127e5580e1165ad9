"""Whether a search text holds what was typed: an indexable half that may find too much, and an exact half.

A search text has one line for the number, one for each name, one (it begins with a space) for the rest, then the same lines
in pinyin, where "音乐" is "<YIN<LE,YUE".
"""
from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import models
from django.db.models import Case, F, Func, IntegerField, Q, Value, When

from logistics.core.search.pinyin import LETTERS, cuts, initials, syllables
from logistics.core.search.text import fold, words

LONG = 4  # characters of a token of a number
TELLING = 3  # tokens at the end of a number that are looked up: the year and series before them are in every number


class HasTokens(Func):
    """hq_tokens(search_text) @@ query: the indexable half."""

    template = "(hq_tokens(%(expressions)s::tsquery))"
    arg_joiner = ") @@ ("
    output_field = models.BooleanField()
    conditional = True


def search(queryset: models.QuerySet, text: str) -> models.QuerySet:
    """Rows whose search text holds every word typed."""
    typed = words(text)
    return queryset.filter(indexed(typed), exact(typed)) if typed else queryset


def indexed(typed: Iterable[str]) -> Q:
    """The condition that the index answers."""
    return Q(HasTokens(F("search_text"), Value(tokens_query(typed))))


def tokens_query(typed: Iterable[str]) -> str:
    """The query for the index: all tokens of a word, or of one of its readings as pinyin; all words."""
    return " & ".join("(" + " | ".join(" & ".join(map(quoted, way)) for way in ways(word)) + ")" for word in typed)


def ways(word: str) -> list[list[str]]:
    """The tokens of a word as it is written, then as initials, then as each reading. One that ends in * stands for all that begin so."""
    found = [_parts(word) if len(word) > 1 else [f"{word}*"]]
    if LETTERS.fullmatch(word):
        if initials(word):
            found.append([f">{pair}" for pair in _pairs(word, 2)])
        found += [[*(f"<{syllable}" for syllable in way[:-1]), _last(way[-1])] for way in cuts(word)]
    return found


def _parts(word: str) -> list[str]:
    number = len(word) >= LONG and any(letter.isdigit() for letter in word)
    return _pairs(word, LONG)[-TELLING:] if number else _pairs(word, 2)


def _pairs(word: str, size: int) -> list[str]:
    return list(dict.fromkeys(word[at : at + size] for at in range(len(word) - size + 1)))


def _last(syllable: str) -> str:
    """A last syllable that is still being typed stands for all that begin so."""
    return f"<{syllable}" + ("" if syllable in syllables()[0] else "*")


def quoted(token: str) -> str:
    begun = token.removesuffix("*")
    return "'" + begun.replace("\\", "\\\\").replace("'", "''") + ("'" if begun == token else "':*")


def exact(typed: Iterable[str]) -> Q:
    """The condition that decides."""
    found = Q()
    for word in typed:
        if LETTERS.fullmatch(word):
            # The plain comparison first: it is far quicker than the expression that keeps to the part before the pinyin.
            found &= Q(search_text__contains=word, search_text__regex=f"^[^<]*{word}") | _any(_pinyin(word))
        else:
            found &= Q(search_text__contains=word)
    return found


def _pinyin(word: str) -> list[str]:
    found = ["".join(_reading(letter, open_=True) for letter in word)] if initials(word) else []
    whole = syllables()[0]
    for way in cuts(word):
        last = _reading(way[-1], open_=True) if way[-1] not in whole else _reading(way[-1]) + r"[<\s]"
        found.append("".join(_reading(syllable) for syllable in way[:-1]) + last)
    return found


def _reading(letters: str, *, open_: bool = False) -> str:
    """One character that has a reading of these letters, or one that begins with them."""
    return f"<([A-Z]+,)*{letters}{'[A-Z]*' if open_ else ''}(,[A-Z]+)*"


# ranking -------------------------------------------------------------------------------------------------------------
NUMBER, NAME, PREFIX, WORD, ELSEWHERE = range(5)


def rank(text: str) -> Case:
    """How well a row answers: the number itself, a whole name, the beginning of one, of a word, elsewhere."""
    typed = fold(text)
    phrase = re.escape(typed)
    first = words(text)[0] if words(text) else ""
    whole, begun = [], []
    if LETTERS.fullmatch(typed):
        whole = [f"\\n{way}\\n" for way in _pinyin(typed)]
        begun = [f"\\n{way}" for way in _pinyin(typed)]
    return Case(
        When(search_text__startswith=f"\n{typed}\n", then=NUMBER),
        When(Q(search_text__contains=f"\n{typed}\n") | _any(whole), then=NAME),
        When(Q(search_text__contains=f"\n{typed}") | _any(begun), then=PREFIX),
        When(Q(search_text__regex=f"(^|[^A-Z0-9一-鿿]){phrase}") | Q(search_text__contains=f"\n{first}"), then=WORD),
        default=ELSEWHERE, output_field=IntegerField(),
    )


def _any(patterns: list[str]) -> Q:
    return Q(search_text__regex="|".join(patterns)) if patterns else Q(pk__in=[])
