"""What a firm sees: its own, and nothing else of the school."""

from __future__ import annotations

from django.db.models import Q

from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet


def firm_of(access: Access) -> int | None:
    """The organisation for which a contractor acts; None for everybody else."""
    return getattr(access.person, "organisation_id", None) if "contractor" in access.roles else None


class OfFirmQuerySet(ScopedQuerySet):
    """Rows of an organisation: seen by its people, and by those who manage the place of the order."""

    def scope(self, access: Access, action: str) -> Q:
        rule, firm = super().scope(access, action), firm_of(access)
        return either(rule, Q(organisation_id=firm)) if firm else rule


class OfFirmPeopleQuerySet(ScopedQuerySet):
    """Papers of people of an organisation."""

    def scope(self, access: Access, action: str) -> Q:
        rule, firm = super().scope(access, action), firm_of(access)
        return either(rule, Q(person__organisation_id=firm)) if firm and action == "view" else rule
