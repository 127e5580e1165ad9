"""The generic pages: list, detail, form, move, history, export and options, each serving page and htmx fragment from one URL."""
from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from logistics.core import resources
from logistics.core.access import access_of
from logistics.core.columns import joins_of
from logistics.core.counting import bounded_count
from logistics.core.editing import merged
from logistics.core.errors import NotAllowed, Stale
from logistics.core.history import changes, labels_of, shown, told, words_of_field
from logistics.core.idempotency import made_before
from logistics.core.lists.services import lists_for
from logistics.core.models import Attachment
from logistics.core.photos import attach, clean_photos
from logistics.core.publishing import widgets_for
from logistics.core.resources import Resource, resource_of
from logistics.core.sync.pages import move_waits
from logistics.core.versions import RowVersion
from logistics.core.workflow import may_move, who_may

PAGE_SIZES = (25, 50, 100)
MOST_PAGES = 200


class RecordPage(LoginRequiredMixin, View):
    """Base of the pages of a resource."""

    resource: type[Resource] = Resource  # given by the route

    def record(self, pk: int, action: str = "view") -> models.Model:
        """A record in scope, with its joins; else 404."""
        joins = [*self.resource.list_joins, *self.resource.detail_joins, *joins_of(self.resource.facts)]
        rows = self.resource.rows(self.request.user, action).annotate(row_version=RowVersion())
        return get_object_or_404(rows.select_related(*dict.fromkeys(joins)) if joins else rows, pk=pk)

    def show(self, template: str, page: dict[str, Any], status: int = 200, **context: Any) -> HttpResponse:
        return render(self.request, template, {"page": page, "resource": self.resource, **context}, status=status)

    def refuse(self, what: str, action: str) -> NotAllowed:
        from logistics.core.access import ROLES, roles_with

        holders = [str(ROLES[code].label) for code in sorted(roles_with(f"{self.resource.kind}:{action}")) if code in ROLES]
        return NotAllowed(what, holders)


class ListPage(RecordPage):
    """A list with search, chips, filters, sorting, paging by bounded count, columns and export of exactly what is filtered."""

    def get(self, request: HttpRequest) -> HttpResponse:
        declared = self.resource
        choosing = "filters" in request.GET or "shift" in request.GET
        asked = not request.GET or "view" in request.GET  # opened afresh, or by a saved list
        saved = list(lists_for(request.user, declared.kind)) if asked else []
        first_choice = next((one for one in saved if one.default and one.owner_id == request.user.pk), None)
        if first_choice and not request.GET and not request.htmx:
            return HttpResponseRedirect(f"{request.path}{first_choice.place}")
        filtered = filtered_rows(declared, request)
        columns = self.columns()
        if choosing:
            return self.show("core/filters.html", self.choices(filtered, columns))
        size = self.number("size", declared.page_size, PAGE_SIZES)
        number = min(max(self.number("page", 1), 1), MOST_PAGES)
        joins = list(dict.fromkeys([*joins_of(columns), *declared.list_joins]))
        rows = ordered(declared, filtered.rows, request.GET.get("sort", ""))
        selects = request.GET.get("select") == "1"
        if selects:
            rows = rows.annotate(row_version=RowVersion())
        shown = list((rows.select_related(*joins) if joins else rows)[(number - 1) * size : number * size + 1])
        count = bounded_count(filtered.rows) if (len(shown) > size or number > 1) else None
        more, shown = len(shown) > size, shown[:size]
        first = (number - 1) * size + 1
        total = str(count) if count else str(len(shown))
        page = {
            "title": str(declared.label_plural).capitalize(), "sentence": declared.sentence(request.user, filtered.rows),
            "searchable": "q" in filtered.names, "q": request.GET.get("q", ""),
            "chips": filtered.chips, "filters_url": self.with_query(filters=1),
            "columns": [self.header(column) for column in columns],
            "rows": [{"pk": row.pk, "row": row if selects else None,
                      "cells": [column.cell(row, request.path) for column in columns]} for row in shown],
            "count_words": _("%(first)s–%(last)s of %(total)s") % {"first": first, "last": first + len(shown) - 1, "total": total}
            if shown else "",
            "previous_url": self.with_query(page=number - 1) if number > 1 else "",
            "next_url": self.with_query(page=number + 1) if more and number < MOST_PAGES else "",
            "page_sizes": [{"n": n, "url": self.with_query(size=n, page=None), "current": n == size} for n in PAGE_SIZES],
            "too_many": bool(count and count.more),
            "bulk": self.bulk(selects, total), "saved": self.saved(saved),
            "export_url": self.export_url(), "export_label": self.export_label(total) if shown else "",
            "print_url": self.print_url() if shown else "",
            "add_url": reverse(declared.url_name("add")) if can_add(declared, request.user) else "",
            "add_label": _("New %(what)s") % {"what": declared.label},
            "actions": [*map(self.filtered, declared.list_actions(request.user)), *self.import_action()],
            "segments": declared.views("list") if declared.may_list(request.user) else [],
            "empty": None if shown else self.empty(filtered),
        }
        return self.show(declared.list_template if not self.wants_table() else "core/_table.html", page)

    def choices(self, filtered: Filtered, columns: list[Any]) -> dict[str, Any]:
        """All filters and columns of the list, asked for when somebody wants to choose."""
        return {"title": _("Filter this list"), "more_filters": filtered.form, "action": self.request.path,
                "columns_menu": columns_menu(self.resource, columns, self.request.GET.get("shift", "")),
                "columns_open": "shift" in self.request.GET,
                "crumbs": [{"label": str(self.resource.label_plural).capitalize(), "url": self.request.path}]}

    def saved(self, lists: list[Any]) -> dict[str, Any]:
        """The button that leads to the lists kept under a name; it bears the name of the present one."""
        current = next((one for one in lists if str(one.pk) == self.request.GET.get("view", "")), None)
        url = reverse("core:savedlist-menu", args=[self.resource.kind])
        return {"label": str(current or _("Saved lists")), "url": f"{url}?{self.request.GET.urlencode()}".rstrip("?")}

    def bulk(self, selects: bool, total: str) -> dict[str, Any] | None:
        """The door to choosing rows, and once it is open what can be done to them; None where there is nothing to do."""
        from logistics.core.many.acts import acts_of

        if not (hasattr(self.resource.model, "workflow") or self.resource.bulk_fields):
            return None
        acts = acts_of(self.resource, self.request.user)
        if not acts:
            return None
        if not selects:
            return {"open_url": self.with_query(select=1)}
        return {"close_url": self.with_query(select=None), "acts": list(acts.values()), "url": reverse(self.resource.url_name("bulk")),
                "query": self.with_query(select=None, page=None, view=None).removeprefix("?") if self.request.GET else "",
                "all_words": _("all %(n)s that match") % {"n": total}}

    def wants_table(self) -> bool:
        return bool(self.request.htmx) and self.request.htmx.target == "list"

    def filtered(self, action: dict[str, Any]) -> dict[str, Any]:
        """An action that is about the rows shown takes the filters of the list along."""
        query = self.request.GET.urlencode()
        return {**action, "url": f"{action['url']}?{query}"} if action.get("filtered") and query else action

    def columns(self) -> list[Any]:
        return chosen_columns(self.resource, self.request.GET)

    def number(self, name: str, default: int, allowed: tuple[int, ...] | None = None) -> int:
        text = self.request.GET.get(name, "")
        value = int(text) if text.isdigit() and len(text) < 7 else default
        return value if allowed is None or value in allowed else default

    def with_query(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        for key, value in changes.items():
            query.pop(key, None)
            if value not in (None, ""):
                query[key] = str(value)
        return f"?{query.urlencode()}" if query else self.request.path

    def header(self, column: Any) -> dict[str, Any]:
        current = self.request.GET.get("sort", "")
        order = "asc" if current == column.name else "desc" if current == f"-{column.name}" else ""
        following = f"-{column.name}" if order == "asc" else column.name
        return {"label": column.label, "css": column.css, "sorted": order,
                "sort_url": self.with_query(sort=following, page=None) if column.sort else ""}

    def import_action(self) -> list[dict[str, Any]]:
        if not (self.resource.transfer and can_add(self.resource, self.request.user)):
            return []
        return [{"label": _("Import"), "url": reverse(self.resource.url_name("import")), "icon": "upload"}]

    def export_url(self) -> str:
        if not self.resource.may_export(self.request.user):
            return ""
        from logistics.core.transfer.layouts import may_use

        query = self.request.GET.urlencode()
        if may_use(self.resource, self.request.user):
            query = f"{query}&choose=1".lstrip("&")
        return reverse(self.resource.url_name("export")) + (f"?{query}" if query else "")

    def print_url(self) -> str:
        """The same list as PDF; "" for whoever may not take it along."""
        if not self.export_url():
            return ""
        query = self.request.GET.urlencode()
        return reverse(self.resource.url_name("print")) + (f"?{query}" if query else "")

    def export_label(self, total: str) -> str:
        return _("Export %(n)s rows") % {"n": total}

    def empty(self, filtered: Filtered) -> dict[str, Any]:
        what = {"what": self.resource.label_plural}
        if filtered.active:
            return {"kind": "nomatch", "icon": "filter-off", "title": _("No %(what)s match these filters") % what,
                    "text": _("Take one away or clear them all."),
                    "actions": [{"label": _("Clear all"), "url": self.request.path, "primary": True}]}
        actions = []
        if can_add(self.resource, self.request.user):
            actions = [
                {"label": _("New %(what)s") % {"what": self.resource.label}, "url": reverse(self.resource.url_name("add")), "primary": True}
            ]
        return {"kind": "first", "icon": self.resource.icon, "title": _("No %(what)s yet") % what,
                "text": _("They appear here as soon as there are some."), "actions": actions}


def chosen_columns(declared: type[Resource], query: Any) -> list[Any]:
    """The columns that ?cols= names, in its order; the name cell leads when it is not placed. Without it, the declared ones."""
    names = list(dict.fromkeys(name for part in query.getlist("cols") for name in part.split(",") if name))
    known = {column.name: column for column in declared.columns}
    if not any(name in known for name in names):
        return [column for column in declared.columns if column.default or column.heading]
    heading = [column for column in declared.columns if column.heading and column.name not in names]
    return [*heading, *(known[name] for name in names if name in known)]


def columns_menu(declared: type[Resource], shown: list[Any], shift: str) -> list[dict[str, Any]]:
    """The columns to tick, those shown first and in their order; `shift` is the one just moved, "up:code" or "down:code"."""
    shown = list(shown)
    way, _colon, name = shift.partition(":")
    at = next((n for n, column in enumerate(shown) if column.name == name), None)
    to = None if at is None else at + {"up": -1, "down": 1}.get(way, 0)
    if at is not None and to is not None and 0 <= to < len(shown):
        shown[at], shown[to] = shown[to], shown[at]
    return [
        {"name": column.name, "label": column.label or column.name, "shown": column in shown, "first": column is shown[0],
         "last": column is shown[-1], "focus": way if column.name == name else ""}
        for column in [*shown, *(column for column in declared.columns if column not in shown)]
    ]


def can_add(declared: type[Resource], person: Any) -> bool:
    return bool((declared.add_form or declared.form) and declared.may(person, "add"))


class Filtered:
    """The rows of a resource under the filters of a request, and how the page shows those filters."""

    def __init__(self, declared: type[Resource], request: Any):
        rows = declared.rows(request.user)
        self.names: list[str] = []
        self.form: forms.BaseForm | None = None
        self.chips: list[dict[str, Any]] = []
        self.active = False
        self.rows = rows
        if declared.filterset is None:
            return
        bound = declared.filterset(request.GET, queryset=rows, request=request)
        self.names, self.form = list(bound.filters), bound.form
        self.rows = bound.qs if bound.form.is_valid() else rows.none()
        self._chips(declared, request)

    def _chips(self, declared: type[Resource], request: Any) -> None:
        assert self.form is not None
        quick = declared.filterset.quick if declared.filterset else ()
        query = request.GET
        taken: set[str] = set()
        for label, values, icon in quick:
            on = all(query.get(key) == value for key, value in values.items())
            taken |= set(values) if on else set()
            self.chips.append({"label": label, "count": None, "icon": icon, "on": on, "remove": on,
                               "url": _query(request, drop=[*values, "page"], add={} if on else values)})
        for name, field in self.form.fields.items():
            if name == "q" or name in taken or not _says(field, query.get(name)):
                continue
            chosen = getattr(self.form, "cleaned_data", {}).get(name)  # fetched once already, to see that it is there
            words = str(chosen) if isinstance(chosen, models.Model) else _words_of(field, query.getlist(name))
            self.chips.insert(0, {"label": f"{field.label}{_(': ')}{words}", "count": None, "icon": "", "on": True, "remove": True,
                                  "url": _query(request, drop=[name, "page"], add={})})
        self.active = any(_says(field, query.get(name)) for name, field in self.form.fields.items())


def _says(field: forms.Field, value: str | None) -> bool:
    """Does a value of the address filter anything? The form sends "unknown" for a yes-or-no that nobody answered."""
    return bool(value) and not (isinstance(field, forms.NullBooleanField) and value == "unknown")


def _query(request: Any, drop: list[str], add: dict[str, str]) -> str:
    query = request.GET.copy()
    for key in drop:
        query.pop(key, None)
    for key, value in add.items():
        query[key] = value
    return f"?{query.urlencode()}" if query else request.path


def _words_of(field: forms.Field, values: list[str]) -> str:
    if isinstance(field, forms.ModelChoiceField):
        found = field.queryset.filter(pk__in=[value for value in values if value.isdigit()])[:5]
        return _(", ").join(str(row) for row in found)
    if hasattr(field, "say"):  # a field that knows what its value means
        return str(field.say(values[-1]))
    if isinstance(field, forms.NullBooleanField):
        return _("yes") if values[-1] in ("true", "True", "1") else _("no")
    words = dict(_flat(iter(getattr(field, "choices", ()))))
    return _(", ").join(str(words.get(value, value)) for value in values)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """(value, words) of choices, also of those that stand in groups."""
    for value, words in choices:
        if isinstance(words, list | tuple):
            yield from _flat(words)
        else:
            yield str(value), words


def filtered_rows(declared: type[Resource], request: Any) -> Filtered:
    return Filtered(declared, request)


def ordered(declared: type[Resource], rows: models.QuerySet, sort: str) -> models.QuerySet:
    """The asked order, made total by the key; else the declared one."""
    name = sort.removeprefix("-")
    column = next((column for column in declared.columns if column.sort and column.name == name), None)
    if column is None:
        return rows.order_by(*declared.order)
    down = sort.startswith("-")
    return rows.order_by(("-" if down else "") + column.sort, "-pk" if down else "pk")


class DetailPage(RecordPage):
    """A record: title, state, moves, facts, photos, files, its story, related records, followers and one timeline."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        from logistics.core.records.panels import Panels

        declared, person = self.resource, request.user
        record = self.record(pk)
        panels = Panels(self, record)
        if request.htmx and request.htmx.target in ("timeline-lines", "timeline-more"):
            return panels.lines()
        if request.htmx and request.htmx.target == "later":
            panels.read_links()
            return render(request, "core/parts/later.html", {"page": {
                "later": self.sheets(declared.later(record, request)), "cards": self.beside(panels, front=False)}})
        later = declared.has_later and "cards" not in request.GET
        flow = getattr(record, "workflow", None)
        state = flow.state(record) if flow else None
        panels.read(whole=True)
        page = {
            "crumbs": [{"label": str(declared.label_plural).capitalize(), "url": reverse(declared.url_name("list"))}]
            + [{"label": label, "url": url} for label, url in declared.crumbs(record)],
            "title": declared.title(record), "short_title": getattr(record, "number", "") or "", "meta": declared.meta(record, person),
            "badges": declared.badges(record, person),
            "state": {"kind": state.kind, "word": state.label, "icon": state.icon} if state else None,
            "moves": move_buttons(record, person), "actions": declared.actions(record, person),
            "facts": [{"label": fact.label, "value": fact.text(record)} for fact in declared.facts],
            "photo_upload": {"url": reverse(declared.url_name("photos"), args=[pk]), "label": _("Add photos")}
            if declared.photos and declared.may_file(record, person) else None,
            "sections": self.sheets(declared.sections(record, request)),
            "later": [] if later else self.sheets(declared.later(record, request)),
            "aside": self.beside(panels, front=True) + ([] if later else self.beside(panels, front=False)),
            "later_url": f"{request.path}?cards=1" if later else "",
            "edit_url": reverse(declared.url_name("edit"), args=[pk])
            if declared.form and declared.may(person, "change", record) and not declared.locked(record, person) else "",
            **panels.page(),
        }
        return self.show(declared.detail_template, page, record=record)

    @staticmethod
    def sheets(found: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"title": title, "html": html} for title, html in found]

    def beside(self, panels: Any, *, front: bool) -> list[dict[str, str]]:
        """What stands beside the record: what is in front, or what may come later: its story, and what other apps say."""
        access, declared, record = access_of(self.request.user), self.resource, panels.record
        cards = [card for card in widgets_for(f"record:{record._meta.label}")
                 if (card.front or not declared.cards_later) == front and (not card.permission or access.has(card.permission))]
        found = panels.story() if front != declared.cards_later else []
        if front:
            found = [*found, *panels.aside(), *declared.aside(record, self.request)]
        return self.sheets([*found, *((card.title, html) for card in cards if (html := card.render(self.request, record=record)))])


def move_buttons(record: models.Model, person: Any) -> list[dict[str, Any]]:
    """The moves of a record as buttons: the first possible one is primary; what is not possible says why."""
    flow = getattr(record, "workflow", None)
    if flow is None:
        return []
    declared = resource_of(record)
    offered = [(move, why) for move, why in flow.offered(record, person) if not move.hidden]
    first = next((move.name for move, why in offered if not why and not move.danger), None)
    return [
        {
            "name": move.name, "label": move.label, "icon": move.icon, "primary": move.name == first, "enabled": not why, "why": why,
            "danger": move.danger, "needs_form": bool(move.form or move.question),
            "url": reverse(declared.url_name("move"), args=[record.pk, move.name]), "client_uid": str(uuid.uuid4()),
            "waits": move_waits(record, move),
        }
        for move, why in offered
    ]


class MovePage(RecordPage):
    """One move: GET asks what the move needs, POST makes it."""

    def get(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        record = self.record(pk)
        self.check(record, move)
        form = resources.move_form(record, move, request.user)
        return self.ask(record, move, form)

    def post(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        record = self.record(pk)
        step = self.check(record, move)
        form = resources.move_form(record, move, request.user, request.POST, request.FILES)
        if form is not None and not form.is_valid():
            return self.ask(record, move, form, status=422)
        try:
            fresh = resources.move(record, move, form.cleaned_data if form else {}, by=request.user, client_uid=client_uid(request))
        except ValidationError as error:
            if form is None:
                form = forms.Form(request.POST)
                form.full_clean()
            form.add_error(None, error)
            return self.ask(record, move, form, status=422)
        messages.success(
            request, _("%(what)s: %(state)s") % {"what": self.resource.title(fresh), "state": fresh.workflow.state(fresh).label}
        )
        visible = self.resource.rows(request.user).filter(pk=pk).exists()
        return after(
            request,
            request.POST.get("next") or (fresh.get_absolute_url() if visible else reverse(self.resource.url_name("list"))),
            step.name,
        )

    def check(self, record: models.Model, name: str) -> Any:
        flow = getattr(record, "workflow", None)
        step = flow.moves.get(name) if flow else None
        if step is None or not step.by_people:
            raise Http404
        if not may_move(step, record, self.request.user)[0]:
            raise NotAllowed(_("You may not do this: %(move)s.") % {"move": step.label}, who_may(step))
        return step

    def ask(self, record: models.Model, name: str, form: Any, status: int = 200) -> HttpResponse:
        step = record.workflow.moves[name]
        page = {
            "title": step.question or step.label,
            "record": record,
            "waits": move_waits(record, step),
            "move": step,
            "form": form,
            "submit_label": step.label,
            "danger": step.danger,
            "action": self.request.path,
            "cancel_url": record.get_absolute_url(),
            "client_uid": client_uid(self.request) or str(uuid.uuid4()),
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
            "enctype": "multipart/form-data" if form is not None and form.is_multipart() else "",
            "why": str(step.guard(record, self.request.user) or "") if step.guard else "",
        }
        return self.show("core/move.html", page, status=status, record=record)


class FormPage(RecordPage):
    """Make or change a record."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        record = self.allowed(pk)
        return self.ask(self.form(record), record)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        record = self.allowed(pk)
        seen = request.POST.get("version", "")
        if record is not None and seen and seen != record.row_version:
            return self.stale(record, seen)
        form = self.form(record, request.POST, request.FILES)
        if not form.is_valid():
            sent_before = made_before(client_uid(request), request.user, self.resource.model) if record is None else None
            return after(request, sent_before.get_absolute_url(), "saved") if sent_before else self.ask(form, record, status=422)
        try:
            if record is None:
                saved, _made = resources.create(self.resource, form.cleaned_data, by=request.user, client_uid=client_uid(request))
            else:
                saved = resources.update(self.resource, record, form.cleaned_data, by=request.user, client_uid=client_uid(request),
                                         row_version=[seen] if seen else None)
        except Stale:
            assert record is not None
            return self.stale(self.record(record.pk), seen)
        except ValidationError as error:
            add_errors(form, error)
            return self.ask(form, record, status=422)
        messages.success(request, _("Saved: %(what)s") % {"what": self.resource.title(saved)})
        return after(request, request.path if "another" in request.POST else saved.get_absolute_url(), "saved")

    def allowed(self, pk: int | None) -> models.Model | None:
        declared = self.resource
        if pk is None:
            if not can_add(declared, self.request.user):
                raise self.refuse(_("You may not add this: %(what)s.") % {"what": declared.label}, "add")
            return None
        record = self.record(pk)
        if not declared.may(self.request.user, "change", record):
            raise self.refuse(_("You may not change this: %(what)s.") % {"what": declared.label}, "change")
        reason = declared.locked(record, self.request.user)
        if reason:
            raise NotAllowed(reason)
        return record

    def stale(self, record: models.Model, seen: str) -> HttpResponse:
        """Somebody else saved meanwhile: nothing typed is lost, and the page says what changed."""
        mine = made_before(client_uid(self.request), self.request.user, type(record))
        if mine is not None and mine.pk == record.pk:
            return after(self.request, record.get_absolute_url(), "saved")
        title = _("Change %(what)s") % {"what": record}
        form, differing = merged(self.form, record, seen, self.request.POST, self.request.FILES)
        last = next(iter(changes(record, limit=1)), None)
        who = get_user_model()._default_manager.filter(pk=last["who"]).first() if last and last["who"] else None
        return self.ask(form, record, 409, title=title, differing={"fields": differing, "who": who, "at": last["at"] if last else None})

    def form(self, record: models.Model | None, *data: Any) -> Any:
        build = (self.resource.add_form if record is None else None) or self.resource.form
        assert build is not None
        options: dict[str, Any] = {"person": self.request.user}
        if record is not None and issubclass(build, forms.ModelForm):
            options["instance"] = record
        if record is None:
            options["initial"] = {key: value for key, value in self.request.GET.items() if key in build.base_fields}
        return build(*data, **options)

    def ask(self, form: Any, record: models.Model | None, status: int = 200, title: str = "", differing: Any = None) -> HttpResponse:
        declared = self.resource
        title = title or _("Change %(what)s") % {"what": record} if record else _("New %(what)s") % {"what": declared.label}
        page = {
            "title": title, "form": form, "groups": form_groups(form), "submit_label": _("Save"), "another": record is None,
            "version": self.version(record, status), "differing": differing,
            "crumbs": [{"label": str(declared.label_plural).capitalize(), "url": reverse(declared.url_name("list"))}],
            "draft_key": f"{declared.kind}:{record.pk if record else 'new'}", "client_uid": client_uid(self.request) or str(uuid.uuid4()),
            "cancel_url": record.get_absolute_url() if record else reverse(declared.url_name("list")),
            "enctype": "multipart/form-data" if form.is_multipart() else "",
        }
        return self.show(declared.form_template, page, status=status, record=record)

    def version(self, record: models.Model | None, status: int) -> str:
        """The version that this form changes: the one read, and after a mistake still the one that was read first."""
        if record is None:
            return ""
        return self.request.POST.get("version", "") if status == 422 else record.row_version


def form_groups(form: Any) -> list[dict[str, Any]]:
    """Fields in their groups: what is not named opens first; a closed group with an error opens."""
    named = {name for _title, names, _open, _hint in getattr(form, "groups", ()) for name in names}
    first = [form[name] for name in form.fields if name not in named]
    groups = [{"title": "", "fields": first, "open": True, "hint": ""}] if first else []
    for title, names, open_, hint in getattr(form, "groups", ()):
        fields = [form[name] for name in names if name in form.fields]
        groups.append({"title": title, "fields": fields, "hint": hint, "open": open_ or any(field.errors for field in fields)})
    return groups


def add_errors(form: Any, error: ValidationError) -> None:
    """Put service errors beside the fields they name, else at the top."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)


class HistoryPage(RecordPage):
    """Field by field: who changed what, when, before and after."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        if not self.resource.internal(record, request.user):
            raise self.refuse(_("You may not read the history of this record."), "view")
        rows, hidden = changes(record), self.resource.hidden_fields(record, request.user)
        labels, user = labels_of(rows), get_user_model()._meta.label_lower
        for row in rows:
            row["who"] = labels.get((user, row["who"]))
            row["fields"] = [
                (words_of_field(field), shown(field, before, labels), shown(field, value, labels))
                for field, before, value in row["fields"] if told(field) and field.name not in hidden
            ]
        page = {"title": _("History of %(what)s") % {"what": self.resource.title(record)}, "rows": rows,
                "crumbs": [{"label": self.resource.title(record), "url": record.get_absolute_url()}]}
        return self.show("core/history.html", page, record=record)


class PhotosPage(RecordPage):
    """Add photos to a record."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.record(pk)
        if not self.resource.photos:
            raise Http404
        if not self.resource.may_file(record, request.user):
            raise self.refuse(_("You may not add photos here."), "change")
        role = request.POST.get("role", "photo")
        if role not in dict(Attachment._meta.get_field("role").flatchoices):
            role = "photo"
        try:
            uploads = request.FILES.getlist("photos")
            if not uploads:
                raise ValidationError(_("Choose a photo first."))
            attach(record, clean_photos(uploads), by=request.user, role=role)
        except ValidationError as error:
            return self.show("core/note.html", {"message": " ".join(error.messages)}, status=422)
        return after(request, request.POST.get("next") or record.get_absolute_url(), "photos")


def photo(request: HttpRequest, pk: int, size: str) -> FileResponse:
    """A photo, to whoever may see its record."""
    from pathlib import Path

    from django.conf import settings

    row = get_object_or_404(Attachment, pk=pk)
    guest = PHOTO_GUESTS.get(row.kind)
    if not (guest and guest(request, row)):
        get_object_or_404(resource_of(row.kind).rows(request.user), pk=row.object_id)
    path = Path(settings.MEDIA_ROOT) / (row.thumb if size == "thumb" else row.file)
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="{row.pk}.jpg"'
    return response


PHOTO_GUESTS: dict[str, Any] = {}  # kind -> (request, attachment) -> bool, for readers without a sign-in


class OptionsPage(RecordPage):
    """Options of a remote select: at most 30 rows that the person may see."""

    def get(self, request: HttpRequest) -> JsonResponse:
        from logistics.core.search import Searchable, search

        declared = self.resource
        rows = filtered_rows(declared, request).rows if declared.filterset else declared.rows(request.user)
        text = request.GET.get("q", "")
        if declared.filterset is None and text and issubclass(declared.model, Searchable):
            rows = search(rows, text)
        if declared.list_joins:
            rows = rows.select_related(*declared.list_joins)
        hint = declared.option_hint
        from logistics.core.columns import follow

        found = [
            {"id": row.pk, "text": str(row), "hint": str(follow(row, hint) or "") if hint else ""}
            for row in rows.order_by(*declared.order)[:30]
        ]
        return JsonResponse({"results": found})


class ExportPage(RecordPage):
    """Excel or CSV of exactly what is filtered, in the order shown: some thousand rows at once, more in the background."""

    def get(self, request: HttpRequest) -> HttpResponse:
        from logistics.core.transfer import exporting
        from logistics.core.transfer.layouts import layouts_of

        export = self.asked(request)
        count = bounded_count(export.rows, cap=exporting.MOST_AT_ONCE)
        layouts = layouts_of(self.resource, request.user) if "choose" in request.GET else []
        if not count.more and not layouts:
            return exporting.download(export)
        title = _("Export of %(n)s rows") % {"n": f"{intcomma(exporting.MOST_AT_ONCE)}+" if count.more else intcomma(count.rows)}
        intro = _("So many rows take a minute or more. The file is made in the background; you find it under your work in progress.")
        page = {
            "title": title, "short_title": _("Export"), "intro": intro if count.more else "",
            "form": exporting.ExportForm(layouts=layouts), "submit_label": _("Make the file"), "client_uid": str(uuid.uuid4()),
            "crumbs": [{"label": str(self.resource.label_plural).capitalize(), "url": self.list_url(request)}],
            "cancel_url": self.list_url(request),
        }
        return self.show("core/form.html", page)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Few rows come at once, many in the background."""
        from logistics.core.transfer import exporting
        from logistics.core.transfer.layouts import layouts_of

        export = self.asked(request)
        form = exporting.ExportForm(request.POST, layouts=layouts_of(self.resource, request.user))
        told = form.cleaned_data if form.is_valid() else {"format": "xlsx"}
        if told.get("layout"):
            query = request.GET.copy()
            query["as"] = told["layout"]
            export = exporting.Export(self.resource, query, request.user)
        if "choose" in request.GET and not bounded_count(export.rows, cap=exporting.MOST_AT_ONCE).more:
            query = export.query.copy()
            query.pop("choose", None)
            query["format"] = told["format"]
            return after(request, f"{request.path}?{query.urlencode()}", "export")
        job = exporting.in_background(export, told["format"], client_uid=client_uid(request))
        return after(request, job.get_absolute_url(), "export")

    def list_url(self, request: HttpRequest) -> str:
        query = request.GET.urlencode()
        return reverse(self.resource.url_name("list")) + (f"?{query}" if query else "")

    def asked(self, request: HttpRequest) -> Any:
        from logistics.core.transfer.exporting import Export

        if not self.resource.may_export(request.user):
            raise self.refuse(_("You may not export this list."), "export")
        return Export(self.resource, request.GET, request.user)


def client_uid(request: Any) -> uuid.UUID | None:
    """The key a client gave its act: a hidden field or the Idempotency-Key header."""
    text = request.POST.get("client_uid") or request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def after(request: Any, url: str, what: str) -> HttpResponse:
    """Where a page goes after a successful act; htmx is told to follow."""
    from django.utils.http import url_has_allowed_host_and_scheme

    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        url = "/"
    if request.htmx:
        response, there, here = HttpResponse(status=204), urlsplit(url), urlsplit(request.htmx.current_url or "")
        if there.fragment and (there.path, there.query) == (here.path, here.query):
            response["HX-Refresh"] = "true"  # to go to a place on the same page would only scroll
        else:
            response["HX-Redirect"] = url
        return response
    return redirect(url)


def fragment(template: str, **context: Any) -> str:
    """A rendered partial for sections and widgets."""
    return render_to_string(template, context)


