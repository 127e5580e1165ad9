"""The tree of places, and taking places out of use and into use again."""
from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Func, IntegerField, OuterRef, Subquery, Value
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from logistics.campus.forms import MoveForm, RetireForm
from logistics.campus.geo import feature_collection
from logistics.campus.models import Place
from logistics.campus.services import places
from logistics.core.access import access_of
from logistics.core.asked import HtmxRequest
from logistics.core.errors import NotAllowed
from logistics.core.forms import ActingForm
from logistics.core.pages import add_errors, filtered_rows
from logistics.core.resources import resource_of, update

COUNTED = ("room", "technical", "outdoor", "spot")


def _branch(person: Any, parent: Place | None) -> list[Place]:
    """The children of a place with the number of places in each; one statement."""
    inside = (
        Place.objects.active()
        .exclude(pk=OuterRef("pk"))
        .filter(kind__in=COUNTED, ancestors__contains=Func(OuterRef("pk"), template="ARRAY[%(expressions)s]"))
    )
    counted = Subquery(
        inside.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n"), output_field=IntegerField()
    )
    rows = Place.objects.visible_to(person).active().filter(parent=parent).annotate(inside=counted).order_by("position", "code")
    return list(rows[:500])


@login_required
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """Campus, building, floor, room: each branch opens where it stands."""
    roots = _branch(request.user, None)
    for root in roots:
        root.branch = _branch(request.user, root)
    empty = {
        "kind": "first",
        "icon": "building",
        "title": _("No places yet"),
        "text": _("Begin with the school, then its campuses and buildings."),
    }
    may_move = access_of(request.user).has("campus.place:change")
    return render(request, "campus/tree.html", {"page": {"title": _("Place tree"), "empty": empty}, "roots": roots, "may_move": may_move})


@login_required
@require_safe
def branch(request: HtmxRequest, pk: int) -> HttpResponse:
    """One branch, asked for when it is opened; without JavaScript the link leads to the page of the place."""
    place = get_object_or_404(Place.objects.visible_to(request.user), pk=pk)
    if not request.htmx:
        return redirect(place)
    return render(request, "campus/_branch.html", {"rows": _branch(request.user, place)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a place into another; what goes along is shown first. Labels, orders and past facts keep the words they had."""
    place = get_object_or_404(Place.objects.visible_to(request.user).select_related("parent"), pk=pk)
    if not access_of(request.user).may("campus.place:change", place):
        raise NotAllowed(_("You may not move this place."))
    form = MoveForm(request.POST or None, person=request.user, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            update(resource_of(Place), place, {"parent": form.cleaned_data["parent"]}, by=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Moved: %(place)s") % {"place": place})
            return redirect(place)
    page = {
        "title": _("Move %(place)s?") % {"place": place}, "form": form, "submit_label": _("Move it"),
        "cancel_url": place.get_absolute_url(),
        "intro": _("Everything in it goes along. What was printed and recorded keeps the words of then."),
    }
    followers = places.followers(place)
    return render(request, "campus/move.html", {"page": page, "followers": followers}, status=422 if form.errors else 200)


@login_required
@require_safe
def geojson(request: HttpRequest) -> JsonResponse:
    """The places of the list, exactly as it is filtered, for a map."""
    rows = filtered_rows(resource_of(Place), request).rows
    return JsonResponse(feature_collection(rows), content_type="application/geo+json")


def _checked(request: HttpRequest, pk: int) -> Place:
    place = get_object_or_404(Place.objects.visible_to(request.user).select_related("parent"), pk=pk)
    if not access_of(request.user).may("campus.place:retire", place):
        raise NotAllowed(_("You may not retire or restore this place."))
    return place


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a place out of use; what still uses it is listed first."""
    place = _checked(request, pk)
    form = RetireForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            places.retire_place(place=place, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Out of use: %(place)s") % {"place": place})
            return redirect(place)
    page = {
        "title": _("Take %(place)s out of use?") % {"place": place},
        "form": form,
        "submit_label": _("Take out of use"),
        "cancel_url": place.get_absolute_url(),
        "intro": _("Everything in it goes out of use too. Its past stays."),
    }
    uses = places.live_uses(place)
    return render(request, "campus/retire.html", {"page": page, "uses": uses}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a place into use again."""
    place = _checked(request, pk)
    form = ActingForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            places.restore_place(place=place, by=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("In use again: %(place)s") % {"place": place})
            return redirect(place)
    page = {
        "title": _("Use %(place)s again?") % {"place": place},
        "form": form,
        "submit_label": _("Use again"),
        "cancel_url": place.get_absolute_url(),
    }
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)
