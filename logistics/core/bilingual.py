"""Names in two columns: show the one of the reader's language, else the other."""
from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language, override


def chinese() -> bool:
    """Is the reader's language Chinese?"""
    return (get_language() or "").startswith("zh")


def pick(zh: str, en: str) -> str:
    """The name in the reader's language; a missing one is replaced by the other."""
    return (zh or en) if chinese() else (en or zh)


def in_both(words: Callable[[], Any]) -> dict[str, str]:
    """Words in both languages, for what is read later in either: {"zh", "en"}."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            found[key] = str(words())
    return found


class Named:
    """A record with a name in both languages: it is called by the one of its reader."""

    name_zh: Any
    name_en: Any

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)

    def __str__(self) -> str:
        return self.name
