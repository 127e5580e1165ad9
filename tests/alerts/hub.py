"""A real HTTP gateway on a real port, which can be slow, broken, or take messages and never deliver them."""
from __future__ import annotations

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.alerts.gateway import free_port


class Hub:
    """`mode(n, body) -> status`: called for the n-th request; None lets it hang longer than anybody waits."""

    def __init__(self, hang_s: float = 3.0) -> None:
        self.port = free_port()
        self.requests: list[dict[str, Any]] = []  # those that were answered with 2xx
        self.asked = 0
        self.hang_s = hang_s
        self.mode: Any = lambda n, body: 200
        self.answer: Any = {"code": 0, "errcode": 0}
        self.lock = threading.Lock()
        self.server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def keys(self) -> Counter:
        return Counter(request["headers"]["Idempotency-Key"] for request in self.requests)

    def start(self) -> None:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with hub.lock:
                    hub.asked += 1
                    status = hub.mode(hub.asked, body)
                    if status is not None and status < 300:
                        hub.requests.append({"path": self.path, "body": body, "headers": dict(self.headers), "at": time.time()})
                if status is None:
                    time.sleep(hub.hang_s)
                    self.close_connection = True
                    return
                text = json.dumps(hub.answer if status < 300 else {"error": status}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client: Any) -> None:
                """Whoever asked has hung up: that is what these tests are about."""

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()

    def kill(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
