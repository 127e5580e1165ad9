"""What each kind of user finds in the side bar, in the dock of the phone and on the home page."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from logistics.core.access import Access
from logistics.core.registry import Registry

KINDS = ["", "is-hot", "is-bad"]  # of a count, the mildest first
Count = Callable[[Any], tuple[int, str]]  # (n, "" | "is-hot" | "is-bad")
COUNT_SECONDS = 15
MOST_LINKS = 14  # of the side bar; what is more folds, section by section


@dataclass(frozen=True)
class Section:
    code: str
    label: Any
    order: int
    icon: str = "settings"
    folded: bool = False  # always one link that leads to a page with its items: what is set once is not in the way every day
    folds: int = 0  # becomes one link where a person has too many, those with the lowest number first
    home: frozenset[str] = frozenset()  # roles whose daily work it is: for them it folds last


@dataclass(frozen=True)
class Item:
    """A link of the menu. Shown to holders of one of `roles`, or of `permission`, or where `test` passes.

    `count(person)` is cached for 15 s; with `badge` it also stands on the place of the dock that leads there.
    """

    code: str
    section: str
    order: int
    label: Any
    icon: str
    url_name: str
    roles: frozenset[str] = frozenset()
    permission: str = ""
    count: Count | None = None
    query: str = ""
    test: Callable[[Access], bool] | None = None
    badge: bool = False

    def shown_to(self, access: Access) -> bool:
        return not access.roles.isdisjoint(self.roles) or bool(self.permission and access.has(self.permission)) or bool(
            self.test and self.test(access))


@dataclass(frozen=True)
class Home:
    """A home page for a kind of user: the first whose test passes, in order."""

    code: str
    order: int
    test: Callable[[Access], bool]
    view: Callable[..., Any]


@dataclass(frozen=True)
class Dock:
    """Five places at the bottom of the phone: (label, icon, url name, main); the first whose test passes."""

    code: str
    order: int
    test: Callable[[Access], bool]
    places: tuple[tuple[Any, str, str, bool], ...]


SECTIONS: Registry[Section] = Registry("menu section")
ITEMS: Registry[Item] = Registry("menu item")
HOMES: Registry[Home] = Registry("home")
DOCKS: Registry[Dock] = Registry("dock")

for _code, _label, _order, _icon, _folds, _home in (
    ("", "", 0, "", 0, ""), ("repairs", _("Repairs"), 10, "tool", 6, "dispatcher facilities_manager team_leader technician"),
    ("upkeep", _("Upkeep"), 12, "calendar-stats", 4, ""),
    ("safety", _("Safety"), 15, "shield-check", 5, "safety_officer safety_director inspector"),
    ("registers", _("Equipment and places"), 20, "database", 1, "place_keeper equipment_keeper asset_officer"),
    ("people", _("People"), 40, "users", 2, "staff_officer department_head system_manager"), ("data", _("Data"), 50, "chart-bar", 3, ""),
):
    SECTIONS.add(_code, Section(_code, _label, _order, _icon, folds=_folds, home=frozenset(_home.split())))
SECTIONS.add("more", Section("more", _("More"), 80))  # the links that lead to folded sections
SECTIONS.add("system", Section("system", _("Rules and settings"), 90, folded=True))


def item(code: str, section: str, order: int, label: Any, icon: str, url_name: str, *, roles: str = "", **options: Any) -> None:
    ITEMS.add(code, Item(code, section, order, label, icon, url_name, frozenset(roles.split()), **options))


def items_for(access: Access) -> list[Item]:
    """Links of this person: those declared one by one and the lists of resources."""
    from logistics.core.resources import all_resources

    shown = [entry for entry in ITEMS if entry.shown_to(access)]
    for declared in all_resources():
        if declared.menu and declared.may_list(access.person):
            section, order = declared.menu
            shown.append(
                Item(declared.kind, section, order, declared.menu_label or declared.label_plural, declared.icon, declared.url_name("list"))
            )
    if shown:
        shown.append(Item("home", "", 0, _("Home"), "home", "home"))
    return sorted(shown, key=lambda entry: (SECTIONS[entry.section].order, entry.order))


def navigation(access: Access, path: str) -> list[dict[str, Any]]:
    """Sections with their links, counts and the current one; a folded section is one link."""
    all_entries = [(entry, reverse(entry.url_name) + entry.query) for entry in items_for(access)]
    here = max((url for _entry, url in all_entries if path.startswith(url.split("?")[0])), key=len, default=None)
    folded = _folded([entry for entry, _url in all_entries], access.roles)
    entries = [(entry, url) for entry, url in all_entries if entry.section not in folded]
    counts = _counts(access.person, [entry for entry, _url in all_entries if entry.count])
    for code in folded:
        url, inside = reverse("settings", args=[code]), [(entry, below) for entry, below in all_entries if entry.section == code]
        here = url if path == url or any(here == below for _entry, below in inside) else here
        entries.append((Item(f"settings:{code}", "more", 0, SECTIONS[code].label, SECTIONS[code].icon, "settings"), url))
        known = [counts[entry.code] for entry, _below in inside if entry.code in counts]
        if known:
            counts[f"settings:{code}"] = (sum(number for number, _kind in known), max((kind for _number, kind in known), key=KINDS.index))
    if here == "/" and path != "/":
        here = None
    found: list[dict[str, Any]] = []
    for entry, url in entries:
        section = SECTIONS[entry.section]
        if not found or found[-1]["code"] != section.code:
            found.append({"code": section.code, "title": section.label, "items": []})
        number, kind = counts.get(entry.code, (None, ""))
        found[-1]["items"].append(
            {"label": entry.label, "url": url, "icon": entry.icon, "count": number, "count_kind": kind, "current": url == here}
        )
    return found


def _folded(entries: list[Item], roles: Iterable[str]) -> list[str]:
    """The sections that this person gets as one link, in the order of the menu."""
    sizes = Counter(entry.section for entry in entries)
    folded = {code for code in sizes if SECTIONS[code].folded}
    able = (SECTIONS[code] for code in sizes if SECTIONS[code].folds)
    for section in sorted(able, key=lambda section: (not section.home.isdisjoint(roles), section.folds)):
        if sum(1 if code in folded else size for code, size in sizes.items()) <= MOST_LINKS:
            break
        if sizes[section.code] > 1:
            folded.add(section.code)
    return sorted(folded, key=lambda code: SECTIONS[code].order)


def section_items(access: Access, code: str) -> list[tuple[Item, int, str]]:
    """The links of a section that this person may use, each with its count."""
    entries = [entry for entry in items_for(access) if entry.section == code]
    counts = _counts(access.person, [entry for entry in entries if entry.count])
    return [(entry, *counts.get(entry.code, (0, ""))) for entry in entries]


def _counts(person: Any, entries: list[Item]) -> dict[str, tuple[int, str]]:
    if not entries:
        return {}
    keys = {f"menu:{person.pk}:{entry.code}": entry for entry in entries}
    known = cache.get_many(keys)
    fresh = {key: entry.count(person) for key, entry in keys.items() if key not in known and entry.count}
    if fresh:
        cache.set_many(fresh, COUNT_SECONDS)
    return {keys[key].code: value for key, value in {**known, **fresh}.items()}


def dock_for(access: Access, path: str, unread: int) -> list[dict[str, Any]]:
    """The dock of the phone for this person."""
    for dock in sorted(DOCKS, key=lambda dock: dock.order):
        if dock.test(access):
            places = [(label, icon, reverse(name), main) for label, icon, name, main in dock.places]
            here = max((url for *_rest, url, _main in places if path.startswith(url)), key=len, default="")
            badges = _badges(access, [name for _label, _icon, name, _main in dock.places])
            return [
                {"label": label, "icon": icon, "url": url, "main": main, "current": url == here and (url != "/" or path == "/"),
                 "badge": unread if icon == "bell" else badges.get(url, 0)}
                for label, icon, url, main in places
            ]
    return []


def _badges(access: Access, names: list[str]) -> dict[str, int]:
    """Counts of the menu that also stand on the dock, by address."""
    entries = [entry for entry in ITEMS if entry.badge and entry.count and entry.url_name in names and entry.shown_to(access)]
    counts = _counts(access.person, entries)
    return {reverse(entry.url_name): counts[entry.code][0] for entry in entries}
