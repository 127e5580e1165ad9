"""What the tests of maintenance share."""
from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.maintenance.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A small school; rate limits and menu counts start afresh."""
    cache.clear()
    return make_world()
