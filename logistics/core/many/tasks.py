"""More rows than a page waits for: the same acts as work in the background."""
from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.jobs.kinds import job_kind
from logistics.core.jobs.work import Work
from logistics.core.many.acts import acts_of, do_one
from logistics.core.models import Job
from logistics.core.resources import RESOURCES

MOST_NAMED = 500  # refusals that are listed one by one


def told(job: Job) -> str:
    return _("%(done)s done, %(left)s not.") % {"done": job.result.get("done", 0), "left": job.result.get("left_n", 0)}


def where(job: Job) -> tuple[str, str]:
    return reverse("core:many-result", args=[job.pk]), _("See what became of each row")


@job_kind("core.many", gettext_lazy("One act on many rows"), icon="checkbox", resumes=True, told=told, link=where,
          phases={"doing": gettext_lazy("%(done)s of %(total)s rows")})
def run(work: Work) -> dict[str, Any]:
    """Row by row, each with its checkpoint in its own transaction: a second worker goes on with the next one."""
    params = work.params
    declared = RESOURCES[params["kind"]]
    act = acts_of(declared, work.owner).get(params["act"])
    if act is None:
        raise ValidationError(_("You may not do this any more."))
    ids: list[int] = params["ids"]
    at, done, left = (work.checkpoint.get(name, 0) for name in ("at", "done", "left_n"))
    named = list(work.checkpoint.get("left", []))
    for n in range(at, len(ids)):
        with work.chunk() as kept:
            one = do_one(declared, act, ids[n], params["data"], by=work.owner, uid=uuid.UUID(params["uid"]))
            if one["how"] == "done":
                done += 1
            else:
                left += 1
                named += [one] if len(named) < MOST_NAMED else []
            work.progress(n + 1, len(ids), "doing")
            kept.update(at=n + 1, done=done, left_n=left, left=named)
    return {"done": done, "left_n": left, "left": named}
