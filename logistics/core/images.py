"""Uploaded photos made safe: really a picture, of bearable size, upright, and without the place and device hidden inside it."""
from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from PIL.Image import Transpose

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 2**20
MOST_PIXELS = 40_000_000
MOST_SIDE = 12_000
FULL_SIDE = 2048
THUMB_SIDE = 480
QUALITY = 82
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
ORIENTATION = 0x0112
TURNS = {  # EXIF orientation: what makes the picture upright
    2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
}


class PhotoRefused(ValidationError):
    """This upload does not become a photo; the sentence names the file and says what would be right."""


@dataclass(frozen=True)
class CleanPhoto:
    """A photo drawn anew from its pixels: nothing else of the uploaded file is left."""

    content: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str
    content_type: str = "image/jpeg"


def clean_photo(file: Any) -> CleanPhoto:
    """A JPEG of at most 2048 px and a copy of at most 480 px from a JPEG, PNG or WebP (the first picture of a moving one).

    Only the content counts, not the name or declared type of the file. PhotoRefused says what is wrong.
    """
    name = {"name": str(getattr(file, "name", "") or _("photo"))[-60:]}
    image = _decode(_read(file, name), name)
    full = _upright(_drawn(image, FULL_SIDE), image)
    content = _jpeg(full)
    return CleanPhoto(content, _jpeg(_drawn(full, THUMB_SIDE)), *full.size, hashlib.sha256(content).hexdigest())


def _read(file: Any, name: dict[str, str]) -> bytes:
    file.seek(0)
    raw: bytes = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise PhotoRefused(_("“%(name)s” is larger than 10 MB. Send it in a smaller size."), params=name)
    if raw[4:8] == b"ftyp" and raw[8:12] in HEIC_BRANDS:
        raise PhotoRefused(
            _("“%(name)s” is in HEIC format, which cannot be read here. Set the camera to “Most compatible”, or send a JPEG."), params=name
        )
    return raw


def _decode(raw: bytes, name: dict[str, str]) -> Image.Image:
    """The first picture with all its pixels; the size is taken from the head of the file, so that a bomb is never unfolded."""
    try:
        image: Image.Image = Image.open(io.BytesIO(raw), formats=FORMATS)
        too_large = image.width * image.height > MOST_PIXELS or max(image.size) > MOST_SIDE
        if not too_large:
            image.draft("RGB", (FULL_SIDE, FULL_SIDE))  # a JPEG decoder shrinks while it reads, if the result stays larger than this
            image.load()
    except Image.UnidentifiedImageError as error:
        raise PhotoRefused(_("“%(name)s” is not a photo. Send a JPEG, PNG or WebP picture."), params=name) from error
    except Image.DecompressionBombError:
        too_large = True
    except Exception as error:  # decoders of broken files raise whatever they stumble over
        raise PhotoRefused(_("“%(name)s” is damaged or incomplete. Send it again."), params=name) from error
    if too_large:
        raise PhotoRefused(
            _("“%(name)s” has too many pixels: at most 40 million, and 12,000 on a side. Send it in a smaller size."), params=name
        )
    return image


def _drawn(image: Image.Image, side: int) -> Image.Image:
    """The picture on a fresh white sheet, fitted into a square: comments, profiles and EXIF stay behind with the old one."""
    colours = image if image.mode in ("RGB", "L") else image.convert("RGBA")
    if max(colours.size) > side:
        colours = ImageOps.contain(colours, (side, side), Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", colours.size, "white")
    sheet.paste(colours, mask=colours if colours.mode == "RGBA" else None)
    return sheet


def _upright(drawn: Image.Image, original: Image.Image) -> Image.Image:
    try:
        turn = TURNS.get(original.getexif().get(ORIENTATION, 1))
    except Exception:  # a broken EXIF block is no reason to refuse a good picture
        turn = None
    return drawn.transpose(turn) if turn is not None else drawn


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
