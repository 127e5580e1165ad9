"""Lines of timelines written for many records in one statement."""
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from logistics.core import clock

INSERT = """
INSERT INTO core_event (kind, object_id, move, from_state, to_state, at, recorded_at, text, data)
SELECT r.kind, r.id, r.move, r.origin, r.target, %(at)s, %(now)s, '', r.data::jsonb
FROM unnest(%(kinds)s::text[], %(ids)s::bigint[], %(moves)s::text[], %(origins)s::text[], %(targets)s::text[], %(data)s::text[])
    AS r(kind, id, move, origin, target, data)
"""


@dataclass(frozen=True)
class Note:
    """One line of the system."""

    kind: str
    id: int
    move: str
    origin: str = ""
    target: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def write(notes: Iterable[Note], at: datetime) -> None:
    """Write them all; nothing for none."""
    rows = list(notes)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {
            "at": at, "now": clock.now(), "kinds": [row.kind for row in rows], "ids": [row.id for row in rows],
            "moves": [row.move for row in rows], "origins": [row.origin for row in rows], "targets": [row.target for row in rows],
            "data": [json.dumps(row.data, cls=DjangoJSONEncoder) for row in rows],
        })
