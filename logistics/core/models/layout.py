"""Layouts of ledgers as an authority wants them."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core.access import EVERYTHING, Access
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record, ScopedQuerySet


class LayoutQuerySet(ScopedQuerySet):
    def scope(self, access: Access, action: str) -> Q:
        """Layouts have no place: who may read them anywhere reads all."""
        return EVERYTHING if access.has(f"core.exportlayout:{action}") else super().scope(access, action)


@tracked()
class ExportLayout(Named, Record):
    """上报格式: the columns of a register in the order and under the headings that an authority asks for; one line a column."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("register"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    columns = models.TextField(
        _("columns"), max_length=4000,
        help_text=_("One line for each column: heading = column. “#” counts the rows; a heading alone stays an empty column."),
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = LayoutQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("layout of a ledger")
        verbose_name_plural = _("layouts of ledgers")
        ordering = ["kind", "code"]
        constraints = [models.CheckConstraint(name="export_layout_has_columns", condition=~Q(columns=""))]

    def get_absolute_url(self) -> str:
        return reverse("core:exportlayout-detail", args=[self.pk])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(heading, name of the column) in order; "#" counts the rows, "" stays empty."""
        lines = (line.partition("=") for line in self.columns.splitlines() if line.strip())
        return [(heading.strip(), name.strip()) for heading, _sign, name in lines]

    @property
    def register(self) -> Any:
        """The register in words."""
        from logistics.core.resources import RESOURCES

        declared = RESOURCES.get(self.kind)
        return declared.label_plural if declared else self.kind
