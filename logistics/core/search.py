"""Search text kept by the database, found by two characters, by pinyin initials and by number.

A searchable model names the columns that people search by; a trigger folds them, with the pinyin initials of their Chinese,
into `search_text`, whoever writes the row. A GIN index over its two-character grams answers in well under a millisecond.
"""
from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Value

from logistics.core.grams import fold, words


class Grams(Func):
    """The two-character grams of a folded text, as stored in the index."""

    function = "hq_grams"
    output_field = ArrayField(models.TextField())


def search_trigger(*columns: str) -> pgtrigger.Trigger:
    """Keeps `search_text` from these columns of the same row."""
    parts = ", ".join(f'NEW."{column}"' for column in columns)
    return pgtrigger.Trigger(
        name="search_text",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),
        when=pgtrigger.Before,
        func=f"NEW.search_text = hq_search_text(concat_ws(' ', {parts})); RETURN NEW;",
    )


class Searchable(models.Model):
    """A record that people find by typing; declare `search_trigger(...)` in Meta.triggers and `search_index(...)` in Meta.indexes."""

    search_text = models.TextField(editable=False, default="", db_default="")

    class Meta:
        abstract = True


def search_index(name: str) -> GinIndex:
    """The index that answers a search on this model."""
    return GinIndex(Grams(F("search_text")), name=name)


class GramsMatch(Func):
    """hq_grams(search_text) @> hq_grams(word): the indexable half of a search."""

    template = "(hq_grams(%(expressions)s))"
    arg_joiner = ") @> hq_grams("
    output_field = models.BooleanField()
    conditional = True


def search(queryset: models.QuerySet, text: str) -> models.QuerySet:
    """Rows whose search text holds every word typed."""
    for word in words(text):
        folded = fold(word)
        if len(folded) >= 2:
            queryset = queryset.filter(GramsMatch(F("search_text"), Value(folded)))
        queryset = queryset.filter(search_text__contains=folded)
    return queryset
