"""Verbs of imports: take a file, choose its columns, check, write, undo."""
from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from logistics.core.idempotency import once
from logistics.core.jobs.work import Work
from logistics.core.models import ImportBatch, ImportProblem, Job
from logistics.core.resources import RESOURCES
from logistics.core.transfer import undoing
from logistics.core.transfer.declaration import columns_of
from logistics.core.transfer.engine import CHUNK, Importer, chunks, owned_keys
from logistics.core.transfer.mapping import guess, remember, remembered_by
from logistics.core.transfer.reading import MOST_BYTES, Sheet, read_sheet
from logistics.core.workflow import perform, write_event

FOLDER = "imports"
ENDINGS = (".xlsx", ".csv", ".txt")
MOST_PROBLEMS = 10_000


def path_of(batch: ImportBatch) -> Path:
    return Path(settings.MEDIA_ROOT) / batch.file


def take_file(declared: Any, upload: Any, *, by: Any, client_uid: Any = None) -> ImportBatch:
    """Keep an uploaded file privately, read its headings, guess what they are. ValidationError says why it cannot be read."""
    name = Path(upload.name).name[-200:]
    ending = Path(name).suffix.lower()
    if ending == ".xls":
        raise ValidationError(_("This is the old Excel format. Save it as .xlsx."))
    if ending not in ENDINGS:
        raise ValidationError(_("Choose an Excel file (.xlsx) or a CSV file."))
    if upload.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 20 MB. Split it."))
    relative = f"{FOLDER}/{uuid.uuid4().hex}{'.xlsx' if ending == '.xlsx' else '.csv'}"
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as out:
        for piece in upload.chunks():
            out.write(piece)

    def act() -> models.Model:
        with transaction.atomic():
            sheet = read_sheet(path)
            mapping = guess(sheet.headers, columns_of(declared, by), declared.transfer, remembered_by(by, declared.kind))
            batch = ImportBatch.objects.create(kind=declared.kind, owner=by, file=relative, file_name=name, headers=sheet.headers,
                                               mapping=mapping, rows=len(sheet.lines))
            write_event(batch, "create", by=by, to_state="draft")
            return batch

    try:
        batch, made = once(client_uid, by, ["import", declared.kind, upload], act)
    except Exception:
        path.unlink(missing_ok=True)
        raise
    if not made:
        path.unlink(missing_ok=True)
    return batch  # type: ignore[return-value]


def missing_columns(batch: ImportBatch) -> list[str]:
    """Required columns that no column of the file fills."""
    columns = columns_of(RESOURCES[batch.kind], batch.owner)
    return [column.label for column in columns if column.required and column.name not in batch.mapping]


@transaction.atomic
def choose(batch: ImportBatch, *, mapping: list[str], mode: str, update: bool, by: Any) -> ImportBatch:
    """Which column is which, and what happens to rows with mistakes; then the check begins. Remembered for the next file."""
    chosen = [name for name in mapping if name]
    if len(chosen) != len(set(chosen)):
        raise ValidationError(_("Two columns of the file fill the same column."))
    fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if fresh.state in ("draft", "checked"):
        fresh.mapping, fresh.mode, fresh.update = mapping, mode, update
        missing = missing_columns(fresh)
        if missing and not update:
            raise ValidationError(_("Nothing fills: %(columns)s.") % {"columns": _(", ").join(missing)})
        fresh.save(update_fields=["mapping", "mode", "update"])
        remember(by, fresh.kind, fresh.headers, mapping)
    return perform(fresh, "check", by=by)


# work in the background ----------------------------------------------------------------------------------------------
class Undo(Exception):
    """Ends a transaction without a trace."""


def _begin(work: Work) -> tuple[ImportBatch, Any, Sheet, Importer]:
    batch = ImportBatch.objects.select_related("owner").get(pk=work.params["batch"])
    declared = RESOURCES[batch.kind]
    sheet = read_sheet(path_of(batch))
    importer = Importer(declared, batch.headers, batch.mapping, batch.owner, update=batch.update, batch=batch)
    work.progress(0, len(sheet.lines))
    return batch, declared, sheet, importer


def _history(batch: ImportBatch) -> Any:
    return pghistory.context(user=batch.owner_id, url=batch.get_absolute_url())


def _keep_problems(batch: ImportBatch, importer: Importer) -> None:
    batch.problems.all().delete()
    _add_problems(batch, importer)


def _add_problems(batch: ImportBatch, importer: Importer) -> None:
    found, importer.problems = importer.problems[:MOST_PROBLEMS], []
    ImportProblem.objects.bulk_create(
        [ImportProblem(batch=batch, row=one.row, column=one.column[:80], value=one.value, reason=one.reason)
         for one in sorted(found, key=lambda one: one.row)], batch_size=1000)


def check(work: Work) -> dict[str, Any]:
    """Do it all, look what came of it, and take it back: the check says exactly what writing would do."""
    batch, _declared, sheet, importer = _begin(work)
    try:
        with _history(batch), transaction.atomic():
            done = 0
            for part in chunks(importer.ordered(sheet.lines)):
                work.check()
                importer.process(part)
                done += len(part)
                work.progress(done, phase="checking")
            raise Undo
    except Undo:
        pass
    with work.chunk():
        _keep_problems(batch, importer)
    return importer.counts


def load(work: Work) -> dict[str, Any]:
    """Write the rows: all in one transaction or none, or hundred by hundred without those that have mistakes."""
    if work.checkpoint.get("written"):
        return work.checkpoint["counts"]
    batch, _declared, sheet, importer = _begin(work)
    lines = importer.ordered(sheet.lines)
    with _history(batch):
        return _all(work, batch, importer, lines) if batch.mode == ImportBatch.Mode.ALL else _good(work, batch, importer, lines)


def _all(work: Work, batch: ImportBatch, importer: Importer, lines: list[Any]) -> dict[str, Any]:
    try:
        with work.chunk(written=True) as keep:
            for done, part in enumerate(chunks(lines), 1):
                work.check()
                importer.process(part)
                work.progress(min(done * CHUNK, len(lines)), phase="writing")
            if importer.counts["bad"]:
                raise Undo
            work.progress(len(lines), phase="finishing")
            importer.finish()
            batch.problems.all().delete()
            keep["counts"] = importer.counts
    except Undo:
        with work.chunk():
            _keep_problems(batch, importer)
        return {**importer.counts, "refused": 1}
    return importer.counts


def _good(work: Work, batch: ImportBatch, importer: Importer, lines: list[Any]) -> dict[str, Any]:
    done = work.checkpoint.get("n", 0)
    if done:
        importer.counts = dict(work.checkpoint["counts"])
        importer.remember(lines[:done])
    else:
        batch.problems.all().delete()
    for part in chunks(lines[done:]):
        done += len(part)
        work.progress(done, phase="writing")
        with work.chunk(n=done) as keep:
            importer.process(part)
            importer.finish()
            _add_problems(batch, importer)
            keep["counts"] = dict(importer.counts)
    return importer.counts


def undo(work: Work) -> dict[str, Any]:
    """Delete what the import made and put back what it changed, from the last row to the first; what was used or changed since stays."""
    batch = ImportBatch.objects.select_related("owner").get(pk=work.params["batch"])
    model = RESOURCES[batch.kind].model
    owned = owned_keys(RESOURCES[batch.kind].transfer)
    total = batch.lines.exclude(state="undone").count()
    batch.lines.filter(state="kept").update(state="done", reason="")  # a second try asks again
    done = 0
    with pghistory.context(user=work.owner.pk, url=batch.get_absolute_url()):
        while part := list(batch.lines.filter(state="done").order_by("-id")[:CHUNK]):
            done += len(part)
            work.progress(done, total, "undoing")
            with work.chunk():
                undoing.take_back(model, part, owned)
    states = dict(batch.lines.values_list("state").annotate(n=models.Count("id")).values_list("state", "n"))
    return {**batch.counts, "undone": states.get("undone", 0), "kept": states.get("kept", 0)}


def follow(job: Job) -> None:
    """The import follows its work, in the transaction that ends it."""
    batch = ImportBatch.objects.get(pk=job.params["batch"])
    step = job.kind.removeprefix("import.")
    counts = {name: n for name, n in job.result.items() if name != "refused"}
    if job.state == "done":
        move = {"check": "passed", "load": "refused" if job.result.get("refused") else "written",
                "undo": "kept" if counts.get("kept") else "undone"}[step]
        perform(batch, move, by=None, counts=counts)
        return
    if step == "load" and job.checkpoint.get("counts"):  # stopped after some hundreds were written: they can be undone
        perform(batch, "written", by=None, counts=job.checkpoint["counts"])
        return
    perform(batch, {"check": "unchecked", "load": "unwritten", "undo": "stands"}[step], by=None)
