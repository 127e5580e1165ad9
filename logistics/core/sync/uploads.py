"""Photos from phones: piece by piece under the digest of the file, each tried again alone; whole, they are drawn anew like any upload."""
from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.images import MOST_BYTES, clean_photo
from logistics.core.models import SyncFact, SyncUpload, kind_of
from logistics.core.photos import store
from logistics.core.sync.kinds import keep_photo
from logistics.core.sync.receiving import open_conflict

MOST_PIECE = 2**20
MOST_UNFINISHED = 100  # per person
LONGEST = timedelta(days=1)  # a photo that is announced and not here by then needs a person
DIGEST = re.compile(r"[0-9a-f]{64}")


class TooLarge(Exception):
    """This photo, or this piece of it, is larger than what is taken; the others go on."""


def put_piece(*, by: Any, sha256: str, offset: int, size: int, content: bytes) -> SyncUpload:
    """Take one piece of a file of `size` bytes; the row tells how many bytes are here, so that the phone goes on from there.

    Errors: TooLarge; Conflict when the piece does not begin where the last one ended; ValidationError when the whole is not what it says.
    """
    if not DIGEST.fullmatch(sha256) or offset < 0 or size < 1:
        raise ValidationError(_("Name the file by its SHA-256 and say where the piece begins and how large the whole is."))
    if size > MOST_BYTES:
        refuse(by=by, sha256=sha256, detail=_("The photo is larger than 10 MB. Send it in a smaller size."))
        raise TooLarge(_("The photo is larger than 10 MB. Send it in a smaller size."))
    if len(content) > MOST_PIECE:
        raise TooLarge(_("A piece may have 1 MB at most."))
    with transaction.atomic():
        row = _row(by, sha256, size)
        if row.state == SyncUpload.State.PARTIAL and content:
            _append(row, offset, content)
        done = row.state == SyncUpload.State.PARTIAL and row.received == row.size
    return _finish(row) if done else row


def _row(by: Any, sha256: str, size: int) -> SyncUpload:
    """The upload, locked; the first piece makes it."""
    if not SyncUpload.objects.filter(person=by, sha256=sha256).exists():
        if SyncUpload.objects.filter(person=by, state=SyncUpload.State.PARTIAL).count() >= MOST_UNFINISHED:
            raise Conflict(_("%(n)s photos are on their way already; let those arrive first.") % {"n": MOST_UNFINISHED})
        SyncUpload.objects.bulk_create([SyncUpload(person=by, sha256=sha256, size=size, at=clock.now())], ignore_conflicts=True)
    row = SyncUpload.objects.select_for_update().get(person=by, sha256=sha256)
    if row.size != size and row.state == SyncUpload.State.PARTIAL:
        raise Conflict(_("This photo was begun with another size."))
    return row


def _path(row: SyncUpload) -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads" / f"{row.person_id}-{row.sha256}.part"


def _append(row: SyncUpload, offset: int, content: bytes) -> None:
    """Write the piece where it belongs; the row, which commits later, says how much of the file counts."""
    if offset != row.received:
        return  # a piece sent twice, or one too far: the answer says from where to go on
    if offset + len(content) > row.size:
        raise ValidationError(_("The piece reaches beyond the end of the file."))
    path = _path(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(offset)
        file.write(content)
    row.received = offset + len(content)
    row.save(update_fields=["received"])


def _finish(row: SyncUpload) -> SyncUpload:
    """All bytes are here: check, draw anew, and hang the photo on the records that expect it."""
    path = _path(row)
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
        path.unlink(missing_ok=True)
        SyncUpload.objects.filter(pk=row.pk, state=SyncUpload.State.PARTIAL).update(received=0)
        raise Conflict(_("The photo arrived damaged. It is sent again from the beginning."))
    detail, photo = "", {}
    try:
        with path.open("rb") as file:
            photo = store(clean_photo(file))
    except ValidationError as refusal:
        detail = " ".join(refusal.messages)[:300]
    with transaction.atomic():
        fresh = SyncUpload.objects.select_for_update().get(pk=row.pk)
        if fresh.state == SyncUpload.State.PARTIAL:
            fresh.state = SyncUpload.State.REFUSED if detail else SyncUpload.State.WHOLE
            fresh.detail, fresh.photo = detail, photo
            fresh.save(update_fields=["state", "detail", "photo"])
            settle(fresh)
    path.unlink(missing_ok=True)
    return fresh


def refuse(*, by: Any, sha256: str, detail: str) -> None:
    """A photo that will never come: whoever decides on its record is told, and the phone need not try again."""
    with transaction.atomic():
        SyncUpload.objects.bulk_create([SyncUpload(person=by, sha256=sha256, size=1, state="refused", detail=detail[:300], at=clock.now())],
                                       ignore_conflicts=True)
        settle(SyncUpload.objects.select_for_update().get(person=by, sha256=sha256))


def settle(upload: SyncUpload) -> None:
    """What the facts that expect this photo were waiting for has happened."""
    rows = SyncFact.objects.filter(person_id=upload.person_id, fact="core.photo", state="expecting", data__sha256=upload.sha256)
    for fact in rows.select_for_update(of=("self",)).select_related("person").order_by("pk"):
        record: Any = fact.record
        try:
            made = keep_photo(fact, record, upload)
        except ValidationError as refusal:
            _to_inbox(fact, record, "bad_photo", " ".join(refusal.messages))
            continue
        fact.state = SyncFact.State.APPLIED
        if made is not None:
            fact.made_kind, fact.made_id = kind_of(made), made.pk
        fact.save(update_fields=["state", "made_kind", "made_id"])


def _to_inbox(fact: SyncFact, record: Any, cause: str, detail: str = "") -> None:
    fact.state, fact.cause, fact.detail = SyncFact.State.CONFLICT, cause, detail[:500]
    fact.conflict = open_conflict(fact, record)
    fact.save(update_fields=["state", "cause", "detail", "conflict"])


def give_up(now: datetime | None = None) -> int:
    """Announced photos that have not come for a day reach a person; how many."""
    now = now or clock.now()
    with transaction.atomic():
        late = SyncFact.objects.filter(state=SyncFact.State.EXPECTING, recorded_at__lte=now - LONGEST)
        rows = list(late.select_for_update(of=("self",), skip_locked=True).select_related("person").order_by("pk")[:200])
        for fact in rows:
            _to_inbox(fact, fact.record, "no_photo")
    return len(rows)


def sweep(now: datetime | None = None) -> int:
    """Pieces of photos that nobody has added to for 30 days are thrown away; how many."""
    old = SyncUpload.objects.filter(state=SyncUpload.State.PARTIAL, at__lt=(now or clock.now()) - timedelta(days=30))
    for row in old:
        _path(row).unlink(missing_ok=True)
    return old.delete()[0]
