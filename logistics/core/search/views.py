"""The page of the one search box, and its suggestions while somebody types."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from logistics.core.columns import follow
from logistics.core.doors import slow_down
from logistics.core.search.finding import Found, find, near, searched
from logistics.core.search.marking import marked
from logistics.core.search.text import MOST_LETTERS, words

SHORT = 5  # of each kind, while all kinds are shown
SUGGESTED = 8


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """What was found, by kind; with ?kind= all of one kind, with ?suggest=1 the options below the box."""
    text = request.GET.get("q", "").strip()
    typed = words(text)
    if typed:
        slow_down("search", f"person:{request.user.pk}")
    if "suggest" in request.GET:
        return render(request, "core/search_options.html", {"options": suggestions(request.user, text), "q": text})
    wanted = request.GET.get("kind", "")
    found = find(request.user, text, few=SHORT, whole=wanted)
    chosen = wanted if wanted in {one.resource.kind for one in found} else ""
    groups = [_group(one, text, typed, bool(chosen)) for one in found if not chosen or one.resource.kind == chosen]
    shown = {
        "title": _("Search"), "q": text, "groups": groups, "too_long": len(text) > MOST_LETTERS,
        "tabs": [{"label": _("All"), "url": _address(q=text), "on": not chosen, "count": ""}] + [
            {"label": str(one.resource.label_plural).capitalize(), "count": one.count, "on": one.resource.kind == chosen,
             "url": _address(q=text, kind=one.resource.kind)} for one in found] if len(found) > 1 else [],
        "count": sum(one.number for one in found), "unclear": bool(text and not typed),
        "near": [{"name": name, "url": _address(q=name)} for name in near(request.user, text)] if typed and not found else [],
        "kinds": [str(declared.label_plural).capitalize() for declared in searched()],
    }
    return render(request, "core/search.html", {"page": shown})


def suggestions(person: Any, text: str) -> list[dict[str, Any]]:
    """The best records of all kinds, taking turns."""
    typed = words(text)
    found = find(person, text, most=SUGGESTED)
    lines = [[line(one, record, typed) for record in one.records] for one in found]
    turns = [some[place] for place in range(SUGGESTED) for some in lines if place < len(some)]
    return turns[:SUGGESTED]


def line(one: Found, record: Any, typed: list[str]) -> dict[str, Any]:
    """One found record as pages show it."""
    declared = one.resource
    flow = getattr(record, "workflow", None)
    hint = declared.search_hint or declared.option_hint
    return {
        "title": marked(str(record), typed), "url": record.get_absolute_url(), "icon": declared.icon, "kind": declared.label,
        "hint": marked(str(follow(record, hint) or ""), typed) if hint else "", "state": flow.state(record) if flow else None,
    }


def _group(one: Found, text: str, typed: list[str], whole: bool) -> dict[str, Any]:
    return {
        "title": str(one.resource.label_plural).capitalize(), "icon": one.resource.icon, "count": one.count, "kind": one.resource.kind,
        "lines": [line(one, record, typed) for record in one.records], "more": one.more or len(one.records) < one.number,
        "more_url": f"{reverse(one.resource.url_name('list'))}?{urlencode({'q': text})}" if whole
        else _address(q=text, kind=one.resource.kind),
    }


def _address(**query: str) -> str:
    return f"{reverse('search')}?{urlencode(query)}"
