"""Papers that somebody must hold to do certain work."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.bilingual import Named
from logistics.core.history import tracked
from logistics.core.scoping import Record
from staff.models.member import StaffMember, never_oneself
from staff.querysets import CertificateQuerySet, OpenToAll


@tracked()
class CertificateType(Named, Record):
    """证书类型: a kind of certificate that work may ask for, such as an electrician's licence."""

    class Issuer(models.TextChoices):
        EXTERNAL = "external", _("Authority")
        INTERNAL = "internal", _("School")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    issuer = models.CharField(_("issued by"), max_length=8, choices=Issuer, default=Issuer.EXTERNAL)
    validity_months = models.SmallIntegerField(_("valid for (months)"), null=True, blank=True)

    objects = OpenToAll.as_manager()

    class Meta:
        verbose_name = _("certificate type")
        verbose_name_plural = _("certificate types")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="certificate_type_months", condition=Q(validity_months__isnull=True) | Q(validity_months__gte=1))
        ]


@tracked()
class Certificate(Record):
    """证书: a certificate of one person; it counts once somebody else has verified it, and ends with its last day."""

    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="certificates", verbose_name=_("staff member"))
    type = models.ForeignKey(CertificateType, models.PROTECT, related_name="certificates", verbose_name=_("certificate type"))
    number = models.CharField(_("number"), max_length=60)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), help_text=_("The last day on which it counts."))
    state = models.CharField(
        _("state"),
        max_length=8,
        default="pending",
        editable=False,
        choices=[("pending", _("To be verified")), ("valid", _("Valid")), ("rejected", _("Turned down")), ("revoked", _("Revoked"))],
    )
    added_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("entered by")
    )
    verified_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("verified by")
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, editable=False)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="renewal", verbose_name=_("renews"))

    scope_department = "staff__team"
    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["valid_until"]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "number"],
                name="certificate_once",
                condition=~Q(state="rejected"),
                violation_error_message=_("This certificate is already recorded."),
            ),
            models.CheckConstraint(
                name="certificate_days",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="certificate_verified",
                condition=Q(state__in=["pending", "rejected"]) | Q(verified_by__isnull=False, verified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="certificate_second_person",
                condition=Q(verified_by__isnull=True) | Q(added_by__isnull=True) | ~Q(verified_by=F("added_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "type"], name="certificate_of"),
            models.Index(fields=["valid_until"], name="certificate_ends", condition=Q(state="valid")),
        ]
        triggers = [never_oneself("verified_by")]

    def __str__(self) -> str:
        return f"{self.type} {self.number}"

    @property
    def days_left(self) -> int:
        """Days until it ends, counting from today; negative when it is over."""
        return (self.valid_until - clock.today()).days
