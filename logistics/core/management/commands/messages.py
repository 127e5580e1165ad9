"""`manage.py messages`: gather every sentence of code and templates into the Chinese catalogue.

`--check` fails on what lacks a translation.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import templatize

KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
            "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
LEFT_OUT = {".venv", "node_modules", "var", "tests", "docs", ".git"}


class Command(BaseCommand):
    help = "Update locale/zh_Hans from the sources (default), or check that it is complete (--check)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"
        found = sentences(Path(settings.BASE_DIR))
        if options["check"]:
            problems = check(polib.pofile(str(path)), found)
            if problems:
                raise CommandError("\n".join(problems[:200]) + f"\n{len(problems)} problems in {path}")
            self.stdout.write(f"{len(found)} sentences, all translated")
            return
        book = update(path, found)
        missing = [entry.msgid for entry in book.untranslated_entries()]
        for text in missing:
            self.stdout.write(f"untranslated: {text}")
        self.stdout.write(f"{len(found)} sentences, {len(missing)} without Chinese")


def sentences(root: Path) -> dict[tuple[str, str, str], str]:
    """(context, singular, plural) -> where, out of all Python files and templates of the project."""
    found: dict[tuple[str, str, str], str] = {}
    for path in sorted(root.rglob("*")):
        if LEFT_OUT & set(path.relative_to(root).parts) or path.suffix not in {".py", ".html", ".txt"}:
            continue
        if path.suffix == ".txt" and "templates" not in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for context, single, plural in extract(text):
            found.setdefault((context, single, plural), str(path.relative_to(root)))
    return found


def extract(text: str) -> list[tuple[str, str, str]]:
    """The translatable calls in Python source."""
    from babel.messages.extract import extract as babel_extract

    rows = []
    for _line, message, _comments, context in babel_extract(
        "python", BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        single, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, "")
        if single:
            rows.append((context or "", single, plural or ""))
    return rows


def parts(root: Path) -> dict[str, Any]:
    """Translations handed in as JSON: {"English": "中文"} in locale/parts."""
    found: dict[str, Any] = {}
    for path in sorted((root / "parts").glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))
        torn = [text for text in given if text in found and found[text] != given[text]]
        if torn:  # where the meaning differs, the English has to differ too
            raise CommandError(f"{path.name} says otherwise than an earlier part: {', '.join(map(repr, torn))}")
        found |= given
    return found


def update(path: Path, found: dict[tuple[str, str, str], str]) -> polib.POFile:
    """Write the catalogue: known translations stay, new ones come from the parts, what is gone goes."""
    known = polib.pofile(str(path)) if path.exists() else polib.POFile()
    old = {(entry.msgctxt or "", entry.msgid): entry for entry in known}
    given = parts(path.parents[2])
    book = polib.POFile(wrapwidth=120)
    book.metadata = {
        "Project-Id-Version": "houqin",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for (context, single, plural), where in sorted(found.items(), key=lambda item: (item[1], item[0])):
        before = old.get((context, single))
        entry = polib.POEntry(msgid=single, msgctxt=context or None, occurrences=[(where, "")],
                              flags=["python-format"] if PLACEHOLDER.search(single) else [])
        if plural:
            entry.msgid_plural = plural
            chosen = given.get(single) or given.get(plural) or (before.msgstr_plural.get(0, "") if before else "")
            entry.msgstr_plural = {0: chosen}
        else:
            entry.msgstr = given.get(single) or (before.msgstr if before else "")
        book.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    book.save_as_mofile(str(path.with_suffix(".mo")))
    return book


def check(book: polib.POFile, found: dict[tuple[str, str, str], str]) -> list[str]:
    """What is missing, empty, fuzzy or has other placeholders than the English."""
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in book if not entry.obsolete}
    problems = []
    for (context, single, plural), where in found.items():
        entry = entries.get((context, single))
        words = "" if entry is None else (entry.msgstr_plural.get(0, "") if plural else entry.msgstr)
        if not words:
            problems.append(f"{where}: not translated: {single!r}")
        elif entry is not None and entry.fuzzy:
            problems.append(f"{where}: fuzzy: {single!r}")
        elif set(PLACEHOLDER.findall(words)) - set(PLACEHOLDER.findall(plural or single)):
            problems.append(f"{where}: other placeholders: {single!r} -> {words!r}")
    return problems
