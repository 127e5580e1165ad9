"""Prints as PDF: typst templates in this folder, filled with data and never with markup, so that no text can become a command."""
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language

from logistics.core import clock
from logistics.core.qr import grouped, label_url, qr_svg

TEMPLATES = Path(__file__).parent


@dataclass(frozen=True)
class Layout:
    """How labels lie on a page, in millimetres; `size` is the letter size in points before long names shrink it."""

    columns: int
    rows: int
    width: float
    height: float
    page: tuple[float, float] = (210, 297)
    left: float = 0
    top: float = 0
    gap: float = 0  # between columns
    pad: float = 4  # desk printers leave about 4 mm of a sheet's edge white
    size: float = 9
    upright: bool = False  # words below the symbol instead of beside it


LAYOUTS = {
    "a4_24": Layout(3, 8, 70, 37, top=0.5),
    "a4_65": Layout(5, 13, 38.1, 21.2, left=4.75, top=10.7, gap=2.5, pad=1, size=5),
    "a4_10": Layout(2, 5, 99.1, 57, left=4.65, top=6, gap=2.5, size=12),
    "a4_1": Layout(1, 1, 210, 297, pad=20, size=28, upright=True),
    "tape_40": Layout(1, 1, 60, 40, page=(60, 40), pad=2.5, size=9),
    "tape_62": Layout(1, 1, 62, 29, page=(62, 29), pad=1.5, size=8),
}


@dataclass(frozen=True)
class Label:
    """What one label says beside its symbol; a label printed before anybody knows where it will hang has a code only."""

    code: str
    name: str = ""
    second: str = ""  # the name in the other language


def render(template: str, data: dict[str, Any], made_at: datetime | None = None) -> bytes:
    """The PDF of a template ("work_order") filled with data; a `url` among them is drawn as a QR symbol.

    `made_at` instead of now makes the same data the same bytes for ever.
    """
    data = {"lang": (get_language() or "en")[:2]} | data
    if "url" in data:
        data["qr"] = qr_svg(data["url"])
    inputs = {"data": json.dumps(data, cls=DjangoJSONEncoder)}
    return cast(bytes, _compiler(template).compile(format="pdf", sys_inputs=inputs, timestamp=int((made_at or clock.now()).timestamp())))


def label_sheet(labels: Iterable[Label], layout: str, title: str, heading: str = "", hotline: str = "") -> bytes:
    """Sheets of labels in one of LAYOUTS: symbol, name in both languages, grouped code, hotline."""
    return render("labels", {
        "title": title, "layout": asdict(LAYOUTS[layout]), "heading": heading, "hotline": hotline,
        "labels": [
            {"qr": qr_svg(label_url(label.code)), "code": grouped(label.code), "name": label.name, "second": label.second}
            for label in labels
        ],
    })


@cache
def _compiler(template: str) -> typst.Compiler:
    """One compiler per template and process, with the project's own font only: a sheet looks the same on every machine."""
    fonts = settings.NPM_ROOT / "@expo-google-fonts" / "noto-sans-sc"
    return typst.Compiler(
        TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=[fonts / "400Regular", fonts / "700Bold"], ignore_system_fonts=True,
    )
