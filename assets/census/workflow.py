"""The moves of a count: the list is frozen, people count, each difference is decided, closing posts what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.disposals.services import draft as draft_disposal
from assets.models import Census, DisposalLine, Equipment
from assets.services import register
from logistics.alerts.services import fulfil
from logistics.campus.models import Place
from logistics.core.errors import Conflict
from logistics.core.statements import inner
from logistics.core.workflow import Relation, State, Workflow, named, perform, write_event

COUNTER = Relation("counter", gettext_lazy("who counts"), lambda row, person: row.counters.filter(pk=person.pk).exists())
OFFICERS = ("asset_officer", "facilities_manager")


def expected(row: Census) -> models.QuerySet[Equipment]:
    """What should be there by the register."""
    rows = Equipment.objects.filter(status__in=["in_service", "idle", "out_of_service"])
    for field, path in (("place", "place"), ("department", "department"), ("category", "category")):
        if pk := getattr(row, f"{field}_id"):
            rows = rows.filter(**{f"{path}__ancestors__contains": [pk]})
    return rows


def something(row: Census, person: Any) -> str | None:
    return None if expected(row).exists() else _("The register knows nothing there.")


def freeze(row: Census, *, by: Any, at: datetime, **_data: Any) -> None:
    row.frozen_at = at


def frozen(row: Census, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    """Write the expected list in one statement: what changes in the register afterwards changes nothing in it."""
    sql, params = inner(expected(row).order_by("pk").values_list("pk", "place_id", "quantity"))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assets_censusline "
            "(census_id, equipment_id, found_name, expected_place_id, expected_quantity, result, decision, note) "
            f"SELECT %s, e.id, '', e.place_id, e.quantity, '', '', '' FROM ({sql}) AS e (id, place_id, quantity)",
            [row.pk, *params],
        )


def missing(row: Census, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    """Nobody saw them."""
    row.lines.filter(result="").update(result="missing")


def searched_again(row: Census, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    row.lines.filter(result="missing").update(result="", decision="")


def decided(row: Census, person: Any) -> str | None:
    """Why it cannot be closed: something is not decided yet."""
    left = row.lines.undecided().count()
    return ngettext("%(n)s difference is not decided yet.", "%(n)s differences are not decided yet.", left) % {"n": left} if left else None


def close(row: Census, *, by: Any, at: datetime, **_data: Any) -> None:
    row.closed_at = at


def things_of(row: Census, data: dict[str, Any]) -> Iterable[models.Model]:
    return Equipment.objects.filter(census_lines__census=row).exclude(census_lines__decision__in=["", "keep"])


def posted(row: Census, *, by: Any, at: datetime, event: Any, **_data: Any) -> None:
    """Post each decision: places, pieces, stops, new things; what is written off goes on one disposal of each department."""
    gone: dict[Any, list[Equipment]] = {}
    for line in (
        row.lines.exclude(decision__in=["", "keep"])
        .select_related("equipment__category", "equipment__department", "seen_place", "category")
        .order_by("equipment_id", "pk")
    ):
        thing = line.equipment
        if thing is None:
            register(
                by=by,
                origin=row,
                category=line.category,
                name_zh=line.found_name,
                place=line.seen_place,
                **({"tracking": "group", "quantity": line.seen_quantity} if (line.seen_quantity or 1) > 1 else {}),
            )
            continue
        if thing.status == "disposed":
            continue
        if line.decision == "write_off":
            if thing.department is None:
                raise Conflict(_("%(name)s belongs to no department; name one before it is disposed of.") % {"name": thing})
            if not DisposalLine.objects.filter(equipment=thing, open=True).exists():
                gone.setdefault(thing.department, []).append(thing)
            continue
        if line.decision == "repair" and thing.status == "in_service":
            perform(thing, "stop", by=by, vouched_by=by, reason=row.number or "")
            continue
        if line.decision in ("move", "adjust"):
            if line.decision == "move":
                thing.place = line.seen_place
            if thing.tracking == "group" and line.seen_quantity:
                thing.quantity = line.seen_quantity
            thing.save()
            write_event(thing, "counted", by=by, text=row.number or "", data={"at": named(line.seen_place) if line.seen_place else ""})
    for department, things in gone.items():
        draft_disposal(things=things, by=by, department=department, way="loss", reason=_("Count %(number)s") % {"number": row.number})
    if row.department_id is None and row.category_id is None:
        school = row.place or Place.objects.filter(kind="school").order_by("pk").first()
        if school is not None and school.kind == "school":
            fulfil("assets.yearly_census", school, evidence=row, by=by, at=at)


FLOW = Workflow(
    Census,
    (
        State("draft", gettext_lazy("Draft"), "draft"),
        State("counting", gettext_lazy("Counting"), "run", "scan"),
        State("reviewed", gettext_lazy("Still to decide"), "wait"),
        State("closed", gettext_lazy("Closed"), "done"),
        State("cancelled", gettext_lazy("Cancelled"), "off", "x"),
    ),
)
FLOW.move(
    "start",
    gettext_lazy("Freeze the list and count"),
    "draft",
    "counting",
    OFFICERS,
    gettext_lazy("froze the list"),
    guard=something,
    effect=freeze,
    after=frozen,
    icon="scan",
    weight=10,
    question=gettext_lazy("Freeze the list of what should be there and begin to count?"),
)
FLOW.move(
    "review",
    gettext_lazy("Counting is done"),
    "counting",
    "reviewed",
    (*OFFICERS, COUNTER),
    gettext_lazy("ended the counting"),
    after=missing,
    icon="eye-check",
    weight=20,
    question=gettext_lazy("End the counting? What nobody saw is then missing."),
)
FLOW.move(
    "count_again",
    gettext_lazy("Go on counting"),
    "reviewed",
    "counting",
    OFFICERS,
    gettext_lazy("had the missing looked for again"),
    after=searched_again,
    icon="arrow-back-up",
    weight=40,
)
FLOW.move(
    "close",
    gettext_lazy("Close and post"),
    "reviewed",
    "closed",
    OFFICERS,
    gettext_lazy("closed the count"),
    guard=decided,
    effect=close,
    after=posted,
    locks=things_of,
    icon="check",
    weight=10,
    question=gettext_lazy("Close the count and change the register as decided?"),
)
FLOW.move(
    "cancel",
    gettext_lazy("Cancel"),
    "draft counting reviewed",
    "cancelled",
    ("asset_officer",),
    gettext_lazy("cancelled the count"),
    icon="x",
    weight=70,
    danger=True,
    question=gettext_lazy("Cancel this count? The register stays as it is."),
)
