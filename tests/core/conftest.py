"""Long work waits until a test runs it."""
from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent to a worker."""
    from logistics.core.jobs import services

    monkeypatch.setattr(services, "send", lambda ids: len(ids))


@pytest.fixture
def media(tmp_path: Any, settings: Any) -> Any:
    """Files of a test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
