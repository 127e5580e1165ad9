"""Checklists, their versions and items, and the answers, for page and API."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from maintenance.checklists import filters, forms, services
from maintenance.checklists.asking import consequences, limits_of
from maintenance.models import Checklist, ChecklistItem, ChecklistVersion, ItemAnswer


def items_table(version: ChecklistVersion) -> str:
    """The items of a version as people read them."""
    rows = list(version.items.all())
    by_key = {row.key: row for row in rows}
    lines = [{"item": row, "limits": limits_of(row), "then": consequences(row), "after": by_key.get(row.show_if_key)} for row in rows]
    return render_to_string("maintenance/checklists/_items.html", {"lines": lines})


@resource
class Checklists(Resource):
    model = Checklist
    slug = "checklists"
    icon = "checklist"
    menu = ("system", 62)
    order = ("code",)
    form = forms.ChecklistForm
    filterset = filters.ChecklistFilters
    columns = (
        NameColumn("name", gettext_lazy("Checklist"), sort="name_zh", second="code", width=36),
        Column("active", gettext_lazy("In use"), css="c-state"),
    )
    facts = (Column("code", gettext_lazy("Code")), Column("active", gettext_lazy("In use")))
    api_fields = ("code", "name_zh", "name_en", "active")
    option_hint = "code"

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not cls.may(person, "change"):
            return []
        return [{"label": str(_("Change the items")), "url": reverse("maintenance:checklist-items", args=[record.pk]), "icon": "edit"}]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        version, draft = record.current, record.draft
        found = []
        if version is not None:
            title = _("Version %(no)s, in force since %(day)s") % {"no": version.no, "day": ui.when_words(version.published_at)}
            found.append((title, items_table(version)))
        if draft is not None:
            found.append((_("Draft of version %(no)s") % {"no": draft.no}, items_table(draft)))
        return found


@resource
class ChecklistVersions(Resource):
    model = ChecklistVersion
    slug = "checklist-versions"
    icon = "versions"
    filterset = filters.VersionFilters
    list_joins = ("checklist",)
    detail_joins = ("checklist",)
    columns = (
        NameColumn("checklist.name", gettext_lazy("Checklist"), joins=("checklist",), second="no", width=36),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("published_at", gettext_lazy("Published"), kind="datetime"),
        Column("published_by.name", gettext_lazy("Published by"), joins=("published_by",), css="c-hide"),
    )
    facts = (
        Column("checklist", gettext_lazy("Checklist")),
        Column("no", gettext_lazy("Version")),
        Column("published_at", gettext_lazy("Published")),
        Column("published_by.name", gettext_lazy("Published by"), joins=("published_by",)),
    )
    api_fields = ("checklist", "no", "state", "published_at", "published_by")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        return [(_("Items"), items_table(record))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return Checklists.actions(record.checklist, person) if record.state == "draft" else []


@resource
class ChecklistItems(Resource):
    model = ChecklistItem
    slug = "checklist-items"
    icon = "list-check"
    order = ("version", "order", "pk")
    form = forms.ItemForm
    filterset = filters.ItemFilters
    list_joins = ("version__checklist",)
    detail_joins = ("version__checklist",)
    columns = (
        NameColumn("text", gettext_lazy("Item"), second="version", joins=("version__checklist",), width=40),
        Column("get_type_display", gettext_lazy("Kind of answer")),
        Column("limits", gettext_lazy("Right is"), show=limits_of, export=limits_of),
        Column("get_fail_severity_display", gettext_lazy("When it is wrong")),
        Column("clause", gettext_lazy("Clause"), css="c-hide"),
    )
    facts = (
        Column("version", gettext_lazy("Version")),
        Column("get_type_display", gettext_lazy("Kind of answer")),
        Column("limits", gettext_lazy("Right is"), show=limits_of),
        Column("get_evidence_display", gettext_lazy("Evidence")),
        Column("then", gettext_lazy("When it is wrong"), show=lambda row: _(", ").join(consequences(row))),
        Column("clause", gettext_lazy("Clause")),
    )
    api_fields = (
        "version",
        "key",
        "order",
        "text_zh",
        "text_en",
        "type",
        "required",
        "unit",
        "low",
        "high",
        "choices",
        "show_if_key",
        "show_if_value",
        "evidence",
        "fail_severity",
        "fail_order",
        "fail_priority",
        "fail_lock",
        "fail_close",
        "fail_notify",
        "clause",
    )

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        fields = dict(data)
        return services.add_item(fields.pop("version"), **fields)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.version.state == "draft" else _("A published version stands as it is; begin a new one.")


@resource
class ItemAnswers(Resource):
    model = ItemAnswer
    slug = "answers"
    icon = "list-check"
    order = ("-judged_at", "-id")
    photos = True
    filterset = filters.AnswerFilters
    list_joins = ("item", "run__place")
    detail_joins = ("run__place", "run__equipment", "run__visit__round", "run__order")
    columns = (
        NameColumn("item.text", gettext_lazy("Item"), joins=("item", "run__place"), second="run.place.place_label", width=40),
        Column(
            "value",
            gettext_lazy("Answer"),
            show=lambda row: row.item.words_of(row.value),
            export=lambda row: row.item.words_of(row.value),
        ),
        Column("get_verdict_display", gettext_lazy("Verdict"), css="c-state"),
        Column("by.name", gettext_lazy("Answered by"), joins=("by",)),
        Column("judged_at", gettext_lazy("Answered"), sort="judged_at", kind="datetime"),
        Column("note", gettext_lazy("Note"), css="c-hide"),
    )
    facts = (
        Column("value", gettext_lazy("Answer"), joins=("item",), show=lambda row: row.item.words_of(row.value)),
        Column("get_verdict_display", gettext_lazy("Verdict")),
        Column("by.name", gettext_lazy("Answered by"), joins=("by",)),
        Column("judged_at", gettext_lazy("Answered")),
        Column("recorded_at", gettext_lazy("Recorded")),
        Column("run.place", gettext_lazy("Place")),
        Column("run.equipment", gettext_lazy("Equipment")),
        Column("run.visit.round", gettext_lazy("Round")),
        Column("run.order", gettext_lazy("Work order")),
        Column("note", gettext_lazy("Note")),
    )
    api_fields = (
        "run",
        "item",
        "value",
        "verdict",
        "note",
        "by",
        "occurred_at",
        "captured_at",
        "recorded_at",
        "judged_at",
        "late",
        "replaces",
    )

    @classmethod
    def may_file(cls, record: Any, person: Any) -> bool:
        """Whoever gave the answer adds its photos."""
        return record.by_id == person.pk
