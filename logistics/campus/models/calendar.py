"""Working calendars in versions: seasons with weekly hours, closed days, make-up days and days with hours of their own."""
from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import OpenToAll
from logistics.campus.querysets import VersionQuerySet
from logistics.core import clock
from logistics.core.bilingual import Named, pick
from logistics.core.history import tracked
from logistics.core.scoping import Record, ScopedModel

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
_PUBLISHED = "RAISE EXCEPTION 'calendar_published' USING ERRCODE = 'check_violation', CONSTRAINT = 'campus_calendarversion_immutable'"


class Minutes(Func):
    """int4range(start, end) of a slot."""

    function = "int4range"
    output_field = IntegerRangeField()


def _slot_rules(prefix: str, *owner: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(name=f"{prefix}_minutes", condition=Q(start_min__gte=0, start_min__lt=F("end_min"), end_min__lte=1440)),
        ExclusionConstraint(
            name=f"{prefix}_apart",
            expressions=[*((field, RangeOperators.EQUAL) for field in owner), (Minutes("start_min", "end_min"), RangeOperators.OVERLAPS)],
        ),
    ]


def _frozen(version: str) -> pgtrigger.Trigger:
    """Children of a published version do not change; `version` is SQL for its id, with {row} for NEW or OLD."""
    draft = "(SELECT state FROM campus_calendarversion WHERE id = {} FOR SHARE)"
    return pgtrigger.Trigger(
        name="only_in_draft", operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete, when=pgtrigger.Before,
        func=f"""
            IF TG_OP <> 'INSERT' AND {draft.format(version.format(row="OLD"))} <> 'draft' THEN {_PUBLISHED}; END IF;
            IF TG_OP <> 'DELETE' AND {draft.format(version.format(row="NEW"))} <> 'draft' THEN {_PUBLISHED}; END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


@tracked()
class WorkCalendar(Named, Record):
    """日历: the hours that hold in a place for one purpose."""

    class Purpose(models.TextChoices):
        DUTY = "duty", _("Working hours")
        TEACHING = "teaching", _("Teaching")
        SERVICE = "service", _("Service hours")

    code = models.CharField(_("code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="calendars", verbose_name=_("holds in"))
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    always_open = models.BooleanField(_("day and night"), default=False)
    default = models.BooleanField(_("the usual one"), default=True)

    scope_place = "place"
    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="calendar_code", fields=["place", "purpose", "code"]),
            models.UniqueConstraint(name="calendar_one_default", fields=["place", "purpose"], condition=Q(default=True)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="hours_are_final", operation=pgtrigger.UpdateOf("zone", "always_open"), when=pgtrigger.Before,
                condition=pgtrigger.Condition("NEW.zone <> OLD.zone OR NEW.always_open <> OLD.always_open"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM campus_calendarversion WHERE calendar_id = OLD.id AND state <> 'draft')
                        THEN {_PUBLISHED}; END IF;
                    RETURN NEW;
                """,
            )
        ]


@tracked()
class CalendarVersion(ScopedModel):
    """校历版本: one state of a calendar; once published it never changes, so that every deadline can be computed again."""

    calendar = models.ForeignKey(WorkCalendar, models.PROTECT, related_name="versions", verbose_name=_("calendar"))
    no = models.SmallIntegerField(_("version"))
    state = models.CharField(max_length=10, default="draft", editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("published by"), editable=False
    )
    confirmed_until = models.DateField(_("confirmed until"), null=True, blank=True, help_text=_("Later days are an estimate."))
    created_at = models.DateTimeField(default=clock.now, editable=False)

    scope_place = "calendar__place"
    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["calendar", "-no"]
        constraints = [
            models.UniqueConstraint(name="version_no", fields=["calendar", "no"]),
            models.UniqueConstraint(name="version_one_draft", fields=["calendar"], condition=Q(state="draft")),
            models.UniqueConstraint(name="version_one_in_force", fields=["calendar"], condition=Q(state="published")),
            models.CheckConstraint(name="version_published_has_date", condition=Q(state="draft") | Q(published_at__isnull=False)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_is_final", operation=pgtrigger.Update | pgtrigger.Delete, when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=["published", "superseded"]),
                func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'superseded'
                        AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state' THEN RETURN NEW; END IF;
                    {_PUBLISHED};
                """,
            )
        ]

    def __str__(self) -> str:
        return str(_("%(calendar)s, version %(no)s") % {"calendar": self.calendar, "no": self.no})

    def get_absolute_url(self) -> str:
        return reverse("campus:calendar-year", args=[self.calendar_id])


class Season(models.Model):
    """作息季: a span of days with the same weekly hours (summer, winter)."""

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="seasons", verbose_name=_("version"))
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)
    days = DateRangeField(_("from and to"))

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        ordering = ["days"]
        constraints = [
            ExclusionConstraint(name="season_apart", expressions=[("version", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)])
        ]
        triggers = [_frozen("{row}.version_id")]

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)

    @property
    def last(self) -> date:
        """The last day of the season."""
        return self.days.upper - timedelta(days=1)


class WeeklySlot(models.Model):
    """时段: open hours on one day of the week."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="slots", verbose_name=_("season"))
    weekday = models.SmallIntegerField(_("weekday"), choices=WEEKDAYS)
    start_min = models.SmallIntegerField(_("from minute"))
    end_min = models.SmallIntegerField(_("to minute"))

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["weekday", "start_min"]
        constraints = [
            models.CheckConstraint(name="weekly_weekday", condition=Q(weekday__gte=1, weekday__lte=7)),
            *_slot_rules("weekly", "season", "weekday"),
        ]
        triggers = [_frozen("(SELECT version_id FROM campus_season WHERE id = {row}.season_id)")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start_min}–{self.end_min}"


class CalendarDay(models.Model):
    """特殊日: a day that does not follow its weekday: closed, worked to make up, or with hours of its own."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed all day")
        MAKEUP = "makeup", _("Make-up working day")
        CUSTOM = "custom", _("Hours of its own")

    class Source(models.TextChoices):
        OFFICIAL = "official", _("Official notice")
        SCHOOL = "school", _("Decided by the school")
        ESTIMATE = "package_estimate", _("Estimate")

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="days", verbose_name=_("version"))
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    public_holiday = models.BooleanField(_("public holiday"), default=False)
    follows_weekday = models.SmallIntegerField(_("works like"), choices=WEEKDAYS, null=True, blank=True)
    label = models.CharField(_("words"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=16, choices=Source, default=Source.SCHOOL)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(name="day_once", fields=["version", "date"]),
            models.CheckConstraint(name="day_makeup_follows", condition=~Q(kind="makeup") | Q(follows_weekday__isnull=False)),
            models.CheckConstraint(name="day_others_follow_nothing", condition=Q(kind="makeup") | Q(follows_weekday__isnull=True)),
            models.CheckConstraint(
                name="day_weekday", condition=Q(follows_weekday__isnull=True) | Q(follows_weekday__gte=1, follows_weekday__lte=7)
            ),
        ]
        triggers = [_frozen("{row}.version_id")]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()}"


class DaySlot(models.Model):
    """特殊时段: open hours of a day that has its own."""

    day = models.ForeignKey(CalendarDay, models.CASCADE, related_name="slots", verbose_name=_("special day"))
    start_min = models.SmallIntegerField(_("from minute"))
    end_min = models.SmallIntegerField(_("to minute"))

    class Meta:
        verbose_name = _("hours of a day")
        verbose_name_plural = _("hours of a day")
        ordering = ["start_min"]
        constraints = _slot_rules("dayslot", "day")
        triggers = [_frozen("(SELECT version_id FROM campus_calendarday WHERE id = {row}.day_id)")]

    def __str__(self) -> str:
        return f"{self.start_min}–{self.end_min}"
