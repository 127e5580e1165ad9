"""Requests, orders and the catalogue, declared once for page and API."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Count, Prefetch, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.downtime.services import settle
from logistics.core.approvals.cards import sections as approval_sections
from logistics.core.bilingual import pick
from logistics.core.board import Board, Card
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.records.thread import thread
from logistics.core.resources import RESOURCES, Resource, resource
from logistics.core.spans import DURING
from logistics.core.templatetags import ui
from logistics.core.timeline import note
from logistics.core.transfer.declaration import Transfer
from maintenance import crew, filters, forms, orders
from maintenance.contracting.checks import from_outside
from maintenance.limits import BEGUN_AT_ONCE
from maintenance.models import (
    Clock,
    DispatchRule,
    FailureCode,
    HoldReason,
    LabourRate,
    PriorityRule,
    Rating,
    RepairCategory,
    RepairRequest,
    ServicePolicy,
    Symptom,
    Technician,
    WorkOrder,
)
from maintenance.permits.kinds import Kind as PermitKind
from maintenance.querysets import LIVE_STATES
from maintenance.services.reporting import contact_of, report
from maintenance.words import CHOSEN, face, kind_label

note("report", gettext_lazy("reported it"), "send", of="maintenance.repairrequest", first=True)
note("made", gettext_lazy("made the order"), "plus", of="maintenance.workorder", first=True)
note("recalendared", gettext_lazy("let the time count by the new calendar (%(clock)s): due %(due)s"), "calendar")
note("split_off", gettext_lazy("was split off from %(from)s"), "arrows-split")


def clock_of(record: Any, kind: str) -> Any:
    """A clock of a record out of its prefetched ones."""
    return next((row for row in record.clocks.all() if row.kind == kind), None)


def who_has(order: Any) -> str:
    """Who works on it: a technician or a firm; "" for nobody."""
    return order.lead.name if order.lead_id else order.contractor.name if order.contractor_id else ""


def prio(record: Any) -> Any:
    return ui.prio(record.priority)


def order_card(order: Any) -> Card:
    """An order on the board."""
    nobody = "" if order.lead_id else who_has(order) or (_("in the pool") if order.pool else _("not assigned"))
    shown = face(next(iter(order.clocks.all()), None))
    return Card(order.title, order.number or "", order.place_label, order.lead, nobody, order.priority, shown)


def live_rows(rows: Any) -> Any:
    return rows.select_related("lead", "team", "contractor").prefetch_related(clocks_of("resolve"))


def too_many_begun(state: str, lane: Any) -> str:
    """A lane in which somebody has begun too much says so."""
    if state != "in_progress":
        return ""
    most = BEGUN_AT_ONCE.value()
    busy = lane.order_by().values("lead__name_zh", "lead__name_en").annotate(n=Count("pk")).order_by("-n").first()
    if busy is None or busy["n"] <= most:
        return ""
    name = pick(busy["lead__name_zh"], busy["lead__name_en"])
    return _("At most %(most)s at once; %(name)s has %(n)s.") % {"most": most, "name": name, "n": busy["n"]}


def request_card(request: Any) -> Card:
    """A report on the board."""
    return Card(request.title, request.number or "", request.place_label, request.reporter, _("Guest"),
                clock=face(next(iter(request.clocks.all()), None)))


def waiting_rows(rows: Any) -> Any:
    return rows.select_related("reporter").prefetch_related(clocks_of("response"))


def clocks_of(kind: str) -> Prefetch:
    return Prefetch("clocks", Clock.objects.filter(kind=kind).select_related("calendar_version__calendar"))


@resource
class RepairRequests(Resource):
    model = RepairRequest
    slug = "requests"
    icon = "inbox"
    order = ("-submitted_at", "-id")
    menu = ("repairs", 30)
    photos = comments = files = links = True
    follows = ("reporter",)
    board = Board(("submitted", "needs_info", "accepted", "resolved"), request_card, rows=waiting_rows, order=("submitted_at",))
    thread_at = "submitted_at"
    detail_joins = ("work_order__lead", "work_order__equipment")
    form = forms.RequestEditForm
    add_form = forms.ReportForm
    filterset = filters.RequestFilters
    columns = (
        NameColumn("title", gettext_lazy("Problem and place"), second="place_label", width=40),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide hq-num"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("category.name", gettext_lazy("Category"), joins=("category",)),
        Column(
            "reporter.name",
            gettext_lazy("Reported by"),
            joins=("reporter",),
            show=lambda row: row.reporter.name if row.reporter_id else _("Guest"),
            export=lambda row: row.reporter.name if row.reporter_id else "",
        ),
        Column("submitted_at", gettext_lazy("Reported"), sort="submitted_at", kind="datetime"),
        Column("work_order.number", gettext_lazy("Work order"), joins=("work_order",), css="c-hide hq-num", default=False),
        Column("get_channel_display", gettext_lazy("Channel"), default=False, css="c-hide"),
    )
    facts = (
        Column("category", gettext_lazy("Category"), joins=("category__parent",)),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("equipment", gettext_lazy("Equipment"), joins=("equipment",)),
        Column(
            "reporter.name",
            gettext_lazy("Reported by"),
            joins=("reporter",),
            show=lambda row: row.reporter.name if row.reporter_id else _("Guest"),
        ),
        Column("submitted_at", gettext_lazy("Reported")),
        Column("get_channel_display", gettext_lazy("Channel")),
        Column("get_urgency_reported_display", gettext_lazy("How pressing, says the reporter"),
               show=lambda row: row.get_urgency_reported_display() if row.urgency_reported else "–"),
        Column("get_access_display", gettext_lazy("Access")),
        Column("work_order", gettext_lazy("Work order"), joins=("work_order",)),
    )
    api_fields = (
        "number",
        "state",
        "channel",
        "title",
        "description",
        "place",
        "place_label",
        "equipment",
        "category",
        "symptom",
        "hazard",
        "stops_use",
        "urgency_reported",
        "access",
        "access_note",
        "submitted_at",
        "work_order",
        "joined_to",
        "reporter",
        "resolved_at",
        "ended_at",
        "question",
        "source_kind",
        "source_id",
    )
    option_hint = "place_label"

    @classmethod
    def search_live(cls) -> models.Q:
        return models.Q(state__in=("submitted", "needs_info", "accepted", "resolved"))

    @classmethod
    def search_own(cls, person: Any) -> models.Q:
        return models.Q(reporter_id=person.pk)

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        fields = {
            key: value
            for key, value in data.items()
            if key
            in (
                "place",
                "equipment",
                "symptom",
                "category",
                "description",
                "access",
                "access_note",
                "stops_use",
                "urgency_reported",
                "reporter",
                "channel",
                "join_to",
                "join_order",
            )
        }
        return report(by=by, **fields)[0]

    @classmethod
    def title(cls, record: Any) -> str:
        return record.title

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{record.number} · {record.place_label}"

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[str]:
        return [ui.state("danger", record.get_hazard_display(), "alert-octagon")] if record.hazard != "none" else []

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        waiting = rows.model.objects.visible_to(person).waiting().order_by().values("pk")[:1001].count()
        return (
            ngettext("%(n)s waits for a decision.", "%(n)s wait for a decision.", waiting) % {"n": waiting}
            if waiting
            else _("Nothing waits for a decision.")
        )

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return cls.may_list(person) or bool(record.work_order_id and record.work_order.lead_id == person.pk)

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        words = [("", render_to_string("core/parts/quote.html", {"text": record.description}))] if record.description else []
        rows = record.clocks.select_related("calendar_version__calendar", *CHOSEN).filter(kind="response")
        shown = face(rows.first(), why=True)
        if record.answers:
            words.append(("", render_to_string("maintenance/_answers.html", {"row": record})))
        rating = Rating.objects.filter(request=record).first() if record.state == "confirmed" else None
        words += [(_("Rating"), render_to_string("maintenance/_rating.html", {"rating": rating}))] if rating else []
        guest = contact_of(record, request.user)
        words += [(_("How to reach the guest"), render_to_string("maintenance/_guest_contact.html", {"guest": guest}))] if guest else []
        return [*words, *([(_("Clock"), render_to_string("maintenance/_clocks.html", {"faces": [shown]}))] if shown else [])]

    @classmethod
    def thread_words(cls, record: Any) -> str:
        who = record.reporter.name if record.reporter_id else _("Guest")
        return f"{who} · {super().thread_words(record)}"


def permit_words(kinds: list[str]) -> str:
    """Kinds of permits in words."""
    return _(", ").join(str(PermitKind(kind).label) for kind in kinds) or "–"


@resource
class WorkOrders(Resource):
    model = WorkOrder
    slug = "work-orders"
    icon = "tool"
    order = ("-created_at", "-id")
    menu = ("repairs", 20)
    photos = comments = files = links = cards_later = True
    follows = ("lead",)
    board = Board(
        ("open", "assigned", "accepted", "in_progress", "on_hold", "done"), order_card, too_many_begun, live_rows,
        ("priority", "reported_at"), by="team", everything=gettext_lazy("All teams"),
    )
    thread_at = "created_at"
    form = forms.OrderForm
    filterset = filters.OrderFilters
    transfer = Transfer(  # what is still open in an older list comes in as drafts, and is released when somebody has looked at it
        key="number",
        also={
            "title_zh": ("工单内容", "问题", "维修内容"),
            "place": ("地点", "报修地点"),
            "category": ("类别", "报修类别"),
            "reported_at": ("报修时间", "登记时间"),
            "team": ("班组", "维修班组"),
            "draft": ("草稿",),
        },
        examples=(
            {"title_zh": "三楼走廊吸顶灯不亮", "title_en": "Ceiling light out in the corridor", "kind": "corrective",
             "category": "power.light", "priority": "P3", "reported_at": "2026-08-28 09:30", "draft": "yes"},
            {"title_zh": "食堂后门闭门器漏油", "title_en": "Door closer leaks oil", "kind": "corrective", "category": "build.door",
             "priority": "P4", "reported_at": "2026-08-31 14:00", "draft": "yes"},
        ),
    )
    columns = (
        Column("priority", gettext_lazy("Prio."), sort="priority", css="c-hide", show=prio, export=lambda row: row.priority, width=6),
        NameColumn("title", gettext_lazy("Problem and place"), second="place_label", width=40),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide hq-num"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("category.name", gettext_lazy("Category"), joins=("category",)),
        Column(
            "lead.name",
            gettext_lazy("Technician"),
            joins=("lead", "contractor"),
            show=lambda row: who_has(row) or _("not assigned"),
            export=lambda row: who_has(row),
        ),
        Column("created_at", gettext_lazy("Made"), sort="created_at", kind="datetime"),
        Column("done_at", gettext_lazy("Finished"), sort="done_at", kind="datetime", default=False, css="c-hide"),
        Column("team.name", gettext_lazy("Team"), joins=("team",), default=False, css="c-hide"),
        Column("get_kind_display", gettext_lazy("Kind"), default=False, css="c-hide"),
    )
    facts = (
        Column("category", gettext_lazy("Category"), joins=("category__parent",)),
        Column("equipment", gettext_lazy("Equipment"), joins=("equipment",)),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("lead.name", gettext_lazy("Technician"), joins=("lead", "contractor"), show=lambda row: who_has(row) or _("not assigned")),
        Column("permits_needed", gettext_lazy("Permits needed"),
               show=lambda row: permit_words(row.permits_needed)),
        Column("problem", gettext_lazy("What was wrong"), joins=("problem",), show=lambda row: row.problem.name if row.problem_id else ""),
        Column("team", gettext_lazy("Team"), joins=("team",)),
        Column("blocked_by", gettext_lazy("Waits for"), show=lambda row: str(row.blocked_by) if row.blocked_by_id else "–"),
        Column("cause", gettext_lazy("Cause"), joins=("cause",), show=lambda row: row.cause.name if row.cause_id else ""),
        Column("remedy", gettext_lazy("Remedy"), joins=("remedy",), show=lambda row: row.remedy.name if row.remedy_id else ""),
        Column("estimate_s", gettext_lazy("Estimated effort"), show=lambda row: ui.duration(row.estimate_s)),
        Column("estimate_cost", gettext_lazy("Estimated cost"), show=lambda row: ui.money(row.estimate_cost) or _("not estimated")),
        Column("reported_at", gettext_lazy("First reported")),
    )
    detail_joins = ("blocked_by", "parent__lead")
    api_fields = (
        "number",
        "kind",
        "state",
        "priority",
        "impact",
        "urgency",
        "title",
        "place",
        "place_label",
        "equipment",
        "category",
        "team",
        "lead",
        "contractor",
        "permits_needed",
        "pool",
        "planned_start",
        "planned_end",
        "estimate_s",
        "estimate_cost",
        "proof",
        "stops_use",
        "completion_note",
        "reopened_count",
        "reported_at",
        "released_at",
        "done_at",
        "closed_at",
        "created_at",
        "cancel_reason",
        "parent",
        "blocked_by",
    )
    option_hint = "place_label"

    @classmethod
    def search_live(cls) -> models.Q:
        return models.Q(state__in=LIVE_STATES)

    @classmethod
    def search_own(cls, person: Any) -> models.Q:
        return models.Q(lead_id=person.pk)

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return orders.make(by=by, release=not data.pop("draft", False), **data)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        before = record.equipment if record.stops_use else None
        changed = super().update(record, data, by)
        for thing in {before, changed.equipment if changed.stops_use else None} - {None}:
            settle(thing)
        if {"equipment", "stops_use", "kind"} & data.keys():
            orders.keep_floor(changed)
        if "category" in data or "permits_needed" in data:
            orders.stop_without_permit(changed)
        return changed

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.live else _("The order has ended and stands as it is.")

    @classmethod
    def title(cls, record: Any) -> str:
        return record.title

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        who = who_has(record)
        return f"{record.number or '–'} · {record.place_label}" + (f" · {who}" if who else "")

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[str]:
        return [ui.prio(record.priority)]

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        open_ = WorkOrder.objects.visible_to(person).open().order_by().values("pk")[:10001].count()
        return ngettext("%(n)s order is open.", "%(n)s orders are open.", open_) % {"n": open_}

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return not from_outside(person)

    @classmethod
    def more_views(cls) -> list[tuple[str, Any, str]]:
        return [("buildings", _("Buildings"), "maintenance:buildings"), ("calendar", _("Calendar"), "maintenance:calendar")]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = [{"label": _("Print sheet"), "icon": "printer", "url": reverse("maintenance:workorder-sheet", args=[record.pk])}]
        if record.state in ("done", "closed", "cancelled") and cls.may(person, "add", record):
            known = {"parent": record.pk, "place": record.place_id, "equipment": record.equipment_id, "category": record.category_id,
                     "kind": record.kind, "title_zh": record.title_zh, "title_en": record.title_en}
            query = urlencode({name: value for name, value in known.items() if value})
            found.append({"label": _("Follow-up order"), "icon": "arrow-forward-up", "url": f"{reverse(cls.url_name('add'))}?{query}"})
        return found

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = record.clocks.select_related("calendar_version__calendar", *CHOSEN).order_by("kind")
        faces = [shown for row in rows if (shown := face(row, why=True))]
        found = [(_("Clocks"), render_to_string("maintenance/_clocks.html", {"faces": faces}))] if faces else []
        return [*found, *approval_sections(record, request)]

    @classmethod
    def later(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        found = [(_("Helpers"), format_html("<p>{}</p>", names))] if (names := crew.names(record)) else []
        parts = list(WorkOrder.objects.visible_to(request.user).filter(parent=record).select_related("lead").order_by("-pk")[:10])
        if parts:
            more = f"{reverse(cls.url_name('list'))}?parent={record.pk}"
            found.append((_("Orders that follow it"), render_to_string("maintenance/_orders.html", {"orders": parts, "more": more})))
        if cls.may(request.user, "cost", record):
            entries = list(record.labour.filter(voided_by__isnull=True).select_related("person"))
            lines = list(record.costs.select_related("by"))
            if entries or lines:
                found.append((_("Hours and costs"), render_to_string(
                    "maintenance/_costs.html", {"entries": entries, "lines": lines, "total": orders.cost_of(record), "order": record,
                                                "take_back": record.live}, request=request)))
        return found

    @classmethod
    def thread_words(cls, record: Any) -> str:
        state = super().thread_words(record)
        who = who_has(record)
        return f"{who} · {state}" if who else state

    @classmethod
    def aside(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        requests = requests_of(record) if not from_outside(request.user) else []
        return [(_("Reporters"), render_to_string("maintenance/_reporters.html", {"requests": requests}))] if requests else []


def requests_of(order: Any) -> list[Any]:
    """The reports behind an order, read once a page."""
    if not hasattr(order, "known_requests"):
        order.known_requests = list(order.requests.select_related("reporter__department")[:50])
    return order.known_requests


@thread("maintenance.request", "maintenance.repairrequest")
def from_request(requests: list[Any], here: Any) -> Iterator[Any]:
    """A report leads to its order, or to the reports it is joined with while there is none."""
    for request in requests:
        if request.work_order_id:
            yield request.work_order
        elif request is here:
            root = request.joined_to_id or request.pk
            yield from (RepairRequest.objects.filter(Q(pk=root) | Q(joined_to_id=root)).exclude(pk=request.pk)
                        .select_related("reporter").order_by("submitted_at")[:10])
        if request.equipment_id:
            yield request.equipment


@thread("maintenance.source", "maintenance.repairrequest")
def from_source(requests: list[Any], here: Any) -> Iterator[Any]:
    """A report leads back to the record of another app that opened it, such as the alert about a device."""
    for request in requests:
        source = RESOURCES.get(request.source_kind)
        if source is not None:
            yield from source.model._base_manager.filter(pk=request.source_id)


@thread("maintenance.order", "maintenance.workorder")
def from_order(orders_: list[Any], here: Any) -> Iterator[Any]:
    """An order leads back to its reports and on to what is repaired."""
    for order in orders_:
        yield from requests_of(order)[:10]
        if order.equipment_id:
            yield order.equipment
        if order.parent_id:
            yield order.parent


class Catalogue(Resource):
    """Rows of the catalogue look alike."""

    order = ("code",)
    icon = "list"


def catalogue(
    model_: Any,
    slug_: str,
    form_: Any,
    columns_: tuple[Column, ...],
    api: tuple[str, ...],
    *,
    menu_: tuple[str, int],
    icon_: str = "list",
    order_: tuple[str, ...] = ("code",),
    filters_: Any = None,
    joins_: tuple[str, ...] = (),
) -> None:
    """Register a plain resource of the catalogue."""
    resource(
        type(
            f"{model_.__name__}Resource",
            (Catalogue,),
            {
                "model": model_,
                "slug": slug_,
                "form": form_,
                "columns": columns_,
                "facts": columns_[1:],
                "api_fields": api,
                "menu": menu_,
                "icon": icon_,
                "order": order_,
                "filterset": filters_,
                "list_joins": joins_,
                "detail_joins": joins_,
            },
        )
    )


CODE, ACTIVE = (
    Column("code", gettext_lazy("Code"), sort="code", css="c-hide hq-num"),
    Column("active", gettext_lazy("Active"), css="c-hide"),
)
NAME = NameColumn("name", gettext_lazy("Name"), width=30)
NAMED_API = ("code", "name_zh", "name_en", "active")

catalogue(
    RepairCategory,
    "categories",
    forms.CategoryForm,
    (
        NameColumn("name", gettext_lazy("Name"), second="code"),
        Column("parent.name", gettext_lazy("Part of"), joins=("parent",)),
        Column("get_trade_display", gettext_lazy("Trade")),
        Column("required_level", gettext_lazy("Needed level"), css="c-hide hq-end", kind="number"),
        Column("team.name", gettext_lazy("Team"), joins=("team",)),
        Column("get_proof_display", gettext_lazy("Proof"), css="c-hide"),
        Column("permits", gettext_lazy("Permits needed"), show=lambda row: permit_words(row.permits)),
        ACTIVE,
    ),
    (*NAMED_API, "parent", "trade", "required_level", "certificates", "permits", "team", "impact", "urgency", "estimate_s", "proof"),
    menu_=("system", 10),
    icon_="category",
    joins_=("parent",),
)
catalogue(
    Symptom,
    "symptoms",
    forms.SymptomForm,
    (
        NAME,
        CODE,
        Column("category.name", gettext_lazy("Category"), joins=("category",)),
        Column("get_hazard_display", gettext_lazy("Hazard")),
        Column("order", gettext_lazy("Order"), sort="order", css="c-hide hq-end", kind="number"),
        ACTIVE,
    ),
    (*NAMED_API, "category", "icon", "order", "hazard"),
    menu_=("system", 11),
    icon_="layout-grid",
    order_=("order", "code"),
    filters_=filters.SymptomFilters,
)
catalogue(
    FailureCode,
    "failure-codes",
    forms.FailureCodeForm,
    (
        NAME,
        CODE,
        Column("get_level_display", gettext_lazy("Level")),
        Column("category.name", gettext_lazy("Category"), joins=("category",)),
        ACTIVE,
    ),
    (*NAMED_API, "level", "category"),
    menu_=("system", 12),
    icon_="list-check",
)
catalogue(
    HoldReason,
    "hold-reasons",
    forms.HoldReasonForm,
    (
        NAME,
        CODE,
        Column("pauses", gettext_lazy("Pauses the clock")),
        Column("get_needs_display", gettext_lazy("Needs"), css="c-hide"),
        Column("max_days", gettext_lazy("At most days"), css="hq-end", kind="number"),
        ACTIVE,
    ),
    (*NAMED_API, "pauses", "needs", "max_days"),
    menu_=("system", 13),
    icon_="player-pause",
)
catalogue(
    PriorityRule,
    "priority-rules",
    forms.PriorityRuleForm,
    (
        NameColumn("__str__", gettext_lazy("Rule")),
        Column("impact", gettext_lazy("Impact"), sort="impact", kind="number"),
        Column("urgency", gettext_lazy("Urgency"), sort="urgency", kind="number"),
        Column("priority", gettext_lazy("Priority"), show=prio),
        DURING,
    ),
    ("impact", "urgency", "priority"),
    menu_=("system", 14),
    icon_="flag",
    order_=("impact", "urgency", "id"),
)
catalogue(
    ServicePolicy,
    "policies",
    forms.PolicyForm,
    (
        NameColumn("name", gettext_lazy("Name")),
        Column("priority", gettext_lazy("Priority"), show=lambda row: prio(row) if row.priority else _("all")),
        Column("kind", gettext_lazy("Kind of order"), css="c-hide", show=lambda row: kind_label(row.kind) or _("all kinds")),
        Column("response_s", gettext_lazy("Response"), show=lambda row: ui.duration(row.response_s)),
        Column("resolve_s", gettext_lazy("Resolution"), show=lambda row: ui.duration(row.resolve_s)),
        Column("get_counts_display", gettext_lazy("Counts")),
        Column("steps", gettext_lazy("Announced at"), default=False, css="c-hide",
               show=lambda row: _(", ").join(f"{step}%" for step in row.steps)),
        Column("category.name", gettext_lazy("Category"), joins=("category",), css="c-hide"),
        Column("place.name", gettext_lazy("Place"), joins=("place",), css="c-hide"),
        DURING,
    ),
    ("name", "kind", "priority", "category", "place", "response_s", "resolve_s", "counts", "steps"),
    menu_=("system", 15),
    icon_="clock",
    order_=("priority", "name", "id"),
)
catalogue(
    DispatchRule,
    "dispatch-rules",
    forms.DispatchRuleForm,
    (
        NameColumn("__str__", gettext_lazy("Rule")),
        Column("place.name", gettext_lazy("Place"), joins=("place",)),
        Column("get_hours_display", gettext_lazy("Hours")),
        Column("get_mode_display", gettext_lazy("Mode")),
        DURING,
    ),
    ("category", "place", "hours", "team", "mode"),
    menu_=("system", 16),
    icon_="route",
    order_=("id",),
    joins_=("category__parent", "team"),
)
catalogue(LabourRate, "labour-rates", forms.LabourRateForm, (
    NameColumn("team.name", gettext_lazy("Team"), joins=("team",)),
    Column("rate", gettext_lazy("CNY per hour"), css="hq-end", kind="money"), DURING),
    ("team", "rate"), menu_=("system", 17), icon_="wallet", order_=("team", "id"), joins_=("team",))


@resource
class Technicians(Resource):
    model = Technician
    slug = "technicians"
    icon = "users"
    order = ("staff__staff_no",)
    menu = ("people", 30)
    form = forms.TechnicianForm
    filterset = filters.TechnicianFilters
    list_joins = ("staff__person",)
    columns = (
        NameColumn("staff.person.name", gettext_lazy("Name"), second="staff.staff_no", joins=("staff__person", "staff__team")),
        Column("staff.team.name", gettext_lazy("Team")),
        Column("max_open", gettext_lazy("Open orders at most"), css="c-hide hq-end", kind="number"),
        Column("takes_pool", gettext_lazy("Claims from the pool"), css="c-hide"),
        Column("get_duty_override_display", gettext_lazy("Duty"), css="c-hide"),
        Column("active", gettext_lazy("Active"), css="c-hide"),
    )
    facts = (*columns[1:], Column("override_until", gettext_lazy("Until")))
    api_fields = ("staff", "max_open", "takes_pool", "duty_override", "override_until", "active")


