"""How I am told: where I can be reached, by which ways in which order, when not, and the summary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from logistics.alerts.drivers import DRIVERS
from logistics.alerts.forms import CodeForm, ContactForm, PreferenceForm
from logistics.alerts.models import Channel, ContactPoint, address_print
from logistics.alerts.services import channels as services
from logistics.alerts.ways import known_to_the_office
from logistics.core.pages import add_errors


def usable_channels() -> list[Channel]:
    return list(Channel.objects.in_use().exclude(driver=Channel.Driver.APP).order_by("pk"))


@never_cache
@login_required
@require_GET
def how_i_am_told(request: HttpRequest) -> HttpResponse:
    """The page with everything on it."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    person: Any = request.user
    channels = usable_channels()
    named = [(channel.code, channel.name) for channel in channels]
    lines = contact_lines(person, channels)
    page = {
        "title": _("How I am told"),
        "lines": lines,
        "reachable": any(line["works"] for line in lines),
        "hints": [(channel.name, DRIVERS[channel.driver].address_hint) for channel in channels],
    }
    context = {
        "contact_form": ContactForm(person=person),
        "code_form": CodeForm(),
        "preference_form": PreferenceForm(person=person, channels=named),
    }
    return render(request, "alerts/how_i_am_told.html", {"page": page, **context, **forms}, status=status)


def contact_lines(person: Any, channels: list[Channel]) -> list[dict[str, Any]]:
    """Every address of a person: the own ones, and those that the office wrote down."""
    own = list(ContactPoint.objects.filter(person=person).select_related("channel").order_by("channel", "id"))
    lines = []
    for point in own:
        look, word = (
            ("late", _("Came back")) if point.bounced_at else ("done", _("Verified")) if point.verified_at else ("wait", _("Not verified"))
        )
        lines.append(
            {
                "point": point,
                "channel": point.channel,
                "address": point.address,
                "look": look,
                "word": word,
                "works": look == "done" and point.channel.active,
                "why": point.bounce,
            }
        )
    known = {(point.channel_id, point.address_print) for point in own}
    for channel in channels:
        address = known_to_the_office(channel.driver, person)
        if address and (channel.pk, address_print(address)) not in known:
            lines.append(
                {
                    "point": None,
                    "channel": channel,
                    "address": address,
                    "look": "done",
                    "word": _("From the school office"),
                    "works": True,
                    "why": "",
                }
            )
    return lines


@never_cache
@login_required
@require_POST
def contact_add(request: HttpRequest) -> HttpResponse:
    """A new address; a code goes there at once."""
    form = ContactForm(request.POST, person=request.user)
    if form.is_valid():
        try:
            _point, outcome = services.add_contact(
                person=request.user, channel=form.cleaned_data["channel"], address=form.cleaned_data["address"]
            )
        except ValidationError as error:
            add_errors(form, ValidationError({"address": error.messages}))
        else:
            _say(request, outcome)
            return redirect("how-i-am-told")
    return _page(request, 422, contact_form=form)


def _say(request: HttpRequest, outcome: Any) -> None:
    if outcome.result == "accepted":
        messages.success(request, _("A code is on its way. It is good for 10 minutes."))
    else:
        messages.error(request, _("The code could not be sent: %(why)s") % {"why": outcome.words})


@never_cache
@login_required
@require_POST
def contact_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a code again."""
    _say(request, services.send_code(point=_mine(request, pk)))
    return redirect("how-i-am-told")


@never_cache
@login_required
@require_POST
def contact_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the code."""
    point = _mine(request, pk)
    form = CodeForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, 422, code_form=form, code_of=point.pk)
    if services.verify(point=point, code=form.cleaned_data["code"]):
        messages.success(request, _("%(address)s is yours. Notices can go there now.") % {"address": point.address})
        return redirect("how-i-am-told")
    form.add_error("code", _("This is not the code that was sent."))
    return _page(request, 422, code_form=form, code_of=point.pk)


@never_cache
@login_required
@require_POST
def contact_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing goes there any more."""
    point = _mine(request, pk)
    services.remove_contact(point=point)
    messages.success(request, _("Removed: %(address)s") % {"address": point.address})
    return redirect("how-i-am-told")


@never_cache
@login_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the ladders, the quiet hours and the hour of the summary."""
    named = [(channel.code, channel.name) for channel in usable_channels()]
    form = PreferenceForm(request.POST, person=request.user, channels=named)
    if not form.is_valid():
        return _page(request, 422, preference_form=form)
    services.choose(person=request.user, choices=form.choices())
    messages.success(request, _("Kept. It holds for every notice from now on."))
    return redirect("how-i-am-told")


def _mine(request: HttpRequest, pk: int) -> ContactPoint:
    return get_object_or_404(ContactPoint.objects.filter(person=request.user).select_related("channel"), pk=pk)
