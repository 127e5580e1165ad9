"""Layouts of ledgers: which columns they may name, which are delivered with the house, and how one is read."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.core.access import access_of
from logistics.core.columns import Column
from logistics.core.models import ExportLayout
from logistics.core.registry import Registry

NUMBERED, EMPTY = Column("#", "#", kind="number", export=lambda record: None), Column("", "", export=lambda record: None)


@dataclass(frozen=True)
class Shipped:
    """A layout that a new school begins with; it is edited as any other."""

    kind: str
    zh: str
    en: str
    columns: Sequence[tuple[str, str]]


SHIPPED: Registry[Shipped] = Registry("layout of a ledger")


def layout(code: str, kind: str, zh: str, en: str, *columns: tuple[str, str]) -> None:
    SHIPPED.add(code, Shipped(kind, zh, en, columns))


def ship_layouts(**_signal: Any) -> int:
    """Run after every migration, changes nothing that exists. How many were written."""
    known = set(ExportLayout.objects.values_list("code", flat=True))
    new = {code: SHIPPED[code] for code in SHIPPED.codes() if code not in known}
    lines = {code: "\n".join(f"{heading} = {name}" for heading, name in one.columns) for code, one in new.items()}
    return len(ExportLayout.objects.bulk_create(
        ExportLayout(code=code, kind=one.kind, name_zh=one.zh, name_en=one.en, columns=lines[code]) for code, one in new.items()))


def known_columns(declared: Any) -> dict[str, Column]:
    """What a layout of this register may name: the columns of its list, and those that only ledgers ask for."""
    return {column.name: column for column in (*declared.columns, *declared.ledger_columns)}


def columns_of_layout(declared: Any, row: ExportLayout) -> list[tuple[str, Column]]:
    known = known_columns(declared)
    return [(heading, NUMBERED if name == "#" else known.get(name, EMPTY)) for heading, name in row.pairs]


def check(declared: Any, text: str) -> None:
    """Every line names a heading and a column that is there."""
    known = known_columns(declared)
    wrong = [name for heading, name in ExportLayout(columns=text).pairs if not heading or (name not in ("", "#") and name not in known)]
    if wrong:
        raise ValidationError(_("There is no column “%(name)s”. There are: %(known)s.") % {
            "name": wrong[0], "known": _(", ").join(f"{name} ({column.label})" for name, column in known.items())})


def layouts_of(declared: Any, person: Any) -> list[ExportLayout]:
    """The layouts in use of a register that has them, for those who send ledgers."""
    if not may_use(declared, person):
        return []
    return list(ExportLayout.objects.filter(kind=declared.kind, active=True).order_by("code"))


def may_use(declared: Any, person: Any) -> bool:
    return bool(declared.ledger_columns) and access_of(person).has("core.exportlayout:view")
