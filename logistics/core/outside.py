"""Calls to servers that do not belong to the installation: no private addresses, no redirects, short answers.

A name is resolved once and that very address is called, so that a name which answers differently the second time leads nowhere else.
HOUQIN_OUTSIDE names the networks of the school that may be called although they are private ("10.20.0.0/16").
"""
from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import certifi
import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MOST_READ = 4096
# addresses inside which another one is hidden: a gateway may lead them back into the house
HIDING = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


class Forbidden(Exception):
    """This address may not be called from here; the message says why."""


class Unanswered(Exception):
    """No answer came. `sent`: whether the request may have arrived; `slow`: whether the time ran out."""

    def __init__(self, words: str, *, sent: bool, slow: bool = False):
        super().__init__(words)
        self.sent, self.slow = sent, slow


@dataclass(frozen=True)
class Answer:
    """What came back: the status and the first 4 kB of the text."""

    status: int
    text: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def may_call(address: Address) -> bool:
    """A public address, or one of a network that the installation opened."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain in net for net in _opened() if net.version == plain.version):
        return True
    hidden = any(plain in net for net in HIDING if net.version == plain.version)
    return plain.is_global and not plain.is_multicast and not hidden


def _opened() -> list[Any]:
    return [ipaddress.ip_network(net, strict=False) for net in settings.OUTSIDE_NETWORKS]


def target_of(url: str) -> tuple[str, str, int, str, str]:
    """(scheme, host, port, path with query, address to call). Forbidden; Unanswered when the name is unknown."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.username is not None:
        raise Forbidden(_("Write an address that begins with https://, without a name or password in it."))
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unanswered(f"{parts.hostname}: unknown name", sent=False) from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    if not all(may_call(address) for address in addresses):
        raise Forbidden(_("%(host)s lies in a private network, which may not be called.") % {"host": parts.hostname})
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path, str(addresses[0])


class Line:
    """A connection to one server, kept open over several requests."""

    def __init__(self, url: str, timeout_s: float):
        scheme, host, port, self.path, address = target_of(url)
        self.timeout_s = timeout_s
        self.host = urlsplit(url).netloc
        limits = urllib3.Timeout(connect=min(timeout_s, 5), read=timeout_s)
        options: dict[str, Any] = {"timeout": limits, "retries": False, "maxsize": 1}
        if scheme == "https":
            options |= {"server_hostname": host, "assert_hostname": host, "cert_reqs": "CERT_REQUIRED", "ca_certs": certifi.where()}
            self.pool: Any = urllib3.HTTPSConnectionPool(address, port, **options)
        else:
            self.pool = urllib3.HTTPConnectionPool(address, port, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        self.pool.close()

    def post(self, body: bytes, headers: dict[str, str], path: str = "") -> Answer:
        """Send a body; Unanswered when no answer came in time."""
        try:
            answer = self.pool.urlopen("POST", path or self.path, body=body, headers={"Host": self.host, "User-Agent": "Houqin"} | headers,
                                       redirect=False, preload_content=False)
            return Answer(answer.status, self._read(answer))
        except (NewConnectionError, ConnectTimeoutError, SSLError) as error:
            raise Unanswered(_words(error), sent=False, slow=isinstance(error, ConnectTimeoutError)) from error
        except ReadTimeoutError as error:
            raise Unanswered(_words(error), sent=True, slow=True) from error
        except (HTTPError, OSError) as error:
            raise Unanswered(_words(error), sent=True) from error

    def _read(self, answer: Any) -> str:
        """The beginning of the answer; who drips it out byte by byte is cut off."""
        end, parts, size = time.monotonic() + self.timeout_s, [], 0
        while size < MOST_READ and time.monotonic() < end:
            part = answer.read1(MOST_READ - size)
            if not part:
                answer.release_conn()
                break
            parts.append(part)
            size += len(part)
        else:
            answer.close()
        return b"".join(parts).decode("utf-8", "replace")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
