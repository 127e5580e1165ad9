"""Checklists with their versions and items, what was answered, and which answer counts."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.bilingual import Named, chinese, pick
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel
from logistics.core.search import Searchable, search_index, search_trigger
from maintenance.checklists.querysets import AnswerQuerySet, CatalogueQuerySet, ChecklistQuerySet
from maintenance.models.policy import Priority


class Severity(models.TextChoices):
    """How grave a failing item is (facilities.md 5.10)."""

    OBSERVATION = "observation", _("Observation")
    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


@tracked()
class Checklist(Named, Searchable, Record):
    """检查表: what somebody looks at, item by item; it changes by a new version, never under old answers."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["code"]
        indexes = [search_index("checklist_search")]
        triggers = [search_trigger("code", "name_zh", "name_en")]

    @property
    def current(self) -> ChecklistVersion | None:
        """The newest published version: what is asked from now on."""
        return self.versions.filter(state="published").order_by("-no").first()

    @property
    def draft(self) -> ChecklistVersion | None:
        return self.versions.filter(state="draft").first()


@tracked()
class ChecklistVersion(Record):
    """检查表版本: the items as they were published; what is published never changes again."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="versions", verbose_name=_("checklist"))
    no = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("published by")
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a checklist")
        verbose_name_plural = _("versions of checklists")
        ordering = ["checklist", "-no"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "no"], name="checklist_version_no"),
            models.UniqueConstraint(fields=["checklist"], name="checklist_one_draft", condition=Q(state="draft")),
            models.CheckConstraint(
                name="checklist_version_published",
                condition=Q(state="draft", published_at__isnull=True) | Q(state="published", published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stands",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} · {self.no}"


@tracked()
class ChecklistItem(Record):
    """检查项: one question of a checklist, what answer is right, and what follows from a wrong one."""

    class Type(models.TextChoices):
        PASS_FAIL = "pass_fail_na", _("Pass, fail or not applicable")
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("Choice")
        TEXT = "text", _("Words")
        PHOTO = "photo", _("Photo")
        METER = "meter", _("Meter reading")
        SIGNATURE = "signature", _("Signature")

    class Evidence(models.TextChoices):
        NONE = "none", _("no photo needed")
        ON_FAIL = "photo_on_fail", _("photo when it fails")
        ALWAYS = "photo_always", _("photo always")

    class Lock(models.TextChoices):
        NONE = "none", _("stays usable")
        RESTRICTED = "restricted", _("use restricted")
        LOCKED = "locked", _("locked")

    class Close(models.TextChoices):
        NONE = "none", _("stays open")
        RESTRICTED = "restricted", _("use restricted")
        CLOSED = "closed", _("closed off")

    version = models.ForeignKey(ChecklistVersion, models.CASCADE, related_name="items", verbose_name=_("version"))
    key = models.CharField(max_length=40, editable=False)  # the same question under the same key in every version
    order = models.PositiveSmallIntegerField(_("order"), default=0, editable=False)
    text_zh = models.CharField(_("Chinese text"), max_length=200)
    text_en = models.CharField(_("English text"), max_length=200, blank=True)
    type = models.CharField(_("kind of answer"), max_length=12, choices=Type, default=Type.PASS_FAIL)
    required = models.BooleanField(_("must be answered"), default=True)
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    low = models.DecimalField(_("lowest right value"), max_digits=14, decimal_places=3, null=True, blank=True)
    high = models.DecimalField(_("highest right value"), max_digits=14, decimal_places=3, null=True, blank=True)
    quantity = models.CharField(_("quantity of the meter"), max_length=10, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)  # [[Chinese, English, right?], …]
    show_if_key = models.CharField(_("asked only after"), max_length=40, blank=True)
    show_if_value = models.CharField(_("when the answer is"), max_length=80, blank=True)
    evidence = models.CharField(_("evidence"), max_length=14, choices=Evidence, default=Evidence.NONE)
    fail_severity = models.CharField(_("how grave"), max_length=12, choices=Severity, default=Severity.MINOR)
    fail_order = models.BooleanField(_("make a work order"), default=False)
    fail_priority = models.CharField(_("its priority"), max_length=2, choices=Priority, blank=True)
    fail_lock = models.CharField(_("the thing"), max_length=10, choices=Lock, default=Lock.NONE)
    fail_close = models.CharField(_("the place"), max_length=10, choices=Close, default=Close.NONE)
    fail_notify = models.CharField(_("tell"), max_length=40, blank=True)
    clause = models.CharField(_("clause"), max_length=120, blank=True)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        ordering = ["version", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="checklist_item_key"),
            models.CheckConstraint(
                name="checklist_item_limits",
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                violation_error_message=_("The lowest value lies above the highest."),
            ),
            models.CheckConstraint(
                name="checklist_item_order_priority",
                condition=Q(fail_order=False) | ~Q(fail_priority=""),
                violation_error_message=_("A work order needs a priority."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_stands",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("published", "timestamptz")],
                func="""
                    SELECT published_at INTO published FROM maintenance_checklistversion
                        WHERE id = coalesce(NEW.version_id, OLD.version_id) FOR SHARE;
                    IF published IS NOT NULL THEN
                        RAISE EXCEPTION 'pgtrigger: a published checklist does not change';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return pick(self.text_zh, self.text_en)

    @property
    def measures(self) -> bool:
        return self.type in (self.Type.NUMBER, self.Type.METER)

    def words_of(self, value: str) -> str:
        """An answer as people read it."""
        if self.type == self.Type.PASS_FAIL or value == "na":
            return str({"pass": _("Right"), "fail": _("Wrong"), "na": _("Not applicable")}.get(value, value))
        if self.type == self.Type.CHOICE:
            return next((zh if chinese() or not en else en for zh, en, _right in self.choices if zh == value), value)
        return f"{value} {self.unit}".strip() if self.measures else value


class ChecklistRun(ScopedModel):
    """检查记录: one checklist gone through once, for a work order, at a point of a round, or to look again at a hidden danger."""

    version = models.ForeignKey(ChecklistVersion, models.PROTECT, related_name="runs")
    order = models.ForeignKey("maintenance.WorkOrder", models.PROTECT, null=True, related_name="checklist_runs")
    visit = models.ForeignKey("maintenance.PointVisit", models.PROTECT, null=True, related_name="runs")
    finding = models.ForeignKey("maintenance.Finding", models.PROTECT, null=True, related_name="rechecks")
    place = models.ForeignKey("campus.Place", models.PROTECT, related_name="+")
    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)

    scope_place = "place"

    class Meta:
        verbose_name = _("run of a checklist")
        verbose_name_plural = _("runs of checklists")
        constraints = [
            models.CheckConstraint(
                name="checklist_run_for_one",
                condition=Q(order__isnull=False, visit__isnull=True, finding__isnull=True)
                | Q(order__isnull=True, visit__isnull=False, finding__isnull=True)
                | Q(order__isnull=True, visit__isnull=True, finding__isnull=False),
            ),
            models.UniqueConstraint(fields=["order", "version"], name="checklist_run_order_once", condition=Q(order__isnull=False)),
            models.UniqueConstraint(fields=["visit", "version"], name="checklist_run_visit_once", condition=Q(visit__isnull=False)),
            models.UniqueConstraint(fields=["finding", "version"], name="checklist_run_finding_once", condition=Q(finding__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["equipment", "-id"], name="checklist_run_equipment", condition=Q(equipment__isnull=False)),
            models.Index(fields=["place", "-id"], name="checklist_run_place"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.version}"


class ItemAnswer(Record):
    """检查结果: one answer to one item, as it was given; a later one may replace it, none is changed or lost."""

    class Verdict(models.TextChoices):
        PASS = "pass", _("right")
        FAIL = "fail", _("wrong")
        NA = "na", _("not applicable")

    run = models.ForeignKey(ChecklistRun, models.PROTECT, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="answers", verbose_name=_("item"))
    value = models.CharField(_("answer"), max_length=500)
    verdict = models.CharField(_("verdict"), max_length=4, choices=Verdict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    occurred_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    judged_at = models.DateTimeField(_("answered"), default=clock.now)
    late = models.BooleanField(_("given late"), default=False)
    client_uid = models.UUIDField(null=True, unique=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")

    scope_place = "run__place"
    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.CheckConstraint(name="answer_verdict", condition=Q(verdict__in=["pass", "fail", "na"])),
            models.CheckConstraint(name="answer_not_of_itself", condition=Q(replaces__isnull=True) | ~Q(replaces=F("id"))),
            models.UniqueConstraint(fields=["run", "item"], name="answer_one_beginning", condition=Q(replaces__isnull=True)),
        ]
        indexes = [
            models.Index(fields=["run", "item", "-id"], name="answer_run"),
            models.Index(fields=["-judged_at", "-id"], name="answer_newest"),
            models.Index(fields=["-judged_at", "-id"], name="answer_failed", condition=Q(verdict="fail")),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.item}{gettext(': ')}{self.item.words_of(self.value)}"
