"""Routes, their points and rounds, declared once for page and API."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core.access import ROLES, access_of
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.workflow import may_move
from maintenance.models import Round, RoundSignature, Route, RoutePoint
from maintenance.rounds import filters, forms, services
from maintenance.rounds.history import LEGEND, history
from maintenance.rounds.querysets import LIVE_STATES
from maintenance.rounds.reading import stops_of
from maintenance.rounds.workflow import ROUNDS, WALKERS
from maintenance.statutory import members


@resource
class Routes(Resource):
    model = Route
    slug = "routes"
    icon = "route"
    menu = ("system", 61)
    order = ("name_zh", "pk")
    form = forms.RouteForm
    filterset = filters.RouteFilters

    @classmethod
    def may_list(cls, person: Any) -> bool:
        """Whoever walks rounds finds them on the own page; routes are laid once in a while by those who answer for them."""
        return access_of(person).has("maintenance.route:export")

    columns = (
        NameColumn("name", gettext_lazy("Route"), sort="name_zh", joins=("place",), second="place.place_label", width=36),
        Column("get_domain_display", gettext_lazy("Domain")),
        Column("get_kind_display", gettext_lazy("Kind")),
        Column("team.name", gettext_lazy("Team"), joins=("team",)),
        Column("active", gettext_lazy("In use"), css="c-state"),
    )
    facts = (
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("get_domain_display", gettext_lazy("Domain")),
        Column("get_kind_display", gettext_lazy("Kind")),
        Column("team", gettext_lazy("Team"), joins=("team",)),
        Column("get_points_display", gettext_lazy("Points")),
        Column("category", gettext_lazy("Equipment category"), joins=("category",)),
        Column("checklist", gettext_lazy("Checklist"), joins=("checklist",)),
        Column("scheme", gettext_lazy("Statutory scheme"), joins=("scheme",)),
        Column("minutes", gettext_lazy("Time for a round (minutes)")),
        Column("ordered", gettext_lazy("In this order")),
        Column("random_share", gettext_lazy("Share of the drawn points (%)")),
        Column(
            "signatures",
            gettext_lazy("Countersigned by"),
            show=lambda row: _(", ").join(str(ROLES[code].label) for code in row.signatures if code in ROLES) or _("nobody"),
        ),
    )
    api_fields = (
        "name_zh",
        "name_en",
        "domain",
        "kind",
        "place",
        "team",
        "points",
        "category",
        "checklist",
        "tag_needed",
        "min_s",
        "minutes",
        "ordered",
        "random_share",
        "duty", "signatures",
        "scheme",
        "active",
    )

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = list(services.route_points(record)[:200])  # type: ignore[index]
        add = f"{reverse('maintenance:routepoint-add')}?route={record.pk}" if cls.may(request.user, "change", record) else ""
        if record.points == "law":
            count = members.count(record)
        else:
            count = services.matching(record).count() if record.points == "filter" else 0  # type: ignore[attr-defined]
        walks = record.active and access_of(request.user).grant_over(WALKERS, record) is not None
        return [
            (
                _("Points"),
                render_to_string(
                    "maintenance/rounds/_points.html",
                    {"points": rows, "add_url": add, "matching": count, "route": record, "walks": walks, "uid": uuid.uuid4()},
                    request,
                ),
            )
        ]

    @classmethod
    def later(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        found = history(record, request.user)
        if not found.walks:
            return []
        return [(_("The last rounds"), render_to_string("maintenance/rounds/_history.html", {"history": found, "legend": LEGEND}, request))]


@resource
class RoutePoints(Resource):
    model = RoutePoint
    slug = "route-points"
    icon = "map-pin"
    order = ("route", "order", "pk")
    form = forms.PointForm
    filterset = filters.PointFilters
    list_joins = ("route", "place", "equipment")
    detail_joins = ("route", "place", "equipment")
    columns = (
        NameColumn("__str__", gettext_lazy("Point"), joins=("place", "equipment", "route"), second="route.name", width=36),
        Column("checklist.name", gettext_lazy("Checklist"), joins=("checklist",)),
        Column("tag_needed", gettext_lazy("Label must be scanned")),
        Column("min_s", gettext_lazy("Shortest time (seconds)"), kind="number"),
        Column("drawn", gettext_lazy("Only when drawn")),
    )
    facts = (
        Column("route", gettext_lazy("Route")),
        Column("place", gettext_lazy("Place")),
        Column("equipment", gettext_lazy("Equipment")),
        Column("checklist", gettext_lazy("Checklist"), joins=("checklist",)),
        Column("tag_needed", gettext_lazy("Label must be scanned")),
        Column("min_s", gettext_lazy("Shortest time (seconds)")),
        Column("drawn", gettext_lazy("Only when drawn")),
    )
    api_fields = ("route", "place", "equipment", "order", "tag_needed", "min_s", "drawn", "checklist")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        last = data["route"].stops.order_by("-order").first()
        return super().create({**data, "order": last.order + 1 if last else 1}, by)


def share(row: Round) -> str:
    return f"{row.visited}/{row.planned}"


def result(row: Round, sprite: bool = True) -> Any:
    if not row.result:
        return ""
    kind, icon = ("done", "check") if row.result == "compliant" else ("late", "alert-triangle")
    return ui.state(kind, row.get_result_display(), icon, sprite=sprite)


@resource
class Rounds(Resource):
    model = Round
    slug = "rounds"
    icon = "route"
    menu = ("safety", 30)
    order = ("-window_from", "-id")
    comments = files = links = True
    follows = ("inspector",)
    thread_at = "window_from"
    add_form = forms.OpenRoundForm
    filterset = filters.RoundFilters
    columns = (
        NameColumn("title", gettext_lazy("Round and place"), second="place_label", width=36),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide hq-num"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("window_from", gettext_lazy("From"), sort="window_from", kind="datetime"),
        Column(
            "inspector.name",
            gettext_lazy("Inspector"),
            joins=("inspector",),
            show=lambda row: row.inspector.name if row.inspector_id else _("nobody yet"),
            export=lambda row: row.inspector.name if row.inspector_id else "",
        ),
        Column("visited", gettext_lazy("Points"), show=share, export=share, css="hq-end"),
        Column("failed", gettext_lazy("Failed"), kind="number", css="hq-end"),
        Column("result", gettext_lazy("Result"), show=result, export=lambda row: str(row.get_result_display() or ""), css="c-hide"),
        Column("submitted_at", gettext_lazy("Submitted"), kind="datetime", css="c-hide", default=False),
    )
    facts = (
        Column("route", gettext_lazy("Route"), joins=("route",)),
        Column("place", gettext_lazy("Place"), joins=("place__department",)),
        Column("window", gettext_lazy("Window"), show=lambda row: f"{ui.paper_time(row.window_from)} – {ui.paper_time(row.window_to)}"),
        Column("inspector.name", gettext_lazy("Inspector"), joins=("inspector",)),
        Column("started_at", gettext_lazy("Begun")),
        Column("submitted_at", gettext_lazy("Submitted")),
        Column("visited", gettext_lazy("Points visited"), show=share),
        Column("scanned", gettext_lazy("Points scanned")),
        Column("failed", gettext_lazy("Items failed")),
        Column("result", gettext_lazy("Result"), show=lambda row: result(row, sprite=False)),
        Column("statutory", gettext_lazy("Required by law")),
    )
    api_fields = (
        "number",
        "state",
        "route",
        "domain",
        "kind",
        "title",
        "place",
        "place_label",
        "team",
        "inspector",
        "statutory",
        "window_from",
        "window_to",
        "planned",
        "visited",
        "scanned",
        "failed",
        "result",
        "explained",
        "started_at",
        "submitted_at",
        "submitted_by",
        "missed_at",
    )
    option_hint = "place_label"

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.open_round(by=by, **data)

    @classmethod
    def title(cls, record: Any) -> str:
        return record.title

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{record.number} · {record.place_label}"

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        today = rows.model.objects.visible_to(person).today()
        n, left = today.exclude(state="void").count(), today.live().count()
        if not n:
            return _("No round is due today.")
        told = ngettext("%(n)s round today", "%(n)s rounds today", n) % {"n": n}
        return ngettext("%(told)s, %(n)s still to walk.", "%(told)s, %(n)s still to walk.", left) % {"told": told, "n": left}

    @classmethod
    def search_live(cls) -> models.Q:
        return models.Q(state__in=LIVE_STATES)

    @classmethod
    def search_own(cls, person: Any) -> models.Q:
        return models.Q(inspector_id=person.pk)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = []
        if record.state in ("due", "started") and may_move(ROUNDS.moves["submit"], record, person)[0]:
            found.append({"label": str(_("Walk it")), "url": reverse("maintenance:round-walk", args=[record.pk]), "icon": "walk"})
        return [
            *found,
            {"label": str(_("Print the record")), "url": reverse("maintenance:round-paper", args=[record.pk]), "icon": "printer"},
        ]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        signed = [
            (ROLES[row.role].label if row.role in ROLES else row.role, row)
            for row in RoundSignature.objects.filter(round=record).select_related("person").order_by("at", "pk")
        ]
        open_roles = [
            ROLES[code].label
            for code in record.frozen.get("signatures", ())
            if code in ROLES and not any(row.role == code for _label, row in signed)
        ]
        found = [(_("Points"), render_to_string("maintenance/rounds/_stops.html", {"stops": stops_of(record)}))]
        if signed or open_roles:
            found.append((_("Signatures"), render_to_string("maintenance/rounds/_signed.html", {"signed": signed, "open": open_roles})))
        if record.note:
            found.append((_("Note"), render_to_string("core/parts/quote.html", {"text": record.note})))
        return found
