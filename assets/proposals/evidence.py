"""Why a thing should be renewed, as plain data that can be frozen, and how that reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assets.models import Downtime, Requirement, StatutoryRecord
from assets.proposals.limits import EVENTS, PICTURES
from assets.renewal.models import GRADES, RenewalItem
from assets.renewal.scoring import Facts, Score
from logistics.core import clock
from logistics.core.bilingual import pick
from logistics.core.models import Attachment
from logistics.core.templatetags import ui

THING, ITEM = "assets.equipment", "assets.renewalitem"


def gathered(items: list[RenewalItem], facts: dict[int, Facts], scores: dict[int, Score]) -> dict[int, dict[str, Any]]:
    """{id of the item: evidence}; three statements for all. Money as text, days in ISO form."""
    things = [item.equipment_id for item in items if item.equipment_id]
    stops: dict[int, list[Any]] = {}
    for stop in Downtime.objects.filter(equipment__in=things, cause="failure").order_by("-during"):
        stops.setdefault(stop.equipment_id, []).append(stop)
    papers: dict[int, list[Any]] = {}
    for row in Requirement.objects.filter(equipment__in=things).select_related("scheme").order_by("next_due_on", "pk"):
        papers.setdefault(row.equipment_id, []).append(row)  # type: ignore[arg-type]
    photos, today = _photos(items, things), clock.today()
    found = {}
    for item in items:
        thing = item.equipment
        entry: dict[str, Any] = {"risk": item.risk_note, "deferred": item.defer_reason, "photos": photos.get(item.pk, [])}
        if thing is not None:
            known, score = facts[thing.pk], scores[thing.pk]
            entry |= {
                "number": thing.number,
                "since": _day(thing.commissioned_on),
                "life": thing.years,
                "age": _text(known.age_years and known.age_years.quantize(Decimal("0.1"))),
                "grade": known.grade,
                "graded_on": _day(known.graded_on),
                "failures": known.failures,
                "criticality": known.criticality,
                "upkeep": _text(known.upkeep),
                "ratio": _text(known.cost_ratio),
                "failed": known.certificate_failed,
                "score": _text(score.value),
                "coverage": _text(score.coverage),
                "parts": {part: _text(points) for part, points in score.parts.items()},
                "stops": [
                    {"from": stop.during.lower.isoformat(), "to": stop.during.upper.isoformat() if stop.during.upper else ""}
                    for stop in stops.get(thing.pk, [])[: EVENTS.value()]
                ],
                "papers": [
                    {
                        "zh": row.scheme.name_zh,
                        "en": row.scheme.name_en,
                        "result": row.result,
                        "due": _day(row.next_due_on),
                        "over": bool(row.next_due_on and row.next_due_on < today),
                    }
                    for row in papers.get(thing.pk, [])
                ],
            }
        found[item.pk] = entry
    return found


def _photos(items: list[RenewalItem], things: Iterable[int]) -> dict[int, list[int]]:
    """{id of the item: the newest photos of it, then of its thing}."""
    rows = Attachment.objects.filter(Q(kind=ITEM, object_id__in=[item.pk for item in items]) | Q(kind=THING, object_id__in=list(things)))
    by: dict[tuple[str, int], list[int]] = {}
    for pk, kind, owner in rows.order_by("-pk").values_list("pk", "kind", "object_id"):
        by.setdefault((kind, owner), []).append(pk)
    most = PICTURES.value()
    return {item.pk: [*by.get((ITEM, item.pk), []), *by.get((THING, item.equipment_id or 0), [])][:most] for item in items}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


# words -------------------------------------------------------------------------------------------------------------------
def reasons(told: dict[str, Any]) -> list[str]:
    """The evidence as short sentences, the gravest first."""
    found = []
    if told.get("failed"):
        found.append(_("Its certificate failed."))
    if told.get("age") and told.get("life"):
        found.append(_("%(age)s of %(life)s years old.") % {"age": ui.number(Decimal(told["age"])), "life": told["life"]})
    if told.get("grade"):
        day = parse_date(told["graded_on"]) if told.get("graded_on") else None
        found.append(_("Condition %(grade)s, %(day)s.") % {"grade": dict(GRADES)[told["grade"]], "day": ui.paper_day(day) if day else "–"})
    if told.get("failures"):
        found.append(ngettext("%(n)s failure in 12 months.", "%(n)s failures in 12 months.", told["failures"]) % {"n": told["failures"]})
    if told.get("upkeep") and Decimal(told["upkeep"]):
        found.append(upkeep(told))
    found += [paper for paper in papers(told) if paper]
    return [*found, *([told["risk"]] if told.get("risk") else [])]


def upkeep(told: dict[str, Any]) -> str:
    money = ui.money(Decimal(told["upkeep"]))
    if told.get("ratio") is None:
        return _("Upkeep of 12 months %(money)s.") % {"money": money}
    share = round(Decimal(told["ratio"]) * 100)
    return _("Upkeep of 12 months %(money)s, %(share)s%% of a new one.") % {"money": money, "share": share}


def papers(told: dict[str, Any]) -> list[str]:
    """Certificates that failed or are over."""
    found, results = [], dict(StatutoryRecord.Result.choices)
    for row in told.get("papers", []):
        name = pick(row["zh"], row["en"])
        if row["result"] == "fail":
            found.append(_("%(name)s: %(result)s.") % {"name": name, "result": results["fail"]})
        elif row["over"]:
            found.append(_("%(name)s: over since %(day)s.") % {"name": name, "day": ui.paper_day(date.fromisoformat(row["due"]))})
    return found


def stops(told: dict[str, Any]) -> list[str]:
    """The latest failures: from when, for how long."""
    found = []
    for row in told.get("stops", []):
        begin, end = parse_datetime(row["from"]), parse_datetime(row["to"]) if row["to"] else None
        if begin is not None:
            since = ui.paper_time(begin)
            hours = round((end - begin).total_seconds() / 3600, 1) if end else None
            found.append(since if hours is None else _("%(from)s, %(hours)s h") % {"from": since, "hours": ui.number(hours)})
    return found
