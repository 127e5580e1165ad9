"""Who is told what about a request or an order; the words stand in the `alerts` room."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from logistics.accounts.models import Person
from logistics.alerts.services import clear_alert, notify, raise_alert
from logistics.core.access import holder_ids
from logistics.core.bilingual import in_both
from maintenance.models import RepairRequest, WorkOrder
from maintenance.models.catalogue import LIFE_SAFETY


def about(record: Any, **more: Any) -> dict[str, Any]:
    return {"number": record.number or "", "title": {"zh": record.title_zh, "en": record.title_en},
            "place": {"zh": record.place_zh, "en": record.place_en}, **more}


def reporter(request: RepairRequest, code: str, *, by: Any = None, key: str = "", **more: Any) -> None:
    """Tell the person who reported; guests follow their link instead."""
    if request.reporter_id and request.reporter_id != getattr(by, "pk", None):
        notify(
            people=[request.reporter_id], code=code, params=about(request, **more), link=request.get_absolute_url(), source=request,
            dedupe_key=f"{code}:{request.pk}:{key}",
        )


def reporters_of(order: WorkOrder, code: str, *, by: Any = None, key: str = "", **more: Any) -> None:
    for request in order.requests.filter(state="accepted"):
        reporter(request, code, by=by, key=key, **more)


def technician(order: WorkOrder, person: Any, code: str, *, key: str = "", **more: Any) -> None:
    if person is not None:
        notify(
            people=[person.pk],
            code=code,
            params=about(order, priority=order.priority, **more),
            link=order.get_absolute_url(),
            source=order,
            dedupe_key=f"{code}:{order.pk}:{key}",
            importance="urgent" if order.priority == "P1" else "normal",
        )


def named(words: Any) -> dict[str, str]:
    """Words in both languages, as a param."""
    return in_both(words)


def people(order: WorkOrder, ids: Iterable[int], code: str, *, key: str = "", link: str = "", **more: Any) -> None:
    """Tell some people (ids) something about an order."""
    params = about(order, **{"priority": order.priority, **more})
    notify(people=ids, code=code, params=params, link=link or order.get_absolute_url(), source=order,
           dedupe_key=f"{code}:{order.pk}:{key}", importance="urgent" if order.priority == "P1" else "normal")


def firm(order: WorkOrder, organisation_id: int, code: str, *, key: str = "") -> None:
    """Tell the people of a firm."""
    theirs = Person.objects.active().filter(organisation_id=organisation_id, kinds__contains=["contractor"])
    people(order, theirs.values_list("pk", flat=True), code, key=key)


def dispatchers(record: Any, code: str, *, by: Any = None, key: str = "", told: Iterable[int] = (), **more: Any) -> list[int]:
    """Tell those who dispatch where the record stands, but for the acting person and those who know; their ids."""
    people = [pk for pk in holder_ids(["dispatcher"], record.place.ancestors, []) if pk not in (*told, getattr(by, "pk", None))]
    if people:
        notify(people=people, code=code, params=about(record, **more), link=record.get_absolute_url(), source=record,
               dedupe_key=f"{code}:{record.pk}:{key}")
    return people


def hazards_gone(order: WorkOrder) -> None:
    """The work is verified: the alerts about its hazards clear. That danger to life is over is for a person to say."""
    for pk, hazard in order.requests.exclude(hazard="none").values_list("pk", "hazard"):
        clear_alert(kind=hazard_kind(hazard), key=str(pk))


def hazard_kind(hazard: str) -> str:
    return "maintenance.hazard_life" if hazard in LIFE_SAFETY else "maintenance.hazard"


def sound_hazard(request: RepairRequest) -> None:
    """A hazard starts the chain of its kind, in the transaction that took the report; the team of the order is called first."""
    order = request.work_order
    raise_alert(kind=hazard_kind(request.hazard), key=str(request.pk), place=request.place, subject=order or request, params=about(request),
                team=order.team if order else None)
