"""Work by firms: what they ask for it, when they come, and which papers their people hold."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.scoping import Record
from maintenance.contracting.querysets import OfFirmPeopleQuerySet, OfFirmQuerySet


@tracked()
class Quote(Record):
    """报价: what a firm asks for an order; at most one of an order is accepted."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    order = models.ForeignKey("maintenance.WorkOrder", models.PROTECT, related_name="quotes", verbose_name=_("work order"))
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("firm"))
    amount = models.DecimalField(_("amount in CNY"), max_digits=12, decimal_places=2, null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("what it covers"), max_length=500, blank=True)
    warranty_reason = models.CharField(_("why paid although under warranty"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    lock_rank = 12
    scope_place = "order__place"
    objects = OfFirmQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], name="quote_one_accepted", condition=Q(state="accepted")),
            models.UniqueConstraint(
                fields=["order", "organisation"],
                name="quote_once_each",
                condition=Q(state__in=["asked", "offered"]),
                violation_error_message=_("This firm was asked already."),
            ),
            models.CheckConstraint(
                name="quote_offer_has_amount", condition=~Q(state__in=["offered", "accepted"]) | Q(amount__gt=0, valid_until__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="quote_firm"),
            models.Index(fields=["state", "-id"], name="quote_state"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.order}"


@tracked()
class Visit(Record):
    """上门: when people of a firm come to work on an order, who they are, and when they came and went."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ON_SITE = "on_site", _("On site")
        LEFT = "left", _("Left")
        CANCELLED = "cancelled", _("Cancelled")

    order = models.ForeignKey("maintenance.WorkOrder", models.PROTECT, related_name="visits", verbose_name=_("work order"))
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("firm"))
    span = DateTimeRangeField(_("from–to"))
    people = models.ManyToManyField("accounts.Person", related_name="+", verbose_name=_("who comes"))
    arrived_at = models.DateTimeField(_("came"), null=True, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED, editable=False)

    lock_rank = 13
    scope_place = "order__place"
    objects = OfFirmQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="visit_times", condition=Q(left_at__isnull=True) | Q(arrived_at__isnull=False, left_at__gte=F("arrived_at"))
            ),
            models.CheckConstraint(
                name="visit_span", condition=Q(span__isempty=False, span__startswith__isnull=False, span__endswith__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="visit_firm"),
            models.Index(fields=["state", "-id"], name="visit_state"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.order}"


@tracked()
class FirmCertificate(Record):
    """外包人员证书: a certificate of somebody who works here for a firm; needed for the same work as a technician's."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="firm_certificates", verbose_name=_("person"))
    type = models.ForeignKey("staff.CertificateType", models.PROTECT, related_name="+", verbose_name=_("kind"))
    number = models.CharField(_("number"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    seen_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", editable=False, verbose_name=_("seen by"))

    objects = OfFirmPeopleQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of a firm's worker")
        verbose_name_plural = _("certificates of firms' workers")
        ordering = ["valid_until", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "number"], name="firm_certificate_once", violation_error_message=_("This certificate is already recorded.")
            ),
            models.CheckConstraint(
                name="firm_certificate_days",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(name="firm_certificate_second_person", condition=~Q(seen_by=F("person"))),
        ]
        indexes = [models.Index(fields=["person", "type"], name="firm_certificate_of")]

    def __str__(self) -> str:
        return f"{self.type} {self.number}"
