"""Registries: how a floor of the house sees what lies above or beside it without importing it."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

# The rooms that declare something; opened once, when all models are loaded.
ROOMS = ("limits", "roles", "workflow", "resources", "alerts", "measures", "widgets", "inbox", "tags", "approvals", "tasks", "receivers",
         "sync")


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


def kernel_rooms(room: str) -> list[Any]:
    """The modules of this name in the packages of the kernel (core/sync/urls.py), which have the same rooms as an app."""
    found = sorted(Path(__file__).parent.glob(f"*/{room}.py"))
    return [import_module(f"logistics.core.{path.parent.name}.{room}") for path in found]


def open_rooms() -> None:
    """Import the declaring rooms of the kernel's packages and of every installed app."""
    from django.utils.module_loading import autodiscover_modules

    for room in ROOMS:
        kernel_rooms(room)
        autodiscover_modules(room)
