"""The watchdog: looks at the database alone and speaks by a channel of its own when those who should speak are silent.

It needs no dispatcher, no Celery and no Redis. It says a trouble once, again every 15 minutes while it lasts, and once when it is over.
"""
from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from logistics.accounts.models import Person
from logistics.alerts.drivers import Letter, Setup, driver_of
from logistics.alerts.models import ChainRun, Channel, Heartbeat, Notification
from logistics.alerts.registries import WATCHES, watch
from logistics.alerts.ways import is_personal, setup_of
from logistics.core import clock
from logistics.core.access import holder_ids

log = logging.getLogger(__name__)

LATE = timedelta(seconds=60)
SILENT = timedelta(seconds=30)
EVERY_S = 5.0
AGAIN = timedelta(minutes=15)
NAME = "watchdog"


@watch("alerts.outbox")
def outbox(now: datetime) -> str:
    """Urgent notices that nobody has begun to send for a minute although they are due."""
    late = Notification.objects.filter(weight__gte=2, state__in=["queued", "sending"], next_at__lt=now - LATE, not_before__lt=now - LATE)
    n = late.count()
    return ngettext("%(n)s urgent notice has waited for more than a minute.", "%(n)s urgent notices have waited for more than a minute.",
                    n) % {"n": n} if n else ""


@watch("alerts.dispatcher")
def dispatcher(now: datetime) -> str:
    """The dispatcher says every 5 seconds that it lives."""
    at = Heartbeat.objects.filter(name="dispatcher").values_list("at", flat=True).first()
    return "" if at and now - at <= SILENT else _("The dispatcher of notices is silent: nothing is being sent.")


@watch("alerts.deadlines")
def deadlines(now: datetime) -> str:
    """Deadlines are scanned every 15 seconds by Celery."""
    at = Heartbeat.objects.filter(name="deadlines").values_list("at", flat=True).first()
    return _("Deadlines have not been looked at for more than a minute: background work stands still.") if at and now - at > LATE else ""


@watch("alerts.chains")
def chains(now: datetime) -> str:
    """Chains whose next step is a minute late."""
    n = ChainRun.objects.running().filter(next_at__lt=now - LATE).count()
    return ngettext("%(n)s chain of calls is more than a minute late.", "%(n)s chains of calls are more than a minute late.",
                    n) % {"n": n} if n else ""


@dataclass
class Mouth:
    """An address of the watchdog's own."""

    setup: Setup
    to: str


@dataclass
class Watchdog:
    """One process; a second one beside it stays quiet, because what was said is written down under a lock."""

    mouths: list[Mouth] = field(default_factory=list)
    blind_since: float | None = None
    blind_said: bool = False
    stopping: bool = False

    def stop(self, *_signal: Any) -> None:
        self.stopping = True

    def run(self) -> None:
        """Until stopped. The others may still be starting when it starts, so it gives them half a minute."""
        self.rest(SILENT.total_seconds())
        while not self.stopping:
            try:
                self.once(clock.now())
                self.blind_since, self.blind_said = None, False
            except DatabaseError as error:
                log.warning("the database does not answer: %s", error)
                connection.close()
                self.blind()
            self.rest(EVERY_S)

    def rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < end:
            time.sleep(min(1.0, EVERY_S))

    def once(self, now: datetime) -> list[str]:
        """Look, say what is new, and note it; the sentences that were said."""
        self.mouths = mouths()
        with translation.override(settings.SCHOOL_LANGUAGE):
            found = {one.code: sentence for one in WATCHES if (sentence := self.ask(one, now))}
            with transaction.atomic():
                Heartbeat.objects.get_or_create(name=NAME, defaults={"at": now, "data": {}})
                row = Heartbeat.objects.select_for_update().get(name=NAME)
                said: dict[str, str] = row.data.get("said", {})
                fresh = [code for code in found if code not in said or now - datetime.fromisoformat(said[code]) >= AGAIN]
                over = [code for code in said if code not in found]
                row.at, row.trouble = now, " ".join(found.values())[:300]
                row.data = {"said": {code: now.isoformat() if code in fresh else said[code] for code in found}}
                row.save()
            words = [found[code] for code in fresh]
            if over and not found:
                words.append(_("What the watchdog reported is over."))
            if words:
                self.say(words)
        return words

    def ask(self, one: Any, now: datetime) -> str:
        try:
            with transaction.atomic():
                return one.look(now)
        except DatabaseError:
            raise
        except Exception as error:  # a watch that fails is itself a trouble
            log.exception("watch %s failed", one.code)
            return f"{one.code}: {type(error).__name__}"

    def say(self, words: list[str]) -> int:
        """By every mouth; how many took it."""
        letter = Letter("", _("Houqin watchdog: %(what)s") % {"what": words[0]}, "\n".join(words), settings.PUBLIC_URL, "", "urgent")
        taken = 0
        for mouth in self.mouths:
            line = driver_of(mouth.setup)
            try:
                outcome = line.send(Letter(mouth.to, letter.title, letter.body, letter.url, f"watchdog-{int(time.time())}", "urgent",
                                           settings.SCHOOL_LANGUAGE, is_personal(mouth.setup.driver, mouth.to)))
            finally:
                line.close()
            taken += outcome.result == "accepted"
            if outcome.result != "accepted":
                log.error("the watchdog is not heard by %s: %s", mouth.setup.code, outcome.words)
        log.warning("watchdog: %s", " ".join(words))
        return taken

    def blind(self) -> None:
        """Without the database it still knows whom to call: from the last look."""
        self.blind_since = self.blind_since or time.monotonic()
        if not self.blind_said and time.monotonic() - self.blind_since > LATE.total_seconds():
            self.blind_said = True
            with translation.override(settings.SCHOOL_LANGUAGE):
                self.say([_("The database has not answered for more than a minute.")])


def mouths() -> list[Mouth]:
    """The addresses that channels name for the watchdog; where none does, the e-mail of the system managers."""
    named = [Mouth(setup_of(channel), channel.watchdog_to) for channel in Channel.objects.in_use() if channel.watchdog_to]
    if named:
        return named
    mail = Channel.objects.filter(code="email").first()
    people = Person.objects.filter(pk__in=holder_ids(["system_manager"])).exclude(email="")
    return [Mouth(setup_of(mail), person.email) for person in people] if mail else []
