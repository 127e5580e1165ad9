"""The story of a record across domains: apps publish what leads on, the kernel puts it in order and hides what is not open."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from logistics.core.columns import follow
from logistics.core.models import kind_of
from logistics.core.records.readers import readable
from logistics.core.registry import Registry
from logistics.core.resources import RESOURCES, resource_of

MOST = 20
MOST_ROUNDS = 4


@dataclass(frozen=True)
class Piece:
    """One line of a story that is no record with a page of its own: everybody may read it."""

    label: str
    text: str = ""
    url: str = ""
    icon: str = "file"
    look: str = "info"
    at: datetime | None = None


@dataclass(frozen=True)
class Strand:
    """What leads on from records of these kinds (none named: of every kind): `follow(records, here)` yields records or pieces."""

    follow: Callable[..., Iterable[models.Model | Piece]]
    code: str
    kinds: tuple[str, ...] = ()


THREADS: Registry[Strand] = Registry("thread")
thread = THREADS.decorate(lambda function, code, *kinds: Strand(function, code, kinds))


def story(here: models.Model, person: Any, linked: Iterable[models.Model] = ()) -> list[dict[str, Any]]:
    """The lines of the story, oldest first, what stands without a date last; [] when the record stands alone.

    Strands are asked once a round with all records of their kinds, so the cost grows with the kinds, not with the records.
    """
    records: dict[tuple[str, int], models.Model] = {(kind_of(here), here.pk): here}
    pieces: list[Piece] = []
    fresh = [here]
    for _round in range(MOST_ROUNDS):
        found: list[models.Model | Piece] = []
        for strand in THREADS:
            wanted = [record for record in fresh if not strand.kinds or kind_of(record) in strand.kinds]
            found += strand.follow(wanted, here) if wanted else []
        fresh = []
        for one in found:
            if isinstance(one, Piece):
                pieces.append(one)
            elif (kind_of(one), one.pk) not in records and len(records) < MOST:
                records[kind_of(one), one.pk] = one
                fresh.append(one)
        if not fresh:
            break
    for one in linked:
        records.setdefault((kind_of(one), one.pk), one)
    if len(records) + len(pieces) < 2:
        return []
    open_ = readable(person, [key for key in records if key != (kind_of(here), here.pk)])
    lines = [(_when(record), _line(record, key in open_, record is here)) for key, record in records.items()]
    lines += [
        (piece.at, {"kind": piece.look, "icon": piece.icon, "label": piece.label, "text": piece.text, "url": piece.url, "here": False})
        for piece in pieces
    ]
    return [line for _at, line in sorted(lines, key=lambda item: (item[0] is None, item[0].timestamp() if item[0] else 0))]


def _when(record: models.Model) -> datetime | None:
    declared = RESOURCES.get(kind_of(record))
    return follow(record, declared.thread_at) if declared and declared.thread_at else None


def _line(record: models.Model, open_: bool, here: bool) -> dict[str, Any]:
    declared = resource_of(record)
    flow = getattr(record, "workflow", None)
    what = str(declared.label).capitalize()
    if not (open_ or here):
        return {"kind": "off", "icon": declared.icon, "label": _("%(what)s, not visible to you") % {"what": what}, "text": "", "url": ""}
    number = declared.number(record)
    return {
        "kind": flow.state(record).kind if flow else "info", "icon": declared.icon,
        "label": _("%(what)s %(number)s") % {"what": what, "number": number} if number else f"{what} · {record}",
        "text": declared.thread_words(record), "url": record.get_absolute_url(), "here": here,
    }
