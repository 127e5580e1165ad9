"""Resources: one declaration per kind of record ties model, columns, filters, form, moves, page, API, menu and search together."""
from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import uuid4

import pghistory
from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.forms import BaseForm
from django.urls import reverse
from django.utils.functional import classproperty
from django.utils.translation import gettext as _

from logistics.core.access import access_of
from logistics.core.columns import Column, follow
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.filters import RecordFilters
from logistics.core.idempotency import once
from logistics.core.models import Event, kind_of
from logistics.core.registry import Registry
from logistics.core.timeline import Entry, timeline
from logistics.core.versions import check_version
from logistics.core.workflow import perform, write_event


class Resource:
    """What the house needs to know about a kind of record. Subclass in the `resources` room and decorate with @resource."""

    model: type[models.Model]
    slug: str = ""  # "work-orders": part of every URL
    icon: str = "list"
    columns: tuple[Column, ...] = ()
    ledger_columns: tuple[Column, ...] = ()  # further ones that only layouts of ledgers name; with them the register has layouts
    facts: tuple[Column, ...] = ()  # shown on the detail page; same declaration as a column
    filterset: type[RecordFilters] | None = None
    order: tuple[str, ...] = ("-id",)
    form: type[forms.ModelForm] | None = None  # None: rows are made by moves and services only
    add_form: type[forms.BaseForm] | None = None  # when making asks other things than changing
    menu: tuple[str, int] | None = None  # (section code, order); shown to those who may view it by role
    menu_label: Any = None
    photos: bool = False
    comments: bool = False  # people talk on it: comments with mentions, followers
    files: bool = False  # papers beside photos
    links: bool = False  # may be joined to records of any kind
    follows: tuple[str, ...] = ()  # paths to the people who hear of it unasked (its reporter, its technician)
    cards_later: bool = False  # story and cards, but those in front, are fetched after the page: where many apps say something
    open_to_all: bool = False  # everybody may read it: words, papers and links are then for those whose work it is
    board: Any = None  # a core.board.Board: its states as lanes
    thread_at: str = ""  # the column that says when it entered the story; "" for things that stand (equipment)
    api_fields: tuple[str, ...] = ()
    api_joins: tuple[str, ...] = ()  # further select_related paths of the API fields
    api_rows: dict[str, tuple[Any, ...]] = {}  # what a record consists of, read only: {"seasons": ("days", ("slots", ("weekday", ...)))}
    list_joins: tuple[str, ...] = ()  # further select_related paths of a row (for __str__, URLs)
    detail_joins: tuple[str, ...] = ()
    list_template = "core/list.html"
    detail_template = "core/detail.html"
    form_template = "core/form.html"
    page_size = 50
    transfer: Any = None  # a core.transfer.declaration.Transfer: rows come in from Excel and CSV
    bulk_fields: tuple[str, ...] = ()  # fields of the form that can be set for many rows at once
    option_hint = ""  # dotted path shown beside an option of a remote select
    search_hint = ""  # dotted path shown below a record that was found; empty: that of an option

    # names -------------------------------------------------------------------------------------------------------
    @classproperty
    def app(cls) -> str:
        return cls.model._meta.app_label

    @classproperty
    def kind(cls) -> str:
        return kind_of(cls.model)

    @classproperty
    def label(cls) -> Any:
        return cls.model._meta.verbose_name

    @classproperty
    def label_plural(cls) -> Any:
        return cls.model._meta.verbose_name_plural

    @classproperty
    def url_stem(cls) -> str:
        return str(cls.model._meta.model_name)

    @classproperty
    def has_later(cls) -> bool:
        """Does the page fetch a part of itself afterwards?"""
        return cls.cards_later or "later" in {name for kind in cls.__mro__ if kind is not Resource for name in vars(kind)}

    @classmethod
    def url_name(cls, page: str) -> str:
        return f"{cls.app}:{cls.url_stem}-{page}"

    # rows --------------------------------------------------------------------------------------------------------
    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        """The rows this person may see (or act on)."""
        return cls.model.objects.visible_to(person, action)

    @classmethod
    def ledger_rows(cls, rows: models.QuerySet) -> models.QuerySet:
        """Rows with what the ledger columns read of other tables, in the same statement."""
        return rows

    @classmethod
    def may(cls, person: Any, action: str, record: models.Model | None = None) -> bool:
        """May the person do this (add, change, export, ...) to the record, or anywhere at all?"""
        return access_of(person).may(f"{cls.kind}:{action}", record)

    @classmethod
    def may_list(cls, person: Any) -> bool:
        """Is the list of this record part of the person's work? (Rows that everybody may read do not fill everybody's menu.)"""
        return access_of(person).has(f"{cls.kind}:view")

    @classmethod
    def search_live(cls) -> models.Q | None:
        """Which rows stand before the others that answer a search as well: those that are not over. None: no difference."""
        return None

    @classmethod
    def search_own(cls, person: Any) -> models.Q | None:
        """Which rows are the person's own, and so stand before others'."""
        return None

    @classmethod
    def may_export(cls, person: Any) -> bool:
        return cls.may(person, "export") or cls.may_list(person)

    @classmethod
    def locked(cls, record: models.Model, person: Any) -> str:
        """Why this record cannot be changed by form now; "" when it can."""
        return ""

    # the one way in ----------------------------------------------------------------------------------------------
    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        """Make a record from cleaned data; page, API and import call this. A domain overrides it with its service."""
        record = cls.model(**_without_many(cls.model, data))
        record.full_clean()
        record.save()
        _set_many(record, data)
        return record

    @classmethod
    def update(cls, record: models.Model, data: dict[str, Any], by: Any) -> models.Model:
        """Change a record by cleaned data."""
        for name, value in _without_many(cls.model, data).items():
            setattr(record, name, value)
        record.full_clean()
        record.save()
        _set_many(record, data)
        return record

    # words -------------------------------------------------------------------------------------------------------
    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        """The finding on top of the list; "" when there is none."""
        return ""

    @classmethod
    def title(cls, record: models.Model) -> str:
        return str(record)

    @classmethod
    def meta(cls, record: models.Model, person: Any) -> str:
        """Who and where, beside the state badge."""
        return ""

    @classmethod
    def badges(cls, record: models.Model, person: Any) -> list[str]:
        return []

    @classmethod
    def crumbs(cls, record: models.Model | None) -> list[tuple[str, str]]:
        return []

    @classmethod
    def internal(cls, record: models.Model, person: Any) -> bool:
        """Does this person work on it, and so read colleagues' comments and the history?"""
        return cls.may_list(person)

    @classmethod
    def opens(cls, record: models.Model, person: Any) -> bool:
        """May who sees the record also see what hangs on it: timeline, comments, files, links?"""
        return True

    @classmethod
    def happened(cls, record: models.Model, person: Any) -> list[Entry]:
        """The latest moves and comments that this reader may read."""
        return timeline(record, internal=cls.internal(record, person)) if cls.opens(record, person) else []

    @classmethod
    def hidden_fields(cls, record: models.Model, person: Any) -> frozenset[str]:
        """Fields whose changes this reader may not read."""
        return frozenset()

    @classmethod
    def concerned(cls, record: models.Model) -> list[int]:
        """Ids of the people who hear of it unasked."""
        found = [follow(record, f"{path}_id") for path in cls.follows]
        return [pk for pk in dict.fromkeys(found) if pk]

    @classmethod
    def may_talk(cls, record: models.Model, person: Any) -> bool:
        """May this reader write comments on it?"""
        return cls.opens(record, person) and (not cls.open_to_all or cls.internal(record, person) or person.pk in cls.concerned(record))

    @classmethod
    def may_file(cls, record: models.Model, person: Any) -> bool:
        """May this reader add photos and papers: who may change it, add such records, or make one of its moves now."""
        if not cls.opens(record, person):
            return False
        if cls.may(person, "change", record) or (not cls.open_to_all and cls.may(person, "add")):
            return True
        flow = getattr(record, "workflow", None)
        return bool(flow and flow.leads_on(record, person))

    @classmethod
    def may_link(cls, record: models.Model, person: Any) -> bool:
        """May this reader join it to other records?"""
        return cls.internal(record, person) and cls.may_file(record, person)

    @classmethod
    def number(cls, record: models.Model) -> str:
        """The number or code by which people find it; "" when it has none."""
        return str(getattr(record, cls.number_field, "") or "") if cls.number_field else ""

    @classproperty
    def number_field(cls) -> str:
        names = {field.name for field in cls.model._meta.concrete_fields}
        return next((name for name in ("number", "code") if name in names), "")

    @classmethod
    def thread_words(cls, record: models.Model) -> str:
        """The one line about it in a story: its state, unless the domain says more."""
        flow = getattr(record, "workflow", None)
        return str(flow.state(record).label) if flow else ""

    @classmethod
    def sections(cls, record: models.Model, request: Any) -> list[tuple[str, str]]:
        """(title, safe HTML) for the main column of the detail page, before the timeline."""
        return []

    @classmethod
    def later(cls, record: models.Model, request: Any) -> list[tuple[str, str]]:
        """Sheets of the main column that are fetched after the page: what is looked up there, not what it is opened for."""
        return []

    @classmethod
    def aside(cls, record: models.Model, request: Any) -> list[tuple[str, str]]:
        """(title, safe HTML) for the side column."""
        return []

    @classmethod
    def actions(cls, record: models.Model, person: Any) -> list[dict[str, str]]:
        """Further buttons that lead to pages: {label, url, icon}."""
        return []

    @classmethod
    def views(cls, current: str) -> list[dict[str, Any]]:
        """The ways to look at these records, as segments: list and board, and what the domain adds."""
        found = [("list", _("List"), cls.url_name("list")), ("board", _("Board"), cls.url_name("board")), *cls.more_views()]
        return [{"label": label, "url": reverse(name), "current": code == current} for code, label, name in found] if cls.board else []

    @classmethod
    def more_views(cls) -> list[tuple[str, Any, str]]:
        """Further views: (code, label, name of the address)."""
        return []

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return []


RESOURCES: Registry[type[Resource]] = Registry("resource")


def resource(declaration: type[Resource]) -> type[Resource]:
    """Class decorator: register the resource of its model."""
    declaration.slug = declaration.slug or str(declaration.model._meta.model_name)
    declaration.model.resource = declaration
    return RESOURCES.add(declaration.kind, declaration)


def resource_of(record: models.Model | type[models.Model] | str) -> type[Resource]:
    return RESOURCES[record if isinstance(record, str) else kind_of(record)]


# acts: what page and API both call -----------------------------------------------------------------------------------
def create(declared: type[Resource], data: dict[str, Any], *, by: Any, client_uid: Any = None, may_anyway: bool = False
           ) -> tuple[models.Model, bool]:
    """Make a record once per client key; afterwards it must be in the maker's scope. (record, made now)."""
    if not may_anyway and not declared.may(by, "add"):
        raise NotAllowed(_("You may not add this: %(what)s.") % {"what": declared.label})

    def act() -> models.Model:
        with transaction.atomic():
            record = declared.create(data, by)
            bounded = (declared.model.scope_place, declared.model.scope_department) != (None, None)
            if bounded and not may_anyway and not declared.rows(by, "add").filter(pk=record.pk).exists():
                raise ValidationError(_("This lies outside the part of the school that you look after."), code="scope")
            if not hasattr(declared.model, "workflow") and not Event.objects.filter(kind=declared.kind, object_id=record.pk).exists():
                write_event(record, "create", by=by)  # unless the service did
            return record

    return once(client_uid, by, ["create", declared.kind, data], act)


def update(declared: type[Resource], record: models.Model, data: dict[str, Any], *, by: Any, client_uid: Any = None,
           row_version: Collection[str] | None = None) -> models.Model:
    """Change a record; it must be in scope for change before and after. Stale when it is none of the versions the editor has seen."""
    if not declared.may(by, "change", record):
        raise NotAllowed(_("You may not change this: %(what)s.") % {"what": declared.label})

    def act() -> models.Model:
        name = uuid4()
        with transaction.atomic(), pghistory.context(user=getattr(by, "pk", None), move="change", act=str(name)):
            fresh = declared.model._base_manager.select_for_update(of=("self",)).get(pk=record.pk)
            check_version(fresh, row_version)
            reason = declared.locked(fresh, by)
            if reason:
                raise Conflict(reason)
            changed = declared.update(fresh, data, by)
            if not declared.rows(by, "change").filter(pk=changed.pk).exists():
                raise ValidationError(_("This lies outside the part of the school that you look after."), code="scope")
            write_event(changed, "change", by=by, act=name)
            return changed

    return once(client_uid, by, ["update", declared.kind, record.pk, data], act)[0]


def move(record: models.Model, name: str, data: dict[str, Any], *, by: Any, client_uid: Any = None,
         row_version: Collection[str] | None = None) -> models.Model:
    """Make a move once per client key."""
    def act() -> models.Model:
        return perform(record, name, by=by, row_version=row_version, **data)

    return once(client_uid, by, ["move", kind_of(record), record.pk, name, data], act)[0]


def move_form(record: models.Model, name: str, person: Any, data: Any = None, files: Any = None, initial: Any = None) -> BaseForm | None:
    """The form of a move, bound when data is given; None when the move asks nothing."""
    form = type(record).workflow.moves[name].form_class
    return form(data, files, person=person, record=record, initial=initial) if form else None


def _many(model: type[models.Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).many_to_many)
    except FieldDoesNotExist:
        return False


def _without_many(model: type[models.Model], data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if not _many(model, name)}


def _set_many(record: models.Model, data: dict[str, Any]) -> None:
    for name, value in data.items():
        if _many(type(record), name):
            getattr(record, name).set(value)


def all_resources() -> Iterable[type[Resource]]:
    return iter(RESOURCES)
