"""Rows out: exactly what a list shows under its filters, streamed from the database into Excel or CSV; flat memory whatever the number."""
from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import FileResponse, HttpResponse, QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from logistics.core.columns import joins_of
from logistics.core.jobs.kinds import job_kind
from logistics.core.jobs.services import start
from logistics.core.jobs.work import Work
from logistics.core.models import ExportLayout, Job
from logistics.core.resources import RESOURCES, Resource
from logistics.core.sheets import CONTENT_TYPES, SheetColumn, csv_rows, write_workbook
from logistics.core.transfer.cells import write_cell
from logistics.core.transfer.declaration import columns_of
from logistics.core.transfer.layouts import NUMBERED, columns_of_layout, layouts_of

MOST_AT_ONCE = 5_000
MOST_IN_EXCEL = 1_048_575
AT_A_TIME = 2_000
FORMATS = (("xlsx", gettext_lazy("Excel")), ("csv", gettext_lazy("CSV (for very many rows, and other programs)")))
CELL_KINDS = {"number": "number", "date": "date", "datetime": "datetime"}


class ExportForm(forms.Form):
    """What kind of file."""

    layout = forms.ChoiceField(label=gettext_lazy("Columns"), required=False, widget=forms.RadioSelect)
    format = forms.ChoiceField(label=gettext_lazy("Kind of file"), choices=FORMATS, initial="xlsx", widget=forms.RadioSelect)

    def __init__(self, *args: Any, layouts: Iterable[ExportLayout] = (), **options: Any):
        super().__init__(*args, **options)
        choices = [("", _("As in the list")), *((one.code, one.name) for one in layouts)]
        if len(choices) == 1:
            del self.fields["layout"]
        else:
            self.fields["layout"].choices = choices
            self.initial.setdefault("layout", "")


@dataclass
class Asked:
    """What a filterset wants of a request, without one."""

    GET: QueryDict
    user: Any
    path: str = ""


class Export:
    """A list under its filters for one person. `?as=import`: the columns of the import instead of those of the list; `?as=<layout>`: those
    that an authority asks for, in Chinese."""

    def __init__(self, declared: type[Resource], query: QueryDict, person: Any):
        self.declared, self.query, self.person = declared, query, person
        self.for_import = bool(declared.transfer and declared.transfer.key) and query.get("as") == "import"

    @cached_property
    def layout(self) -> ExportLayout | None:
        wanted = "" if self.for_import else self.query.get("as", "")
        return next((one for one in layouts_of(self.declared, self.person) if one.code == wanted), None) if wanted else None

    @cached_property
    def rows(self) -> models.QuerySet:
        from logistics.core.pages import filtered_rows, ordered

        return ordered(self.declared, filtered_rows(self.declared, Asked(self.query, self.person)).rows, self.query.get("sort", ""))

    @cached_property
    def import_columns(self) -> list[Any]:
        return columns_of(self.declared, self.person)

    @cached_property
    def list_columns(self) -> list[Any]:
        from logistics.core.pages import chosen_columns

        if self.layout:
            return [column for _heading, column in columns_of_layout(self.declared, self.layout)]
        return chosen_columns(self.declared, self.query) if self.query.get("cols") else list(self.declared.columns)

    @cached_property
    def columns(self) -> list[SheetColumn]:
        if self.for_import:
            return [SheetColumn(column.label, CELL_KINDS.get(column.kind, "text"), 18) for column in self.import_columns]
        if self.layout:
            return [SheetColumn(heading, column.kind, 18) for heading, column in columns_of_layout(self.declared, self.layout)]
        return [SheetColumn(str(column.label), column.kind, column.width) for column in self.list_columns]

    def joined(self) -> models.QuerySet:
        if self.for_import:
            names = [column.name for column in self.import_columns if column.kind == "record"]
            joins = [name for name in names if any(one.name == name for one in self.declared.model._meta.concrete_fields)]
        else:
            joins = [*joins_of(self.list_columns), *self.declared.list_joins]
        rows = self.declared.ledger_rows(self.rows) if self.layout else self.rows
        return rows.select_related(*dict.fromkeys(joins)) if joins else rows

    def cells(self, note: Callable[[int], None] = lambda done: None) -> Iterator[list[Any]]:
        """The rows as cells, from a cursor on the server; `note` hears how many are out."""
        write = [lambda record, column=column: write_cell(column, record) for column in self.import_columns] if self.for_import else [
            column.plain for column in self.list_columns]
        done = 0
        with transaction.atomic():  # the cursor lives in it, and all rows are of one instant
            for record in self.joined().iterator(chunk_size=AT_A_TIME):
                done += 1
                cells = [cell(record) for cell in write]
                if self.layout:
                    cells = [done if column is NUMBERED else cell for column, cell in zip(self.list_columns, cells, strict=True)]
                yield cells
                if done % AT_A_TIME == 0:
                    note(done)
        note(done)

    def name(self, ending: str) -> str:
        return f"{self.layout.name if self.layout else str(self.declared.label_plural).capitalize()}.{ending}"

    def write(self, out: BinaryIO, ending: str, note: Callable[[int], None] = lambda done: None) -> None:
        if self.layout:
            with override("zh-hans"):  # an authority reads Chinese, whoever sends it
                return self.put(out, ending, note, self.layout.name_zh)
        return self.put(out, ending, note, str(self.declared.label_plural))

    def put(self, out: BinaryIO, ending: str, note: Callable[[int], None], title: str) -> None:
        if ending == "csv":
            for line in csv_rows(self.cells(note), self.columns):
                out.write(line.encode())
        else:
            write_workbook(out, self.cells(note), self.columns, title=title)


def download(export: Export) -> HttpResponse:
    """The file at once."""
    ending = "csv" if export.query.get("format") == "csv" else "xlsx"
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    export.write(out, ending)
    out.seek(0)
    response = FileResponse(out, content_type=CONTENT_TYPES[f".{ending}"])
    names = f"filename=\"{export.declared.slug}.{ending}\"; filename*=UTF-8''{quote(export.name(ending))}"
    response["Content-Disposition"] = f"attachment; {names}"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]


def in_background(export: Export, ending: str, *, client_uid: Any) -> Job:
    """The file as long work."""
    params = {"kind": export.declared.kind, "query": export.query.urlencode(), "format": ending}
    return start("core.export", params, by=export.person, subject=export.name(ending), client_uid=client_uid)


@job_kind("core.export", gettext_lazy("Export"), icon="download", phases={"writing": gettext_lazy("%(done)s of %(total)s rows written")},
          told=lambda job: _("%(n)s rows are in the file.") % {"n": job.result.get("rows", 0)})
def run(work: Work) -> dict[str, Any]:
    """Write the file anew from its beginning; rows as the owner may see them now."""
    export = Export(RESOURCES[work.params["kind"]], QueryDict(work.params["query"]), work.owner)
    if not export.declared.may_export(work.owner):
        raise ValidationError(_("You may not export this list."))
    total, ending = export.rows.count(), work.params["format"]
    if ending == "xlsx" and total > MOST_IN_EXCEL:
        raise ValidationError(_("Excel holds %(n)s rows at most. Choose CSV.") % {"n": MOST_IN_EXCEL})

    def note(done: int) -> None:
        work.check()
        work.progress(done, total, "writing")

    work.progress(0, total, "writing")
    path: Path = work.new_file(export.name(ending))
    with path.open("wb") as out:
        export.write(out, ending, note)
    return {"rows": work.done}
