"""The moves of long work. Workers make most of them; people stop it or start it again."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.jobs.kinds import KINDS
from logistics.core.models import Job
from logistics.core.workflow import SYSTEM, Relation, State, Workflow

LEASE = timedelta(seconds=30)
OWNER = Relation("owner", _("who started it"), lambda job, person: job.owner_id == person.pk)
STOPPERS = (OWNER, "system_manager")


class Lost(Conflict):
    """Another worker has taken this work over, or it has ended; the present one writes nothing more."""


def take(job: Job, *, by: Any, at: datetime, **_data: Any) -> None:
    """The next worker's turn; work that does not resume begins with an empty checkpoint."""
    kind = KINDS.get(job.kind)
    job.round += 1
    job.tries += 1
    job.begun_at = job.begun_at or at
    job.lease_until = clock.now() + LEASE
    if not (kind and kind.resumes):
        job.checkpoint, job.done_n, job.total_n, job.phase = {}, 0, None, ""


def own(job: Job, round_: int | None) -> None:
    """Only the worker whose turn it is may end the work."""
    if round_ is not None and job.round != round_:
        raise Lost


def end(job: Job, *, by: Any, at: datetime, round_: int | None = None, result: dict[str, Any] | None = None,
        file: tuple[str, str] = ("", ""), error: str = "", **_data: Any) -> None:
    own(job, round_)
    job.lease_until, job.ended_at, job.error = None, clock.now(), error
    if result is not None:
        job.result = result
    if file[0]:
        job.file, job.file_name = file


def ended(job: Job, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    kind = KINDS.get(job.kind)
    if kind and kind.ended:
        kind.ended(job)


def release(job: Job, *, by: Any, at: datetime, round_: int | None = None, **_data: Any) -> None:
    own(job, round_)
    job.lease_until, job.sent_at = None, None


def ask_to_stop(job: Job, *, by: Any, at: datetime, **_data: Any) -> None:
    job.stop_asked = True


def begin_again(job: Job, *, by: Any, at: datetime, **_data: Any) -> None:
    job.stop_asked, job.tries, job.error, job.ended_at, job.sent_at = False, 0, "", None, None


def send_again(job: Job, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    from logistics.core.jobs.services import send_after_commit

    send_after_commit(job)


def why_not_stop(job: Job, person: Any) -> Any:
    return _("It is asked to stop and does so after the present step.") if job.stop_asked else None


def why_not_again(job: Job, person: Any) -> Any:
    kind = KINDS.get(job.kind)
    return _("Start it again from its own page.") if kind is None or kind.ended else None


FLOW = Workflow(Job, (
    State("queued", _("Waiting for its turn"), "wait", "hourglass"), State("running", _("Running"), "run", "progress"),
    State("done", _("Ready"), "done", "check"), State("failed", _("Did not work"), "danger", "alert-octagon"),
    State("cancelled", _("Stopped"), "off", "player-stop"),
))
FLOW.move("cancel", _("Stop"), "queued", "cancelled", STOPPERS, _("stopped it"), effect=end, after=ended, icon="player-stop", danger=True,
          question=_("Stop this work?"))
FLOW.move("stop", _("Stop"), "running", "", STOPPERS, _("asked it to stop"), guard=why_not_stop, effect=ask_to_stop, icon="player-stop",
          danger=True, question=_("Stop this work?"))
FLOW.move("again", _("Start again"), "failed cancelled", "queued", STOPPERS, _("started it again"), guard=why_not_again,
          effect=begin_again, after=send_again, icon="refresh")
FLOW.move("take", _("Take up"), "queued", "running", SYSTEM, _("took it up"), effect=take, icon="player-play", hidden=True)
FLOW.move("finish", _("Finish"), "running", "done", SYSTEM, _("finished it"), effect=end, after=ended, icon="check", hidden=True)
FLOW.move("fail", _("Fail"), "running queued", "failed", SYSTEM, _("could not finish it"), effect=end, after=ended, icon="alert-octagon",
          hidden=True)
FLOW.move("abandon", _("Abandon"), "running", "cancelled", SYSTEM, _("stopped as asked"), effect=end, after=ended, icon="player-stop",
          hidden=True)
FLOW.move("release", _("Give back"), "running", "queued", SYSTEM, _("gave it back, its worker has gone"), effect=release,
          icon="arrow-back-up", hidden=True)
