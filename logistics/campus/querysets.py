"""Questions about places, tags, calendars and stewardships, and who may see them."""
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from logistics.accounts.querysets import DatedQuerySet, OpenToAll
from logistics.core import clock
from logistics.core.access import EVERYTHING, NOTHING, Access, access_of, either
from logistics.core.scoping import ScopedQuerySet

if TYPE_CHECKING:
    from logistics.campus.models import Place


def _id(place: Place | int) -> int:
    return place if isinstance(place, int) else place.pk


class PlaceQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Every signed-in person sees the places in use; the rest, and changing them, needs a permission there."""
        rule = super().scope(access, action)
        if action == "view" and getattr(access.person, "is_active", False):
            return either(rule, Q(valid__contains=clock.today()))
        return rule

    def in_scope(self, person: Any, permission: str) -> Self:
        """The places where a person holds a permission."""
        rule = access_of(person).area(permission).rule(self.model)
        return self.none() if rule == NOTHING else self if rule == EVERYTHING else self.filter(rule)

    def active(self) -> Self:
        """Places in use today."""
        return self.filter(valid__contains=clock.today())

    def at(self, place: Place | int) -> Self:
        """The place itself and everything in it."""
        return self.filter(ancestors__contains=[_id(place)])

    def under(self, place: Place | int) -> Self:
        """Everything in the place, without itself."""
        return self.at(place).exclude(pk=_id(place))

    def campuses(self) -> Self:
        return self.filter(kind="campus")

    def untagged(self) -> Self:
        """Places on which no label hangs."""
        return self.exclude(self._tagged())

    def tagged(self) -> Self:
        return self.filter(self._tagged())

    def _tagged(self) -> Exists:
        return Exists(
            apps.get_model("campus.TagBinding").objects.filter(kind="campus.place", object_id=OuterRef("pk"), during__upper_inf=True)
        )


class TagQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Labels that hang in one's places; labels that hang nowhere belong to everybody who handles labels."""
        rule = super().scope(access, action)
        if access.has(f"campus.tag:{action}"):
            return either(rule, Q(place__isnull=True))
        return rule


class BindingQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Bindings that hold now."""
        return self.filter(during__upper_inf=True)

    def of(self, record: Any) -> Self:
        """Bindings of one target, old ones too."""
        return self.filter(kind=record._meta.label_lower, object_id=record.pk)


class ClosureQuerySet(OpenToAll):
    def live(self, at: datetime | None = None) -> Self:
        """Closures in force at an instant."""
        return self.filter(state="open", during__contains=at or clock.now())

    def closing(self, place: Place) -> Self:
        """Closures of the place or of something that holds it."""
        return self.filter(place_id__in=place.ancestors)


class VersionQuerySet(OpenToAll):
    def in_force(self) -> Self:
        return self.filter(state="published")


class StewardshipQuerySet(DatedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own; otherwise by permission at the place."""
        rule = super().scope(access, action)
        if action == "view":
            return either(rule, Q(person_id=getattr(access.person, "pk", None) or 0))
        return rule

    def ahead(self, at: datetime | None = None) -> Self:
        """Live or still to come."""
        return self.filter(Q(during__endswith__gt=at or clock.now()) | Q(during__upper_inf=True))


__all__ = [
    "BindingQuerySet", "ClosureQuerySet", "OpenToAll", "PlaceQuerySet", "StewardshipQuerySet", "TagQuerySet", "VersionQuerySet",
]
