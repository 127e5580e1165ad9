"""What a worker holds while it works: progress that others see at once, chunks that count only as long as it is its turn."""
from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.jobs.kinds import KINDS
from logistics.core.jobs.workflow import LEASE, Lost
from logistics.core.models import Job
from logistics.core.workflow import perform

BEAT_SECONDS = 2.0
FOLDER = "jobs"
log = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody asked it to stop; what is not committed is undone."""


class Work:
    """One worker's turn at a job."""

    def __init__(self, job: Job):
        self.job = job
        self.round = job.round
        self.params: dict[str, Any] = job.params
        self.checkpoint: dict[str, Any] = dict(job.checkpoint)
        self.done, self.total, self.phase = job.done_n, job.total_n, job.phase
        self.file: tuple[str, str] = ("", "")
        self.lost = self.stop = False

    @property
    def owner(self) -> Any:
        return self.job.owner

    def progress(self, done: int, total: int | None = None, phase: str = "") -> None:
        """Where it stands. Shown within two seconds; costs nothing."""
        self.done = done
        self.total = self.total if total is None else total
        self.phase = phase or self.phase

    def check(self) -> None:
        """Between two chunks: is it still my turn, and does anybody want it stopped?"""
        if self.lost:
            raise Lost
        if self.stop:
            raise Stopped

    @contextmanager
    def chunk(self, **checkpoint: Any) -> Iterator[dict[str, Any]]:
        """A transaction that counts only if it is still this worker's turn and nobody asked to stop.

        What is added to the yielded dict, and the given values, become the checkpoint in the same transaction: work done twice is undone.
        """
        self.check()
        with transaction.atomic():
            added: dict[str, Any] = dict(checkpoint)
            yield added
            fresh = {**self.checkpoint, **added}
            job = Job.objects.select_for_update().get(pk=self.job.pk)
            if job.state != "running" or job.round != self.round:
                raise Lost
            if job.stop_asked:
                raise Stopped
            job.checkpoint, job.done_n, job.total_n, job.phase = fresh, self.done, self.total, self.phase
            job.lease_until = clock.now() + LEASE
            job.save(update_fields=["checkpoint", "done_n", "total_n", "phase", "lease_until"])
        self.checkpoint = fresh

    def new_file(self, name: str) -> Path:
        """Where the file of this turn is written; `name` is what its reader downloads. Another worker's turn writes another file."""
        relative = f"{FOLDER}/{self.job.pk}-{self.round}{Path(name).suffix}"
        path = Path(settings.MEDIA_ROOT) / relative
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = (relative, name)
        return path

    def beat(self) -> None:
        """Say that this worker lives and how far it is; learn whether to stop."""
        until = clock.now() + LEASE
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_job SET lease_until = %s, done_n = %s, total_n = %s, phase = %s "
                "WHERE id = %s AND round = %s AND state = 'running' RETURNING stop_asked",
                [until, self.done, self.total, self.phase, self.job.pk, self.round],
            )
            found = cursor.fetchone()
        self.lost = found is None
        self.stop = bool(found and found[0])


class Pulse(threading.Thread):
    """Beats on a connection of its own, because the work itself may stand in one long transaction."""

    def __init__(self, work: Work):
        super().__init__(daemon=True, name=f"job-{work.job.pk}")
        self.work, self.end = work, threading.Event()

    def run(self) -> None:
        try:
            while not self.end.wait(BEAT_SECONDS):
                try:
                    self.work.beat()
                except Exception:  # the database is away for a moment: the lease outlives several beats
                    log.warning("job %s: no beat", self.work.job.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()

    def stop(self) -> None:
        self.end.set()
        self.join(10)


def run(job_id: int) -> str:
    """Take a job up and bring it to an end. The state in which it was left; "" when it was not there to take."""
    job = Job.objects.filter(pk=job_id, state="queued").first()
    if job is None:
        return ""  # ended, or another worker has it: messages may come twice
    kind = KINDS.get(job.kind)
    try:
        job = perform(job, "take", by=None)
    except Conflict:
        return ""
    work = Work(job)
    pulse = None if connection.in_atomic_block else Pulse(work)
    if pulse:
        pulse.start()
    with override(getattr(work.owner, "language", "") or "zh-hans"):
        try:
            if kind is None:
                raise ValidationError(_("This kind of work is not known any more."))
            result = kind.run(work) or {}
        except Lost:
            return ""
        except Stopped:
            return _end(work, pulse, "abandon")
        except (ValidationError, Conflict, NotAllowed) as error:
            words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            return _end(work, pulse, "fail", error=words)
        except Exception:
            log.exception("job %s (%s) failed", job.pk, job.kind)
            return _end(work, pulse, "fail", error=_("The fault is ours and is written down. Nothing is lost; start it again later."))
        else:
            return _end(work, pulse, "finish", result=result, file=work.file)
        finally:
            if pulse:
                pulse.stop()


def _end(work: Work, pulse: Pulse | None, move: str, **data: Any) -> str:
    if pulse:
        pulse.stop()  # the last beat must not come after the end
    if move != "finish" and work.file[0]:
        (Path(settings.MEDIA_ROOT) / work.file[0]).unlink(missing_ok=True)
    try:
        Job.objects.filter(pk=work.job.pk, round=work.round, state="running").update(done_n=work.done, total_n=work.total, phase=work.phase)
        return perform(work.job, move, by=None, round_=work.round, **data).state
    except Conflict:
        return ""  # somebody else's turn


STALE = timedelta(days=1)


def sweep_files() -> int:
    """Half-written files of workers that died: no row names them."""
    folder, gone = Path(settings.MEDIA_ROOT) / FOLDER, 0
    known = set(Job.objects.exclude(file="").values_list("file", flat=True))
    for path in folder.glob("*") if folder.is_dir() else ():
        old = path.stat().st_mtime < (clock.now() - STALE).timestamp()
        if old and f"{FOLDER}/{path.name}" not in known:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
