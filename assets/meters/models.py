"""Meters of equipment, the counters fitted to them, and readings that are never rewritten."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Delete, Trigger, Update

from assets.meters.querysets import MeterQuerySet, ReadingQuerySet
from logistics.core import clock
from logistics.core.history import tracked
from logistics.core.models import AppendOnly
from logistics.core.scoping import Record, ScopedModel


class Quantity(models.TextChoices):
    """What a meter counts or shows; the label carries the unit."""

    HOURS = "hours", _("Running hours (h)")
    KM = "km", _("Distance (km)")
    STARTS = "starts", _("Starts")
    CYCLES = "cycles", _("Cycles")
    M3 = "m3", _("Volume (m³)")
    KWH = "kWh", _("Energy (kWh)")
    MPA = "MPa", _("Pressure (MPa)")
    CELSIUS = "celsius", _("Temperature (°C)")
    MM = "mm", _("Wear or gap (mm)")


UNITS = {"hours": "h", "km": "km", "starts": "", "cycles": "", "m3": "m³", "kWh": "kWh", "MPa": "MPa", "celsius": "°C", "mm": "mm"}


@tracked()
class Meter(Record):
    """计数表: one quantity of a thing: counted up over its life, or shown at the moment."""

    class Kind(models.TextChoices):
        CUMULATIVE = "cumulative", _("Counts up")
        GAUGE = "gauge", _("Shows a value")

    equipment = models.ForeignKey("assets.Equipment", models.PROTECT, related_name="meters", verbose_name=_("equipment"))
    quantity = models.CharField(_("quantity"), max_length=8, choices=Quantity)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CUMULATIVE)
    max_rate_per_day = models.DecimalField(
        _("most in a day"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("A reading that grows faster is asked about. Empty: 24 a day for running hours, else nothing is asked."),
    )
    decimals = models.PositiveSmallIntegerField(_("decimal places"), default=0, validators=[MaxValueValidator(3)])
    read_every_days = models.PositiveSmallIntegerField(
        _("read every (days)"),
        default=31,
        validators=[MinValueValidator(1)],
        help_text=_("Without a reading for longer, somebody is told."),
    )

    scope_place = "equipment__place"
    scope_department = "equipment__department"
    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("meter")
        verbose_name_plural = _("meters")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "quantity"],
                name="meter_once",
                violation_error_message=_("This thing already has a meter of this quantity."),
            ),
            models.CheckConstraint(name="meter_rate", condition=Q(max_rate_per_day__isnull=True) | Q(max_rate_per_day__gte=0)),
            models.CheckConstraint(name="meter_decimals", condition=Q(decimals__lte=3)),
            models.CheckConstraint(name="meter_read_every", condition=Q(read_every_days__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_quantity_display()} · {self.equipment}"

    @property
    def unit(self) -> str:
        return UNITS[self.quantity]

    @property
    def counts_up(self) -> bool:
        return self.kind == self.Kind.CUMULATIVE


@tracked()
class MeterFit(ScopedModel):
    """装表: the span in which one counter was fitted, what it showed at first and at last, and where it begins anew at zero."""

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="fits", verbose_name=_("meter"))
    start_value = models.DecimalField(_("showed at first"), max_digits=14, decimal_places=3, default=0)
    end_value = models.DecimalField(_("showed at last"), max_digits=14, decimal_places=3, null=True, blank=True)
    during = DateTimeRangeField(_("fitted from–to"))
    rolls_over_at = models.DecimalField(
        _("begins anew at"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("100,000 for a counter of five digits."),
    )

    scope_place = "meter__equipment__place"
    scope_department = "meter__equipment__department"
    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("fitted counter")
        verbose_name_plural = _("fitted counters")
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="fit_one_at_a_time", expressions=[("meter", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(name="fit_ended_has_value", condition=Q(during__endswith__isnull=True) | Q(end_value__isnull=False)),
            models.CheckConstraint(name="fit_rolls_above_zero", condition=Q(rolls_over_at__isnull=True) | Q(rolls_over_at__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.meter} {self.start_value}"


class MeterReading(Record):
    """读数: what a counter showed at an instant; only its derived sum over all counters is written again."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("By hand")
        ROUND = "round", _("On a round")
        IMPORT = "import", _("From a table")
        DEVICE = "device", _("From a device")

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="readings", verbose_name=_("meter"))
    value = models.DecimalField(_("reading"), max_digits=14, decimal_places=3)
    cumulative = models.DecimalField(_("counted so far"), max_digits=16, decimal_places=3, editable=False)
    rolled_over = models.BooleanField(_("began anew at zero since the last one"), default=False)
    read_at = models.DateTimeField(_("read at"), default=clock.now)
    recorded_at = models.DateTimeField(_("entered at"), default=clock.now, editable=False)
    source = models.CharField(_("source"), max_length=6, choices=Source, default=Source.MANUAL, editable=False)
    confirmed = models.BooleanField(_("confirmed although unlikely"), default=False)
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("read by"))
    client_uid = models.UUIDField(null=True, unique=True, editable=False)

    scope_place = "meter__equipment__place"
    scope_department = "meter__equipment__department"
    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-read_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "read_at"], name="reading_once", violation_error_message=_("There is already a reading of this instant.")
            ),
            models.CheckConstraint(name="reading_not_of_the_future", condition=Q(read_at__lte=F("recorded_at") + timedelta(seconds=300))),
        ]
        indexes = [models.Index(fields=["meter", "cumulative", "read_at"], name="reading_reached")]
        triggers = [
            Trigger(
                name="only_the_sum",
                operation=Update | Delete,
                when=Before,
                func=(
                    "IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'cumulative' IS DISTINCT FROM to_jsonb(OLD) - 'cumulative' THEN "
                    "RAISE EXCEPTION 'pgtrigger: readings are voided, never rewritten'; END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.value.normalize():f} {self.meter.unit}".strip()


class ReadingVoid(ScopedModel):
    """读数作废: a reading was wrong; who said so and why. It stays readable and counts no more."""

    reading = models.OneToOneField(MeterReading, models.PROTECT, related_name="void", verbose_name=_("reading"))
    by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("voided by"))
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("voided at"), default=clock.now)

    scope_place = "reading__meter__equipment__place"
    scope_department = "reading__meter__equipment__department"
    objects = MeterQuerySet.as_manager()

    class Meta:
        verbose_name = _("voided reading")
        verbose_name_plural = _("voided readings")
        constraints = [models.CheckConstraint(name="reading_void_reason", condition=~Q(reason=""))]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.reason
