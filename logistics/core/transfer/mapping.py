"""Which column of a file is which: what the person said last time, else a guess from both languages."""
from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from logistics.core.models import ImportMapping
from logistics.core.transfer.cells import folded
from logistics.core.transfer.declaration import ImportColumn, Transfer

ALIKE = 0.8


def guess(headers: list[str], columns: list[ImportColumn], transfer: Transfer, remembered: dict[str, str]) -> list[str]:
    """For each heading the column it most likely is, or ""; each column once."""
    names: dict[str, str] = {}
    for column in columns:
        for word in (column.name, *column.labels.values(), *transfer.also.get(column.name, ())):
            names.setdefault(folded(word), column.name)
    known = {column.name for column in columns}
    found = [""] * len(headers)
    taken: set[str] = set()
    for ask in (lambda word: remembered.get(word) if remembered.get(word) in known else None, names.get, lambda word: _alike(word, names)):
        for place, heading in enumerate(headers):
            word = folded(heading)
            if found[place] or not word or remembered.get(word) == "":
                continue
            name = ask(word)
            if name and name not in taken:
                found[place] = name
                taken.add(name)
    return found


def _alike(word: str, names: dict[str, str]) -> str | None:
    best = max(names, key=lambda name: SequenceMatcher(None, word, name).ratio(), default=None)
    return names[best] if best and SequenceMatcher(None, word, best).ratio() >= ALIKE else None


def remembered_by(person: Any, kind: str) -> dict[str, str]:
    row = ImportMapping.objects.filter(person=person, kind=kind).first()
    return row.names if row else {}


def remember(person: Any, kind: str, headers: list[str], mapping: list[str]) -> None:
    """What a person chose holds for the next file."""
    row, _made = ImportMapping.objects.get_or_create(person=person, kind=kind)
    row.names = {**row.names, **{folded(heading): name for heading, name in zip(headers, mapping, strict=True) if folded(heading)}}
    row.save()
