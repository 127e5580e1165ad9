"""Whom an alert calls, in which order: chains, their steps, and the runs that follow a copy of them."""
from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.alerts.models.notification import Importance
from logistics.alerts.querysets import ChainRunQuerySet, RuleQuerySet
from logistics.core import clock
from logistics.core.access import ROLES
from logistics.core.bilingual import pick
from logistics.core.history import tracked
from logistics.core.models import RecordRef
from logistics.core.scoping import ScopedModel


@tracked()
class Chain(ScopedModel):
    """呼叫链: who is called about an alert, one step after the other, until somebody takes it on."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    ack_stops = models.BooleanField(
        _("the first acknowledgement ends it"), default=True,
        help_text=_("Otherwise it goes on to those who have not acknowledged yet."),
    )
    rounds = models.PositiveSmallIntegerField(
        _("rounds"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("So many times from the first step on while nobody acknowledges."),
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")
        ordering = ["code"]
        constraints = [models.CheckConstraint(name="chain_rounds", condition=Q(rounds__range=(1, 10)))]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)

    def get_absolute_url(self) -> str:
        return reverse("alerts:chain-detail", args=[self.pk])


@tracked()
class ChainStep(ScopedModel):
    """呼叫步骤: one step of a chain: whom it calls, at which hours, and how long it waits for an acknowledgement."""

    class Action(models.TextChoices):
        NOTIFY = "notify", _("Call people")
        WAIT = "wait", _("Only wait")
        HANDLER = "handler", _("Let other parts of the platform act")

    class Target(models.TextChoices):
        NEAREST = "nearest", _("Whoever is nearest: on call, else entrusted with the place, else holding the role")
        DUTY = "duty", _("Whoever is on call by the roster")
        STEWARDS = "stewards", _("Whoever is entrusted with the place")
        ROLE = "role", _("Everybody who holds the role there")
        PERSON = "person", _("One person")
        HEAD = "head", _("The head of the team")

    class Hours(models.TextChoices):
        ANY = "any", _("at any hour")
        WORKING = "working", _("in working hours")
        OFF = "off", _("outside working hours")

    chain = models.ForeignKey(Chain, models.CASCADE, related_name="steps", verbose_name=_("chain"))
    order = models.PositiveSmallIntegerField(_("place in the order"))
    action = models.CharField(_("what it does"), max_length=7, choices=Action, default=Action.NOTIFY)
    target = models.CharField(_("whom it calls"), max_length=8, choices=Target, default=Target.NEAREST, blank=True)
    roles = ArrayField(models.CharField(max_length=40), verbose_name=_("roles"), default=list, blank=True,
                       help_text=_("Empty: the roles that the kind of alert names."))
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    team = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"),
                             help_text=_("Empty: the team of the alert, or nobody's in particular."))
    wait_s = models.PositiveIntegerField(_("then waits so many seconds"), default=600, validators=[MaxValueValidator(86400)])
    hours = models.CharField(_("hours"), max_length=7, choices=Hours, default=Hours.ANY)
    importance = models.CharField(_("told at least as"), max_length=6, choices=Importance, blank=True,
                                  help_text=_("Empty: as the alert is grave."))

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("chain step")
        verbose_name_plural = _("chain steps")
        ordering = ["chain", "order"]
        constraints = [
            models.UniqueConstraint(name="chain_step_order", fields=["chain", "order"], deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(name="chain_step_whom", condition=~Q(action="notify") | ~Q(target="")),
            models.CheckConstraint(name="chain_step_person", condition=Q(target="person", person__isnull=False)
                                   | (~Q(target="person") & Q(person__isnull=True)),
                                   violation_error_message=_("Name the person, or choose another way of calling.")),
            models.CheckConstraint(name="chain_step_wait", condition=Q(wait_s__lte=86400)),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """Whom it calls, in short."""
        return step_words(self.snapshot(), str(self.person or ""), str(self.team or ""))

    def snapshot(self) -> dict[str, Any]:
        """The step as a run keeps it."""
        return {"action": self.action, "target": self.target, "roles": list(self.roles), "person": self.person_id, "team": self.team_id,
                "wait_s": self.wait_s, "hours": self.hours, "importance": self.importance, "order": self.order}

    def clean(self) -> None:
        unknown = [code for code in self.roles if code not in ROLES]
        if unknown:
            raise ValidationError({"roles": _("There is no such role: %(codes)s.") % {"codes": ", ".join(unknown)}})

    def get_absolute_url(self) -> str:
        return reverse("alerts:chainstep-detail", args=[self.pk])


def step_words(step: dict[str, Any], person: str = "", team: str = "") -> str:
    """A step in a few words: "On call: electricians"."""
    if step["action"] != ChainStep.Action.NOTIFY:
        return str(ChainStep.Action(step["action"]).label)
    short = {"nearest": _("Whoever is nearest"), "duty": _("On call"), "stewards": _("Entrusted with the place"), "role": _("By role"),
             "person": _("Person"), "head": _("Head of the team")}[step["target"]]
    roles = [str(ROLES[code].label) for code in step["roles"] if code in ROLES]
    named = [name for name in (person, team, *roles) if name]
    return str(_("%(how)s: %(who)s") % {"how": short, "who": str(_(", ")).join(named)}) if named else str(short)


class ChainRun(RecordRef):
    """呼叫进程: one chain at work for one record, by a copy of its steps; where it stands is in the row, never in memory."""

    class State(models.TextChoices):
        RUNNING = "running", _("Calling")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Called everybody")
        FAILED = "failed", _("Broken off")

    class Held(models.TextChoices):
        NOT = "", _("no")
        SILENCE = "silence", _("kept quiet")
        GONE = "gone", _("the condition is gone for the moment")

    chain = models.ForeignKey(Chain, models.SET_NULL, null=True, related_name="runs", verbose_name=_("chain"))
    steps: Any = models.JSONField(default=list)
    ack_stops = models.BooleanField(default=True)
    rounds_left = models.PositiveSmallIntegerField(default=1)
    first = models.PositiveSmallIntegerField(default=0)  # the number of the step that began this round
    step = models.PositiveSmallIntegerField(default=0)  # the next one; numbers are never used twice in a run
    next_at = models.DateTimeField(null=True)
    held = models.CharField(max_length=7, choices=Held, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=40, blank=True, default="")
    started_at = models.DateTimeField(_("since"), default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = ChainRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("chain run")
        verbose_name_plural = _("chain runs")
        constraints = [
            models.UniqueConstraint(name="chain_run_one", fields=["kind", "object_id"], condition=Q(state="running")),
            models.CheckConstraint(name="chain_run_never_forgotten", condition=
                                   Q(state="running", next_at__isnull=False, ended_at__isnull=True)
                                   | (~Q(state="running") & Q(next_at__isnull=True, ended_at__isnull=False))),
            models.CheckConstraint(name="chain_run_step", condition=Q(step__gte=F("first"))),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="chain_run_due", condition=Q(state="running")),
            models.Index(fields=["kind", "object_id", "-id"], name="chain_run_target"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} · {self.get_state_display()}"
