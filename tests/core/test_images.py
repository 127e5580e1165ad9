"""Uploaded photos: what comes out is a plain picture, and what is not a picture does not get in."""
import io
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from logistics.core.images import MOST_BYTES, PhotoRefused, clean_photo

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(width=800, height=600, mode="RGB", colour=RED):
    return Image.new(mode, (width, height), colour)


def upload(image, form="JPEG", name="tap.jpg", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return SimpleUploadedFile(name, out.getvalue())


def opened(content):
    return Image.open(io.BytesIO(content))


def like(pixel, colour):
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


def refusal(content, name="tap.jpg"):
    with pytest.raises(PhotoRefused) as refused:
        clean_photo(SimpleUploadedFile(name, content))
    assert isinstance(refused.value, ValidationError)
    return refused.value.messages[0]


def png_head(width, height):
    """The head of a PNG that claims a size, and no pixels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(999)))


def webp_head(width, height):
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_photo_keeps_its_picture_and_loses_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "PhoneMaker", "2026:11:23 09:05:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 24.0), 3: "E", 4: (121.0, 28.0, 12.0)})
    sent = upload(picture(), exif=exif, comment=b"made by me", icc_profile=b"PROFILE" * 50, xmp=b"<x:xmpmeta>secret</x:xmpmeta>")
    assert opened(sent.read()).getexif().get_ifd(0x8825)[2] == (31.0, 14.0, 24.0)

    photo = clean_photo(sent)

    for content in (photo.content, photo.thumb):
        image = opened(content)
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not any(trace in content for trace in (b"PhoneMaker", b"made by me", b"PROFILE", b"secret", b"Exif"))
    assert like(opened(photo.content).getpixel((400, 300)), RED)


def test_a_large_photo_is_fitted_and_gets_a_small_copy():
    photo = clean_photo(upload(picture(4000, 3000)))
    assert (photo.width, photo.height) == opened(photo.content).size == (2048, 1536)
    assert opened(photo.thumb).size == (480, 360)
    assert photo.content_type == "image/jpeg"
    assert len(photo.sha256) == 64


def test_a_small_photo_is_not_blown_up_and_the_same_pixels_have_the_same_digest():
    photo, again = clean_photo(upload(picture(300, 200))), clean_photo(upload(picture(300, 200), name="other.jpg"))
    assert (photo.width, photo.height) == opened(photo.thumb).size == (300, 200)
    assert photo.sha256 == again.sha256


@pytest.mark.parametrize(("orientation", "size", "corner"), [
    (1, (400, 300), "left top"), (2, (400, 300), "right top"), (3, (400, 300), "right bottom"), (4, (400, 300), "left bottom"),
    (5, (300, 400), "left top"), (6, (300, 400), "right top"), (7, (300, 400), "right bottom"), (8, (300, 400), "left bottom"),
])
def test_a_phone_held_in_any_way_gives_an_upright_photo(orientation, size, corner):
    image = picture(400, 300)
    image.paste(BLUE, (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = orientation

    photo = clean_photo(upload(image, exif=exif))

    assert (photo.width, photo.height) == size
    x, y = (30 if side in ("left", "top") else length - 30 for side, length in zip(corner.split(), size, strict=True))
    assert like(opened(photo.content).getpixel((x, y)), BLUE)


@pytest.mark.parametrize(("form", "mode", "colour", "seen"), [
    ("PNG", "RGBA", (200, 30, 30, 0), (255, 255, 255)), ("PNG", "P", 0, (0, 0, 0)), ("PNG", "LA", (90, 255), (90, 90, 90)),
    ("PNG", "1", 1, (255, 255, 255)),
    ("JPEG", "L", 90, (90, 90, 90)), ("JPEG", "CMYK", (0, 0, 0, 0), (255, 255, 255)), ("WEBP", "RGB", RED, RED),
])
def test_every_kind_of_colour_becomes_a_plain_jpeg(form, mode, colour, seen):
    photo = clean_photo(upload(picture(600, 500, mode, colour), form))
    assert like(opened(photo.content).convert("RGB").getpixel((10, 10)), seen)
    assert opened(photo.thumb).size == (480, 400)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_one_stays(form):
    photo = clean_photo(upload(picture(), form, save_all=True, append_images=[picture(colour=BLUE)], duration=100))
    assert like(opened(photo.content).getpixel((9, 9)), RED)
    assert getattr(opened(photo.content), "n_frames", 1) == 1


def test_a_jpeg_that_is_also_a_web_page_comes_out_as_a_picture_only():
    page = b"<html><script>alert(1)</script></html>"
    photo = clean_photo(SimpleUploadedFile("tap.html", upload(picture(), comment=page).read() + page))
    assert b"<script" not in photo.content + photo.thumb
    assert photo.content.startswith(b"\xff\xd8\xff")
    assert photo.content.endswith(b"\xff\xd9")


@pytest.mark.parametrize("bomb", [png_head(30_000, 30_000), png_head(12_001, 100), png_head(8000, 5001), webp_head(16_383, 16_383)])
def test_a_bomb_is_refused_by_its_head_before_it_unfolds(bomb):
    start = time.perf_counter()
    assert refusal(bomb) == "“tap.jpg” has too many pixels: at most 40 million, and 12,000 on a side. Send it in a smaller size."
    assert time.perf_counter() - start < 0.2


def test_a_file_above_10_mb_is_refused_unread():
    assert refusal(upload(picture()).read().ljust(MOST_BYTES + 1, b"\0")) == "“tap.jpg” is larger than 10 MB. Send it in a smaller size."


@pytest.mark.parametrize("content", [
    b"just a text", b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"<!doctype html><html></html>", b"%PDF-1.7\n",
    b"%!PS-Adobe-3.0 EPSF-3.0\n", upload(Image.new("P", (9, 9)), "GIF").read(), upload(picture(9, 9), "TIFF").read(), b"\0\0\0\x1cftypavif",
])
def test_what_is_no_jpeg_png_or_webp_is_refused_whatever_it_is_called(content):
    assert refusal(content) == "“tap.jpg” is not a photo. Send a JPEG, PNG or WebP picture."


def test_a_heic_photo_is_refused_with_the_setting_that_helps():
    assert refusal(b"\0\0\0\x24ftypheic" + bytes(99), "IMG_1.HEIC") == (
        "“IMG_1.HEIC” is in HEIC format, which cannot be read here. Set the camera to “Most compatible”, or send a JPEG."
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_photo_whose_sending_broke_off_is_refused(form, share):
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    content = upload(noise, form).read()
    assert refusal(content[: int(len(content) * share)]) == "“tap.jpg” is damaged or incomplete. Send it again."


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_is_no_reason_to_refuse_a_good_picture():
    assert clean_photo(upload(picture(), exif=b"Exif\0\0II*\0\xff\xff\xff\x7fgarbage")).width == 800
