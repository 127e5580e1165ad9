"""Taking rows of an import back, hundreds at a time; each that somebody changed or used since stays, and says why."""
from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext as _

from logistics.core.history import event_model
from logistics.core.models import Event, ImportRow, RecordRef, kind_of
from logistics.core.transfer import table

SILENT = (Event, ImportRow)  # they tell of a record and use nothing of it


def take_back(model: type[models.Model], rows: list[ImportRow], owned: list[models.ForeignKey]) -> None:
    """Undo these rows in the caller's transaction and note what came of each."""
    by_id = {row.object_id: row for row in rows}
    present = _locked(model, list(by_id))
    marks = table.marks(model, sorted(present), owned)
    going: set[int] = set()
    for pk, row in by_id.items():
        if pk not in present:
            row.state, row.reason = ("undone", "") if row.made else ("kept", _("It was deleted since."))
        elif marks[pk] != row.mark:
            row.state, row.reason = "kept", _("It was changed since.")
        elif row.made:
            going.add(pk)
        else:
            table.restore(model, pk, row.before or {}, row.columns)
            row.state = "undone"
    for pk, words in _used(model, going, owned).items():
        by_id[pk].state, by_id[pk].reason = "kept", _("It is used since: %(what)s.") % {"what": _(", ").join(words)}
        going.discard(pk)
    _delete(model, going, owned)
    for pk in going:
        by_id[pk].state, by_id[pk].reason = "undone", ""
    ImportRow.objects.filter(pk__in=[row.pk for row in rows if row.state == "undone"]).update(state="undone", reason="")
    ImportRow.objects.bulk_update([row for row in rows if row.state == "kept"], ["state", "reason"])


def _locked(model: type[models.Model], ids: list[int]) -> set[int]:
    """Whoever wants to use one of them now waits, and finds it gone."""
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def _used(model: type[models.Model], ids: set[int], owned: list[models.ForeignKey]) -> dict[int, list[str]]:
    """Id -> what uses it. Rows that go together do not use each other, unless one of them stays."""
    found: dict[int, set[str]] = defaultdict(set)
    inside: list[tuple[int, int]] = []  # (user, used) within the model
    for key in _keys_to(model):
        if key in owned:
            continue
        if key.model is model:
            inside += key.model._base_manager.filter(**{f"{key.attname}__in": ids}).values_list("pk", key.attname)
            continue
        for pk in key.model._base_manager.filter(**{f"{key.attname}__in": ids}).values_list(key.attname, flat=True).distinct():
            found[pk].add(str(key.model._meta.verbose_name_plural))
    for ref in apps.get_models():
        if issubclass(ref, RecordRef) and ref not in SILENT and not ref._meta.proxy:
            for pk in ref._base_manager.filter(kind=kind_of(model), object_id__in=ids).values_list("object_id", flat=True).distinct():
                found[pk].add(str(ref._meta.verbose_name_plural))
    while True:
        staying = {used for user, used in inside if (user not in ids or user in found) and used not in found}
        if not staying:
            return {pk: sorted(words) for pk, words in found.items()}
        for pk in staying:
            found[pk].add(str(model._meta.verbose_name_plural))


def _keys_to(model: type[models.Model]) -> list[Any]:
    """Every foreign key that leads to the model; histories only remember it, and what the database works out goes along."""
    histories = {event_model(one) for one in apps.get_models()}
    return [
        one for other in apps.get_models(include_auto_created=True) if other not in histories and not other._meta.proxy
        and not getattr(other, "worked_out", False)
        for one in other._meta.local_concrete_fields if one.is_relation and one.related_model is model
    ]


def _delete(model: type[models.Model], ids: set[int], owned: list[models.ForeignKey]) -> None:
    if not ids:
        return
    for key in owned:
        key.model._base_manager.filter(**{f"{key.attname}__in": ids})._raw_delete(connection.alias)
    model._base_manager.filter(pk__in=ids)._raw_delete(connection.alias)
