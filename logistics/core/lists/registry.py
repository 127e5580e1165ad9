"""What upper packages offer beside a saved list: `@list_link` over link(row, person) -> {label, url, icon} or None."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

LIST_LINKS: list[Callable[[Any, Any], dict[str, str] | None]] = []


def list_link(link: Callable[[Any, Any], dict[str, str] | None]) -> Callable[[Any, Any], dict[str, str] | None]:
    LIST_LINKS.append(link)
    return link


def links_of(row: Any, person: Any) -> list[dict[str, str]]:
    return [found for link in LIST_LINKS if (found := link(row, person))]
