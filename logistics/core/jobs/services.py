"""Starting long work, sending it to a worker, and rescuing what was left lying."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.idempotency import once
from logistics.core.jobs import files
from logistics.core.jobs.kinds import KINDS
from logistics.core.jobs.limits import FILES_KEPT
from logistics.core.models import Job
from logistics.core.tasks import hand_over
from logistics.core.workflow import perform, write_event

QUEUE = "long"  # of its own: work of minutes must not keep alerts and clocks waiting
SEND_AGAIN = timedelta(seconds=30)  # a message may be lost with the broker; a second one is harmless
MOST_TRIES = 5  # workers that died over the same work; then a person has to look


def start(kind: str, params: dict[str, Any], *, by: Any, subject: str = "", client_uid: uuid.UUID | str | None = None) -> Job:
    """Write the work down; a worker takes it up after the commit. The same key again gives the same work."""
    declared = KINDS[kind]

    def act() -> models.Model:
        with transaction.atomic():
            job = Job.objects.create(kind=declared.code, owner=by, params=params, subject=subject[:200])
            write_event(job, "create", by=by, to_state="queued")
            send_after_commit(job)
            return job

    return once(client_uid, by, ["job", kind, params], act)[0]  # type: ignore[return-value]


def send_after_commit(job: Job) -> None:
    transaction.on_commit(lambda: send([job.pk]), robust=True)


def send(ids: list[int]) -> int:
    """Hand work to the broker; without one it stays in the table until `rescue` comes by. The number sent."""
    from logistics.core.jobs.tasks import run_job

    sent = 0
    for pk in ids:
        if not hand_over(run_job, pk, queue=QUEUE):
            break
        Job.objects.filter(pk=pk, state="queued").update(sent_at=clock.now())
        sent += 1
    return sent


def rescue() -> int:
    """Give back what died with its worker, and send what waits unsent. The number of rows looked after."""
    now = clock.now()
    dead = list(Job.objects.filter(state="running", lease_until__lt=now).order_by("pk")[:100])
    for job in dead:
        try:
            with transaction.atomic():
                fresh = Job.objects.select_for_update().get(pk=job.pk)
                if fresh.state != "running" or fresh.lease_until is None or fresh.lease_until >= now:
                    continue
                if fresh.stop_asked:
                    perform(fresh, "abandon", by=None, round_=job.round)
                elif fresh.tries >= MOST_TRIES:
                    with override(getattr(fresh.owner, "language", "") or "zh-hans"):
                        words = _("Its worker died %(n)s times. Tell whoever keeps the server.") % {"n": fresh.tries}
                    perform(fresh, "fail", by=None, round_=job.round, error=words)
                else:
                    perform(fresh, "release", by=None, round_=job.round)
        except Conflict:
            continue  # its worker ended it a moment ago
    unsent = Q(sent_at__isnull=True) | Q(sent_at__lt=now - SEND_AGAIN)
    waiting = list(Job.objects.filter(unsent, state="queued").order_by("pk").values_list("pk", flat=True)[:100])
    return len(dead) + (send(waiting) if waiting else 0)


def forget_files() -> int:
    """Files of finished work are kept for a while, the work itself stays on record."""
    return files.forget_files(Job.objects.filter(ended_at__lt=clock.now() - timedelta(days=FILES_KEPT.value())))
