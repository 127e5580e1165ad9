"""The pages of guests: a report at a public place without signing in, and the secret page that follows it."""
from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from axes.helpers import get_client_ip_address
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from assets.models import Equipment
from logistics.campus.services.school import hotline_of
from logistics.campus.services.tags import resolve_tag
from logistics.core.errors import TooMany
from logistics.core.models import Comment
from logistics.core.pages import add_errors, client_uid
from logistics.core.photos import clean_photos
from maintenance import forms
from maintenance.models import RepairRequest, Symptom
from maintenance.phone_forms import GuestForm
from maintenance.questions import shown
from maintenance.services.reporting import as_reporter, duplicates, guest_writes, known_work, report_as_guest, request_by_token, words_about
from maintenance.tiles import tiles_of
from maintenance.views.reporter import Where, chosen_of, same_context, show_same, story

ANSWERS = {"confirm": forms.ConfirmForm, "dispute": forms.DisputeForm, "answer": forms.AnswerForm, "withdraw": forms.WithdrawForm,
           "appeal": forms.AppealForm}


def public_place(code: str, request: HttpRequest) -> Where:
    """Where a label hangs, if guests may report there; else 404."""
    found = resolve_tag(code, purpose="report", source=get_client_ip_address(request) or "")
    if found.target is None or not found.target.open_to_guests or not found.target.place.public:
        raise Http404
    record = found.target.record
    return Where(found.target.place, record if isinstance(record, Equipment) else None, found.code)


@never_cache
def report_page(request: HttpRequest, code: str) -> HttpResponse:
    """The report form behind a public label; who is signed in gets the own one."""
    if request.user.is_authenticated:
        return redirect(f"{reverse('maintenance:report')}?tag={code}")
    where = public_place(code, request)
    if request.method != "POST":
        symptom = request.GET.get("symptom", "")
        return ask(request, where, GuestForm(initial={"symptom": symptom if symptom.isdigit() else None}))
    form = GuestForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask(request, where, form, status=422)
    data = form.cleaned_data
    twins = duplicates(place=where.place, category=data["symptom"].category, equipment=where.equipment)
    root, order = data.pop("join_to"), data.pop("join_order")
    if order is not None and order not in known_work(where.place, where.equipment, data["symptom"].category):
        order = None
    if root is not None and root.pk not in {twin.root.pk for twin in twins}:
        root = None
    if twins and root is None and order is None and "seen" not in request.POST and not request.FILES and not data["symptom"].dangerous:
        return ask(request, where, form, twins=twins)
    data.pop("photos")
    try:
        _made, token = report_as_guest(
            place=where.place, equipment=where.equipment, source=get_client_ip_address(request) or "", tag=where.tag,
            client_uid=client_uid(request),
            join_to=root, join_order=order, photos=pictures(request), **data)
    except TooMany as refusal:
        return too_many(request, where, refusal)
    except ValidationError as error:
        add_errors(form, error)
        return ask(request, where, form, status=422)
    return redirect("guest-request", token)


def pictures(request: HttpRequest) -> Iterator[Any]:
    """The photos, drawn anew only when somebody asks for them: after the limits, so that a flood costs nothing."""
    try:
        yield from clean_photos(request.FILES.getlist("photos"))
    except ValidationError as error:
        raise ValidationError({"photos": error.messages}) from error


def ask(request: HttpRequest, where: Where, form: Any, *, status: int = 200, twins: Any = None) -> HttpResponse:
    chosen = chosen_of(form)
    if twins is None and chosen is not None:
        twins = duplicates(place=where.place, category=chosen.category, equipment=where.equipment)
    first, more = tiles_of(where.place, where.equipment)
    return render(request, "maintenance/report.html", {
        "page": {"title": _("Report a problem"), "back_url": reverse("tag", args=[where.tag])}, "where": where, "form": form,
        "tiles": first, "more": more,
        "chosen": chosen.pk if chosen else None, "same": same_context(where, chosen, twins or []),
        "same_url": reverse("guest-report-same", args=[where.tag]), "hotline": hotline_of(where.place),
        "client_uid": client_uid(request) or uuid.uuid4(),
        "draft": f"report:{where.place.pk}", "guest": True, "questions": shown(chosen.category, form.data) if chosen else [],
        "sign_in": f"{reverse('sign-in')}?next={reverse('maintenance:report')}%3Ftag%3D{where.tag}",
    }, status=status)


def same(request: HttpRequest, code: str) -> HttpResponse:
    """What is known about the picked tile, without a name or a word of anybody. A fragment."""
    where = public_place(code, request)
    text = request.GET.get("symptom", "")
    symptom = get_object_or_404(Symptom.objects.select_related("category"), pk=int(text) if text.isdigit() else 0, active=True)
    return show_same(request, where, symptom)


def too_many(request: HttpRequest, where: Where, refusal: TooMany) -> HttpResponse:
    """Too often from here; what is urgent goes by phone."""
    response = render(request, "maintenance/guest_too_many.html", {
        "page": {"title": _("Too many reports from here")}, "message": str(refusal), "hotline": hotline_of(where.place)}, status=429)
    response["Retry-After"] = str(refusal.retry_after_s)
    return response


@never_cache
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The secret page of a guest's report: its steps, and the guest's own word. It names no person."""
    row = request_by_token(token)
    if row is None:
        raise Http404
    form: Any = None
    if request.method == "POST":
        move = request.POST.get("move", "")
        if move not in {*ANSWERS, "write"}:
            raise Http404
        form = forms.GuestWordsForm(request.POST) if move == "write" else ANSWERS[move](request.POST, record=row)
        if form.is_valid():
            try:
                if move == "write":
                    source = get_client_ip_address(request) or ""
                    guest_writes(row, form.cleaned_data["text"], source=source, client_uid=client_uid(request))
                else:
                    as_reporter(row, move, **form.cleaned_data)
                return redirect("guest-request", token)
            except TooMany as refusal:
                return too_many(request, Where(row.place), refusal)
            except ValidationError as error:
                form.add_error(None, error)
    response = render(request, "maintenance/guest_request.html", page_of(row, token, form), status=422 if form is not None else 200)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def nameless(comment: Comment) -> str:
    """The words of a comment without the names of those whom it mentions."""
    text = comment.text
    for one in comment.mentioned:
        for name in (one["zh"], one["en"]):
            text = text.replace(f"@{name}", _("a colleague")) if name else text
    return text


def page_of(row: RepairRequest, token: str, form: Any) -> dict[str, Any]:
    context = story(row, names=False)
    for card in (*context["photos"], *([context["after"]] if context["after"] else [])):
        card.update(url=f"{card['url']}?t={token}", thumb=f"{card['thumb']}?t={token}", by=None)
    if form is None and row.state == "needs_info":
        form = forms.AnswerForm(record=row)
    context["talk"] = [{"mine": comment.by_id is None, "at": comment.at, "text": nameless(comment)} for comment in words_about(row)]
    return {"page": {"title": row.title, "short_title": row.number}, "row": row, "token": token, "form": form,
            "appeals": row.state == "rejected" and row.appealed_at is None, "client_uid": uuid.uuid4(),
            "errors": bool(form and form.is_bound), **context}
