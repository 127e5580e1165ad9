"""What the page shell shows: school, navigation, dock, bell, language, theme."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from logistics.core import menu
from logistics.core.access import ROLES, access_of
from logistics.core.bilingual import chinese
from logistics.core.registry import Registry

# Upper packages tell the shell what it cannot know: "school" (request) -> (school, campus, hotline); "unread" (person) -> int
SHELL: Registry[Any] = Registry("shell provider")
DUTY_ORDER = (
    "principal", "logistics_director", "facilities_manager", "dispatcher", "team_leader", "technician", "safety_director", "safety_officer",
    "system_manager", "calendar_keeper", "staff_officer", "asset_officer", "equipment_keeper", "department_head", "place_keeper", "auditor",
)


@dataclass
class Shell:
    """The frame around a page."""

    school: str = ""
    campus: str = ""
    hotline: str = ""
    layout: str = "solo"
    nav: list[dict[str, Any]] = field(default_factory=list)
    dock: list[dict[str, Any]] = field(default_factory=list)
    unread: int = 0
    role: str = ""
    theme: str = "auto"
    other_language: dict[str, str] = field(default_factory=dict)
    demo: bool = False


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor; fragments (htmx) need no frame and pay nothing for it, and a page that is made of parts pays once.

    `layout` is the template that a page extends, so that one template serves the whole page and the fragment.
    """
    known = getattr(request, "shell", None)
    if known is None or known[0] is not getattr(request, "user", None):
        request.shell = known = (getattr(request, "user", None), _frame(request))
    return {"shell": known[1], "layout": "fragment.html" if getattr(request, "htmx", False) else "base.html"}


def _frame(request: HttpRequest) -> Shell:
    frame = Shell(demo=settings.DEMO)
    frame.other_language = {"code": "en", "label": "English"} if chinese() else {"code": "zh-hans", "label": "中文"}
    person = getattr(request, "user", None)
    htmx: Any = getattr(request, "htmx", False)
    whole_page = getattr(htmx, "boosted", False) and not htmx.target
    if htmx and not whole_page:
        return frame
    provider = SHELL.get("school")
    if provider:
        frame.school, frame.campus, frame.hotline = provider(request)
    if person is None or not person.is_authenticated:
        frame.theme = request.COOKIES.get("theme", "auto")
        return frame
    access = access_of(person)
    frame.theme = person.theme
    unread = SHELL.get("unread")
    frame.unread = unread(person) if unread else 0
    frame.nav = menu.navigation(access, request.path)
    frame.dock = menu.dock_for(access, request.path, frame.unread)
    duties = [code for code in DUTY_ORDER if code in access.roles]
    frame.role = str(ROLES[duties[0]].label) if duties else (str(person.department) if person.department else "")
    frame.layout = "staff" if sum(len(section["items"]) for section in frame.nav) > 3 else "solo"
    return frame
