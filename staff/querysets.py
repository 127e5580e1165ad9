"""Questions about staff, certificates and duties, and who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

from django.db.models import F, OuterRef, Q, Subquery

from logistics.accounts.querysets import OpenToAll
from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.scoping import ScopedQuerySet

PUBLISHED = ("published", "closed")


class StaffQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own file; otherwise by permission over the team."""
        return either(super().scope(access, action), _own(access, "person", action))

    def employed(self, day: date | None = None) -> Self:
        """Those who work here on a day."""
        day = day or clock.today()
        return self.filter(joined_on__lte=day).filter(Q(left_on__isnull=True) | Q(left_on__gte=day))

    def in_team(self, team: Any) -> Self:
        """The people of a team and of the teams below it."""
        return self.filter(team__ancestors__contains=[team.pk])


class OwnFileQuerySet(ScopedQuerySet):
    """Rows of somebody's file: one's own; otherwise by permission over the team."""

    def scope(self, access: Access, action: str) -> Q:
        return either(super().scope(access, action), _own(access, "staff__person", action))


class StaffSkillQuerySet(OwnFileQuerySet):
    def newest(self, at: date | None = None) -> Self:
        """The row that counts for each person and skill on a day."""
        rows = self.model.objects.filter(staff=OuterRef("staff"), skill=OuterRef("skill"))
        if at is not None:
            rows = rows.filter(assessed_on__lte=at)
        return self.filter(pk=Subquery(rows.order_by("-assessed_on", "-pk").values("pk")[:1]))


class CertificateQuerySet(OwnFileQuerySet):
    def covering(self, day: date) -> Self:
        return self.filter(state="valid", valid_from__lte=day, valid_until__gte=day)

    def ending(self, first: date, last: date) -> Self:
        """Verified ones that end in these days and have no verified successor."""
        later = Q(
            staff__certificates__type=F("type"), staff__certificates__state="valid", staff__certificates__valid_until__gt=F("valid_until")
        )
        return self.filter(state="valid", valid_until__gte=first, valid_until__lte=last).exclude(
            pk__in=self.model.objects.filter(later).values("pk")
        )


class DutyQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Drafts are seen by those who make the roster; the rest by the team."""
        if action != "view":
            return super().scope(access, action)
        published = super().scope(access, action) & Q(period__state__in=PUBLISHED)
        return either(access.area("staff.duty:change").rule(self.model), published)

    def live(self) -> Self:
        return self.exclude(state__in=("cancelled", "absent"))

    def published(self) -> Self:
        return self.filter(period__state__in=PUBLISHED)

    def at(self, instant: datetime) -> Self:
        return self.filter(start__lte=instant, end__gt=instant)

    def between(self, first: datetime, last: datetime) -> Self:
        """Those that touch a span."""
        return self.filter(start__lt=last, end__gt=first)

    def of_team(self, team: Any) -> Self:
        return self.filter(period__team__ancestors__contains=[team.pk])

    def of(self, staff_ids: Iterable[int]) -> Self:
        return self.filter(staff_id__in=staff_ids)


class RosterQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Drafts are seen by those who make the roster; the rest by the team."""
        if action != "view":
            return super().scope(access, action)
        return either(access.area("staff.rosterperiod:change").rule(self.model), super().scope(access, action) & Q(state__in=PUBLISHED))


def _own(access: Access, path: str, action: str) -> Q:
    me = getattr(access.person, "pk", None)
    return Q(**{path: me}) if me and action == "view" else Q(pk__in=[])


__all__ = ["CertificateQuerySet", "DutyQuerySet", "OpenToAll", "OwnFileQuerySet", "RosterQuerySet", "StaffQuerySet", "StaffSkillQuerySet"]
