"""Propose renewals: what a budget pays for, what waiting costs; the proposal on paper and as a table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assets.models import RenewalItem, RenewalProposal
from assets.papers import pdf
from assets.proposals import services
from assets.proposals.evidence import reasons, stops
from assets.proposals.forms import FrameForm, ProposalForm
from assets.proposals.services import Candidate, WhatIf
from assets.renewal import services as renewal
from assets.renewal.registries import TAKERS
from assets.renewal.scoring import LABELS, PARTS
from assets.renewal.words import bars
from logistics.core import idempotency
from logistics.core.access import access_of
from logistics.core.charts import Chart, waterfall_chart
from logistics.core.errors import NotAllowed
from logistics.core.models import Attachment
from logistics.core.pages import add_errors, client_uid
from logistics.core.photos import on_paper
from logistics.core.templatetags import ui


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """Choose by budget or by hand, see what it changes, hand it in. Nothing is kept before the last button."""
    if not access_of(request.user).has("assets.renewalproposal:add"):
        raise NotAllowed(_("You may not propose renewals."))
    sent = request.POST if request.method == "POST" else request.GET
    frame = FrameForm(sent if "year" in sent else None)
    frame_ok = frame.is_bound and frame.is_valid()
    year = frame.year_asked
    budget = frame.cleaned_data.get("budget") if frame_ok else None
    rows = services.candidates(request.user, year)
    chosen = {int(pk) for pk in request.POST.getlist("item") if pk.isdigit()}
    if request.method != "POST":
        chosen = services.within(rows, budget) if budget is not None else {one.item.pk for one in rows if one.item.state == "proposed"}
    form = ProposalForm(
        request.POST if request.POST.get("act") == "hand_in" else None,
        person=request.user,
        initial={"title": _("Renewal of equipment %(year)s") % {"year": year}},
    )
    if form.is_bound and form.is_valid() and frame_ok:
        items = [one.item for one in rows if one.item.pk in chosen]
        data = {"items": items, "year": year, "budget": budget, **form.cleaned_data}
        try:
            made, _new = idempotency.once(
                client_uid(request),
                request.user,
                ["propose", sorted(chosen), year, budget, form.cleaned_data],
                lambda: services.propose(**data, by=request.user),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Handed in: %(what)s") % {"what": made})
            return redirect(made.get_absolute_url())
    if form.is_bound or request.method == "POST":
        form.initial["title"] = request.POST.get("title") or form.initial["title"]
        form.initial["note"] = request.POST.get("note", "")
    told = services.what_if(request.user, rows, chosen, budget)
    row = renewal.weights_at()
    weights = renewal.as_weights(row)
    page = {
        "title": _("Propose renewals"),
        "crumbs": [{"label": _("Renewal"), "url": reverse("assets:renewal")}],
        "sentence": said(told, len(rows)),
        "frame": frame,
        "form": form,
        "year": year,
        "budget": "" if budget is None else budget,
        "rows": [shown(one, weights, chosen) for one in rows],
        "told": told,
        "kpis": kpis(told),
        "chart": waterfall(told) if told.chosen else None,
        "taker": len(TAKERS) > 0,
        "client_uid": client_uid(request) or uuid4(),
    }
    return render(request, "assets/proposals/prepare.html", {"page": page}, status=422 if form.errors or frame.errors else 200)


def shown(one: Candidate, weights: Any, chosen: set[int]) -> dict[str, Any]:
    return {
        "item": one.item,
        "score": one.score.value if one.score else None,
        "bars": bars(one.score.parts, weights) if one.score else [],
        "failed": bool(one.facts and one.facts.certificate_failed),
        "cost": one.cost,
        "upkeep": one.upkeep or None,
        "state": RenewalItem.workflow.state(one.item),
        "chosen": one.item.pk in chosen,
    }


def said(told: WhatIf, n: int) -> str:
    """The finding on top."""
    if not n:
        return _("Nothing on the renewal list waits to be applied for in this year.")
    chosen = ngettext("%(n)s of %(all)s chosen, %(cost)s.", "%(n)s of %(all)s chosen, %(cost)s.", len(told.chosen)) % {
        "n": len(told.chosen),
        "all": n,
        "cost": ui.money(told.cost),
    }
    if told.left is None:
        return chosen
    if told.left < 0:
        rest = _("The budget lacks %(money)s.") % {"money": ui.money(-told.left)}
    else:
        rest = _("%(money)s of the budget is left.") % {"money": ui.money(told.left)}
    return f"{chosen} {rest}"


def kpis(told: WhatIf) -> list[dict[str, Any]]:
    """What it would change, as figures."""
    found = []
    if told.now is not None and told.with_it is not None and told.without is not None:
        found = [
            {
                "name": _("Condition index now"),
                "value": f"{told.now:.2f}",
                "unit": "%",
                "foot": _("Open deferred work over the value anew"),
            },
            {
                "name": _("Chosen renewed, the rest put off"),
                "value": f"{told.with_it:.2f}",
                "unit": "%",
                "foot": change(told.now, told.with_it),
                "bad": told.with_it > told.now,
            },
            {
                "name": _("If nothing is renewed"),
                "value": f"{told.without:.2f}",
                "unit": "%",
                "foot": change(told.now, told.without),
                "bad": told.without > told.now,
            },
        ]
    waits = ngettext("%(n)s item waits a year", "%(n)s items wait a year", len(told.rest)) % {"n": len(told.rest)}
    found.append({"name": _("Waiting makes it dearer by"), "value": ui.money(round(told.dearer)), "foot": waits})
    found.append({"name": _("Upkeep of what waits"), "value": ui.money(round(told.upkeep)), "foot": _("as in the last 12 months")})
    return found


MOST_STEPS = 8


def waterfall(told: WhatIf) -> Chart:
    """What the whole list costs, what each chosen renewal takes from it, and what is left waiting."""
    steps = [(named(one), -round(one.cost)) for one in told.chosen if one.cost]
    if len(steps) > MOST_STEPS:
        more = steps[MOST_STEPS - 1 :]
        words = ngettext("%(n)s more", "%(n)s more", len(more)) % {"n": len(more)}
        steps = [*steps[: MOST_STEPS - 1], (words, sum(cost for _label, cost in more))]
    waits = sum(round(one.cost) for one in told.rest if one.cost)
    return waterfall_chart(
        title=_("%(money)s is left waiting") % {"money": ui.money(waits)} if waits else _("Nothing is left waiting"),
        note=_("Cost of the list at the prices of the year, less what is chosen (yuan)"),
        start=(_("The whole list"), waits - sum(cost for _label, cost in steps)),
        steps=steps,
        end=_("Waits on"),
    )


def change(before: Decimal, after: Decimal) -> str:
    points = round(after, 2) - round(before, 2)
    if not points:
        return _("unchanged")
    words = _("%(n)s points worse") if points > 0 else _("%(n)s points better")
    return words % {"n": abs(points)}


# paper and table -----------------------------------------------------------------------------------------------------------
def of(request: HttpRequest, pk: int) -> RenewalProposal:
    return get_object_or_404(RenewalProposal.objects.visible_to(request.user).select_related("place", "made_by"), pk=pk)


def lines_of(proposal: RenewalProposal) -> list[Any]:
    return list(proposal.lines.select_related("item__equipment__category", "item__place", "item__stands_at"))


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """更新申报表 with scores, costs, failures, certificates and photos, as they were when it was handed in."""
    from logistics.core.pdf.report import Facts, Photos, Report, Table, Words, heading  # heavy: loaded when something is printed

    row = of(request, pk)
    lines = lines_of(row)
    figures = {name: None if value is None else Decimal(value) for name, value in row.figures.items()}
    facts = [
        (_("Planned year"), str(row.year)),
        (_("Place"), row.place),
        (_("Number of items"), str(len(lines))),
        (_("Cost at the prices of that year"), ui.money(row.total)),
        (_("Budget"), ui.money(row.budget) or "–"),
        (_("Handed in at"), f"{ui.paper_time(row.handed_in_at)} {row.made_by or ''}"),
        (_("Condition index of the buildings then"), percent(figures.get("now"))),
        (_("Condition index if all of it is renewed"), percent(figures.get("with"))),
        (_("Condition index if nothing is renewed"), percent(figures.get("without"))),
        (_("State"), row.workflow.state(row).label),
        (_("Decision"), row.decision or "–"),
    ]
    sections: list[Any] = [Facts(facts)]
    if row.note:
        sections.append(Words(row.note, title=_("Why")))
    sections.append(
        Table(
            ["", _("Thing or work"), _("Place"), *(LABELS[part] for part in PARTS), _("Score"), _("Cost then (yuan)")],
            [
                [
                    line.position,
                    named(line),
                    line.item.stands_at.place_label,
                    *(points(line, part) for part in PARTS),
                    score_words(line.evidence),
                    ui.number(line.cost) or "–",
                ]
                for line in lines
            ],
            title=_("What is to be renewed"),
            name=1,
            roomy=[2],
            numbers=[3, 4, 5, 6, 7, 8, 9],
            total=["", _("Together"), "", *[""] * 6, ui.number(row.total)],
        )
    )
    sections.append(
        Table(
            ["", _("Thing or work"), _("Evidence"), _("Latest failures")],
            [
                [line.position, named(line), "\n".join(reasons(line.evidence)) or "–", "\n".join(stops(line.evidence)) or "–"]
                for line in lines
            ],
            title=_("Why"),
            name=1,
            roomy=[2, 3],
        )
    )
    photos = pictures(lines)
    if photos:
        sections.append(Photos(photos, title=_("Photos")))
    report = Report(
        row.title,
        sections,
        number=row.number or "",
        wide=True,
        url=request.build_absolute_uri(row.get_absolute_url()),
        signatures=[_("Handed in by"), _("Head of logistics"), _("Finance office"), _("Principal")],
        **heading(request),
    )
    return pdf(report, row.number or "proposal")


def pictures(lines: list[Any]) -> list[tuple[bytes, int, int, Any]]:
    """The photos kept as evidence, under the position of their line."""
    ids = [pk for line in lines for pk in line.evidence.get("photos", [])]
    rows = Attachment.objects.in_bulk(ids)
    found = []
    for line in lines:
        for pk in line.evidence.get("photos", []):
            small = on_paper(rows[pk]) if pk in rows else None
            if small:
                found.append((*small, f"{line.position} · {named(line)} · {ui.paper_time(rows[pk].at)}"))
    return found


def named(line: Any) -> str:
    return str(line.item.equipment or line.item.what)


def points(line: Any, part: str) -> str:
    value = line.evidence.get("parts", {}).get(part)
    return "–" if value is None else ui.number(Decimal(value))


def score_words(told: dict[str, Any]) -> str:
    if told.get("score") is None:
        return "–"
    known = Decimal(told["coverage"] or 0)
    return (
        f"{Decimal(told['score']):.1f}"
        if known == 1
        else _("%(score)s (%(known)s%% known)") % {"score": f"{Decimal(told['score']):.1f}", "known": round(known * 100)}
    )


def percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.2f}%"


@login_required
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as an Excel table, one line each, for the forms of others."""
    from logistics.core.sheets import CONTENT_TYPES, SheetColumn, workbook

    row = of(request, pk)
    columns = [
        SheetColumn(_("No."), "number", 6),
        SheetColumn(_("Number"), width=18),
        SheetColumn(_("Thing or work"), width=32),
        SheetColumn(_("Place"), width=32),
        SheetColumn(_("In use since"), width=14),
        SheetColumn(_("Life (years)"), "number", 10),
        SheetColumn(_("Grade"), "number", 8),
        SheetColumn(_("Failures in 12 months"), "number", 12),
        SheetColumn(_("Upkeep of 12 months (yuan)"), "money", 18),
        *(SheetColumn(LABELS[part], "number", 10) for part in PARTS),
        SheetColumn(_("Known"), "number", 10),
        SheetColumn(_("Score"), "number", 10),
        SheetColumn(_("Cost then (yuan)"), "money", 16),
        SheetColumn(_("Evidence"), width=60),
        SheetColumn(_("State"), width=12),
    ]
    rows = [
        [
            line.position,
            line.evidence.get("number") or "",
            named(line),
            line.item.stands_at.place_label,
            line.evidence.get("since") or "",
            line.evidence.get("life"),
            line.evidence.get("grade"),
            line.evidence.get("failures"),
            decimal(line.evidence.get("upkeep")),
            *(decimal(line.evidence.get("parts", {}).get(part)) for part in PARTS),
            decimal(line.evidence.get("coverage")),
            decimal(line.evidence.get("score")),
            line.cost,
            " ".join(reasons(line.evidence)),
            str(line.item.workflow.state(line.item).label),
        ]
        for line in lines_of(row)
    ]
    response = HttpResponse(workbook(rows, columns, row.title), content_type=CONTENT_TYPES[".xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{row.number}.xlsx"'
    return response


def decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
