"""What a register declares to be importable, and the columns that follow from its form."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from logistics.core.bilingual import in_both
from logistics.core.registry import Registry

IDENTITIES = ("code", "number", "staff_no")  # by what a record is written in a cell, the first that it has
KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.ModelChoiceField, "record"), (forms.MultipleChoiceField, "choices"), (forms.ChoiceField, "choice"),
    (forms.NullBooleanField, "yesno"), (forms.BooleanField, "yesno"), (forms.DateTimeField, "datetime"), (forms.DateField, "date"),
    (forms.DecimalField, "number"), (forms.FloatField, "number"), (forms.IntegerField, "number"), (forms.CharField, "text"),
)
UNFIT = (forms.ModelMultipleChoiceField, forms.FileField, forms.MultiValueField)


@dataclass(frozen=True)
class Transfer:
    """How a register takes rows. All else follows from its form.

    `key`: the field by which a row finds its record; one that the form lacks (a document number) is left empty for new records. "": what
    is taken has no name of its own, every row makes a new record, and the database refuses what is there already.
    `form`: what the cells of a row fill, when a page asks in another way (a span of days as two columns).
    `bulk(rows, by)`: makes many records of cleaned data at once; for each a record, or the ValidationError that stands against it.
    `last(ids, by)`: what comes last in the transaction, such as numbers. `owns`: dotted foreign keys of rows that the record brings along.
    """

    key: str = ""
    examples: tuple[Mapping[str, str], ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # other headings that people use
    leave_out: tuple[str, ...] = ()
    bulk: Callable[[list[dict[str, Any]], Any], list[Any]] | None = None
    last: Callable[[list[int], Any], None] | None = None
    owns: tuple[str, ...] = ()
    undo_days: int = 30
    form: type[forms.BaseForm] | None = None


@dataclass(frozen=True)
class ImportColumn:
    """One column: its field, its heading in both languages, what its cells hold."""

    name: str
    labels: Mapping[str, str]
    kind: str
    required: bool
    choices: tuple[tuple[str, Mapping[str, str]], ...] = ()
    only_new: bool = False  # asked when a record is made, changed elsewhere later
    hint: Any = ""

    @property
    def label(self) -> str:
        from logistics.core.bilingual import pick

        return pick(self.labels["zh-hans"], self.labels["en"])


def row_form(declared: Any) -> Any:
    """The form that a row of a sheet fills."""
    return declared.transfer.form or declared.add_form or declared.form


def columns_of(declared: Any, person: Any = None) -> list[ImportColumn]:
    """The columns of a register, in the order of its form; the key first."""
    transfer: Transfer = declared.transfer
    form = row_form(declared)(person=person)
    fields = form.fields
    kept = set(declared.form.base_fields) if declared.form and transfer.key else set(fields)
    found = [] if not transfer.key or transfer.key in fields else [_key_column(declared, transfer)]
    for name, form_field in fields.items():
        if name in transfer.leave_out:
            continue
        if isinstance(form_field, UNFIT):
            if form_field.required:
                raise ImproperlyConfigured(f"{declared.kind}: {name} cannot be written in a cell; leave it out of Transfer")
            continue
        kind = next((kind for kind_of, kind in KINDS if isinstance(form_field, kind_of)), "text")
        choices = _choices(form_field) if kind in ("choice", "choices") else ()
        needed = form_field.required and kind != "yesno" and form.get_initial_for_field(form_field, name) in (None, "", [])
        found.append(ImportColumn(name, headings(form_field.label or name), kind, needed, choices, name not in kept, form_field.help_text))
    return sorted(found, key=lambda column: column.name != transfer.key)


def _key_column(declared: Any, transfer: Transfer) -> ImportColumn:
    label = declared.model._meta.get_field(transfer.key).verbose_name
    return ImportColumn(transfer.key, headings(label), "text", False, hint=_("Leave empty for new ones; it is given."))


def _choices(form_field: Any) -> tuple[tuple[str, Mapping[str, str]], ...]:
    return tuple((str(code), headings(label)) for code, label in form_field.choices if code not in ("", None))


def headings(word: Any) -> dict[str, str]:
    """A lazily translated word by language; begins with a capital."""
    found = in_both(lambda: capfirst(str(word)))
    return {"en": found["en"], "zh-hans": found["zh"]}


def identity_of(model: type[models.Model]) -> str:
    """The field by which a record of this model is written in a cell: its code or number, else its Chinese name."""
    names = {one.name for one in model._meta.concrete_fields}
    declared = getattr(model, "resource", None)
    keyed = getattr(getattr(declared, "transfer", None), "key", None)
    return next((name for name in (keyed, *IDENTITIES, "name_zh") if name and name in names), "pk")


def field_or_none(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


# Upper packages tell how else a kind of record may be written in a cell ("明德楼 / 302"): (rows, texts) -> [(text, record)]
SPELLINGS: Registry[Callable[[models.QuerySet, list[str]], list[tuple[str, models.Model]]]] = Registry("spelling")
spelling = SPELLINGS.decorate(lambda function, code: function)
