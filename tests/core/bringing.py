"""Bringing a sheet in, as a person would: upload, columns, check, result."""
from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from logistics.core.jobs import work
from logistics.core.models import ImportBatch
from logistics.core.resources import RESOURCES
from logistics.core.transfer import services
from logistics.core.workflow import perform

# what tells of work done, and so grows by it
BOOKS = {
    "core_job", "core_event", "core_importbatch", "core_importrow", "core_importproblem", "core_importmapping", "alerts_notification",
    "core_idempotencykey", "core_numberseries", "django_session", "accounts_signinevent",
}


def excel(rows: Iterable[Iterable[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(kind: str, content: bytes, by: Any, name: str = "rows.xlsx") -> ImportBatch:
    return services.take_file(RESOURCES[kind], SimpleUploadedFile(name, content), by=by)


def checked(batch: ImportBatch, *, mode: str = "all", update: bool = True, mapping: list[str] | None = None) -> ImportBatch:
    services.choose(batch, mapping=mapping or batch.mapping, mode=mode, update=update, by=batch.owner)
    return ran(batch)


def ran(batch: ImportBatch) -> ImportBatch:
    """The batch after its work has run to the end."""
    batch.refresh_from_db()
    work.run(batch.job_id)
    batch.refresh_from_db()
    return batch


def loaded(batch: ImportBatch, **options: Any) -> ImportBatch:
    perform(checked(batch, **options), "load", by=batch.owner)
    return ran(batch)


def undone(batch: ImportBatch, by: Any = None) -> ImportBatch:
    perform(batch, "undo", by=by or batch.owner)
    return ran(batch)


def complaints(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    return list(batch.problems.order_by("row", "id").values_list("row", "column", "value", "reason"))


def told(batch: ImportBatch) -> dict[str, int]:
    return {name: n for name, n in batch.counts.items() if n}
