"""What can be done to many rows at once, and doing it: each row for itself, with its own key."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from logistics.core import bulk, resources
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.idempotency import once
from logistics.core.resources import Resource
from logistics.core.workflow import Move, may_move

AT_ONCE = 100  # more become work in the background
MOST = 5_000
MOST_FIELDS = 3  # a longer form is about one record


@dataclass(frozen=True)
class Act:
    """A move, or a field to set; `code` is what the button sends: "close", "edit:use"."""

    code: str
    label: Any
    icon: str
    move: Move | None = None
    danger: bool = False

    @property
    def field(self) -> str:
        return self.code.partition(":")[2]


def acts_of(declared: type[Resource], person: Any) -> dict[str, Act]:
    """What this person may do to many rows of a list; which of the rows allow it is seen row by row."""
    found: dict[str, Act] = {}
    roles = access_of(person).roles
    for step in sorted(getattr(declared.model, "workflow", None) or (), key=lambda move: move.weight):
        mine = not roles.isdisjoint(role for who in step.who for role in ((who,) if isinstance(who, str) else who.roles))
        if mine and not step.hidden and step.when is None and fit(declared, step):
            found[step.name] = Act(step.name, step.label, step.icon, step, step.danger)
    if declared.bulk_fields and declared.form and declared.may(person, "change"):
        build: Any = declared.form
        fields = build(person=person).fields
        for name in declared.bulk_fields:
            if name in fields:
                found[f"edit:{name}"] = Act(f"edit:{name}", _("Set: %(what)s") % {"what": fields[name].label}, "pencil")
    return found


def fit(declared: type[Resource], step: Move) -> bool:
    """Is what a move asks the same for many rows? Files, long forms and choices among the rows themselves are not."""
    build = step.form_class
    if build is None:
        return True
    fields = build.base_fields
    same = [field for field in fields.values() if isinstance(field, forms.ModelChoiceField) and field.queryset.model is declared.model]
    return len(fields) <= MOST_FIELDS and not same and not any(isinstance(field, forms.FileField) for field in fields.values())


def asking(declared: type[Resource], act: Act, person: Any, data: Any = None) -> forms.BaseForm | None:
    """The form of an act, for no row in particular; None when it asks nothing."""
    if act.move is not None:
        asked: Any = act.move.form_class
        return asked(data, person=person, record=None) if asked else None
    build: Any = declared.form
    form = build(data, person=person)
    for name in set(form.fields) - {act.field}:
        del form.fields[name]
    form.groups = ()
    return form


def faults(form: forms.BaseForm) -> bool:
    """Look at each field for itself, so that an empty reason is told once and not for every row. True when something is wrong."""
    form._errors = forms.utils.ErrorDict()
    form.cleaned_data = {}
    for name, field in form.fields.items():
        try:
            form.cleaned_data[name] = field.clean(form[name].data)
        except ValidationError as error:
            form.add_error(name, error)
    return bool(form._errors)


def do_one(declared: type[Resource], act: Act, pk: int, data: dict[str, Any], *, by: Any, uid: uuid.UUID, seen: str = "") -> dict[str, Any]:
    """Do it to one row: {"pk", "label", "url", "how": done|refused|changed|gone, "why"}. The same uid again does nothing twice."""

    def act_once() -> tuple[models.Model, bool]:
        return once(uuid.uuid5(uid, str(pk)), by, ["many", declared.kind, act.code, pk, data], do)

    def do() -> models.Model:
        row = declared.rows(by).filter(pk=pk).first()
        if row is None:
            raise Conflict(_("It is not there any more, or you may not see it."))
        versions = [seen] if seen else None
        if act.move is not None:
            return bulk.make_move(row, act.code, data, by=by, row_version=versions)
        return set_field(declared, row, act.field, data, by=by, seen=versions)

    outcome = bulk.alone(act_once)
    row = outcome.record or declared.rows(by).filter(pk=pk).first()
    label, url = (str(row), row.get_absolute_url()) if row is not None else (f"#{pk}", "")
    how = "done" if outcome.error is None else "changed" if isinstance(outcome.error, Conflict) else "refused"
    return {"pk": pk, "label": label, "url": url, "how": how, "why": words(outcome.error) if outcome.error else ""}


def set_field(declared: type[Resource], row: models.Model, name: str, data: dict[str, Any], *, by: Any, seen: list[str] | None
              ) -> models.Model:
    """Change one field by the form of the record, the others as they are."""
    if not declared.may(by, "change", row):
        raise NotAllowed(_("You may not change this: %(what)s.") % {"what": declared.label})
    build: Any = declared.form
    present = forms.models.model_to_dict(row, fields=list(build.base_fields))
    form = build({**{key: value for key, value in present.items() if value is not None}, name: data.get(name, "")}, instance=row, person=by)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return resources.update(declared, row, form.cleaned_data, by=by, row_version=seen)


def words(error: Exception) -> str:
    """A refusal in one sentence."""
    if isinstance(error, ValidationError):
        return " ".join(dict.fromkeys(error.messages))
    if isinstance(error, Conflict | NotAllowed):
        return str(error)
    return _("The database refuses it.")


def preview(declared: type[Resource], act: Act, ids: list[int], person: Any) -> list[dict[str, str]]:
    """Which of at most a hundred rows will refuse a move, and why, as far as can be said before."""
    if act.move is None or len(ids) > AT_ONCE:
        return []
    found = []
    flow = declared.model.workflow
    rows = declared.rows(person).filter(pk__in=ids)
    for row in rows.select_related(*declared.list_joins) if declared.list_joins else rows:
        if getattr(row, flow.field) not in act.move.sources:
            why = _("It is: %(state)s.") % {"state": flow.state(row).label}
        elif not may_move(act.move, row, person)[0]:
            why = _("You may not do this: %(move)s.") % {"move": act.move.label}
        else:
            why = str(act.move.guard(row, person) or "") if act.move.guard else ""
        if why:
            found.append({"label": str(row), "why": why})
    return found


