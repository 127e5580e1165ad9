"""A phone whose network is really cut: the cable to the school, and what the phone says meanwhile."""
from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

from playwright.sync_api import expect
from visitor import Visitor

READY = """async () => {
  const ready = await navigator.serviceWorker.ready;
  const told = new Promise((done, failed) => navigator.serviceWorker.addEventListener("message", event => event.data.warm ? failed(event.data.warm) : done(), {once: true}));
  ready.active.postMessage("warm");
  await told;
}"""
FORGET = """async order => {
  const open = await new Promise(done => { const asked = indexedDB.open("houqin", 1); asked.onsuccess = () => done(asked.result); });
  const work = open.transaction("facts", "readwrite"), all = [];
  await new Promise(done => { work.objectStore("facts").openCursor(null, order || "next").onsuccess = ({target: {result: at}}) => {
    if (!at) return done();
    at.update({...at.value, state: "waiting"}); at.continue(); }; });
  open.close();
  const told = await outbox.flush();
  if (told.state !== "sent") throw new Error(told.state);
}"""  # the phone forgets that all was sent, and sends it again


class Cable:
    """The line between a phone and the school, which can really be cut: pages and worker alike lose their connections."""

    def __init__(self, address: str):
        self.target = urlsplit(address)
        self.up, self.open = True, set[socket.socket]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _who = self.listener.accept()
            except OSError:
                return
            if not self.up:
                near.close()
                continue
            far = socket.create_connection((str(self.target.hostname), int(self.target.port or 80)))
            self.open |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self.open.discard(end)

    def cut(self) -> None:
        self.up = False
        for end in list(self.open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.up = True

    def close(self) -> None:
        self.cut()
        self.listener.close()


def offline(person: Visitor, cable: Cable, yes: bool = True) -> None:
    (cable.cut if yes else cable.mend)()
    person.context.set_offline(yes)


def waiting(person: Visitor, n: int) -> None:
    expect(person.page.locator("[data-outbox-line]")).to_contain_text(f"{n} 条待发送")


def legible(person: Visitor) -> None:
    """Nothing is wrong with the page, but that the network is not there."""
    found = [fault for fault in person.faults() if "net::ERR_" not in fault]
    assert not found, "\n".join(found)
