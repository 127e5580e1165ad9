"""Filters: one FilterSet serves page, export and API; the search box is one of them."""
from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from logistics.core.search import Searchable, search


class SearchFilter(django_filters.CharFilter):
    """The search box: every word must occur in the folded search text."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return search(qs, value) if value else qs


class RecordFilters(django_filters.FilterSet):
    """Base of every FilterSet. Adds `q` where the model is searchable.

    `quick` lists the chips offered on the list page: (label, {parameter: value}, icon).
    """

    quick: tuple[tuple[Any, dict[str, str], str], ...] = ()

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        filters = super().get_filters()
        if cls._meta.model and issubclass(cls._meta.model, Searchable):
            filters["q"] = SearchFilter(label=_("Search"))
        return filters
