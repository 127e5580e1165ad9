"""Questions about approvals, and who may see them."""
from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from logistics.core.access import EVERYTHING, NOTHING, Access, Grant, access_of, either
from logistics.core.scoping import ScopedQuerySet


def area_of(grant: Grant) -> Q:
    """The approvals over which a grant reaches; one that is decided for the whole school takes a grant over the whole school."""
    if grant.everywhere:
        return EVERYTHING
    path = Q(places__contains=[grant.place_id]) if grant.place_id is not None else Q(departments__contains=[grant.department_id])
    return path & Q(reach="here")


class ApprovalQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Who asked, who decides or decided; others by permission over the place or department."""
        area = access.area(f"{self.model._meta.label_lower}:{action}")
        rule = EVERYTHING if area.everywhere else NOTHING
        if area.places:
            rule = either(rule, Q(places__overlap=list(area.places)))
        if area.departments:
            rule = either(rule, Q(departments__overlap=list(area.departments)))
        me = getattr(access.person, "pk", None)
        if action != "view" or me is None:
            return rule
        steps = apps.get_model("core.ApprovalStep").objects.filter(approval=OuterRef("pk")).filter(Q(decided_by=me) | Q(on_behalf_of=me))
        held = [_and(Q(roles__contains=[grant.role]), area_of(grant)) for grant in access.grants]
        return either(rule, Q(asked_by=me), Q(asked_for=me), Q(Exists(steps)), *held)

    def open(self) -> Self:
        """Nobody has ended them yet."""
        return self.filter(state="asked")

    def of(self, record: Any) -> Self:
        """All approvals of a record."""
        return self.filter(kind=record._meta.label_lower, object_id=record.pk)

    def waiting_for(self, person: Any) -> Self:
        """Those that this person may decide now, in the own name or for somebody else."""
        steps = apps.get_model("core.ApprovalStep").objects.filter(approval=OuterRef("pk"))
        rule = NOTHING
        for grant in access_of(person).grants:
            names = [person.pk, *([grant.on_behalf_of] if grant.on_behalf_of else [])]
            taken = steps.filter(Q(decided_by__in=names) | Q(on_behalf_of__in=names))
            fits = _and(Q(roles_now__contains=[grant.role]), area_of(grant))
            rule = either(rule, fits & ~Q(asked_by__in=names) & ~Q(asked_for__in=names) & ~Q(Exists(taken)))
        return self.open().filter(rule) if rule != NOTHING else self.none()

    def decided_by(self, person: Any) -> Self:
        """Those in which the person, or somebody for him, decided a step."""
        steps = apps.get_model("core.ApprovalStep").objects.filter(approval=OuterRef("pk"))
        return self.filter(Exists(steps.filter(Q(decided_by=person) | Q(on_behalf_of=person))))

    def asked_by(self, person: Any) -> Self:
        return self.filter(Q(asked_by=person) | Q(asked_for=person))


def _and(first: Q, second: Q) -> Q:
    return first if second == EVERYTHING else first & second


class RouteQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """House rules: who may read one may read all."""
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else NOTHING

    def live(self, at: Any) -> Self:
        return self.filter(during__contains=at)
