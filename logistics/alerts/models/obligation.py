"""What has to be done again and again, by when, with what evidence."""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.duties import CADENCES, DUTIES, Duty
from logistics.alerts.duty_querysets import DutyRecordQuerySet, ObligationQuerySet, ObligationRuleQuerySet
from logistics.alerts.models.alert import SEVERITIES
from logistics.core import clock
from logistics.core.access import ROLES
from logistics.core.bilingual import pick
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import ScopedModel

DONE = ("done_on_time", "done_late")
STATES = [
    ("scheduled", _("Not yet due")),
    ("open", _("To do")),
    ("done_on_time", _("On time")),
    ("overdue", _("Overdue")),
    ("done_late", _("Done late")),
    ("missed", _("Missed")),
    ("explained", _("Missed, explained")),
    ("waived", _("Waived")),
    ("void", _("Void")),
]


def duty_words(code: str) -> str:
    found = DUTIES.get(code)
    return str(found.title) if found else code


def role_words(code: str) -> str:
    found = ROLES.get(code)
    return str(found.label) if found else code


CODES = {"code": duty_words, "role": role_words}


@tracked()
class ObligationRule(ScopedModel):
    """应办规则: what the school expects of a duty during a span: from when, by when, of whom; the next rule follows when this one ends."""

    class Clause(models.TextChoices):
        TO_CHECK = "to_check", _("to be checked")
        VERIFIED = "verified", _("verified")

    class Shift(models.TextChoices):
        NONE = "none", _("stays on that day")
        PREVIOUS = "previous_workday", _("moves to the school day before")
        NEXT = "next_workday", _("moves to the next school day")

    code = models.CharField(_("what has to be done"), max_length=60)
    title_zh = models.CharField(_("Chinese name"), max_length=80)
    title_en = models.CharField(_("English name"), max_length=80, blank=True)
    cadence = models.CharField(_("how often"), max_length=12, choices=CADENCES, editable=False)
    opens_s = models.IntegerField(_("may be done from"))
    due_s = models.IntegerField(_("due"))
    missed_s = models.IntegerField(_("counts as missed from"))
    working_time = models.BooleanField(_("counts working time only"), default=False, editable=False)
    shift = models.CharField(_("when it falls on a closed day"), max_length=16, choices=Shift, default=Shift.NONE)
    role = models.CharField(_("done by"), max_length=40)
    severity = models.SmallIntegerField(_("alert when missed"), choices=SEVERITIES, default=2)
    max_backfill_s = models.PositiveIntegerField(_("may be entered later by"), default=7200)
    clause = models.CharField(_("clause"), max_length=200, blank=True, help_text=_("The law or house rule that asks for it."))
    clause_status = models.CharField(_("state of the clause"), max_length=8, choices=Clause, default=Clause.TO_CHECK)
    during = DateTimeRangeField(_("during"))

    code_words = CODES  # for the history
    objects = ObligationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty rule")
        verbose_name_plural = _("duty rules")
        ordering = ["code", "-during"]
        constraints = [
            models.CheckConstraint(
                name="obligation_rule_order",
                condition=Q(opens_s__lt=F("due_s"), due_s__lte=F("missed_s")),
                violation_error_message=_("A duty opens before it is due, and is missed only after that."),
            ),
            models.CheckConstraint(name="obligation_rule_cadence", condition=Q(cadence__in=[code for code, _label in CADENCES])),
            models.CheckConstraint(name="obligation_rule_severity", condition=Q(severity__range=(1, 5))),
            ExclusionConstraint(
                name="obligation_rule_once",
                violation_error_message=_("Another rule of this duty holds on some of these days; end it first."),
                expressions=[("code", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def role_label(self) -> str:
        return role_words(self.role)

    def get_absolute_url(self) -> str:
        return reverse("alerts:obligationrule-detail", args=[self.pk])


@tracked(inserts=False)
class Obligation(ScopedModel):
    """应办事项: one thing to be done once by an instant, and what became of it; what was missed stays missed unless it is proved."""

    rule = models.ForeignKey(ObligationRule, models.PROTECT, related_name="obligations", verbose_name=_("rule"))
    code = models.CharField(_("what has to be done"), max_length=60)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_zh = models.CharField(max_length=120, blank=True)
    subject_en = models.CharField(max_length=120, blank=True)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("place"))
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, related_name="+", verbose_name=_("department"))
    role = models.CharField(_("done by"), max_length=40)
    responsible = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("responsible"))
    period_key = models.CharField(max_length=40, blank=True)
    opens_at = models.DateTimeField(_("opens"))
    due_at = models.DateTimeField(_("due"))
    missed_at = models.DateTimeField(_("missed from"))
    state = models.CharField(_("state"), max_length=12, default="scheduled", choices=STATES)
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("done by"))
    late_by_s = models.IntegerField(_("late by"), null=True)
    evidence_kind = models.CharField(max_length=60, blank=True)
    evidence_id = models.BigIntegerField(null=True)
    evidence_label = models.CharField(_("evidence"), max_length=120, blank=True)
    late_evidence_kind = models.CharField(max_length=60, blank=True)
    late_evidence_id = models.BigIntegerField(null=True)
    late_evidence_label = models.CharField(_("evidence brought later"), max_length=120, blank=True)
    late_evidence_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(_("proved at"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))

    lock_rank = 60
    scope_place = "place"
    scope_department = "department"
    code_words = CODES  # for the history
    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="obligation_once", fields=["code", "subject_kind", "subject_id", "period_key"], nulls_distinct=False
            ),
            models.CheckConstraint(name="obligation_window", condition=Q(opens_at__lt=F("due_at"), due_at__lte=F("missed_at"))),
            models.CheckConstraint(name="obligation_state", condition=Q(state__in=[code for code, _label in STATES])),
            models.CheckConstraint(
                name="obligation_done_has_evidence",
                condition=~Q(state__in=DONE) | (Q(done_at__isnull=False, evidence_id__isnull=False) & ~Q(evidence_kind="")),
            ),
            models.CheckConstraint(
                name="obligation_on_time_is_on_time",
                condition=~Q(state="done_on_time") | Q(done_at__lte=F("due_at"), late_by_s__isnull=True),
            ),
            models.CheckConstraint(
                name="obligation_late_is_late", condition=~Q(state="done_late") | Q(done_at__gt=F("due_at"), late_by_s__gte=0)
            ),
            models.CheckConstraint(
                name="obligation_undone_has_no_time",
                condition=Q(state__in=DONE) | Q(done_at__isnull=True, evidence_id__isnull=True, late_by_s__isnull=True),
            ),
            models.CheckConstraint(
                name="obligation_decided_with_reason",
                condition=~Q(state__in=["waived", "explained"]) | (~Q(reason="") & Q(decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="obligation_not_by_oneself",
                condition=Q(decided_by__isnull=True) | Q(responsible__isnull=True) | ~Q(decided_by=F("responsible")),
            ),
            models.CheckConstraint(
                name="obligation_late_evidence_whole",
                condition=(
                    Q(late_evidence_id__isnull=True, late_evidence_at__isnull=True)
                    | Q(late_evidence_id__isnull=False, late_evidence_at__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["-due_at", "-id"], name="obligation_newest"),
            models.Index(fields=["code", "-due_at", "-id"], name="obligation_code"),
            models.Index(fields=["state", "-due_at", "-id"], name="obligation_by_state"),
            models.Index(fields=["place", "-due_at"], name="obligation_place"),
            models.Index(fields=["department", "-due_at"], name="obligation_department"),
            models.Index(fields=["opens_at"], name="obligation_to_open", condition=Q(state="scheduled")),
            models.Index(fields=["due_at"], name="obligation_live", condition=Q(state__in=["open", "overdue"])),
            models.Index(fields=["missed_at"], name="obligation_to_miss", condition=Q(state="overdue")),
            models.Index(fields=["responsible", "due_at"], name="obligation_person", condition=Q(responsible__isnull=False)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="missed_stays_missed",
                operation=pgtrigger.UpdateOf("state"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state__in=["missed", "explained"], new__state__in=[*DONE]),
                func="""
                    IF NEW.proved_at IS NULL OR NEW.done_at > NEW.missed_at THEN
                        RAISE EXCEPTION 'missed stays missed' USING ERRCODE = 'check_violation', CONSTRAINT = 'obligation_missed_stays';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.subject}" if self.subject else self.title

    @property
    def title(self) -> str:
        return self.rule.title

    @property
    def subject(self) -> str:
        """What it is about, as it was called when it was planned."""
        return pick(self.subject_zh, self.subject_en)

    @property
    def declared(self) -> Duty | None:
        return DUTIES.get(self.code)

    @property
    def role_label(self) -> str:
        return role_words(self.role)

    @property
    def evidence_words(self) -> str:
        """A document by its number, other evidence by what kind of record it is, in the reader's language; "" when there is none."""
        return _words(self.evidence_kind, self.evidence_label)

    @property
    def late_evidence_words(self) -> str:
        return _words(self.late_evidence_kind, self.late_evidence_label)

    @property
    def evidence_url(self) -> str:
        return _url(self.evidence_kind, self.evidence_id)

    @property
    def late_evidence_url(self) -> str:
        return _url(self.late_evidence_kind, self.late_evidence_id)

    def get_absolute_url(self) -> str:
        return reverse("alerts:obligation-detail", args=[self.pk])


def _words(kind: str, number: str) -> str:
    if number or not kind:
        return number
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except LookupError:  # an app that is gone
        return kind


def _url(kind: str, object_id: int | None) -> str:
    """The page of a record of any kind; "" when there is none."""
    if not kind or object_id is None:
        return ""
    app, model = kind.split(".")
    try:
        return reverse(f"{app}:{model}-detail", args=[object_id])
    except NoReverseMatch:
        return ""


class DutyRecord(ScopedModel):
    """履职记录: somebody looked at what a duty asks to look at; what it showed then is kept with it and never changed."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="records", verbose_name=_("obligation"))
    finding_zh = models.CharField(max_length=300, blank=True)
    finding_en = models.CharField(max_length=300, blank=True)
    note = models.TextField(_("remark"), max_length=2000, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", verbose_name=_("by"))
    occurred_at = models.DateTimeField(_("said to have happened at"), null=True)
    captured_at = models.DateTimeField(_("saved on the phone at"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=clock.now)
    judged_at = models.DateTimeField(_("counts as done at"))
    flags = ArrayField(models.CharField(max_length=10), default=list, blank=True)

    scope_place = "obligation__place"
    scope_department = "obligation__department"
    objects = DutyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty record")
        verbose_name_plural = _("duty records")
        ordering = ["-id"]
        indexes = [models.Index(fields=["obligation"], name="duty_record_obligation")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return str(_("Record of %(what)s") % {"what": self.obligation})

    @property
    def finding(self) -> str:
        """What there was to see, in the reader's language."""
        return pick(self.finding_zh, self.finding_en)

    def get_absolute_url(self) -> str:
        return reverse("alerts:dutyrecord-detail", args=[self.pk])
