"""Photos on any record: cleaned, stored under var/media by content, reachable only through the record."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.core.images import clean_photo
from logistics.core.models import Attachment, kind_of

MOST_AT_ONCE = 5
MOST_PER_RECORD = 40


def clean_photos(files: Iterable[Any]) -> list[Any]:
    """Check and re-encode uploaded photos before anything is written; ValidationError names the file."""
    uploads = [file for file in files if file]
    if len(uploads) > MOST_AT_ONCE:
        raise ValidationError(_("At most %(n)s photos at once.") % {"n": MOST_AT_ONCE})
    return [clean_photo(upload) for upload in uploads]


def attach(record: models.Model, photos: Iterable[Any], *, by: Any, role: str = "photo", caption: str = "") -> list[Attachment]:
    """Attach cleaned photos to a record; the file is on disk before the row commits, so a row never lacks its file."""
    kind = kind_of(record)
    if Attachment.objects.filter(kind=kind, object_id=record.pk).count() >= MOST_PER_RECORD:
        raise ValidationError(_("This record already has %(n)s photos.") % {"n": MOST_PER_RECORD})
    rows = []
    for photo in photos:
        rows.append(Attachment.objects.create(kind=kind, object_id=record.pk, role=role, caption=caption, by=by, **store(photo)))
    return rows


def store(photo: Any) -> dict[str, Any]:
    """Put a cleaned photo on the disk under its content; the columns of Attachment that describe it."""
    stem = f"photos/{photo.sha256[:2]}/{photo.sha256}"
    keep(f"{stem}.jpg", photo.content)
    keep(f"{stem}.s.jpg", photo.thumb)
    return {"file": f"{stem}.jpg", "thumb": f"{stem}.s.jpg", "width": photo.width, "height": photo.height, "size": len(photo.content),
            "sha256": photo.sha256}


def keep(name: str, content: bytes) -> None:
    """Write a file under var/media once; it appears whole or not at all."""
    target = Path(settings.MEDIA_ROOT) / name
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{id(content)}.part")
    part.write_bytes(content)
    part.replace(target)


def photos_of(record: models.Model, roles: Iterable[str] | None = None) -> models.QuerySet[Attachment]:
    found = Attachment.objects.filter(kind=kind_of(record), object_id=record.pk).select_related("by").order_by("id")
    return found.filter(role__in=list(roles)) if roles else found


def on_paper(photo: Attachment) -> tuple[bytes, int, int] | None:
    """The small picture with its width and height, as reports print it; None when the file is gone."""
    path = Path(settings.MEDIA_ROOT) / photo.thumb
    if not path.exists():
        return None
    scale = min(1.0, 320 / max(photo.width, photo.height, 1))
    return path.read_bytes(), max(1, round(photo.width * scale)), max(1, round(photo.height * scale))


def photo_cards(rows: Iterable[Attachment]) -> list[dict[str, Any]]:
    """What templates show: url, thumb, alt, caption, at."""
    return [
        {
            "url": reverse("photo", args=[row.pk, "full"]), "thumb": reverse("photo", args=[row.pk, "thumb"]),
            "alt": row.caption or row.get_role_display(), "caption": row.get_role_display(), "at": row.at, "by": row.by, "role": row.role,
        }
        for row in rows
    ]
