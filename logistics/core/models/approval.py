"""Who has to agree (routes), what was asked for (approvals), and who decided (steps)."""
from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import ROLES
from logistics.core.approvals.purposes import PURPOSES
from logistics.core.approvals.querysets import ApprovalQuerySet, RouteQuerySet
from logistics.core.history import tracked
from logistics.core.models.reference import RecordRef
from logistics.core.scoping import Record

MOST_STEPS = 5

SEPARATION = """
SELECT asked_by_id, asked_for_id, state, step INTO asked FROM core_approval WHERE id = NEW.approval_id;
IF TG_OP = 'UPDATE' AND OLD.outcome <> '' AND (NEW.outcome, NEW.decided_by_id, NEW.on_behalf_of_id, NEW.decided_at)
    IS DISTINCT FROM (OLD.outcome, OLD.decided_by_id, OLD.on_behalf_of_id, OLD.decided_at) THEN
    RAISE EXCEPTION 'A decision stands as it was made' USING ERRCODE = 'check_violation';
END IF;
IF NEW.outcome = '' OR (TG_OP = 'UPDATE' AND OLD.outcome <> '') THEN
    RETURN NEW;
END IF;
IF asked.state <> 'asked' OR asked.step <> NEW.position THEN
    RAISE EXCEPTION 'It is not the turn of this step' USING ERRCODE = 'check_violation';
END IF;
IF NEW.decided_by_id IN (asked.asked_by_id, asked.asked_for_id) OR NEW.on_behalf_of_id IN (asked.asked_by_id, asked.asked_for_id) THEN
    RAISE EXCEPTION 'Nobody decides what he asked for' USING ERRCODE = 'check_violation';
END IF;
IF EXISTS (SELECT FROM core_approvalstep s WHERE s.approval_id = NEW.approval_id AND s.position < NEW.position AND s.outcome <> 'approved')
THEN
    RAISE EXCEPTION 'The steps before have to be approved first' USING ERRCODE = 'check_violation';
END IF;
IF EXISTS (SELECT FROM core_approvalstep s WHERE s.approval_id = NEW.approval_id AND s.id <> NEW.id AND s.outcome <> ''
    AND (s.decided_by_id IN (NEW.decided_by_id, NEW.on_behalf_of_id) OR s.on_behalf_of_id IN (NEW.decided_by_id, NEW.on_behalf_of_id)))
THEN
    RAISE EXCEPTION 'Nobody decides two steps' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
ALL_STEPS = """
IF NEW.state = 'approved' AND (NOT EXISTS (SELECT FROM core_approvalstep s WHERE s.approval_id = NEW.id)
    OR EXISTS (SELECT FROM core_approvalstep s WHERE s.approval_id = NEW.id AND s.outcome <> 'approved')) THEN
    RAISE EXCEPTION 'Approved takes every step' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def role_label(code: str) -> str:
    declared = ROLES.get(code)
    return str(declared.label) if declared else code


class Reach(models.TextChoices):
    HERE = "here", _("the place or department of the record")
    SCHOOL = "school", _("the whole school")


@tracked()
class ApprovalRoute(Record):
    """审批流程: whose agreement it takes, in which order, for which amounts, during which days."""

    purpose = models.CharField(_("what for"), max_length=60)
    amounts = DecimalRangeField(_("amounts"), default_bounds="(]", help_text=_("CNY; above the first, up to the second"))
    steps = ArrayField(models.CharField(max_length=40), size=MOST_STEPS, verbose_name=_("who decides, in this order"))
    reach = models.CharField(_("who holds the role for"), max_length=6, choices=Reach, default=Reach.HERE)
    remind_h = models.PositiveSmallIntegerField(_("reminder after working hours"), default=8)
    higher_role = models.CharField(_("passed on after the reminder to"), max_length=40, blank=True)
    during = DateTimeRangeField(_("during"))

    objects = RouteQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("approval route")
        verbose_name_plural = _("approval routes")
        ordering = ["purpose", "amounts"]
        constraints = [
            ExclusionConstraint(
                name="approval_route_once",
                expressions=[("purpose", RangeOperators.EQUAL), ("amounts", RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                violation_error_message=_("Another route holds for some of these amounts in some of these days."),
            ),
            models.CheckConstraint(name="approval_route_has_steps", condition=Q(steps__len__gte=1)),
            models.CheckConstraint(name="approval_route_reminds", condition=Q(remind_h__gte=1)),
            models.CheckConstraint(name="approval_route_amounts", condition=Q(amounts__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_label} · {self.amounts_words}"

    @property
    def purpose_label(self) -> str:
        declared = PURPOSES.get(self.purpose)
        return str(declared.label) if declared else self.purpose

    @property
    def amounts_words(self) -> str:
        from logistics.core.templatetags.ui import money

        low, high = self.amounts.lower, self.amounts.upper
        if low is None and high is None:
            return gettext("any amount")
        if high is None:
            return gettext("above %(low)s") % {"low": money(low)}
        if low is None:
            return gettext("up to %(high)s") % {"high": money(high)}
        return gettext("above %(low)s, up to %(high)s") % {"low": money(low), "high": money(high)}

    @property
    def steps_words(self) -> str:
        return " → ".join(role_label(code) for code in self.steps)

    @property
    def higher_words(self) -> str:
        return role_label(self.higher_role) if self.higher_role else ""


class Approval(RecordRef, Record):
    """审批: somebody asked for an agreement on a record; the steps say whose, and who gave it."""

    class State(models.TextChoices):
        ASKED = "asked", _("To approve")
        APPROVED = "approved", _("Approved")
        SENT_BACK = "sent_back", _("Sent back")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    label = models.CharField(_("record"), max_length=200, editable=False)
    purpose = models.CharField(_("what for"), max_length=60, editable=False)
    amount = models.DecimalField(_("amount in CNY"), max_digits=14, decimal_places=2, null=True, editable=False)
    note = models.CharField(_("why"), max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of"))
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    roles = ArrayField(models.CharField(max_length=40), editable=False)  # of all steps: who may ever be asked
    roles_now = ArrayField(models.CharField(max_length=40), default=list, editable=False)  # who may decide the present step
    reach = models.CharField(max_length=6, choices=Reach, default=Reach.HERE, editable=False)
    places = ArrayField(models.BigIntegerField(), default=list, editable=False)  # the paths on which the record stood when asked
    departments = ArrayField(models.BigIntegerField(), default=list, editable=False)
    remind_h = models.PositiveSmallIntegerField(default=8, editable=False)
    higher_role = models.CharField(max_length=40, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    lock_rank = 25  # after the documents on which it hangs
    objects = ApprovalQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "purpose"], name="approval_open_once", condition=Q(state="asked")),
            models.CheckConstraint(name="approval_ended_has_time", condition=Q(state="asked", ended_at__isnull=True)
                                   | (~Q(state="asked") & Q(ended_at__isnull=False))),
            models.CheckConstraint(name="approval_amount_not_negative", condition=Q(amount__isnull=True) | Q(amount__gte=0)),
        ]
        indexes = [
            models.Index(fields=["kind", "object_id", "-id"], name="approval_record"),
            models.Index(fields=["asked_at"], name="approval_open", condition=Q(state="asked")),
            models.Index(fields=["state", "-asked_at", "-id"], name="approval_state"),
            models.Index(fields=["asked_by", "-asked_at"], name="approval_asker"),
        ]
        triggers = [
            pgtrigger.Trigger(name="all_steps", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before, func=ALL_STEPS),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_label}: {self.label}"

    @property
    def purpose_label(self) -> str:
        declared = PURPOSES.get(self.purpose)
        return str(declared.label) if declared else self.purpose


class ApprovalStep(models.Model):
    """审批步骤: one agreement that is needed, by role, and who gave it, in whose name."""

    class Outcome(models.TextChoices):
        WAITING = "", _("waiting")
        APPROVED = "approved", _("Approved")
        SENT_BACK = "sent_back", _("Sent back")
        REFUSED = "refused", _("Refused")

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    opened_at = models.DateTimeField(null=True)  # since when it is this step's turn
    reminded_at = models.DateTimeField(null=True)
    raised_to = models.CharField(max_length=40, blank=True)  # a higher role that may decide it as well
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ["approval", "position"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "position"], name="approval_step_once"),
            models.CheckConstraint(name="approval_step_decided", condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                                   | (~Q(outcome="") & Q(decided_by__isnull=False, decided_at__isnull=False))),
            models.CheckConstraint(name="approval_step_reason", condition=~Q(outcome__in=["sent_back", "refused"]) | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["decided_by", "-decided_at"], name="approval_step_decider")]
        triggers = [
            pgtrigger.Trigger(name="separation", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before,
                              declare=[("asked", "RECORD")], func=SEPARATION),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.role}"

    @property
    def role_label(self) -> str:
        return role_label(self.role)
