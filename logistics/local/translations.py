"""Compiled catalogues (.mo) from the written ones (.po), without gettext, which a bare machine lacks."""
from __future__ import annotations

from pathlib import Path

import polib

from logistics.local.places import BASE


def compile_catalogues(root: Path = BASE / "locale") -> list[Path]:
    """Every catalogue that is newer than its compiled form; returns those compiled."""
    return [compiled for po in sorted(root.glob("*/LC_MESSAGES/*.po")) if (compiled := compile_catalogue(po))]


def compile_catalogue(po: Path) -> Path | None:
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return None
    half = mo.with_suffix(".mo.tmp")
    polib.pofile(str(po)).save_as_mofile(str(half))
    half.replace(mo)  # a running page never reads half a file
    return mo
