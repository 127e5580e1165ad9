"""Imports as list and page."""
from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import menu
from logistics.core.access import allow
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.filters import RecordFilters
from logistics.core.forms import ActingModelForm
from logistics.core.models import ExportLayout, ImportBatch
from logistics.core.resources import RESOURCES, Resource, resource
from logistics.core.templatetags import ui
from logistics.core.transfer import layouts
from logistics.core.transfer.workflow import FLOW

allow("system_manager auditor", "core.importbatch", "view", "export")
allow("system_manager facilities_manager asset_officer safety_director", "core.exportlayout", "view", "add", "change", "export")
allow("safety_officer logistics_director principal auditor", "core.exportlayout", "view", "export")


def register_words(batch: ImportBatch) -> str:
    declared = RESOURCES.get(batch.kind)
    return str(declared.label_plural) if declared else batch.kind


def counts_words(batch: ImportBatch) -> str:
    """What came of the rows, in one line."""
    n = {name: ui.number(batch.counts.get(name, 0)) for name in ("new", "changed", "same", "bad", "undone", "kept")}
    if batch.state in ("undone", "partly"):
        return _("%(undone)s undone, %(kept)s stay") % n
    if batch.state in ("checked", "imported"):
        return _("%(new)s new, %(changed)s changed, %(same)s as they are, %(bad)s with mistakes") % n
    return _("%(n)s rows") % {"n": ui.number(batch.rows)}


class ImportFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=[(state.code, state.label) for state in FLOW.states])
    kind = django_filters.CharFilter(label=gettext_lazy("Register"), widget=forms.Select)

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = ()

    @property
    def form(self) -> Any:
        form = super().form
        kinds = [(one.kind, one.label_plural) for one in RESOURCES if one.transfer]
        form.fields["kind"].widget.choices = [("", "–"), *kinds]
        return form


@resource
class Imports(Resource):
    model = ImportBatch
    slug = "imports"
    icon = "database-import"
    filterset = ImportFilters
    list_joins = ("owner",)
    detail_joins = ("job__owner",)
    detail_template = "core/transfer/batch.html"
    columns = (
        NameColumn("file_name", gettext_lazy("File"), sort="file_name", width=30),
        Column("kind", gettext_lazy("Register"), show=register_words, export=register_words, sort="kind"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("counts", gettext_lazy("Rows"), show=counts_words, export=counts_words, css="c-full", width=40),
        Column("owner", gettext_lazy("Brought in by"), joins=("owner",), show=lambda batch: str(batch.owner), css="c-hide"),
        Column("created_at", gettext_lazy("Brought in"), sort="id", kind="datetime"),
    )
    facts = (
        Column("kind", gettext_lazy("Register"), show=register_words), Column("rows", gettext_lazy("Rows")),
        Column("get_mode_display", gettext_lazy("Rows with mistakes")), Column("update", gettext_lazy("Changes what is there already")),
        Column("owner", gettext_lazy("Brought in by"), joins=("owner",), show=lambda batch: str(batch.owner)),
        Column("undo_until", gettext_lazy("Can be undone until"), show=lambda batch: ui.when(batch.undo_until) or "–"),
    )
    api_fields = ("kind", "file_name", "state", "rows", "counts", "mode", "update", "created_at", "imported_at", "undo_until")

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        return _("Files that were brought in. Each can be undone as a whole for a while.")

    @classmethod
    def crumbs(cls, record: Any) -> list[tuple[str, str]]:
        declared = RESOURCES.get(record.kind)
        return [(register_words(record).capitalize(), reverse(declared.url_name("list")))] if declared else []

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return counts_words(record)

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return record.owner_id == person.pk or super().internal(record, person)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if record.owner_id != person.pk or record.state not in ("draft", "checked"):
            return []
        return [{"label": _("Columns and rules"), "icon": "columns", "url": reverse("core:importbatch-columns", args=[record.pk])}]


menu.item("imports", "system", 75, gettext_lazy("Imports"), "database-import", "core:importbatch-list", roles="system_manager auditor")


class LayoutForm(ActingModelForm):
    """Every line must name a column of the register."""

    kind = forms.ChoiceField(label=gettext_lazy("Register"))

    class Meta:
        model = ExportLayout
        fields = ("kind", "code", "name_zh", "name_en", "columns", "active")
        widgets = {"columns": forms.Textarea(attrs={"rows": 18})}

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(one.kind, one.label_plural) for one in RESOURCES if one.ledger_columns]
        if self.instance.pk:
            del self.fields["code"], self.fields["kind"]
            known = layouts.known_columns(RESOURCES[self.instance.kind])
            told = _(", ").join(f"{name} ({column.label})" for name, column in known.items())
            self.fields["columns"].help_text = f"{ExportLayout._meta.get_field('columns').help_text} {told}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        declared = RESOURCES.get(data.get("kind") or self.instance.kind)
        if declared and data.get("columns"):
            try:
                layouts.check(declared, data["columns"])
            except ValidationError as error:
                self.add_error("columns", error)
        return data


@resource
class Layouts(Resource):
    model = ExportLayout
    slug = "layouts"
    icon = "table-export"
    order = ("kind", "code")
    menu = ("system", 76)
    form = LayoutForm
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", width=40),
        Column("register", gettext_lazy("Register"), sort="kind", export=lambda row: str(row.register)),
        Column("active", gettext_lazy("In use")),
    )
    facts = (
        Column("register", gettext_lazy("Register")), Column("code", gettext_lazy("Code")), Column("active", gettext_lazy("In use")),
        Column("columns", gettext_lazy("Columns"), show=lambda row: format_html_join("", "<div>{} = {}</div>", row.pairs)),
    )
    api_fields = ("code", "kind", "name_zh", "name_en", "columns", "active")

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        return _("Columns in the order and under the headings that an authority asks for; chosen when a list is exported.")
