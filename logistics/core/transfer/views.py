"""The import, step by step: file, columns, check, result."""
from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from logistics.core.errors import Conflict
from logistics.core.models import ImportBatch
from logistics.core.pages import RecordPage, can_add, client_uid
from logistics.core.resources import RESOURCES
from logistics.core.sheets import CONTENT_TYPES, SheetColumn, workbook
from logistics.core.transfer import services
from logistics.core.transfer.cells import words_of
from logistics.core.transfer.declaration import columns_of
from logistics.core.transfer.forms import ColumnsForm, UploadForm
from logistics.core.transfer.reading import read_sheet
from logistics.core.transfer.resources import Imports
from logistics.core.transfer.template import how, template

SHOWN = 3


class ImportPage(RecordPage):
    """Step 1: the file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allowed(request)
        return self.ask(request, UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        self.allowed(request)
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                batch = services.take_file(self.resource, form.cleaned_data["file"], by=request.user, client_uid=client_uid(request))
                return redirect("core:importbatch-columns", batch.pk)
            except ValidationError as error:
                form.add_error("file", error)
        return self.ask(request, form, status=422)

    def allowed(self, request: HttpRequest) -> None:
        if not can_add(self.resource, request.user):
            raise self.refuse(_("You may not add this: %(what)s.") % {"what": self.resource.label}, "add")

    def ask(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        declared = self.resource
        earlier = ImportBatch.objects.visible_to(request.user).filter(kind=declared.kind, owner_id=request.user.pk).order_by("-id")[:5]
        page = {
            "title": _("Import %(what)s") % {"what": declared.label_plural}, "short_title": _("Import"), "form": form,
            "submit_label": _("Read the file"), "client_uid": str(uuid.uuid4()), "enctype": "multipart/form-data",
            "crumbs": [{"label": str(declared.label_plural).capitalize(), "url": reverse(declared.url_name("list"))}],
            "cancel_url": reverse(declared.url_name("list")),
        }
        columns = [{"column": column, "how": how(declared, column)} for column in columns_of(declared, request.user)]
        edit = f"{reverse(declared.url_name('export'))}?as=import" if declared.transfer.key and declared.may_export(request.user) else ""
        return self.show("core/transfer/upload.html", page, status, columns=columns, earlier=earlier, edit_url=edit,
                         template_url=reverse(declared.url_name("template")), steps=steps_of("draft"))


class TemplatePage(RecordPage):
    """The empty sheet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not can_add(self.resource, request.user):
            raise self.refuse(_("You may not add this: %(what)s.") % {"what": self.resource.label}, "add")
        response = HttpResponse(template(self.resource, request.user), content_type=CONTENT_TYPES[".xlsx"])
        response["Content-Disposition"] = f'attachment; filename="{self.resource.slug}-template.xlsx"'
        return response


def steps_of(state: str, *, chosen: bool = False) -> list[dict[str, str]]:
    """The four steps, and where this import stands."""
    at = {"draft": 1 if chosen else 0, "checking": 2, "checked": 2, "importing": 3}.get(state, 4)
    words = [_("File"), _("Columns"), _("Check"), _("Result")]
    return [{"title": word, "state": "done" if n < at else "now" if n == at else "todo"} for n, word in enumerate(words)]


def own(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(Imports.rows(request.user).select_related("owner"), pk=pk, owner_id=request.user.pk)


@login_required
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Step 2: which column is which. Sending it starts the check."""
    batch = own(request, pk)
    declared = RESOURCES[batch.kind]
    if not can_add(declared, request.user):
        raise Conflict(_("You may not add this: %(what)s.") % {"what": declared.label})
    if batch.state not in ("draft", "checked"):
        return redirect(batch)
    known = columns_of(declared, request.user)
    form = ColumnsForm(batch, known, request.POST) if request.method == "POST" else ColumnsForm(batch, known)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                chosen = form.cleaned_data
                services.choose(batch, mapping=form.mapping, mode=chosen["mode"], update=chosen["update"], by=request.user)
                return redirect(batch)
            except ValidationError as error:
                form.add_error(None, error)
        status = 422
    lines = read_sheet(services.path_of(batch)).lines[:SHOWN]
    rows = [{"field": form[name], "samples": [words_of(line.cells[place]) for line in lines if line.cells[place] not in (None, "")]}
            for place, name in enumerate(form.headings)]
    page: dict[str, Any] = {
        "title": _("Which column is which?"), "short_title": batch.file_name, "form": form,
        "crumbs": [{"label": str(declared.label_plural).capitalize(), "url": reverse(declared.url_name("list"))},
                   {"label": _("Import"), "url": reverse(declared.url_name("import"))}],
    }
    missing = [column.label for column in known if column.required and column.name not in batch.mapping]
    return render(request, "core/transfer/columns.html", {"page": page, "batch": batch, "rows": rows, "missing": missing,
                                                          "steps": steps_of("draft", chosen=True)}, status=status)


@login_required
@require_GET
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """Every mistake as Excel: row, column, value and reason."""
    batch = get_object_or_404(Imports.rows(request.user), pk=pk)
    heads = [SheetColumn(_("Row"), "number", 8), SheetColumn(_("Column"), "text", 20), SheetColumn(_("Value"), "text", 30),
             SheetColumn(_("What is wrong"), "text", 60)]
    rows = batch.problems.order_by("row", "id").values_list("row", "column", "value", "reason")
    response = HttpResponse(workbook(rows.iterator(chunk_size=2000), heads, title=_("Mistakes")), content_type=CONTENT_TYPES[".xlsx"])
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-mistakes.xlsx"'
    return response


@login_required
@require_GET
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """What could not be undone, row by row, as Excel."""
    batch = get_object_or_404(Imports.rows(request.user), pk=pk)
    heads = [SheetColumn(_("Row"), "number", 8), SheetColumn(_("Why it stays"), "text", 60)]
    rows = batch.lines.filter(state="kept").order_by("row").values_list("row", "reason")
    response = HttpResponse(workbook(rows.iterator(chunk_size=2000), heads, title=_("What stays")), content_type=CONTENT_TYPES[".xlsx"])
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-kept.xlsx"'
    return response
