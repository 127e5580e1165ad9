"""Locking a thing and lifting a lock."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assets import dossier, facts, services
from assets.forms import LabelForm, LiftForm, LockForm
from assets.models import Equipment, EquipmentCategory, UseLock
from assets.papers import day, pdf
from assets.publishing import DOSSIER, GROUPS, MOST_ROWS
from logistics.campus.services import tags
from logistics.core.access import access_of
from logistics.core.bilingual import pick
from logistics.core.errors import NotAllowed
from logistics.core.idempotency import once
from logistics.core.pages import add_errors, client_uid
from logistics.core.templatetags import ui
from logistics.core.timeline import timeline

MOST_LINES = 2000
MOST_LABELS = 480


def ask(request: HttpRequest, thing: Equipment, form: Any, title: str, label: str, danger: bool, back: str = "") -> HttpResponse:
    page = {
        "title": title,
        "record": thing,
        "form": form,
        "submit_label": label,
        "danger": danger,
        "action": request.path,
        "cancel_url": back or thing.get_absolute_url(),
        "client_uid": client_uid(request) or str(uuid.uuid4()),
        "next": back,
        "enctype": "",
        "why": "",
    }
    return render(request, "core/move.html", {"page": page, "record": thing}, status=422 if form.is_bound else 200)


def visible(request: HttpRequest, pk: int) -> Equipment:
    return get_object_or_404(Equipment.objects.visible_to(request.user).select_related("place", "department"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock or restrict a thing by hand, with a reason that everybody reads."""
    thing = visible(request, pk)
    services.check_role(thing, services.MAY_LOCK, request.user, _("You may not lock this."))
    form = LockForm(request.POST or None, person=request.user, record=thing)
    if request.method == "POST" and form.is_valid():
        once(
            client_uid(request),
            request.user,
            ["lock", pk, form.cleaned_data],
            lambda: services.open_lock(equipment=thing, by=request.user, **form.cleaned_data),
        )
        return redirect(thing)
    return ask(request, thing, form, _("Lock %(name)s?") % {"name": thing}, _("Lock"), True)


@login_required
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift one lock, unless its cause stands."""
    row = get_object_or_404(UseLock.objects.visible_to(request.user).select_related("equipment__place", "equipment__department"), pk=pk)
    services.check_role(row.equipment, services.MAY_LIFT, request.user, _("You may not lift this lock."))
    form = LiftForm(request.POST or None, person=request.user, record=row)
    if request.method == "POST" and form.is_valid():
        try:
            once(
                client_uid(request),
                request.user,
                ["lift", pk, form.cleaned_data],
                lambda: services.lift_lock(lock=row, by=request.user, **form.cleaned_data),
            )
            return redirect(row.equipment)
        except ValidationError as error:
            add_errors(form, error)
    return ask(request, row.equipment, form, _("Lift this lock: %(reason)s") % {"reason": row.why}, _("Lift the lock"), False)


@login_required
@require_http_methods(["GET"])
def facts_of_category(request: HttpRequest) -> HttpResponse:
    """The controls for the technical facts of the category that was just chosen in the form."""
    text = request.GET.get("category", "")
    category = EquipmentCategory.objects.visible_to(request.user).filter(pk=text).first() if text.isdecimal() and len(text) < 19 else None
    widget = facts.FactsWidget()
    widget.definitions = facts.Definitions().of(category)
    return render(request, widget.template_name, widget.get_context("attributes", {}, None))


@login_required
@require_safe
def dossier_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """一机一档 as PDF, in the five groups that an inspector asks for; for those who answer for the thing."""
    from logistics.core.pdf.report import Facts, Part, Report, Table, Words, heading  # the compiler is heavy: loaded late

    rows = (
        Equipment.objects.visible_to(request.user)
        .for_reader(request.user)
        .select_related("category", "place", "department", "keeper", "model", "supplier", "made_by", "contractor", "parent")
    )
    thing = get_object_or_404(rows, pk=pk)
    if not (thing.keeper_id == request.user.pk or access_of(request.user).may("assets.equipment:cost", thing)):
        raise NotAllowed(_("Only who answers for it may print its dossier."))
    paper, cost, happened, years = dossier.dossier(thing), dossier.lifetime(thing), timeline(thing, internal=True)[:40], thing.years
    papers: list[Any] = [
        Facts(
            [
                (_("Number"), thing.number or "–"),
                (_("Category"), thing.category),
                (_("State"), thing.get_status_display()),
                (_("Place"), thing.place.place_label if thing.place else "–"),
                (_("Department"), thing.department or "–"),
                (_("Keeper"), thing.keeper or "–"),
                (_("Maker"), thing.maker or "–"),
                (_("Model"), thing.model_name or "–"),
                (_("Serial number"), thing.serial_no or "–"),
                (_("Fixed asset number"), thing.fixed_asset_no or "–"),
                (_("Registration certificate"), thing.registration_no or "–"),
                (_("Device code"), thing.device_code or "–"),
                (_("Pieces"), thing.quantity),
                (_("Part of"), thing.parent or "–"),
                (_("Criticality"), thing.get_criticality_display()),
            ]
        ),
        Facts(
            [
                (_("Bought on"), day(thing.purchased_on)),
                (_("In use since"), day(thing.commissioned_on)),
                (_("Warranty until"), day(thing.warranty_until)),
                (_("Cost (yuan)"), ui.number(thing.purchase_cost) or "–"),
                (_("Life (years)"), years or "–"),
                (_("A new one"), ui.money(cost.new) or "–"),
                *[(label, ui.money(amount) or "¥0") for label, amount in cost.kept],
                (_("Supplier"), thing.supplier or "–"),
                (_("Maker as a company on file"), thing.made_by or "–"),
                (_("Serviced by"), thing.contractor or "–"),
            ],
            title=_("Dates, cost and life"),
        ),
    ]
    if paper.facts:
        papers.append(Facts([(name, value or "–") for name, value, _counts in paper.facts], title=_("Technical facts")))
    if paper.papers:
        told = [[kind, _("yes") if here else _("missing")] for kind, here in paper.papers]
        papers.append(Table([_("Paper"), _("On file")], told, title=_("Papers needed")))
    sections: list[Any] = []
    for group, title in GROUPS:
        tables = sorted((one for one in DOSSIER if one.group == group), key=lambda one: (one.order, one.code))
        found = [Table(one.heads, rows, title=one.title, name=one.name, roomy=one.roomy, numbers=one.numbers, dense=True)
                 for one in tables if (rows := [list(row) for row in one.rows(thing, MOST_ROWS)])]
        own = papers if group == "papers" else []
        sections += [Part(title), *(own + found or [Words(_("Nothing is recorded."))])]
    if happened:
        lines = [[day(entry.at), entry.who or "–", " ".join(part for part in (entry.text, str(entry.quote or "")) if part)]
                 for entry in happened]
        sections += [Part(_("Timeline")), Table([_("Day"), _("Who"), _("What happened")], lines, name=2, dense=True)]
    return pdf(
        Report(
            thing.name,
            sections,
            number=thing.number or "",
            url=request.build_absolute_uri(thing.get_absolute_url()),
            signatures=[_("Keeper"), _("Asset officer")],
            footnote=_("The newest %(n)s rows of each table are printed.") % {"n": MOST_ROWS},
            **heading(request),
        ),
        thing.number or "dossier",
    )


@login_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """设备台账 as PDF: what the list shows under the same filters, with value and keeper; more than 2,000 lines are for Excel."""
    from assets.filters import EquipmentFilters
    from logistics.core.pdf.report import Facts, Report, Table, heading

    if not access_of(request.user).has("assets.equipment:cost"):
        raise NotAllowed(_("Only who answers for equipment may print the ledger."))
    bound = EquipmentFilters(
        request.GET,
        queryset=Equipment.objects.visible_to(request.user).for_reader(request.user).exclude(status="disposed"),
        request=request,
    )
    rows = (bound.qs if bound.form.is_valid() else bound.queryset.none()).select_related("category", "place", "department", "keeper")
    found = list(rows.order_by("category__code", "number", "pk")[: MOST_LINES + 1])
    if len(found) > MOST_LINES:
        message = _("More than %(n)s rows match. Narrow the filter, or take the Excel file.") % {"n": f"{MOST_LINES:,}"}
        return render(request, "core/note.html", {"page": {}, "message": message}, status=422)
    total = sum((row.cost_seen for row in found if row.cost_seen is not None), Decimal(0))
    return pdf(
        Report(
            _("Equipment ledger"),
            [
                Facts([(_("Lines"), len(found)), (_("Pieces"), sum(row.quantity for row in found)), (_("Cost (yuan)"), ui.number(total))]),
                Table(
                    [
                        _("Number"),
                        _("Equipment"),
                        _("Category"),
                        _("Model"),
                        _("Place"),
                        _("Pieces"),
                        _("In use since"),
                        _("Cost (yuan)"),
                        _("Keeper"),
                        _("State"),
                    ],
                    [
                        [
                            row.number or "–",
                            str(row),
                            str(row.category),
                            row.model_name or "–",
                            row.place.place_label if row.place else "–",
                            str(row.quantity),
                            day(row.commissioned_on),
                            ui.number(row.cost_seen) or "–",
                            pick(row.keeper_seen_zh or "", row.keeper_seen_en or "") or "–",
                            row.get_use_state_display() if row.use_state != "normal" else row.get_status_display(),
                        ]
                        for row in found
                    ],
                    name=1,
                    numbers=[5, 7],
                    dense=True,
                    roomy=[4],
                    total=["", _("Total"), "", "", "", "", "", ui.number(total), "", ""],
                ),
            ],
            signatures=[_("Asset officer"), _("Head of department")],
            wide=True,
            **heading(request),
        ),
        "equipment-ledger",
    )


@login_required
@require_http_methods(["GET", "POST"])
def labels(request: HttpRequest) -> HttpResponse:
    """A sheet of labels for things without one, in walking order, each bound at once."""
    if not access_of(request.user).has("campus.tag:add"):
        raise NotAllowed(_("You do not handle labels."))
    form = LabelForm(request.POST or None, person=request.user, initial={name: request.GET.get(name) for name in ("place", "category")})
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("place", "category", "department")}
        rows = services.unlabelled(request.user, **chosen).select_related("place").order_by("place__code", "number", "pk")
        found = list(rows[:MOST_LABELS])
        if found:
            batch, _made = once(client_uid(request), request.user, ["labels", [row.pk for row in found]],
                                lambda: tags.label_records(records=list(found), layout=form.cleaned_data["layout"], by=request.user))
            return redirect(f"{reverse('campus:labels')}?batch={batch.pk}")
        form.add_error(None, _("Every thing in here has a label already."))
    page = {
        "title": _("Labels for equipment"), "form": form, "submit_label": _("Make labels"), "client_uid": str(uuid.uuid4()),
        "intro": _("At most %(n)s at once, in walking order; the names are printed and the labels are bound.") % {"n": MOST_LABELS},
        "crumbs": [{"label": _("Equipment"), "url": reverse("assets:equipment-list")}], "cancel_url": reverse("assets:equipment-list"),
    }
    return render(request, "core/form.html", {"page": page}, status=422 if form.errors else 200)
