"""Pages that belong to no record: home, language, theme, the page without a network."""
from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from logistics.core import menu
from logistics.core import script_words as words
from logistics.core.access import access_of
from logistics.core.middleware import person_of
from logistics.core.publishing import INBOX, widgets_for

YEAR = 365 * 86400


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The first page of a person: the home of the first kind of user that fits, else cards and what waits."""
    access = access_of(request.user)
    for entry in sorted(menu.HOMES, key=lambda entry: entry.order):
        if entry.test(access):
            return entry.view(request)
    return staff_home(request)


def staff_home(request: HttpRequest) -> HttpResponse:
    """Cards that this person may see, and what waits for him."""
    access = access_of(request.user)
    cards = [
        {"title": card.title, "html": html, "code": card.code}
        for card in widgets_for("home") if (not card.permission or access.has(card.permission)) and (html := card.render(request))
    ]
    topics = [{"title": topic.title, "icon": topic.icon, "items": list(topic.items(request.user, 6))} for topic in
              sorted(INBOX, key=lambda topic: topic.order)]
    return render(request, "core/home.html", {"cards": cards, "topics": [topic for topic in topics if topic["items"]]})


@login_required
def settings_page(request: HttpRequest, section: str) -> HttpResponse:
    """The links of a section of the menu that is folded into one."""
    declared = menu.SECTIONS.get(section)
    items = menu.section_items(access_of(request.user), section) if declared and (declared.folded or declared.folds) else []
    if not items or not declared:
        raise Http404
    return render(request, "core/settings.html", {"page": {"title": declared.label, "rules": declared.folded}, "items": items})


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return redirect(target)


def _remember(request: HttpRequest, response: HttpResponse, cookie: str, field: str, value: str) -> HttpResponse:
    person: Any = person_of(request)
    if person is not None and getattr(person, field) != value:
        setattr(person, field, value)
        person.save(update_fields=[field])
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, remembered per person and browser."""
    value = request.POST.get("language", "")
    response = _back(request)
    return _remember(request, response, settings.LANGUAGE_COOKIE_NAME, "language", value) if value in dict(settings.LANGUAGES) else response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """As the device, light or dark."""
    value = request.POST.get("theme", "")
    response = _back(request)
    return _remember(request, response, "theme", "theme", value) if value in {"auto", "light", "dark"} else response


def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "offline.html")


@require_safe
def script_words(request: HttpRequest, language: str, version: str) -> HttpResponse:
    """What scripts say in a language; kept by browsers as long as it is the present text."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponse(words.text(language), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if request.path == words.address(language) else "no-cache"
    return response


def api_docs(request: HttpRequest) -> HttpResponse:
    """The page for programmers: how the API works in words, and every address to read and try."""
    doors = {
        "read": _("%(n)s reads in %(s)s seconds"), "write": _("%(n)s writes in %(s)s seconds"),
        "bulk": _("%(n)s bulk requests in %(s)s seconds"),
        "upload": _("%(n)s uploads in %(s)s seconds"),
    }
    limits = [sentence % dict(zip("ns", settings.API_LIMITS[door], strict=True)) for door, sentence in doors.items()]
    return render(request, "core/api.html", {"page": {"title": _("For programmers"), "limits": limits}})
