"""Questions about checklists and answers, and who may see them."""
from __future__ import annotations

from typing import Self

from django.db.models import F, Q

from logistics.core.access import EVERYTHING, NOTHING, Access, either
from logistics.core.scoping import ScopedQuerySet


class CatalogueQuerySet(ScopedQuerySet):
    """Rows that belong to no place: open to whoever holds the permission anywhere."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else NOTHING


class ChecklistQuerySet(CatalogueQuerySet):
    def in_use(self) -> Self:
        """Those of which a version is published."""
        return self.filter(active=True, versions__state="published").distinct()


class AnswerQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By permission over the place; everybody sees the own answers."""
        rule = super().scope(access, action)
        own = getattr(access.person, "pk", None)
        return either(rule, Q(by_id=own)) if action == "view" and own else rule

    def newest(self) -> Self:
        """The answers that count: no later one replaces them."""
        return self.filter(replaced_by__isnull=True)

    def same_as(self, finding: object) -> Self:
        """Answers to the item of a finding, at its target; versions of a checklist ask the same under the same key."""
        row: object = finding
        at = {"run__equipment_id": row.equipment_id} if row.equipment_id else {"run__place_id": row.place_id, "run__equipment": None}  # type: ignore[attr-defined]
        return self.filter(item__key=row.item.key, item__version__checklist_id=row.item.version.checklist_id, **at)  # type: ignore[attr-defined]

    def in_order(self) -> Self:
        return self.order_by(F("judged_at").desc(), "-pk")
