"""Labels with opaque codes, what they hang on, and scans of dead ones."""
from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.campus.querysets import BindingQuerySet, TagQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import RecordRef
from logistics.core.qr import grouped
from logistics.core.scoping import Record, ScopedModel


class LabelBatch(ScopedModel):
    """标签批次: labels that were made together for one kind of sheet."""

    class Layout(models.TextChoices):
        A4_24 = "a4_24", _("A4 sheet, 24 labels")
        A4_65 = "a4_65", _("A4 sheet, 65 labels")
        TAPE_40 = "tape_40", _("Tape, 40 mm")
        TAPE_62 = "tape_62", _("Tape, 62 mm")

    layout = models.CharField(_("layout"), max_length=8, choices=Layout, default=Layout.A4_24)
    count = models.SmallIntegerField(_("number of labels"))
    printed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    printed_at = models.DateTimeField(_("made at"), default=clock.now)

    class Meta:
        verbose_name = _("label batch")
        verbose_name_plural = _("label batches")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="batch_count", condition=Q(count__gte=1, count__lte=2000))]

    def __str__(self) -> str:
        return f"{self.get_layout_display()} · {self.count}"


@tracked()
class Tag(Record):
    """标签: a printed code that says nothing by itself; it is bound to a thing or place, and may be bound anew."""

    class Medium(models.TextChoices):
        QR = "qr", _("QR code")
        BARCODE = "barcode", _("Barcode")
        RFID = "rfid", _("RFID chip")
        NFC = "nfc", _("NFC chip")

    code = models.CharField(_("code"), max_length=13, unique=True, editable=False)
    medium = models.CharField(_("medium"), max_length=7, choices=Medium, default=Medium.QR)
    external_code = models.CharField(
        _("code of the maker"), max_length=60, null=True, editable=False, help_text=_("What a chip or barcode says that we did not print.")
    )
    batch = models.ForeignKey(LabelBatch, models.PROTECT, null=True, related_name="tags", verbose_name=_("batch"), editable=False)
    state = models.CharField(max_length=8, default="printed", editable=False)
    place = models.ForeignKey("campus.Place", models.PROTECT, null=True, related_name="labels", verbose_name=_("hangs in"), editable=False)
    target_label = models.CharField(_("hangs on"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    scope_place = "place"
    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="tag_state", condition=Q(state__in=["printed", "bound", "void"])),
            models.CheckConstraint(name="tag_medium", condition=Q(medium__in=["qr", "barcode", "rfid", "nfc"])),
            models.UniqueConstraint(name="tag_external_once", fields=["external_code", "medium"], condition=Q(external_code__isnull=False)),
            models.CheckConstraint(
                name="tag_external_written", condition=Q(external_code__isnull=True) | Q(external_code__regex=r"^[0-9A-Z._+-]{4,60}$")
            ),
            models.CheckConstraint(name="tag_code_length", condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{13}$")),
        ]

    def __str__(self) -> str:
        return self.external_code or grouped(self.code)


class TagBinding(RecordRef, ScopedModel):
    """绑定: a label hangs on something for a time."""

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="bindings", verbose_name=_("label"))
    label = models.CharField(_("hangs on"), max_length=300)
    during = DateTimeRangeField(_("during"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("bound by"))

    objects = BindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("binding")
        verbose_name_plural = _("bindings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="binding_one_open", fields=["tag"], condition=Q(during__upper_inf=True)),
            ExclusionConstraint(
                name="binding_one_at_a_time", expressions=[("tag", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="binding_target")]

    def __str__(self) -> str:
        return self.label


class TagScan(models.Model):
    """扫码: somebody scanned a label that leads nowhere; many such scans say that it should be replaced. Kept for a time only."""

    class Purpose(models.TextChoices):
        PAGE = "page", _("Page looked at")
        REPORT = "report", _("Report")
        BIND = "bind", _("Binding")
        ROUND = "round", _("Round")
        COUNT = "count", _("Stock-taking")

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="scans", verbose_name=_("label"))
    at = models.DateTimeField(default=clock.now)
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(_("scanned for"), max_length=6, choices=Purpose, default=Purpose.PAGE)
    ip_hash = models.CharField(max_length=32, blank=True, editable=False)  # tells guests apart without keeping addresses

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        indexes = [models.Index(fields=["tag", "-at"], name="scan_tag"), models.Index(fields=["at"], name="scan_at")]
        constraints = [models.CheckConstraint(name="scan_purpose", condition=Q(purpose__in=["page", "report", "bind", "round", "count"]))]
        triggers = [pgtrigger.Protect(name="never_rewritten", operation=pgtrigger.Update)]  # old ones are deleted, none is changed

    def __str__(self) -> str:
        return f"{self.tag} {self.at:%Y-%m-%d %H:%M}"
