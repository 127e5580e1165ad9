"""Links between records of any kind: found by number, shown to those who may see both ends."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.models import RecordLink, kind_of
from logistics.core.records.readers import readable
from logistics.core.resources import RESOURCES, Resource, resource_of
from logistics.core.timeline import note
from logistics.core.workflow import write_event

SUGGESTED = 8
INVERSE = {  # how the link reads from its other end
    "related": gettext_lazy("related to"), "caused": gettext_lazy("led to"), "replaced": gettext_lazy("replaced by"),
}

# the other end is not named: who reads this timeline may not see it
note("record.link", gettext_lazy("linked it with another record"), "link")
note("record.link_removed", gettext_lazy("took a link away"), "unlink", "off")


@dataclass(frozen=True)
class Linked:
    """The other end of a link as this reader sees it; `record` is None when he may not."""

    pk: int
    words: str
    record: models.Model | None
    kind: str


def linkable() -> list[type[Resource]]:
    return [declared for declared in RESOURCES if declared.links and declared.number_field]


def by_number(number: str, person: Any) -> models.Model | None:
    """The record of this number or code that the person may see."""
    text = number.strip().split(" ")[0]
    found = _numbered(person, lambda field: Q(**{f"{field}__iexact": text}), 2) if text else []
    if len(found) != 1:
        return None
    kind, pk, _number = found[0]
    return resource_of(kind).model._base_manager.get(pk=pk)


def suggest(text: str, person: Any) -> list[tuple[str, str, str]]:
    """(number, kind in words, title) of records whose number begins like this, as far as the person may see them."""
    text = text.strip()
    if len(text) < 2:
        return []
    found = _numbered(person, lambda field: Q(**{f"{field}__istartswith": text}), SUGGESTED)
    return [(number, str(resource_of(kind).label), "") for kind, _pk, number in sorted(found, key=lambda row: row[2])[:SUGGESTED]]


def _numbered(person: Any, rule: Any, most: int) -> list[tuple[str, int, str]]:
    """Rows (kind, id, number) of all linkable records in one statement."""
    parts = []
    for declared in linkable():
        rows = declared.rows(person).filter(rule(declared.number_field)).order_by()
        if not rows.query.is_empty():
            number = Cast(declared.number_field, CharField())
            parts.append(rows.annotate(kind_=Value(declared.kind, output_field=CharField()), number_=number)
                         .values_list("kind_", "pk", "number_")[:most])
    return list(parts[0].union(*parts[1:], all=True)) if len(parts) > 1 else list(parts[0]) if parts else []


def link(record: models.Model, other: models.Model, *, by: Any, type: str = "related") -> RecordLink:
    """Join two records, both of which the person sees. ValidationError when they are joined already or are one."""
    declared = resource_of(record)
    if not declared.may_link(record, by):
        raise NotAllowed(_("You may not link this record."))
    if type not in RecordLink.Type.values:
        raise ValidationError({"type": _("Choose how they belong together.")})
    if not readable(by, [(kind_of(other), other.pk)]):
        raise ValidationError({"number": _("There is no record of this number that you may see.")})
    if (kind_of(other), other.pk) == (kind_of(record), record.pk):
        raise ValidationError({"number": _("This is the record itself.")})
    if of(record).filter(Q(other_kind=kind_of(other), other_id=other.pk) | Q(kind=kind_of(other), object_id=other.pk)).exists():
        raise ValidationError({"number": _("They are linked already.")})
    try:
        with transaction.atomic():
            made = RecordLink.objects.create(
                kind=kind_of(record), object_id=record.pk, label=label_of(record), type=type, other_kind=kind_of(other), other_id=other.pk,
                other_label=label_of(other), by=by,
            )
            for end in (record, other):
                write_event(end, "record.link", by=by)
    except IntegrityError as error:
        raise Conflict(_("They are linked already.")) from error
    return made


def unlink(made: RecordLink, record: models.Model, *, by: Any) -> RecordLink:
    """Take a link away from one of its ends."""
    if not resource_of(record).may_link(record, by):
        raise NotAllowed(_("You may not link this record."))
    with transaction.atomic():
        if not RecordLink.objects.filter(pk=made.pk, removed_at__isnull=True).update(removed_at=clock.now(), removed_by=by):
            raise Conflict(_("This link is gone already."))
        for kind, pk in ((made.kind, made.object_id), (made.other_kind, made.other_id)):
            end = resource_of(kind).model._base_manager.filter(pk=pk).first()
            if end is not None:
                write_event(end, "record.link_removed", by=by)
    made.refresh_from_db()
    return made


def of(record: models.Model) -> models.QuerySet[RecordLink]:
    """The links of a record, whichever end it is."""
    kind, pk = kind_of(record), record.pk
    return RecordLink.objects.filter(Q(kind=kind, object_id=pk) | Q(other_kind=kind, other_id=pk), removed_at__isnull=True).order_by("id")


def label_of(record: models.Model) -> str:
    number = resource_of(record).number(record)
    return f"{number} {record}"[:200] if number and number not in str(record) else str(record)[:200]


def linked(record: models.Model, rows: list[dict[str, Any]], person: Any) -> list[Linked]:
    """The other ends of link rows (id, kind, object_id, type, other_kind, other_id), each with its record where the person may see it."""
    ends = []
    for row in rows:
        first = (row["kind"], row["object_id"]) == (kind_of(record), record.pk)
        words = str(RecordLink.Type(row["type"]).label if first else INVERSE[row["type"]])
        ends.append((row["id"], words, *((row["other_kind"], row["other_id"]) if first else (row["kind"], row["object_id"]))))
    seen = readable(person, [(kind, pk) for _id, _words, kind, pk in ends])
    records: dict[tuple[str, int], models.Model] = {}
    for kind in {kind for kind, _pk in seen}:
        declared = resource_of(kind)
        rows_ = declared.model._base_manager.filter(pk__in=[pk for other, pk in seen if other == kind])
        joins = declared.list_joins
        records |= {(kind, one.pk): one for one in (rows_.select_related(*joins) if joins else rows_)}
    return [Linked(id_, words, records.get((kind, pk)), kind) for id_, words, kind, pk in ends]
