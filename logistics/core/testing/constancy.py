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

LIST_CEILING, DETAIL_CEILING, LATER_CEILING = 8, 12, 30
LATER = {"HX-Request": "true", "HX-Target": "later"}


def cost(client: Client, url: str, headers: dict[str, str] | None = None) -> int:
    """Queries of one visit with a warm menu."""
    asked: dict[str, Any] = {"headers": headers} if headers else {}
    cache.clear()
    client.get(url, **asked)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url, **asked)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return len(seen)


def growth(declared: type[Resource], client: Client) -> list[str]:
    """What grows with the rows, or costs too much."""
    factory: Any = factory_of(declared.model)
    if factory is None:
        return [f"{declared.kind}: no factory"]
    first = factory()
    factory()
    pages: dict[str, tuple[str, int, dict[str, str] | None]] = {
        "list": (reverse(declared.url_name("list")), LIST_CEILING, None),
        "api": (reverse(f"{declared.app}-{declared.url_stem}-list"), LIST_CEILING, None),
        "options": (reverse(declared.url_name("options")), LIST_CEILING, None),
        "detail": (first.get_absolute_url(), DETAIL_CEILING, None),
    }
    if declared.has_later:
        pages["later"] = (first.get_absolute_url(), LATER_CEILING, LATER)
    few = {name: cost(client, url, headers) for name, (url, _ceiling, headers) in pages.items()}
    for _ in range(18):
        factory()
    problems = []
    for name, (url, ceiling, headers) in pages.items():
        many = cost(client, url, headers)
        if many != few[name]:
            problems.append(f"{declared.kind} {name}: {few[name]} queries with 2 rows, {many} with 20")
        if many > ceiling:
            problems.append(f"{declared.kind} {name}: {many} queries, at most {ceiling}")
    return problems
