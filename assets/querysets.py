"""Questions about equipment, and who may see what of it."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db.models import Case, DecimalField, F, Q, Value, When
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone

from logistics.accounts.querysets import OpenToAll
from logistics.core import clock
from logistics.core.access import Access, access_of, either


def anew() -> Coalesce:
    """What all pieces of a thing would cost new, in SQL; the same as `Equipment.price`."""
    return Coalesce(
        F("replacement_cost") * F("quantity"), F("model__replacement_cost") * F("quantity"), F("purchase_cost"),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )


def anew_year() -> Case:
    """In the money of which year `anew` is, in SQL."""
    return Case(
        When(replacement_cost__isnull=False, then=F("price_year")),
        When(model__replacement_cost__isnull=False, then=F("model__price_year")),
        default=ExtractYear("purchased_on"),
    )


def life() -> Coalesce:
    """How many years a thing is meant to last, in SQL; the same as `Equipment.years`."""
    return Coalesce("life_years", "model__life_years", "category__default_life_years")


class EquipmentQuerySet(OpenToAll):
    """Everybody signed in may read name, place and state; cost and keeper are for those who answer for the thing."""

    def answered_for_by(self, access: Access) -> Q:
        """The rows whose cost and keeper this access opens: own custody, or the permission over place or department."""
        own = Q(keeper_id=getattr(access.person, "pk", None) or 0)
        return either(access.area("assets.equipment:cost").rule(self.model), own)

    def for_reader(self, person: Any) -> Self:
        """With `cost_seen` and the keeper's names, empty where the reader may not know them."""
        rule = self.answered_for_by(access_of(person))
        return self.annotate(
            cost_seen=Case(When(rule, then=F("purchase_cost")), default=Value(None)),
            keeper_seen_zh=Case(When(rule, then=F("keeper__name_zh")), default=Value("")),
            keeper_seen_en=Case(When(rule, then=F("keeper__name_en")), default=Value("")),
        )

    def in_use(self) -> Self:
        return self.filter(status="in_service")

    def locked(self) -> Self:
        return self.filter(use_state="locked")

    def at(self, place: Any) -> Self:
        return self.filter(place__ancestors__contains=[place.pk])

    def unregistered(self, now: datetime | None = None) -> Self:
        """特种设备未登记: in service without a registration number for longer than the law in force allows (`special.registration`)."""
        from django.apps import apps

        now = now or clock.now()
        figures = apps.get_model("assets.SchemeFigure")._base_manager.filter(
            version__scheme__code="special.registration", version__during__contains=now, code="register_days"
        )
        days = figures.values_list("value", flat=True).first()
        if days is None:
            return self.none()
        return self.in_use().filter(
            category__kind="special", registration_no="", commissioned_on__lt=timezone.localdate(now) - timedelta(days=int(days))
        )

    def warranty_ending(self, days: int = 30, today: date | None = None) -> Self:
        today = today or clock.today()
        return self.filter(warranty_until__gte=today, warranty_until__lte=today + timedelta(days=days)).exclude(status="disposed")


class UseLockQuerySet(OpenToAll):
    def live(self) -> Self:
        return self.filter(lifted_at__isnull=True)
