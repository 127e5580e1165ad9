"""The work of sending a report: a file for each person, made and handed to the outbox, each once."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.alerts.delivery.letters import language_of
from logistics.alerts.limits import REPORT_DAYS
from logistics.alerts.messages import message
from logistics.alerts.models import Channel, ReportParcel, ReportRun
from logistics.alerts.registries import Enclosed, encloses
from logistics.alerts.services import reports
from logistics.alerts.services.notices import notify
from logistics.core import clock
from logistics.core.jobs.kinds import job_kind
from logistics.core.jobs.work import Work
from logistics.core.models import Job
from logistics.core.printing import paper
from logistics.core.resources import RESOURCES
from logistics.core.sheets import CONTENT_TYPES
from logistics.core.templatetags import ui
from logistics.core.transfer.exporting import Asked, Export

message("alerts.report", gettext_lazy("%(name)s · %(day)s"), gettext_lazy("Rows: %(n)s. It shows what you may see."), icon="send",
        via="email")
message("alerts.report_paused", gettext_lazy("The report %(name)s is not sent any more"), "%(why)s", icon="player-pause")
message("alerts.report_failed", gettext_lazy("The report %(name)s could not be sent"), gettext_lazy("It was due %(at)s. %(why)s"),
        icon="alert-octagon")


def told(job: Job) -> str:
    result = job.result
    if result.get("why"):
        return reports.reason_words(result["why"])
    return _("%(n)s sent, %(empty)s without rows, %(refused)s not allowed.") % {
        "n": result.get("sent", 0), "empty": result.get("empty", 0), "refused": result.get("refused", 0)}


def where(job: Job) -> tuple[str, str]:
    run = ReportRun.objects.select_related("schedule").filter(pk=job.params.get("run")).first()
    return (run.schedule.get_absolute_url(), _("Open the report")) if run else ("", "")


def ended(job: Job) -> None:
    """Work that did not end well leaves its sending marked so, and its owner knows."""
    if job.state == "done":
        return
    for run in ReportRun.objects.filter(pk=job.params.get("run"), state="building").select_related("schedule"):
        ReportRun.objects.filter(pk=run.pk).update(state="failed")
        if job.state == "failed":
            notify(people=[run.schedule.owner_id], code="alerts.report_failed", dedupe_key=f"report-failed:{run.pk}",
                   params={"name": run.schedule.name, "at": {"at": run.due_at.isoformat()}, "why": job.error},
                   link=run.schedule.get_absolute_url(), source=run.schedule)


@job_kind("alerts.report", gettext_lazy("Report by e-mail"), icon="send", resumes=True, quiet=True, told=told, link=where, ended=ended,
          phases={"making": gettext_lazy("%(done)s of %(total)s people served")})
def send_report(work: Work) -> dict[str, Any]:
    """Serve everybody who gets it, one transaction each. A second worker goes on with whoever is still waiting."""
    run = ReportRun.objects.select_related("schedule__owner", "schedule__saved").get(pk=work.params["run"])
    report = run.schedule
    if not work.checkpoint.get("planned"):
        why = reports.why_not(report)
        if why:
            with work.chunk():
                ReportRun.objects.filter(pk=run.pk).update(state="refused")
                reports.stop_itself(report, why)
            return {"why": why}
        with work.chunk(planned=True):
            ReportParcel.objects.bulk_create(
                [ReportParcel(run=run, person=person) for person in reports.recipients(report)], ignore_conflicts=True)
    waiting = list(run.parcels.filter(state="waiting").select_related("person").order_by("pk"))
    total = run.parcels.count()
    work.progress(total - len(waiting), total, "making")
    for n, parcel in enumerate(waiting, total - len(waiting) + 1):
        with translation.override(language_of(parcel.person)):
            made = make(parcel, run)
        with work.chunk():
            post(parcel.pk, run, made)
            work.progress(n, total, "making")
    counts = dict(run.parcels.values_list("state").annotate(n=Count("pk")))
    with work.chunk():
        ReportRun.objects.filter(pk=run.pk).update(state="done")
    return counts


def make(parcel: ReportParcel, run: ReportRun) -> dict[str, Any]:
    """The file of one person, made anew from what that person may see at this moment; a half-made one is never seen."""
    saved, ending = run.schedule.saved, run.schedule.format
    if saved is None or not reports.may_export(saved.kind, parcel.person):
        return {"state": "refused"}
    declared, query = RESOURCES[saved.kind], QueryDict(saved.query)
    content, n = paper(declared, Asked(query, parcel.person), run.schedule.name) if ending == "pdf" else (None, 0)
    if ending == "pdf" and content is None:
        ending = "xlsx"  # more rows than paper holds
    relative = f"{reports.FOLDER}/{parcel.pk}.{ending}"
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(f".{ending}.half")
    counted = [n]
    with half.open("wb") as out:
        if content is not None:
            out.write(content)
        else:
            Export(declared, query, parcel.person).write(out, ending, lambda done: counted.__setitem__(0, done))
    if not counted[0] and run.schedule.skip_empty:
        half.unlink()
        return {"state": "empty", "rows": 0}
    os.replace(half, path)
    day = timezone.localtime(run.due_at).date().isoformat()
    return {"state": "sent", "rows": counted[0], "file": relative, "file_name": f"{run.schedule.name} {day}.{ending}".replace("/", "-"),
            "size": path.stat().st_size}


def post(parcel_id: int, run: ReportRun, made: dict[str, Any]) -> None:
    """Write down what became of one parcel and put the notice into the outbox, both or neither."""
    parcel = ReportParcel.objects.select_for_update().get(pk=parcel_id)
    if parcel.state != "waiting":
        return
    for name, value in made.items():
        setattr(parcel, name, value)
    if parcel.state == "sent":
        parcel.sent_at = clock.now()
    parcel.save()
    if parcel.state == "sent":
        day = timezone.localtime(run.due_at).date().isoformat()
        notify(people=[parcel.person_id], code="alerts.report", dedupe_key=f"report:{parcel.pk}",
               params={"name": run.schedule.name, "day": {"day": day}, "n": parcel.rows}, link=parcel.get_absolute_url(), source=parcel)


@encloses("alerts.reportparcel")
def enclose(parcel: ReportParcel, channel: Channel) -> Enclosed:
    """The file itself, or where it lies when it is too large for a mail; and the way out."""
    url = settings.PUBLIC_URL.rstrip("/") + reverse("report-leave", args=[reports.leaving_token(parcel.run.schedule_id, parcel.person_id)])
    headers = (("List-Unsubscribe", f"<{url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    lines = (_("Not needed any more? Leave this report here: %(url)s") % {"url": url},)
    path = Path(settings.MEDIA_ROOT) / parcel.file
    if not parcel.file or not path.is_file():
        return Enclosed("", (), headers, lines)
    if (parcel.size or 0) > channel.attach_mb * 1_000_000:
        size = ui.number(round((parcel.size or 0) / 1_000_000, 1))
        text = _("The file has %(size)s MB, too much for a mail. It is kept for %(days)s days behind the address below.") % {
            "size": size, "days": REPORT_DAYS.value()}
        return Enclosed(text, (), headers, lines)
    kind = CONTENT_TYPES.get(path.suffix, "application/pdf")
    return Enclosed(_("Attached: %(name)s") % {"name": parcel.file_name}, ((str(path), parcel.file_name, kind),), headers, lines)
