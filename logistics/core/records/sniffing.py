"""What an uploaded paper really is, by its content: a name or a declared type proves nothing."""
from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from logistics.core.records.limits import MOST_MEGABYTES

MOST_UNPACKED = 200 * 2**20
MOST_PARTS = 5000
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "odp": f"{OPEN}presentation",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OLE_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
# what a browser or a shell would take for a program, wherever text hides it
ACTIVE = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|\?php|\?xml|xsl:)|^\s*#!|^\s*@echo|^\s*MIME-Version:", re.I | re.M
)
ACTIVE_PDF = re.compile(rb"/(Launch|JavaScript|JS|RichMedia|EmbeddedFile)\b")
MACROS = re.compile(r"vbaproject|vbadata|activex|/macrosheets/|^basic/|^scripts/", re.I)
PROGRAMS = re.compile(r"\.(exe|dll|com|bat|cmd|ps1|sh|js|jse|vbs|wsf|hta|msi|scr|jar|apk|lnk|html?|svg)$", re.I)


class FileRefused(ValidationError):
    """This upload does not become a file of a record; the sentence says what would be right."""


@dataclass(frozen=True)
class CleanFile:
    """A paper that may be kept: its content untouched, its name harmless, its type found by looking."""

    content: bytes
    name: str
    content_type: str
    sha256: str


def clean_file(file: Any) -> CleanFile:
    """A PDF, office paper or plain text within the size of the house; FileRefused says what is wrong with anything else."""
    said = str(getattr(file, "name", "") or _("file"))
    words = {"name": safe_stem(said)[-60:]}
    file.seek(0)
    most = MOST_MEGABYTES.value()
    raw: bytes = file.read(most * 2**20 + 1)
    if len(raw) > most * 2**20:
        raise FileRefused(_("“%(name)s” is larger than %(most)s MB."), params={**words, "most": str(most)})
    if not raw.strip():
        raise FileRefused(_("“%(name)s” is empty."), params=words)
    ending = _ending(raw, said, words)
    name = f"{safe_stem(said)}.{ending}"
    return CleanFile(raw, name, TYPES[ending], hashlib.sha256(raw).hexdigest())


def safe_stem(said: str) -> str:
    """The name without folders, ending, control and direction marks: what the reader of a list sees is what it is."""
    base = PurePath(said.replace("\\", "/")).name
    kept = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in unicodedata.normalize("NFC", base))
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", re.sub(r'[\s"<>|:*?/]+', " ", kept).strip(" ."))
    return stem.strip(" .")[:100] or _("file")


def _ending(raw: bytes, said: str, words: dict[str, str]) -> str:
    if raw.startswith(b"%PDF-"):
        return _pdf(raw, words)
    if raw.startswith(b"PK\x03\x04"):
        return _zipped(raw, words)
    if raw.startswith(OLE):
        return _ole(raw, words)
    if raw.startswith(PICTURES) or raw[4:8] == b"ftyp":
        raise FileRefused(_("“%(name)s” is a picture or film. Pictures go to the photos; films cannot be kept here."), params=words)
    return _text(raw, said, words)


def _refused(words: dict[str, str]) -> FileRefused:
    return FileRefused(
        _("“%(name)s” is not a paper that can be kept here. Send a PDF, a Word, Excel, PowerPoint or OpenDocument file, or plain text."),
        params=words,
    )


def _program(words: dict[str, str]) -> FileRefused:
    return FileRefused(_("“%(name)s” holds a program (macro, script or web page). Save it without, or as PDF."), params=words)


def _pdf(raw: bytes, words: dict[str, str]) -> str:
    if not re.match(rb"%PDF-[12]\.\d", raw) or b"%%EOF" not in raw[-2048:]:
        raise FileRefused(_("“%(name)s” is damaged or incomplete. Send it again."), params=words)
    after = raw[raw.rindex(b"%%EOF") + 5:]
    if after.strip(b"\r\n \0") or b"PK\x05\x06" in raw[-66000:]:
        raise _refused(words)  # a second file hangs on the first
    if ACTIVE_PDF.search(raw) or ACTIVE.search(raw[:1024]):
        raise _program(words)
    return "pdf"


def _zipped(raw: bytes, words: dict[str, str]) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileRefused(_("“%(name)s” unpacks to more than 200 MB."), params=words)
            first = min((part.header_offset for part in parts), default=1)
            if archive.comment or first != 0 or len(raw) != _end_of_zip(raw):
                raise _refused(words)
            ending = next((MAIN_PARTS[name] for name in names if name in MAIN_PARTS), "") if "[Content_Types].xml" in names else ""
            if not ending and names and names[0] == "mimetype":
                said = archive.read("mimetype").decode("ascii", "replace").strip()
                ending = next((key for key, value in TYPES.items() if value == said and key.startswith("od")), "")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise FileRefused(_("“%(name)s” is damaged or incomplete. Send it again."), params=words) from error
    if not ending:
        raise _refused(words)
    if any(MACROS.search(name) or PROGRAMS.search(name) for name in names):
        raise _program(words)
    return ending


def _end_of_zip(raw: bytes) -> int:
    """Where the archive ends by its own account; bytes behind it are another file."""
    at = raw.rfind(b"PK\x05\x06")
    return at + 22 if at >= 0 else -1


def _ole(raw: bytes, words: dict[str, str]) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in raw

    if holds("_VBA_PROJECT") or holds("VBA"):
        raise _program(words)
    found = next((ending for stream, ending in OLE_STREAMS.items() if holds(stream)), "")
    if not found:
        raise _refused(words)  # an installer has the same shell
    return found


def _text(raw: bytes, said: str, words: dict[str, str]) -> str:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(coding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise _refused(words)
    if any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text[:200_000]):
        raise _refused(words)
    if ACTIVE.search(raw) or PROGRAMS.search(said):
        raise _program(words)
    return "csv" if said.lower().endswith(".csv") else "txt"
