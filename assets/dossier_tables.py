"""The tables of a dossier that the register itself keeps: inspections, own checks, custody, use, readings, locks, stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.custody.holders import custody_of
from assets.models import Downtime, MeterReading, StatutoryRecord, UsageEntry, UseLock
from assets.papers import day
from assets.publishing import dossier_table
from logistics.core.templatetags import ui

Rows = Iterable[list[Any]]


def records(thing: Any, most: int, checks: bool) -> Any:
    """Inspection records that stand, newest first: by others, or the school's own checks."""
    rows = StatutoryRecord.objects.standing().filter(equipment=thing).select_related("scheme", "body", "by")
    rows = rows.filter(action="check") if checks else rows.exclude(action="check")
    return rows.order_by("-performed_on", "-pk")[:most]


@dossier_table("assets.inspections", "inspections", _("Statutory inspections"),
               [_("Done on"), _("Statutory scheme"), _("Result"), _("Certificate number"),
                _("Inspection body"), _("Valid until")], name=1, roomy=[4], order=10)
def inspections(thing: Any, most: int) -> Rows:
    for row in records(thing, most, checks=False):
        body = _(", ").join(str(part) for part in (row.body, row.inspector) if part)
        yield [day(row.performed_on), f"{row.scheme} · {row.get_action_display()}", row.get_result_display(), row.certificate_no or "–",
               body or "–", day(row.valid_until)]


@dossier_table("assets.checks", "inspections", _("Own checks"),
               [_("Done on"), _("Statutory scheme"), _("Result"), _("By whom"), _("Note")],
               name=1, roomy=[4], order=20)
def checks(thing: Any, most: int) -> Rows:
    for row in records(thing, most, checks=True):
        yield [day(row.performed_on), row.scheme, row.get_result_display(), row.inspector or row.by or "–", row.note or "–"]


@dossier_table("assets.custody", "use", _("Custody"),
               [_("Holder of the thing"), _("Since"), _("Brought back"),
                _("Condition when back")], order=10)
def custody(thing: Any, most: int) -> Rows:
    for row in custody_of(thing, most):
        yield [row.holder_name, day(row.during.lower), day(row.during.upper), row.condition_in or "–"]


@dossier_table("assets.uses", "use", _("Uses noted"),
               [_("Day"), _("Hours"), _("What for"), _("Known from")], name=2, numbers=[1], order=20)
def uses(thing: Any, most: int) -> Rows:
    for row in UsageEntry.objects.filter(equipment=thing).order_by("-during", "-pk")[:most]:
        yield [day(row.during.lower), hours(row.during), row.purpose or "–", row.get_source_display()]


@dossier_table("assets.readings", "use", _("Meter readings"),
               [_("Read at"), _("Meter"), _("Reading"), _("Counted so far"), _("Source"),
                _("By whom")], name=1, numbers=[2, 3], order=30)
def readings(thing: Any, most: int) -> Rows:
    rows = MeterReading.objects.valid().filter(meter__equipment=thing).select_related("meter", "by").order_by("-read_at", "-pk")
    for row in rows[:most]:
        meter = row.meter
        yield [ui.paper_time(row.read_at), meter.get_quantity_display(), f"{row.value:,.{meter.decimals}f}",
               f"{row.cumulative:,.{meter.decimals}f}" if meter.counts_up else "–", row.get_source_display(), row.by or "–"]


@dossier_table("assets.locks", "use", _("Use locks"),
               [_("Level"), _("Reason"), _("Since"), _("Lifted at")], name=1, order=40)
def locks(thing: Any, most: int) -> Rows:
    for row in UseLock.objects.filter(equipment=thing).order_by("-pk")[:most]:
        yield [row.get_level_display(), row.why, day(row.opened_at), day(row.lifted_at)]


@dossier_table("assets.stops", "failures", _("Stops"),
               [_("From"), _("To"), _("Hours"), _("Cause"), _("Note")], name=3, roomy=[4],
               numbers=[2], order=30)
def stops(thing: Any, most: int) -> Rows:
    for row in Downtime.objects.filter(equipment=thing).order_by("-during", "-pk")[:most]:
        ended = ui.paper_time(row.during.upper) if row.during.upper else _("stands still")
        yield [ui.paper_time(row.during.lower), ended, hours(row.during), row.get_cause_display(), row.note or "–"]


def hours(during: Any) -> str:
    """How long it lasted; nothing for what is not over."""
    return f"{(during.upper - during.lower).total_seconds() / 3600:,.1f}" if during.upper and during.lower else "–"
