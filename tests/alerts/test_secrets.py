"""What opens a gateway is unreadable in the database; calls to the outside never reach the inside."""
from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from logistics.alerts.models import Channel
from logistics.core.outside import Forbidden, Line, Unanswered, may_call, target_of
from logistics.core.secrets import fingerprint, seal, unseal

pytestmark = pytest.mark.django_db


def test_a_secret_is_sealed_in_the_database_and_read_back() -> None:
    channel = Channel.objects.create(code="sms", driver="sms", name_zh="短信", name_en="SMS", secret="open sesame")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM alerts_channel WHERE code = 'sms'")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM alerts_channelevent e WHERE to_jsonb(e)::text LIKE '%%sesame%%' OR to_jsonb(e) ? 'secret'")
        assert cursor.fetchone()[0] == 0, "the history keeps no secrets"
    assert "sesame" not in stored
    assert Channel.objects.get(pk=channel.pk).secret == "open sesame"
    with pytest.raises(FieldError):
        list(Channel.objects.filter(secret="open sesame"))


def test_the_key_can_be_changed_and_a_lost_one_reads_as_nothing(settings: Any) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    settings.SECRET_KEY_FALLBACKS = []
    sealed = seal("text")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = old, ["another key"]
    assert unseal(sealed) == "text"
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) == ""
    assert fingerprint("a", "x") != fingerprint("a", "y")


@pytest.mark.parametrize("inside", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a01:203", "2002:7f00:1::", "::",
])
def test_private_addresses_may_not_be_called_unless_the_installation_opens_their_network(inside: str, settings: Any) -> None:
    assert not may_call(ip_address(inside))
    settings.OUTSIDE_NETWORKS = ["0.0.0.0/0", "::/0"]
    assert may_call(ip_address(inside))


def test_a_public_address_may_be_called() -> None:
    assert may_call(ip_address("1.1.1.1")) and may_call(ip_address("2606:4700::1111"))


@pytest.mark.parametrize("url", ["ftp://example.org/", "https://", "http://u:p@example.org/", "http://localhost/", "http://[::1]:80/",
                                 "http://2130706433/", "http://example.org:0/", "http://127.1/", "file:///etc/passwd"])
def test_other_schemes_names_and_disguised_addresses_are_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        target_of(url)


def test_a_name_is_resolved_once_and_that_address_is_called(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A name that answers with a public address first and a private one later leads nowhere else."""
    import socket

    found = lambda address: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]  # noqa: E731
    answers = iter([found("192.0.2.1"), found("127.0.0.1")])
    settings.OUTSIDE_NETWORKS = ["192.0.2.0/24"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: next(answers))
    line = Line("http://rebinding.example/", 1)
    assert line.pool.host == "192.0.2.1"
    with pytest.raises(Forbidden):
        Line("http://rebinding.example/", 1)


def test_nobody_there_is_unanswered_and_nothing_was_sent(settings: Any) -> None:
    settings.OUTSIDE_NETWORKS = ["127.0.0.0/8"]
    with pytest.raises(Unanswered) as refused, Line("http://127.0.0.1:1/", 1) as line:
        line.post(b"", {})
    assert not refused.value.sent
