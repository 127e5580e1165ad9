"""Static files: those of npm packages by an explicit list, and how all of them are stored."""
from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage


class NpmFinder(BaseFinder):
    """Finds npm/<package>/<file> for the files that settings.NPM_FILES = {package: [glob, ...]} names, and no others."""

    @cached_property
    def files(self) -> set[str]:
        root = Path(settings.NPM_ROOT)
        return {
            found.relative_to(root).as_posix()
            for package, globs in settings.NPM_FILES.items()
            for glob in globs
            for found in (root / package).glob(glob)
            if found.suffix != ".map"
        }

    @cached_property
    def storage(self) -> FileSystemStorage:
        storage = FileSystemStorage(location=settings.NPM_ROOT)
        storage.prefix = "npm"
        return storage

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.removeprefix("npm/")
        found = [self.storage.path(name)] if path.startswith("npm/") and name in self.files else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in sorted(self.files):
            yield name, self.storage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Files under a name with their content's hash, compressed once, kept for ever by browsers."""

    # url() and @import only: source maps are not shipped
    patterns = (("*.css", CompressedManifestStaticFilesStorage.patterns[0][1][:2]),)
    keep_only_hashed_files = True
    PLAIN = ("app.webmanifest", "img/app-")  # the manifest names its icons itself

    def delete_files(self, files_to_delete: Iterable[str]) -> None:
        super().delete_files(name for name in files_to_delete if not name.startswith(self.PLAIN))


TESTING = getattr(settings, "TESTING", False) or "pytest" in sys.modules
StaticStorage: type[StaticFilesStorage] = StaticFilesStorage if TESTING else HashedStorage
