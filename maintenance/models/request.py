"""The repair request: what somebody saw, and what became of it for that person."""
from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.bilingual import pick
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger
from logistics.core.secrets import SecretField
from maintenance.models.catalogue import Symptom
from maintenance.querysets import RequestQuerySet


class Here(models.Model):
    """Where a fact happened: the place, and its words at that time in both languages."""

    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+", verbose_name=_("place"))
    place_zh = models.CharField(max_length=200, editable=False, default="")
    place_en = models.CharField(max_length=200, editable=False, default="")

    class Meta:
        abstract = True

    @property
    def place_label(self) -> str:
        return pick(self.place_zh, self.place_en)


class Titled(models.Model):
    """A title in both languages; where only one was typed, both hold it."""

    title_zh = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120)

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)


class Urgency(models.IntegerChoices):
    """How pressing something is, in the words of the table of priorities."""

    AT_ONCE = 1, _("at once")
    TODAY = 2, _("today")
    WEEK = 3, _("this week")
    ANY = 4, _("when it fits")


@tracked()
class RepairRequest(Titled, Here, Searchable, Record):
    """报修单: one person's report that something is broken; several may lead to one work order."""

    class Channel(models.TextChoices):
        QR = "qr", _("label")
        WEB = "web", _("page")
        PHONE = "phone", _("phone call")
        COUNTER = "counter", _("counter")
        ROUND = "round", _("inspection")
        DEVICE = "device", _("device")
        APP = "app", _("another service")

    class Access(models.TextChoices):
        ANYTIME = "anytime", _("come in at any time")
        WINDOWS = "windows", _("only at the times written")
        PRESENT = "present", _("only while I am there")
        ENTRY = "entry_allowed", _("enter even if nobody is there")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("New")
        NEEDS_INFO = "needs_info", _("Needs info")
        ACCEPTED = "accepted", _("Accepted")
        RESOLVED = "resolved", _("To confirm")
        CONFIRMED = "confirmed", _("Confirmed")
        AUTO_CLOSED = "auto_closed", _("Lapsed")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.WEB)
    reporter = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="repair_requests", verbose_name=_("reporter")
    )
    taken_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken down by")
    )
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("equipment"))
    category = models.ForeignKey("maintenance.RepairCategory", models.PROTECT, related_name="+", verbose_name=_("category"))
    symptom = models.ForeignKey("maintenance.Symptom", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("symptom"))
    description = models.TextField(_("description"), max_length=2000, blank=True)
    answers = models.JSONField(_("answers"), default=list, db_default=[], blank=True, editable=False)  # questions.answers_in
    hazard = models.CharField(_("hazard"), max_length=12, choices=Symptom.Hazard, default="none")
    stops_use = models.BooleanField(_("cannot be used"), default=False)
    access = models.CharField(_("access"), max_length=13, choices=Access, default=Access.ANYTIME)
    access_note = models.CharField(_("times of access"), max_length=120, blank=True)
    urgency_reported = models.PositiveSmallIntegerField(_("how pressing, says the reporter"), choices=Urgency, null=True, blank=True)
    submitted_at = models.DateTimeField(_("reported"), default=clock.now)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SUBMITTED)
    work_order = models.ForeignKey(
        "maintenance.WorkOrder", models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("work order")
    )
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined", verbose_name=_("joined to"))
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("split from"))
    resolved_at = models.DateTimeField(_("repaired"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    question = models.CharField(_("question to the reporter"), max_length=500, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    source_kind = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.BigIntegerField(null=True, blank=True, editable=False)  # the record of another app that opened it
    appealed_at = models.DateTimeField(_("appealed"), null=True, blank=True, editable=False)

    lock_rank = 20
    scope_place = "place"
    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair request")
        verbose_name_plural = _("repair requests")
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.CheckConstraint(name="request_not_joined_to_itself", condition=Q(joined_to__isnull=True) | ~Q(joined_to=F("id"))),
            models.UniqueConstraint(
                name="request_one_open_per_source", fields=["source_kind", "source_id"],
                condition=Q(source_id__isnull=False, state__in=["submitted", "needs_info", "accepted"]),
            ),
            models.CheckConstraint(
                name="request_in_work_has_order",
                condition=~Q(state__in=["accepted", "resolved", "confirmed", "auto_closed"]) | Q(work_order__isnull=False),
            ),
            models.CheckConstraint(
                name="request_urgency", condition=Q(urgency_reported__isnull=True) | Q(urgency_reported__range=(1, 4))),
        ]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="request_newest"),
            models.Index(fields=["state", "-submitted_at", "-id"], name="request_state"),
            models.Index(fields=["reporter", "-submitted_at", "-id"], name="request_reporter"),
            models.Index(fields=["place", "-submitted_at"], name="request_place"),
            models.Index(fields=["equipment", "-submitted_at"], name="request_equipment", condition=Q(equipment__isnull=False)),
            models.Index(fields=["category", "-submitted_at", "-id"], name="request_category"),
            models.Index(fields=["submitted_at"], name="request_waiting", condition=Q(state__in=["submitted", "needs_info"])),
            models.Index(fields=["resolved_at"], name="request_resolved"),
            models.Index(fields=["source_kind", "source_id"], name="request_source", condition=Q(source_id__isnull=False)),
            models.Index(fields=["resolved_at"], name="request_to_confirm", condition=Q(state="resolved")),
            search_index("request_search"),
        ]
        triggers = [
            search_trigger("number", "title_zh", "title_en", also=("place_zh", "place_en", "description")),
            pgtrigger.Trigger(
                name="no_join_chain",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("joined_to_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__joined_to__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM maintenance_repairrequest r WHERE r.id = NEW.joined_to_id AND r.joined_to_id IS NOT NULL)
                       OR EXISTS (SELECT 1 FROM maintenance_repairrequest r WHERE r.joined_to_id = NEW.id) THEN
                        RAISE EXCEPTION 'join_chain' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_no_join_chain';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(  # looked at when the transaction ends: the rows of a family are written one after the other
                name="joined_same_order",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("joined_to_id", "work_order_id"),
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM maintenance_repairrequest r JOIN maintenance_repairrequest root ON root.id = r.joined_to_id
                        WHERE (r.id = NEW.id OR r.joined_to_id = NEW.id) AND r.work_order_id IS DISTINCT FROM root.work_order_id
                    ) THEN
                        RAISE EXCEPTION 'joined_elsewhere' USING ERRCODE = 'check_violation', CONSTRAINT = 'request_joined_same_order';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.title}"

    @property
    def answered(self) -> list[tuple[str, str]]:
        """(question, answer) as the reader reads them."""
        return [(pick(one["q_zh"], one["q_en"]), pick(one["a_zh"], one["a_en"])) for one in self.answers]

    @property
    def open(self) -> bool:
        return self.state in {"submitted", "needs_info", "accepted"}


class GuestContact(models.Model):
    """访客联系方式: how to reach somebody who reported without signing in; sealed in the database, deleted 180 days after the end."""

    request = models.OneToOneField(RepairRequest, models.PROTECT, related_name="guest")
    name = SecretField(_("name"), blank=True, default="")
    phone = SecretField(_("phone"), blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("guest contact")
        verbose_name_plural = _("guest contacts")

    def __str__(self) -> str:
        return self.name or str(_("Guest"))


class Rating(models.Model):
    """评价: what the reporter thought of the repair; only that person's own act makes one."""

    class Tag(models.TextChoices):
        QUICK = "quick", _("quick")
        WELL = "well", _("well done")
        FRIENDLY = "friendly", _("friendly")
        CLEAN = "clean", _("left it clean")
        LATE = "late", _("took too long")
        AGAIN = "again", _("will break again")
        MESS = "mess", _("left a mess")

    request = models.OneToOneField(RepairRequest, models.PROTECT, related_name="rating")
    score = models.PositiveSmallIntegerField(_("score"))
    tags = ArrayField(models.CharField(max_length=8, choices=Tag), verbose_name=_("in short"), default=list, db_default=[], blank=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [models.CheckConstraint(name="rating_score", condition=Q(score__range=(1, 5)))]

    def __str__(self) -> str:
        return str(self.score)

    @property
    def said(self) -> str:
        """Tags and comment in the reader's words."""
        return _(", ").join([*(str(self.Tag(tag).label) for tag in self.tags), *([f"“{self.comment}”"] if self.comment else [])])
