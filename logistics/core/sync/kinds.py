"""Kinds of facts: what may be done on a phone without a network, declared by each app in its `sync` room.

    @sync_kind("maintenance.labour", "maintenance.workorder", _("Hours"))
    def labour(given: Given) -> models.Model | None: ...

    sync_move("maintenance.accept", "maintenance.workorder", "accept")

A function does the fact or raises the refusals of the house (Conflict, NotAllowed, ValidationError); it may return what it made. Its
record is locked. It runs inside a savepoint, unless it says that it refuses before it writes (`whole`).
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from logistics.core import resources
from logistics.core.errors import NotAllowed
from logistics.core.models import Attachment, SyncFact, SyncUpload, kind_of
from logistics.core.photos import MOST_PER_RECORD
from logistics.core.records.comments import drafted, publish
from logistics.core.registry import Registry
from logistics.core.resources import resource_of
from logistics.core.workflow import WORKFLOWS, Times, perform


@dataclass
class Given:
    """A fact with all that its kind needs to do it."""

    fact: SyncFact
    record: Any  # locked; None only for kinds that make one
    person: Any
    sees: bool = True  # the person sees the record now; else worked on it once
    earlier: list[SyncFact] = field(default_factory=list)  # refused moves of this record from this phone, still to be decided
    vouched_by: Any = None  # whoever applies it by hand
    uploads: dict[str, SyncUpload] = field(default_factory=dict)  # what has arrived of the photos, by digest

    @property
    def times(self) -> Times:
        return times_of(self.fact)

    @property
    def data(self) -> dict[str, Any]:
        return self.fact.data

    def flag(self, name: str) -> None:
        """Mark the fact for whoever looks at it later."""
        if name not in self.fact.flags:
            self.fact.flags = sorted([*self.fact.flags, name])


Apply = Callable[[Given], models.Model | None]


@dataclass(frozen=True)
class SyncKind:
    """One kind of fact. With `move` it changes a state and waits for those before it; without, it is a pure fact."""

    apply: Apply
    code: str
    record: str  # kind of the record it is about; "" for any
    label: Any
    move: str = ""
    makes: bool = False  # begins its record on the phone
    whole: bool = False  # refuses before it writes, or has a savepoint of its own: needs none around it
    # writes what facts of a part have made, each with its record, in one step; they return it unsaved then
    together: Callable[[Sequence[tuple[Any, Any]]], None] | None = None
    redeems: bool = False  # is tried although an earlier move of the record was refused


SYNC_KINDS: Registry[SyncKind] = Registry("kind of fact")
# kind of record -> (person, ids) -> those ids on which the person has worked, seen or not
WORKED_ON: dict[str, Callable[[Any, Iterable[int]], Iterable[int]]] = {}

sync_kind = SYNC_KINDS.decorate(lambda function, code, record, label, **options: SyncKind(function, code, record, label, **options))


def times_of(fact: SyncFact) -> Times:
    return Times(fact.judged_at, fact.occurred_at, fact.captured_at)


def cleaned(form: BaseForm | None) -> dict[str, Any]:
    """What the phone typed, checked by the form of the page; ValidationError names the fields."""
    if form is None:
        return {}
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.cleaned_data


def sync_move(code: str, record: str, name: str, apply: Apply | None = None, **options: Any) -> None:
    """Let a move of a workflow be made without a network, by the same form as on the page."""
    options.setdefault("whole", apply is None)
    SYNC_KINDS.add(code, SyncKind(apply or do_move, code, record, WORKFLOWS[record].moves[name].label, move=name, **options))


def do_move(given: Given) -> models.Model | None:
    """The move as it stands in the workflow, judged by the time rule."""
    name = given.fact.declared.move
    form = resources.move_form(given.record, name, given.person, given.data)
    return perform(given.record, name, by=given.person, times=given.times, vouched_by=given.vouched_by, **cleaned(form))


def kind_for(record: str, move: str) -> SyncKind | None:
    """The kind of fact that makes this move, if it may be made without a network."""
    return next((kind for kind in SYNC_KINDS if kind.record == record and kind.move == move), None)


# facts of any record -------------------------------------------------------------------------------------------------
@sync_kind("core.comment", "", _("Message"), whole=True, together=publish)
def comment(given: Given) -> models.Model | None:
    """Words on a record, at the time they were written."""
    declared = resource_of(given.record)
    if not declared.comments:
        raise NotAllowed(_("Nothing can be written here."))
    return drafted(given.record, str(given.data.get("text", "")), by=given.person, internal=bool(given.data.get("internal")),
                   at=given.fact.judged_at, worked_on=not given.sees)


@sync_kind("core.photo", "", _("Photo"), whole=True)
def photo(given: Given) -> models.Model | None:
    """A photo that comes by itself: kept at the record when all of it is here, expected until then."""
    declared = resource_of(given.record)
    if not declared.photos or not (not given.sees or declared.may_file(given.record, given.person)):
        raise NotAllowed(_("You may not add photos here."))
    upload = given.uploads.get(str(given.data.get("sha256", "")))
    if upload is None or upload.state == SyncUpload.State.PARTIAL:
        given.fact.state = SyncFact.State.EXPECTING
        return None
    return keep_photo(given.fact, given.record, upload)


def uploads_of(facts: Iterable[SyncFact], person: Any) -> dict[str, SyncUpload]:
    """What has arrived of the photos that these facts name, locked: a photo that becomes whole now finds these facts, or they find it."""
    digests = [str(fact.data.get("sha256", "")) for fact in facts if fact.fact == "core.photo"]
    rows = SyncUpload.objects.select_for_update().filter(person=person, sha256__in=digests).order_by("pk") if digests else ()
    return {row.sha256: row for row in rows}


def keep_photo(fact: SyncFact, record: models.Model, upload: SyncUpload) -> Attachment | None:
    """Hang the drawn photo on the record, once however often it was sent."""
    if upload.state == SyncUpload.State.REFUSED:
        raise ValidationError(upload.detail, code="bad_photo")
    here = Attachment.objects.filter(kind=kind_of(record), object_id=record.pk)
    same = here.filter(sha256=upload.photo["sha256"]).first()
    if same is not None:
        return same
    if here.count() >= MOST_PER_RECORD:
        raise ValidationError(_("This record already has %(n)s photos.") % {"n": MOST_PER_RECORD})
    return Attachment.objects.create(kind=kind_of(record), object_id=record.pk, role=role_of(fact), by_id=fact.person_id, at=fact.judged_at,
                                     **upload.photo)


def role_of(fact: SyncFact) -> str:
    role = fact.data.get("role", "")
    return role if role in dict(Attachment._meta.get_field("role").flatchoices) else "photo"


def expected_roles(record: models.Model) -> set[str]:
    """What the photos show that are announced for a record and still on their way."""
    rows = SyncFact.objects.filter(kind=kind_of(record), object_id=record.pk, fact="core.photo", state=SyncFact.State.EXPECTING)
    return {role_of(row) for row in rows.only("data", "fact", "state")}
