"""A real mail server on a real port, that can be killed and started again on the same port."""
from __future__ import annotations

import socket
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """Keeps every mail it accepts; refuses addresses in `refuses` with 550 and those in `busy` with 451."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[Any] = []
        self.refuses: set[str] = set()
        self.busy: set[str] = set()
        self.controller: Controller | None = None
        self.dies_after: int | None = None  # so many mails, then the line breaks and the door is shut

    def start(self) -> None:
        self.kill()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def kill(self) -> None:
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        if address in self.busy:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.dies_after is not None and len(self.mails) >= self.dies_after:
            server.transport.abort()
            if self.controller is not None and self.controller.server is not None:
                self.controller.server.close()
            return "421 gone"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        mail.to = envelope.rcpt_tos[0]
        self.mails.append(mail)
        return "250 OK"
