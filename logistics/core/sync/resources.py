"""Conflicts from phones as list, page and API: what was sent beside how the record stands."""
from __future__ import annotations

from typing import Any

import django_filters
from django.db import models
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core import menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.filters import RecordFilters
from logistics.core.models import SyncConflict, SyncFact
from logistics.core.publishing import Waiting, inbox
from logistics.core.resources import RESOURCES, Resource, move_form, resource, resource_of
from logistics.core.templatetags import ui
from logistics.core.timeline import note
from logistics.core.workflow import WORKFLOWS

note("arrived", gettext_lazy("sent it from a phone, and it no longer fitted"), "cloud-up", "late")


class ConflictFilters(RecordFilters):
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=SyncConflict.State.choices)
    quick = ((gettext_lazy("To decide"), {"state": "open"}, "git-pull-request"),)

    class Meta:
        model = SyncConflict
        fields: tuple[str, ...] = ()


@resource
class Conflicts(Resource):
    model = SyncConflict
    slug = "conflicts"
    icon = "git-pull-request"
    order = ("-opened_at", "-id")
    filterset = ConflictFilters
    columns = (
        NameColumn("label", gettext_lazy("Record"), second="words", width=40),
        Column("person.name", gettext_lazy("Sent by"), joins=("person",)),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("opened_at", gettext_lazy("Since"), sort="opened_at", kind="datetime"),
        Column("settled_by.name", gettext_lazy("Decided by"), joins=("settled_by",), css="c-hide",
               show=lambda row: row.settled_by.name if row.settled_by_id else ""),
    )
    facts = (
        Column("person", gettext_lazy("Sent by"), joins=("person",)), Column("opened_at", gettext_lazy("Since")),
        Column("settled_by", gettext_lazy("Decided by"), joins=("settled_by",)), Column("settled_at", gettext_lazy("Decided at")),
        Column("reason", gettext_lazy("Reason")),
    )
    api_fields = ("kind", "object_id", "label", "person", "state", "cause", "detail", "reason", "opened_at", "settled_at", "settled_by")

    @classmethod
    def title(cls, record: Any) -> str:
        return str(record)

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return record.words if record.state == "open" else ""

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        n = waiting_for(person).count()
        return ngettext("%(n)s waits for your decision.", "%(n)s wait for your decision.", n) % {"n": n} if n else _(
            "Nothing waits for your decision.")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = record.facts.order_by("seq", "pk").select_related("person")
        what = record.record
        shown = [(fact, told(fact, what), ui.state(LOOKS[fact.state][0], fact.get_state_display(), LOOKS[fact.state][1])) for fact in rows]
        return [(_("What was done without a network"), render_to_string("core/sync/_facts.html", {"rows": shown}))]

    @classmethod
    def aside(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        return [(_("How the record stands now"), render_to_string("core/sync/_present.html", present(record, request)))]


LOOKS = {
    "waiting": ("late", "cloud-up"), "applied": ("done", "check"), "repeated": ("done", "checks"), "expecting": ("late", "photo"),
    "conflict": ("late", "git-pull-request"), "by_hand": ("done", "check"), "set_aside": ("off", "archive"),
}


def told(fact: SyncFact, record: Any) -> list[tuple[str, str]]:
    """What was typed, as (label, words) of the form of the page."""
    move = fact.declared.move if fact.declared else ""
    form = move_form(record, move, fact.person, fact.data) if move and record is not None else None
    found = []
    for name, value in fact.data.items():
        if value in ("", None) or name in ("sha256", "size", "name"):
            continue
        field = form.fields.get(name) if form else None
        queryset = getattr(field, "queryset", None)
        if queryset is not None:
            value = next((str(row) for row in queryset.filter(pk=value)), value) if str(value).isdigit() else value
        found.append((str(field.label) if field and field.label else "", str(value)))
    return found


def present(conflict: SyncConflict, request: Any) -> dict[str, Any]:
    """The record now: its state, its last moves, a link where the reader sees it."""
    record: Any = conflict.record
    if record is None or conflict.kind not in RESOURCES:
        return {"record": None}
    declared, flow = resource_of(record), WORKFLOWS.get(conflict.kind)
    sees = declared.rows(request.user).filter(pk=record.pk).exists()
    state = flow.state(record) if flow else None
    return {"record": record, "url": record.get_absolute_url() if sees else "", "title": declared.title(record), "sees": sees,
            "meta": declared.meta(record, request.user) if sees else "",
            "entries": declared.happened(record, request.user)[:6] if sees else [],
            "state": ui.state(state.kind, state.label, state.icon) if state else ""}


# what waits ----------------------------------------------------------------------------------------------------------
def waiting_for(person: Any) -> models.QuerySet:
    """Open conflicts on which this person decides."""
    return SyncConflict.objects.visible_to(person, "change").open()


def count(person: Any) -> tuple[int, str]:
    n = waiting_for(person)[:100].count()
    return n, "is-hot" if n else ""


menu.item("core.conflicts", "repairs", 12, gettext_lazy("From phones"), "git-pull-request", "core:syncconflict-list",
          permission="core.syncconflict:change", count=count, query="?state=open")


@inbox("core.sync_conflicts", gettext_lazy("From phones"), icon="git-pull-request", order=20)
def conflicts_to_decide(person: Any, limit: int) -> Any:
    if not access_of(person).has("core.syncconflict:change"):
        return
    for row in waiting_for(person).select_related("person").order_by("opened_at")[:limit]:
        yield Waiting(str(row), row.get_absolute_url(), f"{row.person.name} · {row.words}", row.opened_at)
