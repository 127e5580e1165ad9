"""Roles held by people, and people acting for others."""
from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import DelegationQuerySet, OwnQuerySet
from logistics.core.access import ROLES
from logistics.core.history import tracked
from logistics.core.scoping import Record


@tracked()
class RoleGrant(Record):
    """授权: a person holds a role, school-wide or for a department, for a time (roles at a place are stewardships)."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="role_grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=40)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    during = DateTimeRangeField(_("during"))
    granted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("granted by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    scope_department = "department"
    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("role grant")
        verbose_name_plural = _("role grants")
        constraints = [
            models.CheckConstraint(name="grant_not_to_oneself", condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("person"))),
            ExclusionConstraint(
                name="grant_once",
                expressions=[
                    ("person", RangeOperators.EQUAL), ("role", RangeOperators.EQUAL),
                    (Coalesce("department", 0), RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds this role there at that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role_label}"

    @property
    def role_label(self) -> str:
        found = ROLES.get(self.role)
        return str(found.label) if found else self.role


@tracked()
class Delegation(Record):
    """代理: while somebody is away, another acts with the same roles; every act names both."""

    from_person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="delegations_given", verbose_name=_("away"))
    to_person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="delegations_held", verbose_name=_("acts instead"))
    roles = ArrayField(models.CharField(max_length=40), verbose_name=_("roles"), default=list, blank=True,
                       help_text=_("Leave empty to hand over every role."))
    during = DateTimeRangeField(_("during"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(name="delegation_to_another", condition=~Q(from_person=F("to_person"))),
            ExclusionConstraint(
                name="delegation_one_deputy", expressions=[("from_person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("Somebody already acts in that time. Take those duties back first."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_chain", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before,
                # one at a time: two halves of a chain written at the same moment would not see each other
                func="""
                    PERFORM pg_advisory_xact_lock(hashtext('accounts_delegation'));
                    IF EXISTS (
                        SELECT 1 FROM accounts_delegation other
                        WHERE other.id IS DISTINCT FROM NEW.id AND other.during && NEW.during
                        AND (other.from_person_id = NEW.to_person_id OR other.to_person_id = NEW.from_person_id)
                    ) THEN
                        RAISE EXCEPTION 'a deputy has no deputy' USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_no_chain';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_person} → {self.to_person}"

    @property
    def role_labels(self) -> list[str]:
        """The roles handed over; none means all."""
        return [str(ROLES[code].label) if code in ROLES else code for code in self.roles]
