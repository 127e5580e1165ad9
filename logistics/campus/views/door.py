"""The page behind a label: what is here, what is known about it, and one big button."""
from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from logistics.campus.models import Place
from logistics.campus.registries import TAG_PAGES, TagAction, TagCard, Target
from logistics.campus.services.places import closures_of
from logistics.campus.services.school import hotline_of
from logistics.campus.services.stewardship import stewards
from logistics.campus.services.tags import Resolved, resolve_tag
from logistics.core.access import access_of
from logistics.core.bilingual import pick
from logistics.core.doors import address_of
from logistics.core.middleware import person_of
from logistics.core.qr import grouped


@require_safe
@never_cache
def tag(request: HttpRequest, code: str) -> HttpResponse:
    """Unknown, void and unbound codes give guests one and the same page; four statements at most for a guest."""
    person = person_of(request)
    found = resolve_tag(code, scanned_by=person, source="" if person else address_of(request))
    if found.target is None:
        return _nowhere(request, found)
    if person is None and not found.target.open_to_guests:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    return render(request, "campus/tag.html", _page(request, found, found.target))


def _nowhere(request: HttpRequest, found: Resolved) -> HttpResponse:
    """A code that leads nowhere; only a keeper learns that the label exists."""
    may_bind = found.tag is not None and found.tag.state != "void" and access_of(request.user).has("campus.tag:change")
    page = {"title": _("This label leads nowhere"), "code": grouped(found.code)}
    return render(request, "campus/tag_nowhere.html", {"page": page, "tag": found.tag if may_bind else None}, status=404)


def _page(request: HttpRequest, found: Resolved, target: Target) -> dict[str, object]:
    actions: list[TagAction] = []
    cards: list[TagCard] = []
    notes: list[str] = []
    for source in sorted(TAG_PAGES, key=lambda source: source.order):
        part = source.part(request, target)
        actions += part.actions
        cards += part.cards
        notes += part.notes
    actions.sort(key=lambda action: action.weight)
    known = request.user.is_authenticated
    place, is_place = target.place, isinstance(target.record, Place)
    return {
        "page": {"title": target.record.name if is_place else target.name, "above": _above(place) if is_place else place.above_label,
                 "second": target.second, "code": grouped(found.code)},
        "target": target, "actions": actions, "cards": cards, "notes": notes, "closures": closures_of(place), "hotline": hotline_of(place),
        "keepers": stewards(place, "place_keeper") if known and is_place else [], "office": _office(found) if is_place else "",
        "department": place.department, "may_open": known,
    }


def _office(found: Resolved) -> str:
    """The department that keeps the place, for guests."""
    names = getattr(found.tag, "keeping_office", None)
    return pick(names["zh"], names["en"]) if names else ""


def _above(place: Place) -> str:
    """The path to a place with its floor, which labels leave out."""
    floor = place.parent if place.parent and place.parent.kind == "floor" else None
    return " / ".join([*place.path[:-1], floor.name] if floor else place.path[:-1])
