"""People and rows on which the suites walk."""
from __future__ import annotations

from typing import Any

import pytest

from logistics.core.resources import RESOURCES
from logistics.core.testing.world import client_of, factory_of, person_with

KINDS = (
    "student",
    "teacher",
    "technician",
    "team_leader",
    "dispatcher",
    "facilities_manager",
    "place_keeper",
    "staff_officer",
    "system_manager",
    "auditor",
)


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    """One person of each kind, over the whole school; None is a visitor."""
    return {"visitor": None, **{kind: person_with(kind) for kind in KINDS}}


@pytest.fixture
def clients(people: dict[str, Any]) -> dict[str, Any]:
    return {kind: client_of(person) for kind, person in people.items()}


@pytest.fixture
def records(db: Any) -> dict[str, Any]:
    """One record of each registered kind."""
    return {declared.kind: factory_of(declared.model)() for declared in RESOURCES}
