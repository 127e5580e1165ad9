"""Who looks after which place, in which role, for how long."""
from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from logistics.campus.querysets import StewardshipQuerySet
from logistics.core.access import ROLES
from logistics.core.history import tracked
from logistics.core.scoping import Record


@tracked()
class Stewardship(Record):
    """责任: a person holds a role in a place, and in everything inside it, for a time."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="stewardships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=40)
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="stewardships", verbose_name=_("place"))
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of department")
    )
    during = DateTimeRangeField(_("during"))
    granted_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("entrusted by"), editable=False
    )

    scope_place = "place"
    objects = StewardshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("stewardship")
        verbose_name_plural = _("stewardships")
        ordering = ["place", "role"]
        constraints = [
            models.CheckConstraint(name="stewardship_not_to_oneself", condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("person"))),
            ExclusionConstraint(
                name="stewardship_once",
                expressions=[
                    ("person", RangeOperators.EQUAL), ("role", RangeOperators.EQUAL), ("place", RangeOperators.EQUAL),
                    (Coalesce("department", 0), RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["place", "role"], name="stewardship_place_role")]

    def __str__(self) -> str:
        return f"{self.person} · {self.role_label} · {self.place}"

    @property
    def role_label(self) -> str:
        found = ROLES.get(self.role)
        return str(found.label) if found else self.role
