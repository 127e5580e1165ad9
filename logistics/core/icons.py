"""Icons of Tabler: those that the project names come from one file that browsers keep, any other is drawn in the page."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.template import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

SPRITE = "icons.svg"
QUOTED = re.compile(r"""["']([a-z0-9-]+)["']""")


@cache
def drawing(name: str) -> SafeString:
    """The inner drawing of an outline icon; an unknown name is a mistake in the template and raises."""
    file = _file(name)
    if not re.fullmatch(r"[a-z0-9-]+", name) or not file.is_file():
        raise TemplateSyntaxError(f"There is no Tabler icon {name!r}.")
    svg = re.sub(r"<!--.*?-->", "", file.read_text(), flags=re.DOTALL)
    inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    assert inner
    drawn = re.sub(r"\s+", " ", inner[1]).strip().replace(" />", "/>").replace("> <", "><")
    return mark_safe(drawn.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', ""))  # an empty square that Tabler draws first


def _file(name: str) -> Path:
    return Path(settings.NPM_ROOT) / "@tabler/icons/icons/outline" / f"{name}.svg"


@cache
def named() -> frozenset[str]:
    """Every word in quotes, in templates and code, that is the name of an icon; what only a row of the database names is not among them."""
    root = Path(settings.BASE_DIR)
    apps = [path.parent for path in (*root.glob("*/__init__.py"), *root.glob("logistics/*/__init__.py"))]
    files = [*root.glob("templates/**/*.html"), *(file for app in apps for file in app.rglob("*.py"))]
    return frozenset(name for file in files for name in QUOTED.findall(file.read_text(encoding="utf-8")) if _file(name).is_file())


@cache
def use(name: str) -> SafeString:
    """The content of an <svg class="icon">: a reference into the file, or the drawing itself."""
    return mark_safe(f'<use href="{static(SPRITE)}#{name}"/>') if name in named() else drawing(name)


def sprite() -> str:
    """The file: each named icon as a symbol."""
    symbols = "\n".join(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing(name)}</symbol>' for name in sorted(named()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


class IconFinder(BaseFinder):
    """Makes the file under var/ when it is asked for, and again when the project names other icons."""

    @property
    def storage(self) -> FileSystemStorage:
        made = Path(settings.VAR_DIR) / "made"
        file, content = made / SPRITE, sprite()
        if not file.is_file() or file.read_text() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            half = file.with_suffix(".half")
            half.write_text(content)
            half.replace(file)
        return FileSystemStorage(location=made)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [self.storage.path(SPRITE)] if path == SPRITE else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        yield SPRITE, self.storage
