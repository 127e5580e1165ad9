"""The one minimal outside party; upper apps hang their own profiles on it."""
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import OrganisationQuerySet
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger


@tracked()
class Organisation(Named, Searchable, Record):
    """外部单位: a company or office outside the school that works for it, sells to it or supervises it."""

    class Kind(models.TextChoices):
        CONTRACTOR = "contractor", _("Contractor")
        SUPPLIER = "supplier", _("Supplier")
        AUTHORITY = "authority", _("Authority")
        PARTNER = "partner", _("Partner")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    contact = models.CharField(_("contact person"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["code"]
        indexes = [search_index("organisation_search")]
        triggers = [search_trigger("code", "name_zh", "name_en", also=("contact",))]
