"""Questions about notices, alerts and deadlines, and who may see them."""
from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from logistics.accounts.querysets import DatedQuerySet
from logistics.core import clock
from logistics.core.access import EVERYTHING, Access, either
from logistics.core.scoping import ScopedQuerySet


class NotificationQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own, and nobody else's."""
        return Q(person_id=getattr(access.person, "pk", None) or 0)

    def shown(self) -> Self:
        """Those whose hour has come; the bell and the list show these."""
        return self.filter(not_before__lte=clock.now())

    def unread(self) -> Self:
        return self.shown().filter(read_at__isnull=True)

    def due(self, at: datetime) -> Self:
        """Those that the dispatcher has to look at now, the most important first."""
        return self.filter(next_at__lte=at).order_by("-weight", "next_at", "id")

    def waiting(self) -> Self:
        """Those that no gateway has taken yet although their hour has come."""
        return self.filter(state__in=["queued", "sending"])

    def unacked(self, at: datetime) -> Self:
        """Those that somebody should have acknowledged by now and of which nobody has been told yet."""
        return self.filter(ack_by__lte=at, acked_at__isnull=True, escalated_at__isnull=True)

    def about(self, kind: str, object_id: int) -> Self:
        return self.filter(source_kind=kind, source_id=object_id)


class AlertQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By permission at the place; otherwise what one was told of."""
        told = Q(pk__in=_told_of(access)) if action == "view" else Q(pk__in=[])
        return either(super().scope(access, action), told)

    def unresolved(self) -> Self:
        return self.filter(resolved_at__isnull=True)

    def waiting(self) -> Self:
        """Burning and not yet acknowledged by anybody."""
        return self.filter(state="open", acked_at__isnull=True)

    def severe(self) -> Self:
        return self.filter(severity__gte=4)

    def mine(self, person: Any) -> Self:
        """Those that called this person, and those the person has taken on."""
        called = apps.get_model("alerts.Notification").objects.filter(person=person, source_kind="alerts.alert").values("source_id")
        return self.filter(Q(pk__in=called) | Q(acked_by=person))

    def in_my_places(self, person: Any) -> Self:
        """Those at places with which this person is entrusted."""
        places = apps.get_model("campus.Stewardship").objects.live().filter(person=person).values_list("place_id", flat=True)
        return self.filter(place__ancestors__overlap=list(places))


def _told_of(access: Access) -> Any:
    return (
        apps.get_model("alerts.Notification")
        .objects.filter(person_id=getattr(access.person, "pk", None) or 0, source_kind="alerts.alert")
        .values("source_id")
    )


class DeadlineQuerySet(models.QuerySet):
    def armed(self) -> Self:
        return self.filter(state="armed")

    def due(self, at: datetime) -> Self:
        """Armed ones whose instant has passed and that are not waiting after a failed try."""
        return self.armed().filter(scan_at__lte=at, due_at__lte=at).order_by("scan_at", "id")


class ChannelQuerySet(ScopedQuerySet):
    def in_use(self) -> Self:
        return self.filter(active=True)


class ContactPointQuerySet(models.QuerySet):
    def working(self) -> Self:
        """Those whose owner read a code there and from which nothing came back."""
        return self.filter(verified_at__isnull=False, bounced_at__isnull=True, channel__active=True)


class WebhookSubscriptionQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        return self.filter(state="active")


class WebhookDeliveryQuerySet(models.QuerySet):
    def due(self, at: datetime) -> Self:
        return self.filter(next_at__lte=at).order_by("next_at", "id")


class RuleQuerySet(DatedQuerySet):
    """House rules without a place of their own: whoever may read one reads all."""

    def scope(self, access: Access, action: str) -> Q:
        return EVERYTHING if access.has(f"{self.model._meta.label_lower}:{action}") else super().scope(access, action)


class SilenceQuerySet(DatedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """By permission at its place; those without a place belong to whoever holds the permission everywhere."""
        rule = super().scope(access, action)
        if action == "view" and access.has("alerts.silence:view"):
            return either(rule, Q(place__isnull=True))
        return rule

    def in_force(self, at: datetime | None = None) -> Self:
        """Those that keep something quiet at an instant; danger to life only after a second person confirmed."""
        return self.live(at).filter(Q(life_safety=False) | Q(second_by__isnull=False), state__in=["planned", "active"])


class ChainRunQuerySet(models.QuerySet):
    def running(self) -> Self:
        return self.filter(state="running")

    def due(self, at: datetime) -> Self:
        """Running ones whose next step is due and that nobody works on."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
        return self.running().filter(free, next_at__lte=at).order_by("next_at", "id")

    def of(self, kind: str, ids: Any) -> Self:
        return self.filter(kind=kind, object_id__in=ids)


class ReportScheduleQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own; a system manager sees and stops everybody's."""
        return either(super().scope(access, action), Q(owner_id=getattr(access.person, "pk", None) or 0))
