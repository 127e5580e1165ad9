"""Outages as desk, page, form and API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.supply.services import unlisted_in
from logistics.alerts.messages import words
from logistics.campus.models import Place
from logistics.campus.registries import PLACE_USERS
from logistics.core.access import access_of
from logistics.core.board import Board, Card
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from maintenance.models import Outage
from maintenance.outages import filters, forms, services, telling


def when(outage: Outage) -> str:
    """From when to when, as planned or as it was."""
    begin, end = outage.begins, outage.ends
    if begin is None:
        return ""
    return f"{ui.paper_time(begin)} – {ui.paper_time(end) if end else _('open end')}"


def lateness(outage: Outage, sprite: bool = True) -> Any:
    """Told too late, or running longer than said."""
    if outage.state == "ongoing" and outage.planned and outage.planned.upper < services.clock.now():
        return ui.state("danger", _("longer than said"), "clock-exclamation", sprite=sprite)
    if outage.announced_at and outage.kind == "planned" and not outage.in_time:
        return ui.state("late", _("told late"), "clock-exclamation", sprite=sprite)
    return ""


def card(outage: Any) -> Card:
    return Card(f"{outage.get_utility_display()} · {outage.place_label}", outage.number or "", when(outage), outage.contact)


@resource
class Outages(Resource):
    model = Outage
    slug = "outages"
    icon = "plug-off"
    menu = ("upkeep", 41)
    comments = files = links = cards_later = True
    follows = ("contact",)
    thread_at = "created_at"
    board = Board(("draft", "approved", "announced", "ongoing", "restored"), card, rows=lambda rows: rows.select_related("contact"))
    form = forms.OutageForm
    filterset = filters.OutageFilters
    list_joins = ("contact",)
    detail_joins = ("contact", "place", "source", "work_order")
    columns = (
        NameColumn("get_utility_display", gettext_lazy("Utility and place"), second="place_label", export=str, width=30),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide hq-num"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("when", gettext_lazy("From–to"), sort="planned", css="c-full", show=when, export=when, width=34),
        Column("people", gettext_lazy("People affected"), sort="people", kind="number", css="hq-end"),
        Column("lateness", gettext_lazy("In time"), show=lateness, export=lambda row: _("yes") if row.in_time else _("no"), css="c-side"),
        Column("reason", gettext_lazy("Reason"), css="c-hide"),
    )
    facts = (
        Column("reason", gettext_lazy("Reason")),
        Column("when", gettext_lazy("From–to"), show=when),
        Column("source", gettext_lazy("What is shut off")),
        Column("contact.name", gettext_lazy("Who answers questions")),
        Column("substitute", gettext_lazy("Substitute")),
        Column("notice_hours", gettext_lazy("Hours of notice")),
        Column("announced_at", gettext_lazy("Announced")),
        Column("began_at", gettext_lazy("Off since")),
        Column("restored_at", gettext_lazy("Restored")),
        Column("work_order", gettext_lazy("Work order")),
    )
    api_fields = (
        "number",
        "utility",
        "kind",
        "state",
        "place",
        "place_label",
        "planned",
        "announced_at",
        "began_at",
        "restored_at",
        "reason_zh",
        "reason_en",
        "source",
        "work_order",
        "contact",
        "substitute",
        "notice_hours",
        "people",
    )

    @classmethod
    def more_views(cls) -> list[tuple[str, Any, str]]:
        return [("desk", _("Desk"), "maintenance:outage-desk")]

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> Any:
        return services.draft_outage(by=by, **data)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> Any:
        return services.change_outage(outage=record, by=by, **data)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state in ("draft", "approved") else _("People were told already: extend it, or call it off.")

    @classmethod
    def search_live(cls) -> Any:
        from django.db.models import Q

        return Q(state__in=("draft", "approved", "announced", "ongoing"))

    @classmethod
    def title(cls, record: Any) -> str:
        return _("%(utility)s off: %(place)s") % {"utility": record.get_utility_display(), "place": record.place_label}

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return f"{record.number} · {when(record)}"

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        return [badge] if (badge := lateness(record, sprite=False)) else []

    @classmethod
    def sentence(cls, person: Any, rows: Any) -> str:
        now = Outage.objects.visible_to(person).filter(state="ongoing").count()
        soon = Outage.objects.visible_to(person).filter(state="announced").count()
        if not now:
            return ngettext("Nothing is off; %(n)s outage is announced.", "Nothing is off; %(n)s outages are announced.", soon) % {
                "n": soon
            }
        return ngettext("%(n)s outage is going on.", "%(n)s outages are going on.", now) % {"n": now}

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return cls.may_list(person)

    @classmethod
    def opens(cls, record: Any, person: Any) -> bool:
        return cls.may_list(person)

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Print the notice"), "icon": "printer", "url": reverse("maintenance:outage-notice", args=[record.pk])}]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        news = list(record.updates.select_related("by")[:20])
        found = [(_("News"), render_to_string("maintenance/_outage_news.html", {"news": news}))] if news else []
        if not cls.may_list(request.user):
            return found
        loads = list(record.loads.select_related("load__place", "load__equipment", "load__contact", "answered_by"))
        bare = unlisted_in([row.place for row in record.places.select_related("place")], record.utility)
        may = access_of(request.user).has("assets.criticalload:add")
        found.append((_("Critical loads"), render_to_string("maintenance/_outage_loads.html", {"loads": loads, "bare": bare, "may": may})))
        if record.announced_at is None:
            found.append((_("What people will read"), render_to_string("maintenance/_outage_preview.html", {"letters": preview(record)})))
        return found

    @classmethod
    def later(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if not cls.may_list(request.user):
            return []
        places = list(record.places.select_related("place").order_by("place__code"))
        if record.announced_at is None:
            counts = {pk: len(people) for pk, people in telling.audience(record).items()}
            for row in places:
                row.people = counts[row.pk]
        found = [
            (
                _("Who goes without"),
                render_to_string(
                    "maintenance/_outage_places.html",
                    {"places": places, "total": sum(row.people for row in places), "told": record.announced_at is not None},
                ),
            )
        ]
        if uses := touched(record):
            found.append((_("What it touches"), render_to_string("maintenance/_outage_uses.html", {"uses": uses})))
        return found


def preview(outage: Outage) -> list[dict[str, str]]:
    """The notice in both languages."""
    code = telling.ANNOUNCED if outage.kind == "planned" else telling.OFF
    found = []
    for language, name in (("zh-hans", "中文"), ("en", "English")):
        with translation.override(language):
            said = words(code, telling.about(outage))
        found.append({"language": name, "lang": language, "title": said.title, "body": said.body})
    return found


def touched(outage: Outage) -> list[Any]:
    """Orders, bookings and the like in these places and this time, as far as their apps tell."""
    places = list(
        Place.objects.filter(ancestors__overlap=list(outage.places.values_list("place_id", flat=True))).values_list("pk", flat=True)
    )
    span = (outage.begins, outage.ends or (outage.begins + timedelta(hours=2))) if outage.begins else None
    return [
        use
        for code, ask in zip(PLACE_USERS.codes(), PLACE_USERS, strict=True)
        if code != "assets.equipment"
        for use in ask(places, span)
        if use.count
    ]
