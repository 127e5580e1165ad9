"""The proof under kills: people write, one process after another is killed, and nothing that was acknowledged is lost.

`make kill` starts a school of its own with a mail gateway beside it. Writers report repairs, phones send what was noted without a network,
a clerk asks for exports, while worker, beat, broker, gateway, database, dispatcher and web server are killed with -9 in turn; then plans of
upkeep fall due while worker, beat and database are killed. Afterwards each acknowledged write is there once, each notice reached its inbox
once and its mail server at least once, each job has its file, and upkeep stands as if nobody had been killed.
"""
from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psycopg2

from bench.kill_days import DONE, ORDERS, STANDS, STEP, Day, hand_out
from bench.kill_upkeep import Upkeep
from logistics.local import places
from logistics.local.processes import die_with_parent, end, marked, wait_until
from logistics.local.services import Services

SECONDS, PAUSE = 70, 5.0
RATE = 50  # acknowledged writes a second, at least
VICTIMS = ("worker", "beat", "broker", "gateway", "database", "dispatcher", "long-worker", "web")
COMMANDS = {"worker": "celery .*--concurrency", "beat": "celery .* beat", "dispatcher": "manage.py dispatch",
            "long-worker": "--queues long", "web": "gunicorn"}
REPORTERS, PHONES, FACTS = ("T2031", "20240312", "S0101"), ("S1001", "S1002", "S1001"), 8
SETTLE_SECONDS = 600  # the lease of a dispatcher that was killed, then the two minutes for which remarks are bundled, twice
START_SECONDS = 1500


Answer = tuple[int, Any, bytes]  # status, headers, content


@dataclass
class Acknowledged:
    """What the school said yes to: {key: id of the record}, keys of facts, keys of jobs."""

    reports: dict[str, int] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    again: int = 0  # tries without an answer
    lock: Any = field(default_factory=threading.Lock)

    @property
    def writes(self) -> int:
        return len(self.reports) + len(self.facts) + len(self.jobs)


class Person:
    """A browser of somebody in the demo school, which tries again with the same key until it is answered."""

    def __init__(self, port: int, number: str, said: Acknowledged) -> None:
        self.port, self.said, self.cookies = port, said, {}  # type: int, Acknowledged, dict[str, str]
        self.line: http.client.HTTPConnection | None = None
        page = self.ask("GET", "/sign-in/")[2]
        secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode())
        assert secret
        status = self.ask("POST", "/demo/", urlencode({"csrfmiddlewaretoken": secret[1], "demo": number}),
                          "application/x-www-form-urlencoded")[0]
        assert status == 302, f"{number} may not enter: {status}"

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "application/json", **headers: str) -> Answer:
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers |= {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "X-CSRFToken": self.cookies.get("csrftoken", ""),
                    "Referer": f"http://127.0.0.1:{self.port}/", "Accept": "application/json, text/html"}
        try:
            self.line.request(method, path, body, headers | ({"Content-Type": kind} if body is not None else {}))
            answer = self.line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            self.line = None
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, content

    def insist(self, *words: Any, **headers: str) -> Answer:
        """Until it is answered; only a server in trouble is asked again."""
        while True:
            with suppress(OSError, http.client.HTTPException):
                answer = self.ask(*words, **headers)
                if answer[0] < 500 and answer[0] != 429:
                    assert answer[0] < 400, (words[1], answer[0], answer[2][:400])
                    return answer
            with self.said.lock:
                self.said.again += 1
            time.sleep(0.2)


# what people do ------------------------------------------------------------------------------------------------------
def report(person: Person, place: int, symptom: int) -> None:
    key = str(uuid4())
    body = {"place": place, "symptom": symptom, "description": f"kill {key}"}
    _status, _headers, content = person.insist("POST", "/api/v1/maintenance/requests/", json.dumps(body), **{"Idempotency-Key": key})
    with person.said.lock:
        person.said.reports[key] = json.loads(content)["id"]


@dataclass
class Phone:
    """Sends what was noted at orders, eight remarks at once."""

    person: Person
    orders: list[int]
    uid: str = field(default_factory=lambda: str(uuid4()))
    seq: int = 0

    def send(self) -> None:
        now, facts = datetime.now(UTC).isoformat(), []
        for _n in range(FACTS):
            self.seq += 1
            key = str(uuid4())
            about = {"kind": "maintenance.workorder", "id": self.orders[self.seq % len(self.orders)]}
            facts.append({"kind": "core.comment", "client_uid": key, "seq": self.seq, "captured_at": now, "record": about,
                          "data": {"text": f"kill {key}"}})
        body = json.dumps({"device": self.uid, "sent_at": now, "facts": facts})
        answers = json.loads(self.person.insist("POST", "/api/v1/sync", body)[2])["answers"]
        assert {one["result"] for one in answers} <= {"applied", "duplicate"}, answers
        with self.person.said.lock:
            self.person.said.facts += [one["client_uid"] for one in answers]


def export(person: Person) -> None:
    key = str(uuid4())
    _status, headers, _content = person.insist("POST", "/maintenance/work-orders/export/", urlencode(
        {"format": "csv", "client_uid": key, "csrfmiddlewaretoken": person.cookies["csrftoken"]}), "application/x-www-form-urlencoded")
    with person.said.lock:
        person.said.jobs[key] = headers["Location"]


# the school, the gateway, the killer ---------------------------------------------------------------------------------
def gateway(port: int, log: Path) -> None:
    """A mail server that notes the Message-ID of each mail before it takes it over."""
    from email import message_from_bytes

    from aiosmtpd.controller import UnthreadedController

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            with log.open("a") as lines:
                lines.write(f"{message_from_bytes(envelope.content)['Message-ID']}\n")
            return "250 OK"

    import asyncio

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    UnthreadedController(Handler(), hostname="127.0.0.1", port=port, loop=loop).begin()
    loop.run_forever()


@dataclass
class School:
    """An installation of its own: `make run` in a folder that is thrown away, and the gateway."""

    var: Path
    port: int
    mail_port: int
    process: Any = None
    gateway: Any = None

    @property
    def mails(self) -> Path:
        return self.var / "mails.txt"

    def start_gateway(self) -> None:
        command = [sys.executable, "-m", "bench.kill", "gateway", str(self.mail_port), str(self.mails)]
        self.gateway = subprocess.Popen(command, cwd=places.BASE, preexec_fn=die_with_parent(signal.SIGKILL))

    def pids(self, victim: str) -> list[int]:
        if victim == "gateway":
            return [self.gateway.pid]
        if victim in ("broker", "database"):
            services = Services(self.var)
            pid = (services.valkey if victim == "broker" else services.postgres).pid()  # type: ignore[union-attr]
            return [pid] if pid else []
        return [pid for pid in marked(self.var) if re.search(COMMANDS[victim], command_of(pid))]

    def kill(self, victim: str) -> bool:
        """All processes of the victim at once; whether there was one."""
        found = self.pids(victim)
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(found)

    def mend(self) -> None:
        """The gateway is another firm's: nobody but us starts it again."""
        if self.gateway.poll() is not None:
            self.start_gateway()


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def school() -> Iterator[School]:
    here = School(Path(tempfile.mkdtemp(prefix="houqin-kill-")), free_port(), free_port())
    limits = {door: [10**6, 60] for door in ("read", "write", "bulk", "sync", "upload")}
    environ = os.environ | {"HOUQIN_VAR": str(here.var), "HOUQIN_PORT": str(here.port), "HOUQIN_DEMO": "1",
                            "EMAIL_URL": f"smtp://127.0.0.1:{here.mail_port}", "HOUQIN_API_LIMITS": json.dumps(limits)}
    try:
        here.start_gateway()
        words = here.var / "run.log"
        with words.open("wb") as log:
            here.process = subprocess.Popen([sys.executable, "-m", "logistics.local", "run"], cwd=places.BASE, env=environ, stdout=log,
                                            stderr=log, start_new_session=True)
        assert wait_until(lambda: b"is up after" in words.read_bytes(), START_SECONDS), words.read_text()[-2000:]
        yield here
    finally:
        if here.process is not None:
            end([here.process.pid], seconds=60)
        subprocess.run([sys.executable, "-m", "logistics.local", "stop"], cwd=places.BASE, env=environ, stdout=subprocess.DEVNULL)
        here.gateway.kill()
        shutil.rmtree(here.var, ignore_errors=True)


# the run -------------------------------------------------------------------------------------------------------------
def work(here: School, said: Acknowledged, place: int, symptom: int, orders: list[int], day: Day, seconds: float) -> list[str]:
    """Everybody writes while the killer goes round; the names of the killed."""
    over, failures, killed = threading.Event(), [], []  # type: threading.Event, list[BaseException], list[str]

    def busy(act: Callable[[], None], pause: float = 0) -> Callable[[], None]:
        def go() -> None:
            try:
                while not over.is_set():
                    act()
                    over.wait(pause) if pause else None
            except BaseException as error:
                failures.append(error)
        return go

    people = [Person(here.port, number, said) for number in (*REPORTERS, *PHONES, "S1002")]
    doing = [busy(partial(report, who, place, symptom)) for who in people[: len(REPORTERS)]]
    doing += [busy(Phone(who, orders[n :: len(PHONES)]).send) for n, who in enumerate(people[len(REPORTERS) : -1])]
    doing.append(busy(partial(export, people[-1]), 4))
    pause = seconds / (3 * len(day.orders))

    def replay() -> None:
        try:
            day.send(lambda: over.wait(pause))  # type: ignore[arg-type, return-value]
        except BaseException as error:
            failures.append(error)

    doing.append(replay)
    threads = [threading.Thread(target=act) for act in doing]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    while time.monotonic() - began < seconds and not failures:
        time.sleep(PAUSE)
        here.mend()
        victim = VICTIMS[len(killed) % len(VICTIMS)]
        if wait_until(lambda v=victim: here.kill(v), 20):
            killed.append(victim)
            print(f"{time.monotonic() - began:5.1f} s  killed {victim:<12} {said.writes:6d} acknowledged", flush=True)
    time.sleep(PAUSE)
    over.set()
    for thread in threads:
        thread.join(90)
    if failures:
        raise failures[0]
    return killed


class Books:
    """The database after the run."""

    def __init__(self, here: School) -> None:
        self.url = Services(here.var).urls["DATABASE_URL"]

    def rows(self, statement: str, *values: Any) -> list[Any]:
        with psycopg2.connect(self.url) as line, line.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def write(self, statement: str) -> None:
        with psycopg2.connect(self.url) as line, line.cursor() as cursor:
            cursor.execute(statement)

    def column(self, statement: str, *values: Any) -> list[Any]:
        return [row[0] for row in self.rows(statement, *values)]


UNSETTLED = """SELECT (SELECT count(*) FROM alerts_notification WHERE state IN ('queued', 'sending')
    AND not_before <= now() AND created_at >= %s) + (SELECT count(*) FROM core_job WHERE state IN ('queued', 'running'))"""


def audit(here: School, said: Acknowledged, books: Books, since: datetime, reader: Person) -> list[str]:
    """Every difference between what was acknowledged and what is there, in words."""
    wrong: list[str] = []

    def demand(holds: bool, words: str) -> None:
        if not holds:
            wrong.append(words)

    def once(what: str, texts: list[str], keys: Iterable[str]) -> None:
        there = Counter(texts)
        lost = sum(there[f"kill {key}"] == 0 for key in keys)
        demand(not lost, f"{lost} {what} lost")
        demand(max(there.values()) == 1, f"{what} stand twice")

    reports = books.rows("SELECT description, number FROM maintenance_repairrequest WHERE description LIKE 'kill %%'")
    once("reports", [text for text, _number in reports], said.reports)
    once("remarks", books.column("SELECT text FROM core_comment WHERE text LIKE 'kill %%'"), said.facts)
    numbers = sorted(int(number.rsplit("-", 1)[1]) for _text, number in reports)
    demand(numbers == list(range(numbers[0], numbers[0] + len(numbers))), "the numbers of reports have a gap")

    told: dict[int, set[int]] = {}
    notices = "SELECT source_id, person_id FROM alerts_notification WHERE code = 'maintenance.new' AND created_at >= %s"
    for pk, person in books.rows(notices, since):
        told.setdefault(pk, set()).add(person)
    everybody = set().union(*told.values())
    demand(all(told.get(pk) == everybody for pk in said.reports.values()), f"not each report was told to all {len(everybody)} dispatchers")
    seen = inbox(reader, since)
    demand(max(Counter(seen).values()) == 1, "a notice is shown twice")
    mine = [pk for pk in books.column("SELECT n.id FROM alerts_notification n JOIN accounts_person p ON p.id = n.person_id "
                                      "WHERE p.number = 'S1001' AND n.code = 'maintenance.new' AND n.created_at >= %s", since)]
    demand(set(mine) <= set(seen), f"{len(set(mine) - set(seen))} notices are not shown")
    arrived = Counter(here.mails.read_text().split())
    sent = books.column("SELECT a.idem_key FROM alerts_deliveryattempt a JOIN alerts_notification n ON n.id = a.notification_id "
                        "WHERE a.channel = 'email' AND a.result = 'accepted' AND n.created_at >= %s", since)
    missing = [key for key in sent if f"<{key}@localhost>" not in arrived]
    demand(not missing, f"{len(missing)} mails were noted as sent and never arrived")
    stuck = books.rows("SELECT state, count(*) FROM alerts_notification WHERE created_at >= %s AND code IN ('maintenance.new', 'job.done') "
                       "AND state NOT IN ('accepted', 'delivered', 'read', 'acked') AND not_before <= now() GROUP BY 1", since)
    demand(not stuck, f"notices without an end: {stuck}")

    jobs = books.rows("SELECT state, count(*), count(NULLIF(file, '')) FROM core_job WHERE created_at >= %s GROUP BY 1", since)
    demand(jobs == [("done", len(said.jobs), len(said.jobs))], f"{len(said.jobs)} jobs were asked for; there are {jobs}")
    print(f"{len(said.reports)} reports, {len(said.facts)} remarks from phones, {len(said.jobs)} exports; {len(told)} reports told to "
          f"{len(everybody)} people, {len(sent)} mails, {arrived.total() - len(arrived)} of them twice; "
          f"{said.again} tries without an answer")
    return wrong


def inbox(reader: Person, since: datetime) -> list[int]:
    """Ids of all notices that the dispatcher is shown, page by page."""
    found: list[int] = []
    path = "/api/v1/alerts/notifications/?size=100"
    while path:
        page = json.loads(reader.insist("GET", path)[2])
        found += [row["id"] for row in page["results"]]
        path = page["next"].split(str(reader.port), 1)[1] if page["next"] and page["results"][-1]["created_at"] >= since.isoformat() else ""
    return found


def days(here: School, said: Acknowledged, books: Books, place: int) -> list[Day]:
    """The same day twice, at orders that the desk has handed out."""
    symptom = books.column("SELECT s.id FROM maintenance_symptom s JOIN maintenance_repaircategory c ON c.id = s.category_id "
                           "WHERE s.hazard = 'none' AND c.proof = 'none' AND c.trade = 'plumbing' ORDER BY s.id LIMIT 1")[0]
    books.write("UPDATE maintenance_technician SET max_open = 100")
    books.write("UPDATE alerts_channel SET per_minute = NULL")  # thousands of mails of one minute are not to be sent over an hour
    books.write("UPDATE alerts_preference SET quiet_from = NULL, quiet_until = NULL")  # nor to wait for the morning
    who, desk, technician = books.column("SELECT id FROM accounts_person WHERE number = 'S1101'")[0], *(
        Person(here.port, number, said) for number in ("S1001", "S1101"))
    found = [Day(technician, hand_out(desk, who, place, symptom)) for _n in range(2)]
    time.sleep((STEP * len(DONE) * ORDERS).total_seconds() + 1)  # the day lies after the handing out
    return found


def main(seconds: float = SECONDS) -> None:
    with school() as here:
        said, books, since = Acknowledged(), Books(here), datetime.now(UTC)
        place = books.column("SELECT id FROM campus_place WHERE kind = 'room' AND use = 'classroom' ORDER BY id LIMIT 1")[0]
        symptom = books.column("SELECT id FROM maintenance_symptom WHERE hazard = 'none' ORDER BY id LIMIT 1")[0]
        orders = books.column("SELECT id FROM maintenance_workorder WHERE state IN ('assigned', 'in_progress') ORDER BY id DESC LIMIT 60")
        quiet, disturbed = days(here, said, books, place)
        quiet.send(lambda: None)
        upkeep = Upkeep(books, Services(here.var).urls)
        upkeep.prepare("quiet")
        assert upkeep.finish("quiet", SETTLE_SECONDS), "upkeep is not generated in quiet"
        began = time.monotonic()
        killed = work(here, said, place, symptom, orders, disturbed, seconds)
        took = time.monotonic() - began
        upkeep.prepare("disturbed")
        upkeep.under_kills(here.kill)
        settled = upkeep.finish("disturbed", SETTLE_SECONDS)
        settled = wait_until(lambda: books.column(UNSETTLED, since) == [0], SETTLE_SECONDS) and settled
        wrong = audit(here, said, books, since, Person(here.port, "S1001", said))
        undisturbed, other = books.rows(STANDS, quiet.orders), books.rows(STANDS, disturbed.orders)
        if undisturbed != other:
            wrong.append(f"a day without a network stands otherwise than undisturbed: {undisturbed[0]} / {other}")
        wrong += upkeep.faults()
        print(f"a day of {len(disturbed.orders)} orders sent between the kills stands as undisturbed: {undisturbed[0]}")
        if not settled:
            wrong.append(f"not settled after {SETTLE_SECONDS} s")
        if said.writes / took < RATE:
            wrong.append("too slow to be a proof")
        print(f"{said.writes / took:.0f} acknowledged writes a second over {took:.0f} s; killed: {', '.join(killed)}")
    for line in wrong:
        print(f"WRONG: {line}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["gateway"]:
        gateway(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(*map(float, sys.argv[1:2]))
