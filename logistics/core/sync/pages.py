"""What a phone keeps for the time without a network: which pages, what stands in for the others, and which forms may wait."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from logistics.core.models import kind_of

# regular expressions of the browser: addresses whose last answer is kept; apps add theirs in their `sync` room
KEEP: list[str] = [r"^/$", r"^/offline/"]
# (regular expression, address): what stands in for a page of which there is no copy; a group `tag` is passed on
INSTEAD: list[tuple[str, Callable[[], str]]] = []
PAGES: list[Callable[[Any], Iterable[str]]] = []  # (person) -> addresses fetched ahead for the person's day


def keep(*patterns: str) -> None:
    KEEP.extend(patterns)


def instead(pattern: str, url: Callable[[], str]) -> None:
    INSTEAD.append((pattern, url))


def pages_for(person: Any) -> list[str]:
    """Addresses of everything that this person may need today, each once."""
    own = [reverse("home"), reverse("offline"), reverse("outbox")]
    return list(dict.fromkeys([*own, *(url for pages in PAGES for url in pages(person))]))


def waits(record: models.Model, kind: str, words: Any, *, photo: Any = "") -> SafeString:
    """Attributes of a form whose act may wait on the phone: its kind of fact, its record and where that stands, and words for the page
    "Waiting to send". A form may name more closely what it is about: `data-point`."""
    from logistics.core.resources import resource_of

    title = resource_of(record).title(record)
    about = f"{kind_of(record)}:{record.pk}"
    where = getattr(record, "place_label", "") or ""
    told = (kind, about, title, where, words, photo)
    return format_html(' data-wait="{}" data-record="{}" data-label="{}" data-where="{}" data-words="{}" data-photo="{}"', *told)


def move_waits(record: models.Model, move: Any) -> SafeString:
    """The same for a move, if it may be made without a network; else nothing."""
    from logistics.core.sync.kinds import kind_for

    found = kind_for(kind_of(record), move.name)
    return waits(record, found.code, move.label) if found else mark_safe("")
