"""Questions about units of safety equipment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.apps import apps
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Floor
from django.db.models.lookups import GreaterThan

from logistics.core import clock
from logistics.core.scoping import ScopedQuerySet

IN_PLACE = ("in_service", "idle", "out_of_service")


def protecting() -> Any:
    """What stands in for the thing of the outer query and can be used: a locked or retired stand-in protects nobody."""
    rows = apps.get_model("assets.Substitution")._base_manager.filter(original=OuterRef("pk"), state="live")
    return rows.filter(substitute__status="in_service").exclude(substitute__use_state="locked")


class SafetyGroupQuerySet(ScopedQuerySet):
    def counted(self) -> Self:
        """With `size`, `allowed`, `away` and `unfit`: members, how many may be away, are away, or cannot be used, without a stand-in."""
        equipment, taken, figure = (apps.get_model(f"assets.{name}") for name in ("Equipment", "TakenOut", "SchemeFigure"))
        members = equipment._base_manager.filter(safety_group=OuterRef("pk"), status__in=IN_PLACE).order_by().values("safety_group")
        stands_in = Exists(protecting())
        gone = Exists(taken._base_manager.filter(equipment=OuterRef("pk"), state="out"))
        away = members.annotate(gone=gone, stands_in=stands_in)
        law = figure._base_manager.filter(version__scheme=OuterRef("scheme"), version__during__contains=clock.now(), code="max_out_share")

        def number(rows: ScopedQuerySet) -> Coalesce:
            return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)

        return self.annotate(
            size=number(members),
            share=Coalesce("max_out_share", Subquery(law.values("value")[:1]), Decimal(0), output_field=DecimalField()),
            away=number(away.filter(gone=True, stands_in=False)),
            unfit=number(away.filter(Q(gone=True) | Q(use_state="locked") | Q(status="out_of_service"), stands_in=False)),
        ).annotate(allowed=Floor(F("size") * F("share")))

    def short(self) -> Self:
        """Units of which more are missing than may be."""
        return self.counted().filter(GreaterThan(F("unfit"), F("allowed")))
