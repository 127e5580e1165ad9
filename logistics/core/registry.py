"""Registries: how a floor of the house sees what lies above or beside it without importing it."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

# The rooms that declare something; opened once, when all models are loaded.
ROOMS = ("limits", "layouts", "roles", "workflow", "resources", "alerts", "measures", "figures", "widgets", "inbox", "tags", "approvals",
         "tasks", "receivers", "sync")


class Registry(Generic[T]):
    """Named declarations, each code once."""

    def __init__(self, what: str):
        self.what = what
        self._items: dict[str, T] = {}

    def add(self, code: str, item: T) -> T:
        if code in self._items:
            raise ImproperlyConfigured(f"{self.what} {code} is declared twice")
        self._items[code] = item
        return item

    def __getitem__(self, code: str) -> T:
        return self._items[code]

    def get(self, code: str) -> T | None:
        return self._items.get(code)

    def __contains__(self, code: str) -> bool:
        return code in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def codes(self) -> list[str]:
        return list(self._items)

    def decorate(self, build: Callable[..., T]) -> Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]:
        """A decorator factory: `@measure("code", ...)` over a function registers build(function, "code", ...)."""

        def factory(code: str, *args: Any, **kwargs: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            def register(function: Callable[..., Any]) -> Callable[..., Any]:
                self.add(code, build(function, code, *args, **kwargs))
                return function

            return register

        return factory


def rooms(room: str, app: str | None = None) -> list[tuple[str, ModuleType]]:
    """(app label, module) of all rooms of a name: of each app, then of its topics (`assets/renewal/urls.py`), cut the same way."""
    from django.apps import apps

    found = []
    for config in sorted(apps.get_app_configs(), key=lambda one: one.label != "core"):  # the kernel first
        if app in (None, config.label) and Path(config.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in config.path:
            names = [config.name] + [f"{config.name}.{topic.parent.name}" for topic in sorted(Path(config.path).glob("*/__init__.py"))]
            found += [(config.label, import_module(f"{name}.{room}")) for name in names if find_spec(f"{name}.{room}")]
    return found


def open_rooms() -> None:
    """Import the declaring rooms of every installed app."""
    for room in ROOMS:
        rooms(room)
