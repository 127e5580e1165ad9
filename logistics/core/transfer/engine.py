"""Bringing rows in: each goes through the form of its record and the one way in; what cannot come in is told by row, column and reason.

A register with a bulk service gets there with a few statements for hundreds of rows: the same form without its questions to the database,
which are asked once for all rows instead (records, uniqueness, checks).
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from logistics.core import resources
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import Event, ImportRow, kind_of
from logistics.core.transfer import table
from logistics.core.transfer.cells import CLEAR, index_of, read_cell, words_of
from logistics.core.transfer.declaration import ImportColumn, Transfer, columns_of, row_form
from logistics.core.transfer.reading import Line
from logistics.core.transfer.records import Finder
from logistics.core.workflow import write_event

CHUNK = 500


@dataclass(frozen=True)
class Problem:
    row: int
    column: str
    value: str
    reason: str


@dataclass
class Made:
    """What a row did."""

    row: int
    pk: int
    new: bool
    before: dict[str, Any] | None = None


@dataclass
class Row:
    """A line on its way in: the values of its columns as the form takes them."""

    line: Line
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    bad: bool = False


class Importer:
    """Brings the lines of one file in, as one person."""

    def __init__(self, declared: Any, headers: list[str], mapping: list[str], by: Any, *, update: bool, batch: Any = None):
        self.declared, self.by, self.update, self.batch = declared, by, update, batch
        self.transfer: Transfer = declared.transfer
        self.model: type[models.Model] = declared.model
        self.headers = headers
        columns = {column.name: column for column in columns_of(declared, by)}
        self.columns: dict[int, ImportColumn] = {place: columns[name] for place, name in enumerate(mapping) if name in columns}
        self.places = {column.name: place for place, column in self.columns.items()}
        self.indexes = {place: index_of(column) for place, column in self.columns.items()}
        self.keyed_by_form = self.transfer.key in row_form(declared).base_fields
        self.new_form = self._new_form() if self.transfer.bulk else None
        shown = row_form(declared)(person=by)
        self.finders = {
            name: Finder(one.queryset) for name, one in shown.fields.items()
            if isinstance(one, forms.ModelChoiceField) and one.queryset is not None
        }
        self.checks = table.checks_of(self.model) if self.transfer.bulk else []
        self.own_columns = {name for name, finder in self.finders.items() if finder.model is self.model and name in self.places}
        self.may_add = declared.may(by, "add")
        self.seen: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.made: list[Made] = []
        self.counts = {"new": 0, "changed": 0, "same": 0, "bad": 0}
        self.waiting: list[tuple[Row, dict[str, Any]]] = []  # cleaned, not yet written

    # order -----------------------------------------------------------------------------------------------------------
    def ordered(self, lines: list[Line]) -> list[Line]:
        """What a row stands in comes before it, wherever it stands in the file; otherwise the order of the file."""
        key_at = self.places.get(self.transfer.key)
        if key_at is None or not self.own_columns:
            return lines
        by_key = {words_of(line.cells[key_at]): line for line in reversed(lines)}
        at = [self.places[name] for name in self.own_columns]
        found: list[Line] = []
        done: set[int] = set()

        for line in lines:
            path = [line]
            while path:
                top = path[-1]
                above = next((
                    other for place in at
                    if (other := by_key.get(words_of(top.cells[place]))) and other.number not in done and other not in path
                ), None)
                if above is not None:
                    path.append(above)
                    continue
                path.pop()
                if top.number not in done:
                    done.add(top.number)
                    found.append(top)
        return found

    def remember(self, lines: list[Line]) -> None:
        """Lines that an earlier worker brought in."""
        key_at = self.places.get(self.transfer.key)
        if key_at is None:
            return
        for line in lines:
            if key := words_of(line.cells[key_at]):
                self.seen.setdefault(key, line.number)

    # a chunk ---------------------------------------------------------------------------------------------------------
    def process(self, lines: list[Line]) -> None:
        """Bring these lines in, inside the caller's transaction."""
        rows = [self._read(line) for line in lines]
        self._find(rows)
        present = self._present(rows)
        seen = self._visible(present)
        ids = [record.pk for record in present.values()]
        before = table.images(self.model, ids) if ids and self.update else {}
        for row in rows:
            if row.key:
                self._first(row)
            self._resolve(row)
            if row.bad:
                self.counts["bad"] += 1
                continue
            record = present.get(row.key) if row.key else None
            if record is not None:
                self._change(row, record, seen, before.get(record.pk))
            elif row.key and not self.keyed_by_form:
                what = {"what": self.declared.label, "key": row.key}
                self._bad(row, self.transfer.key, _("There is no %(what)s “%(key)s”. Leave the cell empty for a new one.") % what)
                self.counts["bad"] += 1
            else:
                self._make(row)
        self._flush()

    def _read(self, line: Line) -> Row:
        row = Row(line, "")
        key_at = self.places.get(self.transfer.key)
        if key_at is not None:
            row.key = words_of(line.cells[key_at])
        for place, column in self.columns.items():
            text = words_of(line.cells[place])
            if text == "":
                continue
            row.texts[column.name] = text
            if text in CLEAR and not column.required:
                row.values[column.name] = [] if column.kind == "choices" else None
            elif column.kind != "record":
                try:
                    row.values[column.name] = read_cell(column, line.cells[place], self.indexes[place])
                except ValidationError as error:
                    self._bad(row, column.name, error.messages[0])
        return row

    def _find(self, rows: list[Row]) -> None:
        for name, finder in self.finders.items():
            if name in self.places:
                finder.load({row.texts[name] for row in rows if name in row.texts and row.texts[name] not in CLEAR})

    def _present(self, rows: list[Row]) -> dict[str, Any]:
        keys = [row.key for row in rows if row.key]
        if not keys:
            return {}
        found = self.model._base_manager.filter(**{f"{self.transfer.key}__in": keys}).select_related(*self.declared.list_joins)
        return {str(getattr(record, self.transfer.key)): record for record in found}

    def _visible(self, present: dict[str, Any]) -> set[int]:
        ids = [record.pk for record in present.values()]
        return set(self.declared.rows(self.by).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()

    def _first(self, row: Row) -> None:
        """The same key twice in a file: only the first one counts."""
        earlier = self.seen.setdefault(row.key, row.line.number)
        if earlier != row.line.number:
            self._bad(row, self.transfer.key, _("Row %(row)s has the same one.") % {"row": earlier})

    def _resolve(self, row: Row) -> None:
        """Records named in cells. One that an earlier row of this file is about to make is written first."""
        for name, finder in self.finders.items():
            text = row.texts.get(name)
            if not text or name not in self.places or name in row.values:
                continue
            if name in self.own_columns and finder.known.get(text) is None and text in self.seen:
                self._flush()
                finder.forget(text)
                finder.load({text})
            try:
                row.values[name] = finder.record(text)
            except ValidationError as error:
                words = error.messages[0]
                if name in self.own_columns and text in self.seen and finder.known.get(text) is None:
                    words = _("Row %(row)s, which it names, cannot be brought in.") % {"row": self.seen[text]}
                self._bad(row, name, words)

    # new records -----------------------------------------------------------------------------------------------------
    def _make(self, row: Row) -> None:
        if not self.may_add:
            self._bad(row, "", _("You may not add this: %(what)s.") % {"what": self.declared.label})
            self.counts["bad"] += 1
            return
        form = self._fill(self.new_form or self._new_form(), row)
        if not form.is_valid():
            self._form_errors(row, form)
        elif self.transfer.bulk:
            self.waiting.append((row, dict(form.cleaned_data)))
        else:
            self._one(row, form.cleaned_data)

    def _new_form(self) -> Any:
        form = row_form(self.declared)(person=self.by)
        self.initial = {name: form.get_initial_for_field(one, name) for name, one in form.fields.items()}
        self._records_ready(form)
        if self.transfer.bulk and isinstance(form, forms.ModelForm):
            # asked once for all rows: uniqueness by the key and the insert, checks by the database, records by the finders
            form.validate_unique = lambda: None  # type: ignore[method-assign]
            keys = {one.name for one in self.model._meta.concrete_fields if one.is_relation}
            exclusions = form._get_validation_exclusions
            form._get_validation_exclusions = lambda: exclusions() | keys
        return form

    def _fill(self, form: Any, row: Row) -> Any:
        given = {name: value for name, value in row.values.items() if name in form.fields}
        form.data, form.files, form.is_bound, form._errors = {**self.initial, **given}, {}, True, None
        if isinstance(form, forms.ModelForm):
            form.instance = self.model()
            if self.transfer.bulk:
                form.instance.validate_constraints = lambda **_options: None
        return form

    @staticmethod
    def _records_ready(form: Any) -> None:
        """Cells name records that are found already: the form takes them as they are."""
        for one in form.fields.values():
            if isinstance(one, forms.ModelChoiceField):
                one.clean = partial(_ready, one)  # type: ignore[method-assign]

    def _flush(self) -> None:
        waiting, self.waiting = self.waiting, []
        if waiting:
            self._many(self._within_checks(waiting))

    def _within_checks(self, waiting: list[tuple[Row, dict[str, Any]]]) -> list[tuple[Row, dict[str, Any]]]:
        names = [name for name in waiting[0][1] if any(one.name == name for one in self.model._meta.concrete_fields)]
        records = [self.model(**{name: data[name] for name in names}) for _row, data in waiting]
        broken = table.violated(self.model, records, names, self.checks)
        for place, checks in broken.items():
            row = waiting[place][0]
            for check in checks:
                self._bad(row, *self._check_words(check))
            self.counts["bad"] += 1
        return [pair for place, pair in enumerate(waiting) if place not in broken]

    def _check_words(self, name: str) -> tuple[str, str]:
        """Column and sentence for a check: its own words where the model has some."""
        rule = next((one for one in self.model._meta.constraints if one.name == name), None)
        spoken = rule is not None and rule.violation_error_message != rule.default_violation_error_message
        columns = next(columns for check, _expression, columns in self.checks if check == name)
        fields = [one.name for one in self.model._meta.concrete_fields if one.column in columns and one.name in self.places]
        words = str(rule.violation_error_message) if spoken else _("This value is not possible here.")
        return (fields[0] if len(fields) == 1 else ""), words

    def _many(self, pairs: list[tuple[Row, dict[str, Any]]]) -> None:
        """Write new records at once; where the database refuses them together, halve until the one that it refuses stands alone."""
        if not pairs:
            return
        assert self.transfer.bulk is not None
        try:
            with transaction.atomic():
                answers = self.transfer.bulk([data for _row, data in pairs], self.by)
                ids = [record.pk for record in answers if isinstance(record, models.Model)]
                inside = set(self.declared.rows(self.by, "add").filter(pk__in=ids).values_list("pk", flat=True))
                if len(inside) < len(ids):
                    raise _Outside({pk for pk in ids if pk not in inside})
        except _Outside as outside:
            out = [place for place, record in enumerate(answers) if isinstance(record, models.Model) and record.pk in outside.ids]
            for place in out:
                self._bad(pairs[place][0], "", _("This lies outside the part of the school that you look after."))
                self.counts["bad"] += 1
            self._many([pair for place, pair in enumerate(pairs) if place not in set(out)])
            return
        except (IntegrityError, DataError):
            if len(pairs) == 1:
                self._one(*pairs[0])
            else:
                half = len(pairs) // 2
                self._many(pairs[:half])
                self._many(pairs[half:])
            return
        events = []
        for (row, _data), answer in zip(pairs, answers, strict=True):
            if isinstance(answer, ValidationError):
                self._refused(row, answer)
                continue
            self.made.append(Made(row.line.number, answer.pk, True))
            self.counts["new"] += 1
            events.append(Event(kind=self.declared.kind, object_id=answer.pk, move="import", by=self.by, data=self._note(row)))
        Event.objects.bulk_create(events)

    def _one(self, row: Row, data: dict[str, Any]) -> None:
        try:
            with transaction.atomic():
                record, _made = resources.create(self.declared, data, by=self.by)
                if hasattr(self.model, "workflow"):
                    write_event(record, "import", by=self.by, data=self._note(row))
        except (ValidationError, Conflict, NotAllowed, IntegrityError, DataError) as error:
            self._refused(row, error)
            return
        self.made.append(Made(row.line.number, record.pk, True))
        self.counts["new"] += 1

    def _note(self, row: Row) -> dict[str, Any]:
        return {"file": self.batch.file_name if self.batch else "", "row": row.line.number, "batch": self.batch.pk if self.batch else None}

    # records that are there ------------------------------------------------------------------------------------------
    def _change(self, row: Row, record: Any, seen: set[int], before: dict[str, Any] | None) -> None:
        what = {"what": self.declared.label, "key": row.key}
        if record.pk not in seen:
            words = _("“%(key)s” exists already, outside the part of the school that you look after.")
            return self._refuse(row, self.transfer.key, words % what)
        if not self.update or self.declared.form is None:
            return self._refuse(row, self.transfer.key, _("“%(key)s” is there already.") % what)
        form = self.declared.form(person=self.by, instance=record)
        self._records_ready(form)
        initial = {**model_to_dict(record, fields=list(form.fields)), **{name: form.get_initial_for_field(one, name)
                   for name, one in form.fields.items() if not hasattr(record, name)}}
        given = {name: value for name, value in row.values.items() if name in form.fields}
        for name, value in list(given.items()):
            text, present = row.texts[name], initial.get(name)
            if text in CLEAR and words_of(present) == text:
                del given[name]  # the dash is what it is called
            elif not form.fields[name].has_changed(present, value.pk if isinstance(value, models.Model) else value):
                del given[name]
        if not given:
            self.counts["same"] += 1
            return None
        if not self.declared.may(self.by, "change", record):
            return self._refuse(row, "", _("You may not change this: %(what)s.") % what)
        data = {name: getattr(record, name) if isinstance(one, forms.ModelChoiceField) else initial.get(name)
                for name, one in form.fields.items()}
        form.data, form.files, form.is_bound, form._errors = {**data, **given}, {}, True, None
        if not form.is_valid():
            return self._form_errors(row, form)
        if all(getattr(form.cleaned_data[name], "pk", form.cleaned_data[name]) == initial.get(name) for name in given):
            self.counts["same"] += 1  # written otherwise, but the same
            return None
        try:
            with transaction.atomic():
                resources.update(self.declared, record, form.cleaned_data, by=self.by)
        except (ValidationError, Conflict, NotAllowed, IntegrityError, DataError) as error:
            return self._refused(row, error)
        self.made.append(Made(row.line.number, record.pk, False, before))
        self.counts["changed"] += 1
        return None

    # words -----------------------------------------------------------------------------------------------------------
    def _bad(self, row: Row, name: str, reason: str) -> None:
        row.bad = True
        place = self.places.get(name)
        self.problems.append(Problem(
            row.line.number, self.headers[place] if place is not None else self._label(name),
            words_of(row.line.cells[place])[:200] if place is not None else "", str(reason),
        ))

    def _label(self, name: str) -> str:
        if not name or name == NON_FIELD_ERRORS:
            return ""
        return next((column.label for column in columns_of(self.declared, self.by) if column.name == name), "")

    def _refuse(self, row: Row, name: str, reason: str) -> None:
        self._bad(row, name, reason)
        self.counts["bad"] += 1

    def _form_errors(self, row: Row, form: Any) -> None:
        for name, errors in form.errors.as_data().items():
            for error in errors:
                self._bad(row, name, error.messages[0])
        self.counts["bad"] += 1

    def _refused(self, row: Row, error: Exception) -> None:
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                self._bad(row, name, errors[0].messages[0])
        elif isinstance(error, ValidationError):
            self._bad(row, "", " ".join(error.messages))
        elif isinstance(error, IntegrityError | DataError):
            self._bad(row, "", _("The database refuses this row: it contradicts another one."))
        else:
            self._bad(row, "", str(error))
        self.counts["bad"] += 1

    # the end of a transaction ----------------------------------------------------------------------------------------
    def finish(self) -> None:
        """What comes last, and the memory that undoing needs."""
        made, self.made = self.made, []
        new = [one.pk for one in made if one.new]
        if self.transfer.last and new:
            self.transfer.last(new, self.by)
        kind, owned = kind_of(self.model), owned_keys(self.transfer)
        for start in range(0, len(made), 2000):
            part = made[start : start + 2000]
            ids = [one.pk for one in part]
            mark = table.marks(self.model, ids, owned)
            after = table.images(self.model, [one.pk for one in part if not one.new])
            ImportRow.objects.bulk_create([
                ImportRow(batch=self.batch, row=one.row, kind=kind, object_id=one.pk, made=one.new, before=one.before,
                          columns=differing(self.model, one.before, after.get(one.pk)), mark=mark[one.pk])
                for one in part
            ], batch_size=1000)


class _Outside(Exception):
    def __init__(self, ids: set[int]):
        self.ids = ids


def _ready(one: forms.ModelChoiceField, value: Any) -> Any:
    if isinstance(value, models.Model):
        return value
    if value in (None, ""):
        if one.required:
            raise ValidationError(one.error_messages["required"], code="required")
        return None
    return one.__class__.clean(one, value)


def owned_keys(transfer: Transfer) -> list[models.ForeignKey]:
    """The foreign keys "accounts.membership.person" that Transfer.owns names."""
    from django.apps import apps

    found = []
    for path in transfer.owns:
        model, _dot, name = path.rpartition(".")
        found.append(apps.get_model(model)._meta.get_field(name))
    return found


def differing(model: type[models.Model], before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """The columns that an import changed."""
    if before is None or after is None:
        return []
    return [name for name in table.stable_columns(model) if before.get(name) != after.get(name)]


def chunks(lines: list[Line], size: int = CHUNK) -> Iterable[list[Line]]:
    for start in range(0, len(lines), size):
        yield lines[start : start + size]
