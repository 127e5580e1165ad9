"""Kinds of long work, declared in code: what they are called, what they do, and whether they go on where they stood."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from logistics.core.models import Job
from logistics.core.registry import Registry


@dataclass(frozen=True)
class JobKind:
    """One kind of work. `run(work)` does it and returns the result (plain values) or None.

    `resumes`: a second worker goes on from the checkpoint; otherwise it starts over, so the work may leave nothing behind before its end.
    `phases`: code -> words with %(done)s and %(total)s. `told(job)`: the result in words. `link(job)`: (address, words) where it is used.
    `ended(job)`: what must follow in the transaction that ends it, however it ends. `quiet`: its owner is not told.
    """

    run: Callable[[Any], dict[str, Any] | None]
    code: str
    title: Any
    icon: str = "progress"
    resumes: bool = False
    phases: Mapping[str, Any] = field(default_factory=dict)
    told: Callable[[Job], str] | None = None
    link: Callable[[Job], tuple[str, str]] | None = None
    ended: Callable[[Job], None] | None = None
    quiet: bool = False


KINDS: Registry[JobKind] = Registry("job kind")

# @job_kind("core.export", _("Export"), resumes=False) over run(work)
job_kind = KINDS.decorate(lambda function, code, title, **options: JobKind(function, code, title, **options))


def title_of(job: Job) -> str:
    """What the work is called: "Import · places.xlsx"."""
    declared = KINDS.get(job.kind)
    title = str(declared.title) if declared else job.kind
    return f"{title} · {job.subject}" if job.subject else title
