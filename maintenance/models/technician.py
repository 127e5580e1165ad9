"""What dispatch needs to know about somebody who repairs, beyond the staff file."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.core.history import tracked
from logistics.core.scoping import Record


@tracked()
class Technician(Record):
    """维修工档案: where somebody starts from, how much fits on the plate, and whether orders may be claimed."""

    class Override(models.TextChoices):
        NONE = "none", _("as the roster says")
        ON = "on", _("on duty")
        OFF = "off", _("off duty")

    staff = models.OneToOneField("staff.StaffMember", models.PROTECT, related_name="technician", verbose_name=_("staff member"))
    home_places = models.ManyToManyField("campus.Place", blank=True, related_name="+", verbose_name=_("home buildings"))
    max_open = models.PositiveSmallIntegerField(_("open orders at most"), default=5)
    takes_pool = models.BooleanField(_("may claim from the pool"), default=True)
    duty_override = models.CharField(_("duty"), max_length=4, choices=Override, default=Override.NONE)
    override_until = models.DateTimeField(_("until"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)

    scope_department = "staff__team"

    class Meta:
        verbose_name = _("technician")
        verbose_name_plural = _("technicians")
        ordering = ["staff__staff_no"]
        constraints = [
            models.CheckConstraint(name="technician_max_open", condition=Q(max_open__gte=1)),
            models.CheckConstraint(name="technician_override_dated", condition=Q(duty_override="none") | Q(override_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.staff)
