"""Chosen filters say in words what they are, however their choices are declared."""
from __future__ import annotations

from typing import Any

import django_filters
import pytest

from logistics.core.pages import _words_of

PAIRS = [("a", "Apple"), ("b", "Pear")]


@pytest.mark.parametrize("choices", [PAIRS, lambda: PAIRS, [("Fruit", PAIRS)], lambda: [("Fruit", PAIRS)]])
@pytest.mark.parametrize("kind", [django_filters.ChoiceFilter, django_filters.MultipleChoiceFilter])
def test_a_chosen_value_is_said_in_words(kind: Any, choices: Any) -> None:
    assert _words_of(kind(label="Kind", choices=choices).field, ["a", "b", "gone"]) == "Apple, Pear, gone"


def test_yes_and_no_are_words() -> None:
    field = django_filters.BooleanFilter(label="Late").field
    assert (_words_of(field, ["true"]), _words_of(field, ["false"])) == ("yes", "no")
