"""Making labels for paper, and binding them on the phone: scan, choose, next."""
from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from logistics.campus.forms import BatchForm, BindForm
from logistics.campus.models import LabelBatch, Place, Tag
from logistics.campus.registries import TAG_TARGETS, Target
from logistics.campus.services import tags
from logistics.campus.services.sheets import label_sheet
from logistics.core.access import access_of
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.pages import add_errors
from logistics.core.qr import CODE_LENGTH, normalise


def _check(request: HttpRequest, action: str) -> None:
    if not access_of(request.user).has(f"campus.tag:{action}"):
        raise NotAllowed(_("You do not handle labels."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def studio(request: HttpRequest) -> HttpResponse:
    """Choose layout and number, or a place whose rooms have no labels yet; the answer is a sheet to print."""
    _check(request, "add")
    form = BatchForm(request.POST or None, person=request.user, initial={"inside": request.GET.get("inside")})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(reverse("campus:labels") + "?" + urlencode({"batch": _make(request.user, form.cleaned_data).pk}))
        except ValidationError as error:
            add_errors(form, error)
    batches = LabelBatch.objects.filter(printed_by=request.user).order_by("-pk")[:10]
    fresh = (
        get_object_or_404(batches.model, pk=request.GET["batch"], printed_by=request.user)
        if request.GET.get("batch", "").isdigit()
        else None
    )
    page = {
        "title": _("Print labels"),
        "form": form,
        "submit_label": _("Make labels"),
        "crumbs": [{"label": _("Labels"), "url": reverse("campus:tag-list")}],
        "intro": _("A code says nothing by itself. Print first, bind on the spot with the phone."),
    }
    return render(request, "campus/labels.html", {"page": page, "batches": batches, "fresh": fresh}, status=422 if form.errors else 200)


def _make(person: Any, data: dict[str, Any]) -> LabelBatch:
    """Blank labels, or named ones for places without a label."""
    if not data["inside"]:
        return tags.new_tags(count=data["count"], layout=data["layout"], by=person)
    rows = Place.objects.visible_to(person, "change").active().at(data["inside"]).untagged()
    if data["kind"]:
        rows = rows.filter(kind__in=data["kind"])
    found = list(rows.order_by("code")[: tags.MOST])
    if not found:
        raise ValidationError({"inside": _("Every place in here has a label already.")})
    return tags.label_records(records=found, layout=data["layout"], by=person)


@login_required
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The labels of a batch as PDF."""
    _check(request, "add")
    batch = get_object_or_404(LabelBatch.objects.filter(printed_by=request.user), pk=pk)
    response = HttpResponse(label_sheet(batch), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="labels-{batch.pk}.pdf"'
    return response


# binding -----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """Scan a label, choose or scan what it hangs on, bind, next. `code`, and `kind` with `pk` or `target`, may come with the address."""
    _check(request, "change")
    asked = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and "medium" in request.POST:
        return _register(request)
    tag = _tag(request, asked.get("code", ""))
    target = _target(request, asked)
    if request.method == "POST" and tag and target:
        return _bound(request, tag, target)
    form = BindForm(request.POST if request.method == "POST" else None, person=request.user)
    page = {
        "title": _("Bind labels"), "crumbs": [{"label": _("Labels"), "url": reverse("campus:tag-list")}],
        "code": str(tag) if tag else "", "outside": "" if tag else _outside(request, asked.get("code", "")),
        "unknown": bool(asked.get("code")) and tag is None,
        "media": [choice for choice in Tag.Medium.choices if choice[0] != Tag.Medium.QR],
        "known": [("code", tag.code)] if tag else [("kind", target.kind), ("pk", target.record.pk)] if target else [],
        "scan_tag": _address(target, code="{code}"), "scan_target": _address(None, code=tag.code, target="{code}") if tag else "",
    }
    status = 422 if request.method == "POST" or page["unknown"] else 200
    return render(request, "campus/bind.html", {"page": page, "form": form, "tag": tag, "target": target}, status=status)


def _register(request: HttpRequest) -> HttpResponse:
    """A chip or barcode of a maker becomes a label, and is bound next."""
    _check(request, "add")
    text, target = request.POST.get("code", ""), _target(request, request.POST)
    try:
        tag = tags.register_external(text=text, medium=request.POST["medium"], by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("campus:bind")
    return redirect(_address(target, code=tag.code))


def _address(chosen: Target | None, **query: str) -> str:
    """Where a scan leads; the place of the code stays open."""
    known = {"kind": chosen.kind, "pk": chosen.record.pk} if chosen else {}
    return f"{reverse('campus:bind')}?{urlencode({**known, **query}, safe='{}')}"


def _tag(request: HttpRequest, text: str) -> Tag | None:
    """A label that this person may bind; a void one is as good as unknown."""
    if not text:
        return None
    found, mine = tags.reading(text), Tag.objects.visible_to(request.user, "change").exclude(state="void")
    return found.filter(pk__in=mine).select_related("place").first() if found is not None else None


def _outside(request: HttpRequest, text: str) -> str:
    """A maker's code that is no label yet and that this person may take in; "" otherwise, and for what reads like one of our codes."""
    found = tags.external(text)
    ours = len(normalise(text)) == CODE_LENGTH and not found.isdigit()  # a barcode on goods has 13 digits
    if not found or ours or not access_of(request.user).has("campus.tag:add"):
        return ""
    return "" if Tag.objects.filter(external_code=found).exists() else found


def _target(request: HttpRequest, asked: Any) -> Target | None:
    """What to bind to: a record by kind and id, a place by id, or whatever another label hangs on."""
    kind, pk = asked.get("kind", ""), asked.get("pk", "")
    chosen = asked.get("target", "")
    if kind in TAG_TARGETS and pk.isdigit():
        return TAG_TARGETS[kind](int(pk))
    if not chosen:
        return None
    other = tags.resolve_tag(chosen, scanned_by=request.user, purpose="bind").target
    if other:
        return other
    place = Place.objects.visible_to(request.user).filter(pk=chosen).first() if chosen.isdigit() and len(chosen) < 13 else None
    return tags.place_target(place) if place else None


def _bound(request: HttpRequest, tag: Tag, target: Target) -> HttpResponse:
    try:
        tags.bind_tag(tag=tag, target=target.record, by=request.user)
    except (ValidationError, Conflict) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.error(request, words)
    else:
        messages.success(request, _("%(code)s bound to %(target)s. Next one.") % {"code": tag, "target": target.name})
    return redirect("campus:bind")
