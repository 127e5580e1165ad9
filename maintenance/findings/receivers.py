"""What the ledger does when an order goes a step further, and how its notes read in the timeline."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.certificates.registries import when_failed
from logistics.accounts.publishing import hand_over
from logistics.campus.registries import closure_guard
from logistics.core.publishing import Waiting
from logistics.core.timeline import note
from maintenance.findings.consequences import catch_up
from maintenance.findings.models import Domain
from maintenance.findings.services import open_finding
from maintenance.following import follows_order
from maintenance.models import Finding

note("open", _("found it"), "alert-triangle", "late", of="maintenance.finding", first=True)
note("seen_again", _("found it again"), "alert-triangle", "late", of="maintenance.finding")


@follows_order("maintenance.finding")
def follow(order: Any, move: str, *, by: Any, at: datetime) -> None:
    """An order that begins or ends takes its dangers along; that they are gone is for somebody else to say."""
    if order.source_kind != "maintenance.repairrequest" and move in ("started", "finished"):  # what was reported is no danger found
        for finding in Finding.objects.filter(work_order=order, state__in=["open", "rectifying"]).order_by("pk"):
            catch_up(finding, at=at)


@closure_guard("maintenance.finding")
def stands(caused: Any) -> Any:
    """Why a lock or closure cannot be lifted: the danger that caused it is not verified as gone."""
    finding = Finding.objects.filter(pk=caused.source_id).first()
    if finding is None or finding.state in ("verified", "void"):
        return None
    return _("The danger %(number)s is not verified as gone.") % {"number": finding.number or ""}


@when_failed("maintenance.findings")
def failed_inspection(record: Any, by: Any) -> None:
    """An inspection that the law asks for and that failed is a hidden danger; its certificate has locked or closed already."""
    thing, scheme = record.equipment, record.scheme
    open_finding(
        title_zh=f"检验不合格：{scheme.name_zh}", title_en=f"Failed: {scheme.name_en or scheme.name_zh}", place=record.stands_at,
        equipment=thing, by=by, domain=Domain.EQUIPMENT if thing is not None else Domain.BUILDING,
        severity="major" if scheme.on_fail != "warn" else "minor", description=record.note, source=record)


@hand_over("maintenance.findings", _("Hidden dangers to remove"))
def open_dangers_of(person: Any) -> Iterator[Waiting]:
    """What somebody who leaves still has to remove."""
    for row in Finding.objects.open().filter(responsible=person).order_by("found_at"):
        yield Waiting(row.title, row.get_absolute_url(), f"{row.number} · {row.place_label}", row.found_at)
