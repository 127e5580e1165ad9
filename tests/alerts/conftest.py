"""A mail server and messages to send."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import gettext_lazy as _

from logistics.alerts.messages import MESSAGES, message
from tests.alerts.gateway import Gateway
from tests.alerts.hub import Hub

if "test.message" not in MESSAGES:
    message("test.message", _("Notices"), "%(what)s")
    message("test.read", _("You have read everything."), "%(place)s, %(at)s")


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """Mail goes to a real server, which is running."""
    server = Gateway()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    server.start()
    yield server
    server.kill()


@pytest.fixture
def hub(settings: Any) -> Iterator[Hub]:
    """A gateway that takes a POST, in a network that the installation opened."""
    settings.OUTSIDE_NETWORKS = ["127.0.0.0/8"]
    server = Hub()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def second_hub(settings: Any) -> Iterator[Hub]:
    server = Hub()
    server.start()
    yield server
    server.kill()
