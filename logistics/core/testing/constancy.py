"""Query constancy: a list or detail costs the same number of queries with 2 rows and with 20, under a ceiling."""
from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from logistics.core.resources import Resource
from logistics.core.testing.world import factory_of

LIST_CEILING, DETAIL_CEILING = 8, 12


def cost(client: Client, url: str) -> int:
    """Queries of one visit with a warm menu."""
    cache.clear()
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return len(seen)


def growth(declared: type[Resource], client: Client, detail_ceiling: int = DETAIL_CEILING, list_ceiling: int = LIST_CEILING) -> list[str]:
    """What grows with the rows, or costs too much."""
    factory: Any = factory_of(declared.model)
    if factory is None:
        return [f"{declared.kind}: no factory"]
    first = factory()
    factory()
    pages = {
        "list": (reverse(declared.url_name("list")), list_ceiling),
        "api": (reverse(f"{declared.app}-{declared.url_stem}-list"), LIST_CEILING),
        "options": (reverse(declared.url_name("options")), LIST_CEILING),
        "detail": (first.get_absolute_url(), detail_ceiling),
    }
    few = {name: cost(client, url) for name, (url, _ceiling) in pages.items()}
    for _ in range(18):
        factory()
    problems = []
    for name, (url, ceiling) in pages.items():
        many = cost(client, url)
        if many != few[name]:
            problems.append(f"{declared.kind} {name}: {few[name]} queries with 2 rows, {many} with 20")
        if many > ceiling:
            problems.append(f"{declared.kind} {name}: {many} queries, at most {ceiling}")
    return problems
