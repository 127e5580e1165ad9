"""Who looks after what: the matrix, ending, and handing everything over at once."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from logistics.campus.columns import span_words
from logistics.campus.forms import EndForm, HandOverForm
from logistics.campus.models import Place, Stewardship
from logistics.campus.services import stewardship
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.errors import NotAllowed
from logistics.core.pages import add_errors
from logistics.core.pdf.report import Report, Table, heading
from logistics.core.templatetags.ui import paper_day

FEW = 20  # rows that only follow are worth a click from here on


def _check(request: HttpRequest, action: str) -> None:
    if not access_of(request.user).has(f"campus.stewardship:{action}"):
        raise NotAllowed(_("You do not entrust places."))


@login_required
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Places by roles, names in the cells, gaps marked; one campus at a time."""
    _check(request, "view")
    campuses = list(Place.objects.visible_to(request.user).campuses().order_by("position", "code"))
    chosen = next((campus for campus in campuses if str(campus.pk) == request.GET.get("campus")), campuses[0] if campuses else None)
    roles, rows = stewardship.matrix(chosen, request.user)
    following = sum(row.follows for row in rows)
    whole = "all" in request.GET or following < FEW
    gaps = sum(cell.gap for row in rows for cell in row.cells)
    sentence = (
        ngettext("%(n)s gap: nobody looks after it.", "%(n)s gaps: nobody looks after them.", gaps) % {"n": gaps} if gaps else _("No gaps.")
    )
    rows = rows if whole else [row for row in rows if not row.follows]
    segments = [{"label": campus.name, "url": f"?campus={campus.pk}", "current": campus == chosen} for campus in campuses]
    paper_url = f"{reverse('campus:stewards-paper')}?campus={chosen.pk if chosen else ''}"
    page = {
        "title": _("Who looks after what"),
        "sentence": sentence,
        "segments": segments,
        "paper_url": paper_url,
        "following": 0 if whole else following,
        "all_url": f"?campus={chosen.pk if chosen else ''}&all=1",
    }
    may = access_of(request.user).has("campus.stewardship:add")
    return render(request, "campus/stewards.html", {"page": page, "roles": roles, "rows": rows, "may_entrust": may})


@login_required
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """责任人一览表: the matrix of a campus, or of all, as PDF."""
    _check(request, "view")
    campuses = Place.objects.visible_to(request.user).campuses()
    asked = request.GET.get("campus", "")
    chosen = campuses.filter(pk=asked).first() if asked.isdigit() else None
    roles, rows = stewardship.matrix(chosen, request.user, most=None)
    table = Table(
        [_("Place"), *(label for _code, label in roles)],
        [[row.place.place_label, *(_names(cell) for cell in row.cells)] for row in rows],
        roomy=range(1, len(roles) + 1),
        dense=True,
    )
    title = _("Who looks after what, as of %(day)s") % {"day": paper_day(clock.today())}
    report = Report(title=title, sections=[table], wide=True, **heading(request))
    response = HttpResponse(report.pdf(), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="responsibilities.pdf"'
    return response


def _names(cell: stewardship.Cell) -> str:
    if cell.gap:
        return _("nobody")
    names = _(", ").join(person.name for person in cell.people)
    return f"({names})" if cell.inherited else names


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """Three steps on one page: who leaves, what moves, to whom and from when."""
    _check(request, "change")
    form = HandOverForm(request.POST or None, person=request.user, initial={"from_person": request.GET.get("from_person")})
    leaver = _leaver(request, form)
    duties = stewardship.duties_of(leaver) if leaver else []
    if request.method == "POST" and form.is_valid():
        chosen = [int(pk) for pk in request.POST.getlist("duty") if pk.isdigit()]
        data = form.cleaned_data
        try:
            moved = stewardship.hand_over(
                from_person=data["from_person"],
                to_person=data["to_person"],
                first_day=data["first_day"],
                by=request.user,
                stewardships=chosen,
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            words = ngettext("%(n)s duty goes to %(name)s", "%(n)s duties go to %(name)s", len(moved))
            messages.success(request, words % {"n": len(moved), "name": data["to_person"]})
            return redirect("campus:stewards")
    page = {
        "title": _("Hand duties over"),
        "crumbs": [{"label": _("Who looks after what"), "url": reverse("campus:stewards")}],
        "form": form,
    }
    lines = [{"row": row, "when": span_words(row)} for row in duties]
    return render(request, "campus/hand_over.html", {"page": page, "leaver": leaver, "duties": lines}, status=422 if form.errors else 200)


def _leaver(request: HttpRequest, form: HandOverForm) -> object:
    """The person named in the form or in the address, if the reader may see the person."""
    text = request.POST.get("from_person") or request.GET.get("from_person", "")
    return form.fields["from_person"].queryset.filter(pk=text).first() if text.isdigit() else None  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one stewardship at the end of a day."""
    row = get_object_or_404(Stewardship.objects.visible_to(request.user).select_related("person", "place"), pk=pk)
    if not access_of(request.user).may("campus.stewardship:change", row):
        raise NotAllowed(_("You do not entrust places."))
    form = EndForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        stewardship.end_stewardship(stewardship=row, last_day=form.cleaned_data["last_day"], by=request.user)
        messages.success(request, _("Ended: %(what)s") % {"what": row})
        return redirect("campus:stewards")
    page = {"title": _("End %(what)s?") % {"what": row}, "form": form, "submit_label": _("End it"), "cancel_url": row.get_absolute_url()}
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)
