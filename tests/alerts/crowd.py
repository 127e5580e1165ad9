"""Many people."""
from __future__ import annotations

from typing import Any

from logistics.accounts.factories import PersonFactory


def people(count: int, **fields: Any) -> list[Any]:
    return [PersonFactory(email=f"p{n}-{fields.get('language', 'x')}@school.example", **fields) for n in range(count)]
