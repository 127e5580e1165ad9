"""Papers on any record: looked at, stored by content under var/media, handed out only through the record, as a download."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import RecordFile, kind_of
from logistics.core.photos import keep
from logistics.core.records.dossier import gather, name_of, who
from logistics.core.records.sniffing import clean_file
from logistics.core.resources import resource_of
from logistics.core.timeline import instant, note
from logistics.core.workflow import write_event

PAPER = {"id": "id", "name": "name", "label": "label", "size": "size", "at": "at", "by": who("by")}
MOST_AT_ONCE = 10
MOST_PER_RECORD = 100

note("record.file", gettext_lazy("added the file %(name)s"), "paperclip")
note("record.file_removed", gettext_lazy("removed the file %(name)s"), "trash", "off")


def add(record: models.Model, uploads: Iterable[Any], *, by: Any, label: str = "other") -> list[RecordFile]:
    """Keep papers with a record, all or none; each is on disk before its row commits."""
    if not resource_of(record).may_file(record, by):
        raise NotAllowed(_("You may not add files here."))
    if label not in RecordFile.Label.values:
        raise ValidationError({"label": _("Choose what kind of paper it is.")})
    chosen = [upload for upload in uploads if upload]
    if not chosen:
        raise ValidationError(_("Choose a file first."))
    if len(chosen) > MOST_AT_ONCE:
        raise ValidationError(_("At most %(n)s files at once.") % {"n": MOST_AT_ONCE})
    clean = [clean_file(upload) for upload in chosen]
    at = {"kind": kind_of(record), "object_id": record.pk}
    if RecordFile.objects.filter(**at, removed_at__isnull=True).count() + len(clean) > MOST_PER_RECORD:
        raise ValidationError(_("A record keeps at most %(n)s files.") % {"n": MOST_PER_RECORD})
    rows = []
    with transaction.atomic():
        for paper in clean:
            path = f"files/{paper.sha256[:2]}/{paper.sha256}"
            keep(path, paper.content)
            rows.append(RecordFile.objects.create(
                **at, name=paper.name, label=label, content_type=paper.content_type, path=path, size=len(paper.content),
                sha256=paper.sha256, by=by,
            ))
            write_event(record, "record.file", by=by, data={"name": paper.name})
    return rows


def may_remove(file: RecordFile, record: models.Model, person: Any) -> bool:
    """Who added it, or who may change the record."""
    declared = resource_of(record)
    return declared.opens(record, person) and (file.by_id == person.pk or declared.may(person, "change", record))


def remove(file: RecordFile, record: models.Model, *, by: Any, reason: str) -> RecordFile:
    """Take a paper off the record, with the reason; the line in the timeline stays."""
    if not may_remove(file, record, by):
        raise NotAllowed(_("Only who added a file, or who may change the record, may remove it."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is removed.")})
    with transaction.atomic():
        marked = RecordFile.objects.filter(pk=file.pk, removed_at__isnull=True).update(
            removed_at=clock.now(), removed_by=by, removed_reason=reason.strip()[:200])
        if not marked:
            raise Conflict(_("This file is removed already."))
        write_event(record, "record.file_removed", by=by, text=reason.strip()[:200], data={"name": file.name})
    file.refresh_from_db()
    return file


def present(record: models.Model) -> models.QuerySet[RecordFile]:
    """The papers of a record that are not removed, newest first."""
    return RecordFile.objects.filter(kind=kind_of(record), object_id=record.pk, removed_at__isnull=True).order_by("-id")


def cards(record: models.Model, rows: Iterable[dict[str, Any]], person: Any) -> list[dict[str, Any]]:
    """What templates show of papers (rows of PAPER): name, kind, size, who, when, where to get it and where to remove it."""
    declared = resource_of(record)
    changes = declared.may(person, "change", record)
    return [
        {**row, "at": instant(row["at"]), "by": name_of(row["by"]), "label": RecordFile.Label(row["label"]).label,
         "url": reverse("file", args=[row["id"]]),
         "remove_url": reverse(declared.url_name("unfile"), args=[record.pk, row["id"]]) if changes or row["by"]["id"] == person.pk else ""}
        for row in rows
    ]


def panel(record: models.Model, person: Any) -> dict[str, Any]:
    """The papers of a record for a page of an app's own: `files` and `upload` of core/parts/files.html, in one statement."""
    declared = resource_of(record)
    if not declared.opens(record, person):
        return {"files": [], "upload": None}
    rows = gather({"file": (present(record)[:MOST_PER_RECORD], PAPER)})["file"]
    may = declared.may_file(record, person)
    upload = {"url": reverse(declared.url_name("files"), args=[record.pk]), "labels": RecordFile.Label.choices} if may else None
    return {"files": cards(record, rows, person), "upload": upload}


def download(request: HttpRequest, pk: int) -> FileResponse:
    """A paper, to whoever may see its record; never shown inside the page's own origin."""
    row = get_object_or_404(RecordFile, pk=pk, removed_at__isnull=True)
    declared = resource_of(row.kind)
    record = get_object_or_404(declared.rows(request.user), pk=row.object_id)
    path = Path(settings.MEDIA_ROOT) / row.path
    if not declared.opens(record, request.user) or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=row.content_type, as_attachment=True, filename=row.name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
