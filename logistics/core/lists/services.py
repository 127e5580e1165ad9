"""Keeping a list under a name."""
from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import Conflict
from logistics.core.models import SavedList

NOT_KEPT = ("page", "filters", "select", "view", "as", "format", "shift")
BACK_WITHIN = timedelta(days=1)
LONGEST_QUERY = 4000  # an address that servers on the way still pass on


def kept_query(query: str) -> str:
    """What of an address belongs to a list: not its page."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in NOT_KEPT and value != "unknown"])


def lists_for(person: Any, kind: str) -> QuerySet[SavedList]:
    """One's own, and those shared with a role that one holds."""
    return SavedList.objects.live().filter(Q(owner_id=person.pk) | Q(role__in=sorted(access_of(person).roles)), kind=kind)


def gone_lists(person: Any, kind: str) -> QuerySet[SavedList]:
    """What one has deleted and can still bring back."""
    return SavedList.objects.filter(owner_id=person.pk, kind=kind, gone_at__gt=clock.now() - BACK_WITHIN).order_by("-gone_at")


def keep(*, person: Any, kind: str, name: str, query: str, role: str, default: bool) -> SavedList:
    """Keep a list; the same name again replaces what it held."""
    with _one_name(), transaction.atomic():
        if default:
            SavedList.objects.live().filter(owner=person, kind=kind, default=True).exclude(name=name).update(default=False)
        row, _made = SavedList.objects.live().update_or_create(
            owner=person, kind=kind, name=name, defaults={"query": kept_query(query)[:LONGEST_QUERY], "role": role, "default": default}
        )
    return row


def change(row: SavedList, *, name: str, role: str, default: bool) -> SavedList:
    """Another name, other readers, first or not."""
    with _one_name(), transaction.atomic():
        if default:
            SavedList.objects.live().filter(owner_id=row.owner_id, kind=row.kind, default=True).exclude(pk=row.pk).update(default=False)
        row.name, row.role, row.default = name, role, default
        row.save(update_fields=["name", "role", "default"])
    return row


def forget(row: SavedList) -> None:
    """Take a list away; for a day it can be brought back."""
    SavedList.objects.live().filter(pk=row.pk).update(gone_at=clock.now())


def bring_back(row: SavedList) -> None:
    """Undo the deletion. Another list may be shown first by now; then this one is not."""
    with _one_name(), transaction.atomic():
        first = SavedList.objects.live().filter(owner_id=row.owner_id, kind=row.kind, default=True).exists()
        SavedList.objects.filter(pk=row.pk).update(gone_at=None, default=row.default and not first)


def sweep() -> int:
    """Delete what nobody can bring back any more."""
    return SavedList.objects.filter(gone_at__lte=clock.now() - BACK_WITHIN).delete()[0]


class _one_name:
    """Turns the refusal of the database into words."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, IntegrityError):
            raise Conflict(_("You have a list of this name already.")) from error
