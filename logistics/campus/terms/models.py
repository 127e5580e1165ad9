"""School years, their terms and vacations, what marks a few days of a term, and the bell."""
from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import OpenToAll
from logistics.campus.models.calendar import Minutes
from logistics.core.bilingual import Named
from logistics.core.fields import days
from logistics.core.history import tracked
from logistics.core.scoping import Record

_OUTSIDE = "RAISE EXCEPTION 'term_year' USING ERRCODE = 'check_violation', CONSTRAINT = 'campus_term_in_year'"
_EMPTY = Q(days__isempty=False)


class Spanned(models.Model):
    """Something that lasts from a first to a last day."""

    days = DateRangeField(_("from and to"))

    class Meta:
        abstract = True

    @property
    def first(self) -> date:
        return self.days.lower

    @property
    def last(self) -> date:
        return self.days.upper - timedelta(days=1)


@tracked()
class SchoolYear(Spanned, Record):
    """学年: a year of lessons and vacations, from the first day of the first term to the last day of the summer."""

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="school_years", verbose_name=_("holds in"))
    name = models.CharField(_("name"), max_length=40)

    scope_place = "place"
    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("school year")
        verbose_name_plural = _("school years")
        ordering = ["-days"]
        constraints = [
            ExclusionConstraint(
                name="schoolyear_apart", expressions=[("place", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another school year holds on some of these days."),
            ),
            models.CheckConstraint(name="schoolyear_not_empty", condition=_EMPTY),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="holds_its_terms", operation=pgtrigger.UpdateOf("days", "place_id"), when=pgtrigger.After,
                func=f"""
                    IF EXISTS (SELECT 1 FROM campus_term t
                        WHERE t.year_id = NEW.id AND (t.place_id <> NEW.place_id OR NOT NEW.days @> t.days)) THEN {_OUTSIDE}; END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class Term(Named, Spanned, Record):
    """学期、假期: a part of a school year with lessons or without."""

    class Kind(models.TextChoices):
        TEACHING = "teaching", _("Term of lessons")
        VACATION = "vacation", _("Vacation")

    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="terms", verbose_name=_("school year"))
    place = models.ForeignKey(  # that of the year, by trigger
        "campus.Place", models.PROTECT, related_name="+", editable=False, verbose_name=_("holds in")
    )
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEACHING)
    week1_on = models.DateField(
        _("a day of teaching week 1"), null=True, blank=True, help_text=_("Weeks run from Monday; empty in a vacation.")
    )

    scope_place = "place"
    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["days"]
        constraints = [
            ExclusionConstraint(
                name="term_apart", expressions=[("place", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another term or vacation holds on some of these days."),
            ),
            models.CheckConstraint(name="term_not_empty", condition=_EMPTY),
            models.CheckConstraint(
                name="term_weeks", condition=Q(kind="vacation", week1_on__isnull=True) | Q(kind="teaching", days__contains=F("week1_on")),
                violation_error_message=_("Teaching week 1 begins on a day of the term; a vacation has no weeks."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lies_in_its_year", operation=pgtrigger.Insert | pgtrigger.UpdateOf("year_id", "days", "place_id"),
                when=pgtrigger.Before, declare=[("whole", "record")],
                func=f"""
                    SELECT place_id, days INTO whole FROM campus_schoolyear WHERE id = NEW.year_id FOR SHARE;
                    NEW.place_id := whole.place_id;
                    IF NOT whole.days @> NEW.days THEN {_OUTSIDE}; END IF;
                    RETURN NEW;
                """,
            )
        ]

    @property
    def teaching(self) -> bool:
        return self.kind == self.Kind.TEACHING


@tracked()
class TermMark(Spanned, Record):
    """考试周、军训、运动会: days of a term on which something else goes first."""

    class Kind(models.TextChoices):
        EXAM = "exam", _("Exams")
        MILITARY = "military_training", _("Military training")
        SPORTS = "sports_day", _("Sports days")
        ENTRANCE = "entrance", _("Entrance examination")
        OTHER = "other", _("Other days to mark")

    term = models.ForeignKey(Term, models.CASCADE, related_name="marks", verbose_name=_("term"))
    kind = models.CharField(_("kind"), max_length=18, choices=Kind)
    label = models.CharField(_("words"), max_length=60, blank=True)

    scope_place = "term__place"
    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("marked days")
        verbose_name_plural = _("marked days")
        ordering = ["days"]
        constraints = [models.CheckConstraint(name="termmark_not_empty", condition=_EMPTY)]

    def __str__(self) -> str:
        return self.label or str(self.get_kind_display())


@tracked()
class PeriodSet(Record):
    """作息表: the bell of one stage of the school, in summer or winter."""

    class Stage(models.TextChoices):
        KINDERGARTEN = "kindergarten", _("Kindergarten")
        PRIMARY = "primary", _("Primary school")
        JUNIOR = "junior", _("Junior high")
        SENIOR = "senior", _("Senior high")
        COLLEGE = "college", _("College")

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="period_sets", verbose_name=_("holds in"))
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    season = models.CharField(_("season"), max_length=40, blank=True, help_text=_("As the season of the calendar; empty: all year."))
    valid = DateRangeField(_("from and to"))

    scope_place = "place"
    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("bell timetable")
        verbose_name_plural = _("bell timetables")
        ordering = ["place", "stage", "-valid"]
        constraints = [
            ExclusionConstraint(
                name="periodset_apart",
                expressions=[("place", RangeOperators.EQUAL), ("stage", RangeOperators.EQUAL), ("season", RangeOperators.EQUAL),
                             ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another bell timetable of this stage and season holds on some of these days."),
            ),
            models.CheckConstraint(name="periodset_not_empty", condition=Q(valid__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} · {self.season}" if self.season else str(self.get_stage_display())

    @property
    def valid_during(self) -> DateTimeTZRange:
        """The same span from midnight to midnight."""
        return days(self.valid.lower, self.valid.upper - timedelta(days=1) if self.valid.upper else None)


class Period(models.Model):
    """节次: a lesson or break between two bells."""

    set = models.ForeignKey(PeriodSet, models.CASCADE, related_name="periods", verbose_name=_("bell timetable"))
    no = models.SmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=40)
    start_min = models.SmallIntegerField(_("from minute"))
    end_min = models.SmallIntegerField(_("to minute"))

    class Meta:
        verbose_name = _("lesson period")
        verbose_name_plural = _("lesson periods")
        ordering = ["no"]
        constraints = [
            models.UniqueConstraint(name="period_no", fields=["set", "no"]),
            models.CheckConstraint(name="period_minutes", condition=Q(start_min__gte=0, start_min__lt=F("end_min"), end_min__lte=1440)),
            ExclusionConstraint(
                name="period_apart", expressions=[("set", RangeOperators.EQUAL), (Minutes("start_min", "end_min"), RangeOperators.OVERLAPS)]
            ),
        ]

    def __str__(self) -> str:
        return self.name
