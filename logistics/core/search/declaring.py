"""What a model declares to be found."""
from __future__ import annotations

from collections.abc import Iterable

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func


class Tokens(Func):
    """What the index knows of a search text: pairs of characters, syllables, pairs of initials, parts of numbers."""

    function = "hq_tokens"
    output_field = SearchVectorField()


def search_trigger(*names: str, also: Iterable[str] = ()) -> pgtrigger.Trigger:
    """Keeps `search_text` from columns of the same row: number or code first, then names; `also` (place, description) ranks after them."""
    lines, rest = (", ".join(f'NEW."{column}"' for column in columns) for columns in (names, also))
    return pgtrigger.Trigger(
        name="search_text",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*names, *also),
        when=pgtrigger.Before,
        func=f"NEW.search_text = hq_search_text(ARRAY[{lines}]::text[], ARRAY[{rest}]::text[]); RETURN NEW;",
    )


class Searchable(models.Model):
    """A record that people find by typing; declare `search_trigger(...)` in Meta.triggers and `search_index(...)` in Meta.indexes."""

    search_text = models.TextField(editable=False, default="", db_default="")

    class Meta:
        abstract = True


def search_index(name: str) -> GinIndex:
    """The index that answers a search on this model."""
    return GinIndex(Tokens(F("search_text")), name=name)
