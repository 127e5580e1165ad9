"""What every driver has: a letter goes in, an outcome comes out."""
from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from logistics.core.outside import Answer, Forbidden, Unanswered
from logistics.core.outside import Line as HttpLine

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One message to one address, in the language of its reader. `key` stays the same over all tries."""

    to: str
    title: str
    body: str
    url: str
    key: str
    importance: str = "normal"
    language: str = "zh-hans"
    personal: bool = False  # `to` is a robot of its own, not a name that the channel's gateway knows
    files: tuple[tuple[str, str, str], ...] = ()  # path, name and content type of what a mail encloses
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Everything as plain text, for gateways that know no title."""
        return "\n".join(part for part in (self.title, self.body, self.url) if part)


@dataclass(frozen=True)
class Outcome:
    """How a try ended: a result of DeliveryAttempt, the gateway's number for it, and why in words. `bad_address`: it will never work."""

    result: str
    words: str = ""
    provider_id: str = ""
    bad_address: bool = False
    latency_ms: int = 0


@dataclass(frozen=True)
class Setup:
    """What a driver needs to know of its channel; plain values, so that threads and tests can hold it."""

    code: str
    driver: str
    address: str = ""
    secret: str = ""
    body: str = ""
    answer_ok: str = ""
    answer_id: str = ""
    timeout_s: float = 8.0


class Line:
    """One connection to a gateway."""

    lanes: ClassVar[int] = 4  # so many connections of one dispatcher at once
    address_hint: ClassVar[Any] = ""

    def __init__(self, setup: Setup):
        self.setup = setup

    def send(self, letter: Letter) -> Outcome:
        """Hand one letter over; the time it took is measured."""
        begun = time.monotonic()
        try:
            outcome = self.deliver(letter)
        except Forbidden as error:
            outcome = Outcome("rejected", str(error))
        except Unanswered as error:
            self.close()
            result = "timeout" if error.slow else "unknown" if error.sent else "failed"
            outcome = Outcome(result, str(error))
        except Exception as error:  # a letter that breaks its driver must not stop the others
            log.exception("channel %s cannot send %s", self.setup.code, letter.key)
            self.close()
            outcome = Outcome("rejected", f"{type(error).__name__}: {error}"[:300])
        return Outcome(outcome.result, outcome.words[:300], outcome.provider_id[:100], outcome.bad_address,
                       int((time.monotonic() - begun) * 1000))

    def deliver(self, letter: Letter) -> Outcome:
        raise NotImplementedError

    def close(self) -> None:
        """Give the connection up; the next letter opens a new one."""

    @classmethod
    def clean(cls, address: str) -> str:
        """An address as people type it, in the form in which it is kept; ValidationError says what would be right."""
        return address.strip()


class OverHttp(Line):
    """Base of the gateways that take a POST."""

    def __init__(self, setup: Setup):
        super().__init__(setup)
        self.line: HttpLine | None = None

    def post(self, body: bytes, headers: dict[str, str], *, url: str = "", path: str = "") -> Answer:
        """To the channel's address over the kept connection, or once to another one."""
        if url:
            with HttpLine(url, self.setup.timeout_s) as line:
                return line.post(body, headers)
        if self.line is None:
            self.line = HttpLine(self.setup.address, self.setup.timeout_s)
        return self.line.post(body, headers, path)

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


def refusal(answer: Answer) -> Outcome | None:
    """What a status other than 2xx means: this message, or the whole gateway."""
    if answer.ok:
        return None
    words = f"HTTP {answer.status}: {answer.text[:200]}".strip()
    if answer.status == 408:
        return Outcome("timeout", words)
    ours = answer.status in (400, 413, 415, 422)  # this message; anything else would hit the next one as well
    return Outcome("rejected" if ours else "failed", words)


def follow(answer: Any, path: str) -> Any:
    """The value at a dotted path of a JSON answer: "data.0.msgid"."""
    for step in path.split(".") if path else []:
        if isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return answer


def parsed(answer: Answer) -> Any:
    try:
        return json.loads(answer.text)
    except ValueError:
        return {}


DRIVERS: dict[str, type[Line]] = {}


def driver(code: str) -> Any:
    """Class decorator: the driver of this code."""

    def register(line: type[Line]) -> type[Line]:
        DRIVERS[code] = line
        return line

    return register


def driver_of(setup: Setup) -> Line:
    return DRIVERS[setup.driver](setup)


def wrong(words: Any) -> ValidationError:
    return ValidationError(words)
