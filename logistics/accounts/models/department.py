"""Departments, classes and teams, and who belongs to them."""
from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import DepartmentQuerySet, OwnQuerySet
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger
from logistics.core.trees import tree_triggers


@tracked(exclude=["ancestors"])
class Department(Named, Searchable, Record):
    """部门: an office, grade, class or team; the tree of who belongs under whom."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        OFFICE = "office", _("Office")
        FACULTY = "faculty", _("Subject group")
        GRADE = "grade", _("Grade")
        CLASS = "class", _("Class")
        TEAM = "team", _("Team")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    ancestors = ArrayField(models.BigIntegerField(), default=list, db_default=[], editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    head = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="heads", verbose_name=_("head"))
    deputy = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy"))
    cost_centre = models.CharField(_("cost centre"), max_length=40, blank=True)
    active = models.BooleanField(_("active"), default=True)

    scope_department = ""
    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["code"]
        indexes = [GinIndex(fields=["ancestors"], name="department_ancestors"), search_index("department_search")]
        triggers = [search_trigger("code", "name_zh", "name_en"), *tree_triggers("accounts_department")]


@tracked()
class Membership(Record):
    """成员关系: a person belongs to a department for a time."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="memberships", verbose_name=_("person"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships", verbose_name=_("department"))
    title = models.CharField(_("job title"), max_length=60, blank=True)
    main = models.BooleanField(_("main department"), default=True)
    during = DateTimeRangeField(_("during"))

    scope_department = "department"
    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            ExclusionConstraint(
                name="membership_once",
                expressions=[("person", RangeOperators.EQUAL), ("department", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("This person already belongs to this department at that time."),
            ),
            ExclusionConstraint(
                name="membership_one_main",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(main=True),
                violation_error_message=_("This person already has a main department at that time."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="main_department",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__main=True),
                func=(
                    "UPDATE accounts_person SET department_id = NEW.department_id "
                    "WHERE id = NEW.person_id AND NEW.during @> now() AND department_id IS DISTINCT FROM NEW.department_id; RETURN NULL;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.department}"
