"""What the long worker does for imports, and the end of old files."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import clock
from logistics.core.jobs import files
from logistics.core.jobs.kinds import job_kind
from logistics.core.models import ImportBatch, Job
from logistics.core.tasks import periodic
from logistics.core.templatetags.ui import number
from logistics.core.transfer import exporting, services
from logistics.core.transfer.limits import FILES_KEPT


def told(job: Job) -> str:
    """The counts of an import in words."""
    n = {name: number(job.result.get(name, 0)) for name in ("new", "changed", "same", "bad", "undone", "kept")}
    if job.kind == "import.undo":
        return _("%(undone)s rows undone, %(kept)s stay.") % n
    if job.kind == "import.check":
        return _("%(new)s new, %(changed)s changed, %(same)s as they are, %(bad)s with mistakes. Nothing is written yet.") % n
    if job.result.get("refused"):
        return _("Nothing was written: %(bad)s rows have mistakes.") % n
    return _("%(new)s made, %(changed)s changed, %(same)s as they are, %(bad)s left out.") % n


def batch_link(job: Job) -> tuple[str, str]:
    return ImportBatch(pk=job.params["batch"]).get_absolute_url(), _("Open the import")


PHASES = {
    "checking": gettext_lazy("%(done)s of %(total)s rows checked"), "writing": gettext_lazy("%(done)s of %(total)s rows written"),
    "finishing": gettext_lazy("%(total)s rows written, now the last touches"), "undoing": gettext_lazy("%(done)s of %(total)s rows undone"),
}
COMMON: dict[str, Any] = {"phases": PHASES, "told": told, "link": batch_link, "ended": services.follow}
job_kind("import.check", gettext_lazy("Check of a file"), icon="eye-check", quiet=True, **COMMON)(services.check)
job_kind("import.load", gettext_lazy("Import"), icon="database-import", resumes=True, **COMMON)(services.load)
job_kind("import.undo", gettext_lazy("Undoing an import"), icon="arrow-back-up", resumes=True, **COMMON)(services.undo)


EXPORT = exporting.run  # declared beside the export; named here, so that workers know it


@periodic(crontab(hour=3, minute=40))
def forget_import_files() -> int:
    """Files that were brought in are kept for a while; what came of them stays on record."""
    return files.forget_files(ImportBatch.objects.filter(created_at__lt=clock.now() - timedelta(days=FILES_KEPT.value())))
