"""Files that were brought in, what came of each row, and how a person's columns are called."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.access import Access, either
from logistics.core.models.reference import RecordRef
from logistics.core.scoping import Record, ScopedQuerySet


class ImportQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """One's own files; the auditor and the system manager see everybody's."""
        own = Q(owner_id=getattr(access.person, "pk", None) or 0)
        return either(super().scope(access, action), own) if action == "view" else super().scope(access, action)


class ImportBatch(Record):
    """导入: one file of rows that somebody brings into a register: checked first, then written, undone as a whole if it was a mistake."""

    class Mode(models.TextChoices):
        ALL = "all", _("All rows or none")
        SKIP = "skip", _("Leave out the rows with mistakes")

    kind = models.CharField(_("register"), max_length=60, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("brought in by"), editable=False)
    file = models.CharField(max_length=200, editable=False)  # below MEDIA_ROOT
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    headers = models.JSONField(default=list, editable=False)  # of the file, in order
    mapping = models.JSONField(default=list, editable=False)  # for each of them the column it fills, or ""
    mode = models.CharField(_("rows with mistakes"), max_length=4, choices=Mode, default=Mode.ALL)
    update = models.BooleanField(_("change what is there already"), default=True)
    state = models.CharField(_("state"), max_length=9, default="draft", editable=False)
    rows = models.IntegerField(_("rows"), default=0, editable=False)
    counts = models.JSONField(default=dict, editable=False)  # new, changed, same, bad; after undoing also undone, kept
    job = models.ForeignKey("core.Job", models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(_("brought in"), default=clock.now, editable=False)
    imported_at = models.DateTimeField(_("written"), null=True, editable=False)
    undo_until = models.DateTimeField(_("can be undone until"), null=True, editable=False)

    objects = ImportQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="import_written_has_time", condition=~Q(state__in=["imported", "undoing", "undone", "partly"])
                                   | Q(imported_at__isnull=False, undo_until__isnull=False)),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="import_owner"), models.Index(fields=["kind", "-id"], name="import_kind")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(RecordRef):
    """导入行: what one row of a file did: the record it made or changed, how that looked before, and its mark afterwards."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="lines")
    row = models.IntegerField()
    made = models.BooleanField()  # False: changed
    before = models.JSONField(null=True)  # the whole row of the table, as PostgreSQL writes it
    columns = models.JSONField(default=list)  # that it changed
    mark = models.CharField(max_length=32)  # digest of the record after the import: another one later means somebody changed it
    state = models.CharField(max_length=6, default="done", choices=[("done", "done"), ("undone", "undone"), ("kept", "kept")])
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [models.UniqueConstraint(fields=["batch", "kind", "object_id"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "state", "-id"], name="import_row_state")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.row}"


class ImportProblem(models.Model):
    """导入问题: why one cell, or a whole row, cannot be brought in; in words."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems")
    row = models.IntegerField(_("row"))
    column = models.CharField(_("column"), max_length=80, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    reason = models.TextField(_("what is wrong"))

    class Meta:
        verbose_name = _("mistake in a file")
        verbose_name_plural = _("mistakes in a file")
        indexes = [models.Index(fields=["batch", "row", "id"], name="import_problem")]

    def __str__(self) -> str:
        return f"{self.row} {self.column}: {self.reason}"


class ImportMapping(models.Model):
    """列对应: which column of a person's files is which column of a register; remembered for the next file."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    names = models.JSONField(default=dict)  # folded heading -> column, "" = left out

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="import_mapping_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.kind}"
