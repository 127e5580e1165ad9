"""Keeping a list under a name."""
from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import Q, QuerySet

from logistics.core.access import access_of
from logistics.core.models import SavedList

NOT_KEPT = ("page", "filters", "select", "view", "as", "format")


def kept_query(query: str) -> str:
    """What of an address belongs to a list: not its page."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in NOT_KEPT])


def lists_for(person: Any, kind: str) -> QuerySet[SavedList]:
    """One's own, and those shared with a role that one holds."""
    return SavedList.objects.filter(Q(owner_id=person.pk) | Q(role__in=sorted(access_of(person).roles)), kind=kind)


@transaction.atomic
def keep(*, person: Any, kind: str, name: str, query: str, role: str, default: bool) -> SavedList:
    """Keep a list; the same name again replaces what it held."""
    if default:
        SavedList.objects.filter(owner=person, kind=kind, default=True).update(default=False)
    row, _made = SavedList.objects.update_or_create(
        owner=person, kind=kind, name=name, defaults={"query": kept_query(query), "role": role, "default": default}
    )
    return row
