"""Nobody answers where the cache should be: every page works, and a report is taken."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from redis.exceptions import RedisError

from logistics.core.testing.world import client_of
from maintenance.models import RepairRequest
from tests.maintenance.scene import Scene, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead_cache(settings: Any, tmp_path: Path) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/nobody.sock"}}
    assert cache.get("anything", "nothing") == "nothing"
    with pytest.raises(RedisError):
        caches["default"].incr("anything")


@pytest.fixture
def here(db: None) -> Scene:
    return scene()


@pytest.mark.usefixtures("dead_cache")
def test_pages_work_and_a_report_is_taken_without_a_cache(here: Scene) -> None:
    desk, reporter = client_of(here.dispatcher), client_of(here.people[0])
    for page in ("/", "/maintenance/queue/", "/maintenance/work-orders/", "/maintenance/facilities/", "/maintenance/figures/",
                 "/approvals/", "/search/?q=水", "/maintenance/work-orders/?q=滴水"):
        assert desk.get(page).status_code == 200, page
    answer = reporter.post("/api/v1/maintenance/requests/", {"place": here.room.pk, "symptom": here.drip.pk},
                           content_type="application/json", headers={"Idempotency-Key": "0b9f8a3e-8f0e-4c57-9d05-1a4f3a1c7d11"})
    assert answer.status_code == 201, answer.content
    assert RepairRequest.objects.count() == 1
