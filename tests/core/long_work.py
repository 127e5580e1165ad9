"""A worker that knows two kinds of work made for tests: `celery --app tests.core.long_work worker`."""
from __future__ import annotations

import time
from typing import Any

import django

django.setup()

from logistics.celery import app  # noqa: E402
from logistics.core.jobs.kinds import KINDS, JobKind  # noqa: E402
from logistics.core.jobs.work import Work  # noqa: E402
from logistics.core.models import Event  # noqa: E402

__all__ = ["app"]
CHUNKS = 12


def count(work: Work) -> dict[str, Any]:
    """Writes one line for each number, a chunk each; goes on where it stood."""
    pause = float(work.params.get("pause", 0))
    for n in range(work.checkpoint.get("n", 0), CHUNKS):
        with work.chunk(n=n + 1):
            Event.objects.create(kind="test.count", object_id=work.job.pk, move=f"n{n}")
            time.sleep(pause)
            work.progress(n + 1, CHUNKS)
    return {"counted": CHUNKS}


def write(work: Work) -> dict[str, Any]:
    """Writes a file from its beginning."""
    path = work.new_file("numbers.csv")
    with path.open("w") as out:
        for n in range(CHUNKS):
            out.write(f"{n}\n")
            out.flush()
            time.sleep(float(work.params.get("pause", 0)))
            work.progress(n + 1, CHUNKS)
            work.check()
    return {}


def break_down(work: Work) -> dict[str, Any]:
    with work.chunk(n=1):
        Event.objects.create(kind="test.count", object_id=work.job.pk, move="lost")
        raise RuntimeError("a planted fault")


if "test.count" not in KINDS:
    KINDS.add("test.count", JobKind(count, "test.count", "Count", resumes=True, phases={"counting": "%(done)s of %(total)s counted"}))
    KINDS.add("test.write", JobKind(write, "test.write", "Write"))
    KINDS.add("test.break", JobKind(break_down, "test.break", "Break"))
