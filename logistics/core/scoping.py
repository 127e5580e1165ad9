"""Scope is a queryset: `visible_to` is the only way rows reach a person, page, API, export, search and widget alike."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from logistics.core.access import EVERYTHING, NOTHING, Access, access_of

if TYPE_CHECKING:
    from logistics.core.workflow import Workflow


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows who may see its rows; a domain widens `scope` in its `querysets` room."""

    def scope(self, access: Access, action: str) -> Q:
        """The rows this access opens: by default those below the places and departments where the permission is held."""
        return access.area(f"{self.model._meta.label_lower}:{action}").rule(self.model)

    def visible_to(self, person: Any, action: str = "view") -> Self:
        rule = self.scope(access_of(person), action)
        if rule == NOTHING:
            return self.none()
        return self if rule == EVERYTHING else self.filter(rule)


class ScopedModel(models.Model):
    """A record with a scope. `scope_place` and `scope_department` name the path to where it stands ("" = the record itself)."""

    scope_place: str | None = None
    scope_department: str | None = None
    workflow: ClassVar[Workflow]  # of those that have moves: set where they are declared

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Record(ScopedModel):
    """A scoped record with a page of its own, at the address that its resource gives it."""

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse(f"{self._meta.app_label}:{self._meta.model_name}-detail", args=[self.pk])
