"""Who works here and what they can do."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger
from logistics.core.trades import Trade
from staff.querysets import OpenToAll, StaffQuerySet, StaffSkillQuerySet


def never_oneself(column: str) -> pgtrigger.Trigger:
    """Refuses a judgement on one's own file: `column` names a person, the row belongs to `staff_id`."""
    return pgtrigger.Trigger(
        name=f"{column}_is_another",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
            IF NEW.{column}_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM staff_staffmember WHERE id = NEW.staff_id AND person_id = NEW.{column}_id
            ) THEN
                RAISE EXCEPTION 'nobody judges the own file' USING ERRCODE = 'check_violation', CONSTRAINT = '{column}_is_another';
            END IF;
            RETURN NEW;
        """,
    )


@tracked()
class StaffMember(Searchable, Record):
    """员工: somebody who works for the school's logistics, on its own payroll or for an outside company."""

    class Employment(models.TextChoices):
        ESTABLISHMENT = "establishment", _("Permanent post")
        CONTRACT = "contract", _("Contract")
        OUTSOURCED = "outsourced", _("Outsourced")
        TEMPORARY = "temporary", _("Temporary")
        STUDENT = "student", _("Student helper")

    person = models.OneToOneField("accounts.Person", models.PROTECT, related_name="staff_member", verbose_name=_("person"))
    staff_no = models.CharField(_("staff number"), max_length=40, unique=True)
    employment = models.CharField(_("employment"), max_length=13, choices=Employment, default=Employment.CONTRACT)
    employer = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("employer"),
        help_text=_("Only for outsourced people; empty means the school."),
    )
    team = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="staff", verbose_name=_("team"), limit_choices_to={"kind": "team"}
    )
    joined_on = models.DateField(_("joined on"), default=clock.today)
    left_on = models.DateField(_("last day"), null=True, blank=True)

    scope_department = "team"
    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["staff_no"]
        constraints = [
            models.CheckConstraint(
                name="staff_left_after_joining",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="staff_outsourced_has_employer",
                condition=Q(employment="outsourced", employer__isnull=False) | (~Q(employment="outsourced") & Q(employer__isnull=True)),
                violation_error_message=_("Outsourced people have an employer; the school's own have none."),
            ),
        ]
        indexes = [search_index("staff_search"), models.Index(fields=["team", "staff_no"], name="staff_team")]
        triggers = [search_trigger("staff_no")]

    def __str__(self) -> str:
        return self.person.name


@tracked()
class Skill(Named, Record):
    """技能: something that a trade asks people to be able to do."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    trade = models.CharField(_("trade"), max_length=10, choices=Trade)

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["code"]
        indexes = [models.Index(fields=["trade"], name="skill_trade")]


class StaffSkill(Record):
    """技能等级: how well somebody can do it, as judged by another person on a day; the newest row counts."""

    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="skills", verbose_name=_("staff member"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="holders", verbose_name=_("skill"))
    level = models.SmallIntegerField(_("skill level"), choices=[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")])
    assessed_on = models.DateField(_("assessed on"), default=clock.today)
    assessor = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("assessed by"))
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)

    scope_department = "staff__team"
    objects = StaffSkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill level")
        verbose_name_plural = _("skill levels")
        ordering = ["-assessed_on", "-id"]
        constraints = [models.CheckConstraint(name="staff_skill_level", condition=Q(level__gte=1, level__lte=5))]
        indexes = [models.Index(fields=["staff", "skill", "-assessed_on", "-id"], name="staff_skill_newest")]
        triggers = [AppendOnly(), never_oneself("assessor")]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"
