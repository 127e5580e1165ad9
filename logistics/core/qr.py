"""QR symbols, and the opaque codes of labels: 65 random bits that say nothing and cannot be guessed."""
from __future__ import annotations

import secrets
import unicodedata

import segno
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

CODE_LENGTH = 13
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O (read as 1, 1, 0) and no U
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
QUIET = 4  # modules of white that a scanner needs around a symbol


def new_code() -> str:
    """A code for a label; whoever stores it lets a UNIQUE constraint refuse the one in 10^19."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def normalise(code: str) -> str:
    """What somebody meant who typed a code by hand, in small or full-width letters, grouped or not."""
    return unicodedata.normalize("NFKC", code).upper().translate(READ_AS).strip()


def grouped(code: str) -> str:
    """4-5-4, as printed under the symbol for reading aloud."""
    return f"{code[:4]}-{code[4:9]}-{code[9:]}"


def label_url(code: str) -> str:
    """What the symbol of a label holds; capitals are stored in fewer bits, so the symbol is coarser and scans from further away."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/q/{code}".upper()


def qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of a symbol without quiet zone, True is dark; a quarter of it may be scratched (level Q, or better if it fits)."""
    return tuple(tuple(module == 1 for module in row) for row in segno.make_qr(text, error="q").matrix)


def qr_svg(text: str, label: str = "") -> SafeString:
    """The symbol on its white quiet zone as inline SVG without a style attribute; `label` tells screen readers what it leads to."""
    rows = qr_matrix(text)
    side = len(rows) + 2 * QUIET
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="hq-qr" viewBox="{} {} {} {}" shape-rendering="crispEdges" {}>'
        '<path fill="#fff" d="M{} {}h{}v{}h-{}z"/><path fill="#000" d="{}"/></svg>',
        -QUIET, -QUIET, side, side, named, -QUIET, -QUIET, side, side, side, "".join(_dark_runs(rows)),
    )


def _dark_runs(rows: tuple[tuple[bool, ...], ...]) -> list[str]:
    """Each run of dark modules as one bar of the path."""
    bars = []
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                bars.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
                start = None
    return bars
