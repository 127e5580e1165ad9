"""Verbs over labels: making them, binding them to places and things, taking them off; and where a code leads."""
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from logistics.campus.limits import DEAD_SCANS, SCAN_DAYS
from logistics.campus.models import LabelBatch, Place, Stewardship, Tag, TagBinding, TagScan
from logistics.campus.registries import TAG_TARGETS, Target
from logistics.core import clock
from logistics.core.errors import TooMany
from logistics.core.qr import CODE_LENGTH, new_code, normalise
from logistics.core.ratelimit import hit
from logistics.core.secrets import fingerprint
from logistics.core.workflow import perform

MOST = 2000
EXTERNAL = re.compile(r"[0-9A-Z._+-]{4,60}")
HOUR = 3600


@transaction.atomic
def new_tags(*, count: int, layout: str, by: Any) -> LabelBatch:
    """Make a batch of labels that hang nowhere yet."""
    if not 1 <= count <= MOST:
        raise ValidationError({"count": _("Choose between 1 and 2,000 labels.")})
    batch = LabelBatch.objects.create(layout=layout, count=count, printed_by=by)
    Tag.objects.bulk_create([Tag(code=new_code(), batch=batch) for _n in range(count)])
    return batch


@transaction.atomic
def label_records(*, records: list[models.Model], layout: str, by: Any) -> LabelBatch:
    """Make labels that are already bound to these records, one for each."""
    batch = new_tags(count=len(records), layout=layout, by=by)
    for tag, record in zip(batch.tags.order_by("pk"), records, strict=True):
        bind_tag(tag=tag, target=record, by=by)
    return batch


def bind_tag(*, tag: Tag, target: models.Model, by: Any) -> Tag:
    """Hang a label on a place or thing; the binding it had before is closed and stays in its history."""
    return perform(tag, "bind", by=by, target=target)


def unbind_tag(*, tag: Tag, by: Any) -> Tag:
    """Take a label off; it may be used again."""
    return perform(tag, "unbind", by=by)


def void_tag(*, tag: Tag, by: Any, reason: str) -> Tag:
    """Make a label void for good: lost, torn or copied."""
    return perform(tag, "void", by=by, reason=reason)


@dataclass(frozen=True)
class Resolved:
    """Where a code leads: `tag` None for an unknown code, `target` None when it leads nowhere."""

    code: str
    tag: Tag | None = None
    target: Target | None = None


def resolve_tag(text: str, *, scanned_by: Any = None, purpose: str = "page", source: str = "") -> Resolved:
    """Where a scanned or typed code leads. One statement for a place; a scan of a label that leads nowhere is counted.

    `purpose` is what it was scanned for; `source` the address of a guest, who may try only so many dead codes an hour: else TooMany.
    """
    code, known = normalise(text), reading(text)
    tag = (
        known
        .select_related("place__parent", "place__department")
        .annotate(kind=_open_binding("kind"), target_id=_open_binding("object_id"), keeping_office=keeping_office("place__ancestors"))
        .first()
    ) if known is not None else None
    target = _target(tag) if tag else None
    if target is not None and not target.place.active:
        target = None
    if target is None:
        _dead(tag, scanned_by, purpose, source)
    return Resolved(tag.code if tag and target else code[:CODE_LENGTH], tag, target)


def reading(text: str) -> models.QuerySet[Tag] | None:
    """The label that a reading names, ours before a maker's code on a chip or barcode; None for what can be neither."""
    code, outside = normalise(text), external(text)
    asked = (models.Q(code=code) if len(code) == CODE_LENGTH else models.Q()) | (models.Q(external_code=outside) if outside else models.Q())
    if not asked:
        return None
    ours = models.Case(models.When(code=code, then=0), models.When(state="bound", then=1), default=2)
    return Tag.objects.filter(asked).order_by(ours, "pk")


def external(text: str) -> str:
    """A maker's code as it is kept: capitals without blanks, and without the colons of a serial number; "" when it can be none."""
    found = "".join(text.split()).upper().replace(":", "")
    return found if EXTERNAL.fullmatch(found) else ""


@transaction.atomic
def register_external(*, text: str, medium: str, by: Any) -> Tag:
    """Take a chip or barcode that we did not print into the labels, so that it can be bound; the same one twice is one."""
    outside = external(text)
    if not outside or medium not in (Tag.Medium.BARCODE, Tag.Medium.RFID, Tag.Medium.NFC):
        raise ValidationError({"code": _("Letters, digits and . _ + - only, 4 to 60 of them.")})
    tag, _made = Tag.objects.get_or_create(external_code=outside, medium=medium, defaults={"code": new_code()})
    return tag


def _dead(tag: Tag | None, person: Any, purpose: str, source: str) -> None:
    """A code that leads nowhere was scanned: slow down a guest who tries many, and count the scan where there is a label."""
    mark = fingerprint(source, "scan")[:32] if source else ""
    if mark and person is None:
        allowed = hit(f"dead:{mark}", DEAD_SCANS.value(), HOUR)
        if not allowed.ok:
            raise TooMany(_("Too many labels that lead nowhere were scanned from here. Tell the logistics office."), allowed.retry_after_s)
    if tag is not None:
        TagScan.objects.create(tag=tag, person=person, at=clock.now(), purpose=purpose, ip_hash=mark)


def scans_in_words(tag: Tag) -> str:
    """How often a label was scanned while it led nowhere, from how many phones, and what for; "" when never."""
    rows = list(tag.scans.values_list("person", "ip_hash", "purpose"))
    if not rows:
        return ""
    wanted = Counter(purpose for _person, _mark, purpose in rows)
    return _("Scanned %(n)s times from %(phones)s phones while it led nowhere (%(what)s).") % {
        "n": len(rows), "phones": len({(person, mark) for person, mark, _purpose in rows}),
        "what": ", ".join(f"{TagScan.Purpose(purpose).label} {n}" for purpose, n in wanted.most_common()),
    }


def forget_old_scans() -> int:
    """Delete the scans that are older than the school keeps them; how many."""
    return TagScan.objects.filter(at__lt=clock.now() - timedelta(days=SCAN_DAYS.value())).delete()[0]


def keeping_office(path: str) -> models.Subquery:
    """{"zh", "en"}: the department of the nearest place keeper; guests are told the office, never the person."""
    holders = Stewardship.objects.live().filter(
        role="place_keeper", person__department__isnull=False, place__ancestors__contained_by=models.OuterRef(path)
    )
    names = JSONObject(zh="person__department__name_zh", en="person__department__name_en")
    return models.Subquery(holders.order_by("-place__ancestors__len", "pk").values(names=names)[:1])


def _open_binding(field: str) -> models.Subquery:
    return models.Subquery(TagBinding.objects.filter(tag=models.OuterRef("pk")).open().values(field)[:1])


def _target(tag: Tag) -> Target | None:
    kind, pk = tag.kind, tag.target_id  # type: ignore[attr-defined]
    if kind == "campus.place" and tag.place is not None and tag.place_id == pk:
        return place_target(tag.place)
    return TAG_TARGETS[kind](pk) if kind in TAG_TARGETS else None


def place_target(place: Place) -> Target:
    return Target(place, place.place_label, place)


def tags_of(record: models.Model) -> models.QuerySet[Tag]:
    """The labels that hang on a record now."""
    return Tag.objects.filter(bindings__in=TagBinding.objects.of(record).open())
