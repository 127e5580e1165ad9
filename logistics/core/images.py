"""Uploaded photos made safe: really a picture, of bearable size, upright, and without the place and device hidden inside it."""
from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 40_000_000
MOST_SIDE = 12_000
FULL_SIDE = 2048
THUMB_SIDE = 480
QUALITY = 82
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")


class PhotoRefused(ValidationError):
    """This upload does not become a photo; the sentence says what would."""


@dataclass(frozen=True)
class CleanPhoto:
    """A photo drawn anew from its pixels: nothing of the uploaded file is left."""

    content: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str
    content_type: str = "image/jpeg"


def clean_photo(file: Any) -> CleanPhoto:
    """A JPEG of at most 2048 px and its small copy from an uploaded JPEG, PNG or WebP (the first picture of a moving one).

    The name and the declared type of the file do not count. PhotoRefused says what is wrong.
    """
    image = _upright(_decoded(_read(file)))
    content = _jpeg(_fitted(image, FULL_SIDE))
    with Image.open(io.BytesIO(content)) as made:
        width, height = made.size
    return CleanPhoto(content, _jpeg(_fitted(image, THUMB_SIDE)), width, height, hashlib.sha256(content).hexdigest())


def _read(file: Any) -> bytes:
    file.seek(0)
    raw: bytes = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(_("This photo is larger than 10 MB. Send it in a smaller size."))
    if not raw:
        raise PhotoRefused(_("This photo is empty. Take it again."))
    return raw


def _decoded(raw: bytes) -> Image.Image:
    """The first frame, fully decoded; the size is read from the head before any pixel is, so a bomb never unfolds."""
    if raw[4:8] == b"ftyp" and raw[8:12] in HEIC_BRANDS:
        raise PhotoRefused(_("Photos in HEIC format cannot be read here. Set the camera to “Most compatible”, or send a JPEG."))
    try:
        image: Image.Image = _opened(raw)
        if image.width * image.height > MOST_PIXELS or max(image.size) > MOST_SIDE:
            raise PhotoRefused(_("This photo has too many pixels: at most 40 million, and 12,000 on a side. Send it in a smaller size."))
        image.draft("RGB", (FULL_SIDE, FULL_SIDE))
        image.load()
    except PhotoRefused:
        raise
    except Image.UnidentifiedImageError as error:
        raise PhotoRefused(_("This file is not a photo. Send a JPEG, PNG or WebP picture.")) from error
    except Image.DecompressionBombError as error:
        raise PhotoRefused(_("This photo has too many pixels: at most 40 million, and 12,000 on a side. Send it in a smaller size.")) from error
    except Exception as error:  # decoders of broken files raise whatever they stumble over
        raise PhotoRefused(_("This photo is damaged or incomplete. Send it again.")) from error
    return image
