"""Places, labels, closures, calendars and stewardships as lists, pages, forms and API."""
from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.campus import filters, forms
from logistics.campus.columns import span_words, where_words
from logistics.campus.models import CalendarVersion, Place, PlaceClosure, Stewardship, Tag, TagBinding, WorkCalendar
from logistics.campus.services import places, stewardship, tags
from logistics.core import clock, menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.transfer.declaration import Transfer

MOST = 100


def inside(record: models.Model, permission: str, field: str, by: Any) -> models.Model:
    """A new record must lie where its maker holds the permission; everybody sees these records, so being visible proves nothing."""
    if not access_of(by).may(permission, record):
        raise ValidationError({field: _("This lies outside the part of the school that you look after.")})
    return record


@resource
class Places(Resource):
    model = Place
    slug = "places"
    icon = "building"
    bulk_fields = ("use", "department", "public")
    menu = ("registers", 120)
    columns = (
        NameColumn("place_label", gettext_lazy("Place"), sort="code", second="code", export=str, width=36),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind"),
        Column("get_use_display", gettext_lazy("Use"), sort="use"),
        Column("code", gettext_lazy("Code"), sort="code", default=False),
        Column("area_m2", gettext_lazy("Area (m²)"), sort="area_m2", css="hq-end c-hide", kind="number"),
        Column("capacity", gettext_lazy("Capacity"), sort="capacity", css="hq-end c-hide", kind="number"),
        Column("department", gettext_lazy("Department"), joins=("department",), css="c-hide", default=False, width=24),
        Column("year_built", gettext_lazy("Year built"), sort="year_built", css="c-hide", kind="number", default=False,
               show=lambda place: place.year_built or ""),
        Column("get_fire_class_display", gettext_lazy("Fire class"), default=False),
        Column("public", gettext_lazy("Open to guests"), sort="public", css="c-hide"),
    )
    facts = (
        Column("get_kind_display", gettext_lazy("Kind")),
        Column("get_use_display", gettext_lazy("Use")),
        Column("code", gettext_lazy("Code")),
        Column("parent", gettext_lazy("Inside"), joins=("parent",)),
        Column("department", gettext_lazy("Department"), joins=("department",)),
        Column("area_m2", gettext_lazy("Area (m²)")),
        Column("capacity", gettext_lazy("Capacity")),
        Column("year_built", gettext_lazy("Year built"), show=lambda place: str(place.year_built or "") or _("not recorded")),
        Column("get_fire_class_display", gettext_lazy("Fire class")),
        Column("public", gettext_lazy("Open to guests")),
        Column("get_critical_load_display", gettext_lazy("Needs power without a break")),
    )
    filterset = filters.PlaceFilters
    order = ("code", "id")
    form = forms.PlaceForm
    option_hint = "code"
    detail_joins = ("parent",)
    transfer = Transfer(
        key="code", bulk=places.create_places,
        also={
            "code": ("房间号", "编码", "编号", "room number"), "parent": ("上级", "上级场所", "所在楼栋", "building"),
            "name_zh": ("名称", "场所名称", "name"), "kind": ("类型", "场所类型"), "use": ("功能", "用房性质"),
            "area_m2": ("面积", "使用面积", "area"), "capacity": ("容纳人数", "座位数", "seats"),
        },
        examples=(
            {"code": "B9", "parent": "MAIN", "kind": "building", "name_zh": "致远楼", "name_en": "Zhiyuan Building"},
            {"code": "B9-301", "parent": "B9", "kind": "room", "name_zh": "301 教室", "name_en": "Room 301", "use": "classroom",
             "area_m2": "67.5", "capacity": "48"},
        ),
    )
    photos = comments = files = links = open_to_all = cards_later = True
    api_fields = (
        "code",
        "name_zh",
        "name_en",
        "kind",
        "use",
        "parent",
        "area_m2",
        "capacity",
        "year_built",
        "department",
        "fire_class",
        "public",
        "critical_load",
        "lat",
        "lon",
        "position",
        "phone",
        "valid",
    )

    @classmethod
    def search_live(cls) -> models.Q:
        return models.Q(valid__contains=clock.today())

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return inside(places.save_place(Place(**data)), "campus.place:add", "parent", by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        for name, value in data.items():
            setattr(record, name, value)
        return places.save_place(record)

    @classmethod
    def title(cls, record: Any) -> str:
        return record.name

    @classmethod
    def crumbs(cls, record: Any) -> list[tuple[str, str]]:
        above = Place.objects.in_bulk(record.ancestors[:-1])
        return [(above[pk].name, above[pk].get_absolute_url()) for pk in record.ancestors[:-1]]

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return "" if record.active else _("out of use")

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[str]:
        return [
            ui.state("danger" if row.level == "closed" else "late", row.get_level_display(), "lock")
            for row in closures_of(record)[:1]
        ]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = list(record.children.filter(pk__in=Place.objects.visible_to(request.user)).order_by("position", "code")[: MOST + 1])
        found = []
        closures = closures_of(record)
        if closures:
            found.append((_("Closures"), fragment("campus/_closures.html", closures=closures)))
        if rows:
            found.append((_("In here"), fragment("campus/_children.html", rows=rows[:MOST], more=len(rows) > MOST, place=record)))
        return found

    @classmethod
    def aside(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        found = [(_("Who looks after it"), fragment("campus/_stewards.html", lines=stewardship.lines_of(record)))]
        if access_of(request.user).has("campus.tag:view"):
            found.append((_("Labels"), fragment("campus/_tags.html", tags=tags.tags_of(record), place=record,
                                                may_bind=access_of(request.user).may("campus.tag:change", record))))
        return found

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        access, found = access_of(person), []
        if access.may("campus.placeclosure:add", record):
            found.append({"label": _("Close it"), "icon": "lock", "url": f"{reverse('campus:placeclosure-add')}?place={record.pk}"})
        if access.may("campus.place:change", record) and record.parent_id:
            found.append({"label": _("Move it"), "icon": "transfer", "url": reverse("campus:place-move", args=[record.pk])})
        if access.may("campus.floorplan:add", record) and record.kind in ("campus", "building", "floor"):
            found.append({"label": _("Add a floor plan"), "icon": "map", "url": f"{reverse('campus:floorplan-add')}?place={record.pk}"})
        if access.may("campus.place:add", record):
            found.append({"label": _("Add a place in here"), "icon": "plus", "url": f"{reverse('campus:place-add')}?parent={record.pk}"})
        if access.may("campus.place:retire", record):
            name, label, icon = ("retire", _("Take out of use"), "archive") if record.active else ("restore", _("Use again"), "archive-off")
            found.append({"label": label, "icon": icon, "url": reverse(f"campus:place-{name}", args=[record.pk])})
        return found

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": _("Tree"), "url": reverse("campus:tree"), "icon": "sitemap"},
                {"label": _("Place register as GeoJSON"), "url": reverse("campus:places-geojson"), "icon": "map"}]


def closures_of(place: Any) -> list[PlaceClosure]:
    """The closures that hold for a place, read once a page."""
    if not hasattr(place, "known_closures"):
        place.known_closures = places.closures_of(place)
    return place.known_closures


@resource
class Tags(Resource):
    model = Tag
    slug = "tags"
    icon = "qrcode"
    menu = ("registers", 140)
    columns = (
        NameColumn("code", gettext_lazy("Code"), sort="code", show=str, export=str, width=20),
        Column("target_label", gettext_lazy("Hangs on"), show=where_words, css="c-full", width=36),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("batch_id", gettext_lazy("Batch"), sort="batch_id", css="hq-end c-hide", kind="number"),
        Column("created_at", gettext_lazy("Made"), sort="created_at", kind="datetime", css="c-hide"),
    )
    facts = (
        Column("target_label", gettext_lazy("Hangs on"), show=where_words), Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("get_medium_display", gettext_lazy("Medium")),
        Column("external_code", gettext_lazy("Code of the maker"), show=lambda tag: tag.external_code or "–"),
        Column("batch", gettext_lazy("Batch"), joins=("batch",)), Column("created_at", gettext_lazy("Made")),
    )
    filterset = filters.TagFilters
    api_fields = ("code", "medium", "external_code", "state", "place", "target_label", "created_at")
    api_rows = {"bindings": ("kind", "object_id", "label", "during")}

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        bindings = [
            {"row": row, "when": span_words(row)}
            for row in TagBinding.objects.filter(tag=record).select_related("by").order_by("-id")[:MOST]
        ]
        found = [(_("Where it hung"), fragment("campus/_bindings.html", bindings=bindings))] if bindings else []
        words = tags.scans_in_words(record)
        if words:
            found.insert(0, (_("Dead scans"), fragment("campus/_line.html", words=words)))
        return found

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Open the page of the label"), "icon": "external-link", "url": reverse("tag", args=[record.code])}]

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        if not access_of(person).has("campus.tag:add"):
            return []
        return [{"label": _("Bind"), "url": reverse("campus:bind"), "icon": "scan"},
                {"label": _("Print labels"), "url": reverse("campus:labels"), "icon": "printer", "primary": True}]


@resource
class Closures(Resource):
    model = PlaceClosure
    slug = "closures"
    icon = "lock"
    menu = ("registers", 160)
    columns = (
        NameColumn(
            "place.place_label",
            gettext_lazy("Place"),
            sort="place__code",
            joins=("place",),
            second="why",
            export=lambda row: str(row.place),
            width=36,
        ),
        Column("get_level_display", gettext_lazy("Level"), sort="level"),
        Column("during", gettext_lazy("During"), show=span_words, export=span_words, width=24),
        StateColumn(label=gettext_lazy("State"), sort="state"),
    )
    facts = (
        Column("place", gettext_lazy("Place"), joins=("place",)), Column("get_level_display", gettext_lazy("Level")),
        Column("during", gettext_lazy("During"), show=span_words),
        Column("reason", gettext_lazy("Reason"), show=lambda row: row.why),
        Column("opened_by", gettext_lazy("Closed by"), joins=("opened_by",), show=lambda row: str(row.opened_by or _("System"))),
        Column("lift_reason", gettext_lazy("Reason for lifting"), show=lambda row: row.lift_reason or "–"),
    )
    filterset = filters.ClosureFilters
    add_form = forms.ClosureForm
    list_joins = ("place",)
    api_fields = ("place", "level", "during", "reason", "source_kind", "source_id", "state", "lifted_at", "lift_reason")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        closure = places.close_place(place=data["place"], level=data["level"], reason=data["reason"], during=data["during"], by=by)
        return inside(closure, "campus.placeclosure:add", "place", by)


@resource
class Calendars(Resource):
    model = WorkCalendar
    slug = "calendars"
    icon = "calendar"
    menu = ("registers", 170)
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", second="code", export=str, width=24),
        Column("get_purpose_display", gettext_lazy("Purpose"), sort="purpose"),
        Column("place", gettext_lazy("Holds in"), joins=("place",), sort="place__code", export=lambda row: str(row.place), width=24),
        Column("default", gettext_lazy("The usual one"), css="c-hide"),
    )
    facts = (
        Column("code", gettext_lazy("Code")), Column("get_purpose_display", gettext_lazy("Purpose")),
        Column("place", gettext_lazy("Holds in"), joins=("place",)), Column("zone", gettext_lazy("Time zone")),
        Column("always_open", gettext_lazy("Day and night")), Column("default", gettext_lazy("The usual one")),
    )
    filterset = filters.CalendarFilters
    order = ("place__code", "purpose", "code", "id")
    form = forms.CalendarForm
    add_form = forms.NewCalendarForm
    list_joins = ("place",)
    api_fields = ("code", "name_zh", "name_en", "purpose", "place", "zone", "always_open", "default")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return inside(super().create(data, by), "campus.workcalendar:add", "place", by)

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        versions = [
            {"row": row, "state": row.workflow.state(row)} for row in record.versions.select_related("published_by").order_by("-no")
        ]
        return [(_("Versions"), fragment("campus/_versions.html", versions=versions))] if versions else []

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [{"label": _("Year"), "icon": "calendar", "url": reverse("campus:calendar-year", args=[record.pk])}]


@resource
class Versions(Resource):
    model = CalendarVersion
    slug = "calendar-versions"
    icon = "calendar"
    columns = (
        NameColumn("calendar.name", gettext_lazy("Calendar"), joins=("calendar",), export=lambda row: str(row.calendar), width=24),
        Column("no", gettext_lazy("Version"), sort="no", css="hq-end", kind="number"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("published_at", gettext_lazy("Published"), sort="published_at", kind="datetime"),
        Column("confirmed_until", gettext_lazy("Confirmed until"), sort="confirmed_until", kind="date"),
    )
    facts = (
        Column("calendar", gettext_lazy("Calendar"), joins=("calendar", "calendar__place")), Column("no", gettext_lazy("Version")),
        Column("published_at", gettext_lazy("Published")), Column("confirmed_until", gettext_lazy("Confirmed until")),
    )
    filterset = filters.VersionFilters
    form = forms.VersionForm
    list_joins = ("calendar__place",)
    api_fields = ("calendar", "no", "state", "published_at", "confirmed_until")
    api_rows = {
        "seasons": ("name_zh", "name_en", "days", ("slots", ("weekday", "start_min", "end_min"))),
        "days": ("date", "kind", "follows_weekday", "public_holiday", "label", "source", ("slots", ("start_min", "end_min"))),
    }

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state == "draft" else _("A published version never changes. Change the calendar to get a draft.")


@resource
class Stewardships(Resource):
    model = Stewardship
    slug = "stewardships"
    icon = "user-shield"
    columns = (
        NameColumn(
            "person.name", gettext_lazy("Person"), joins=("person",), second="role_label", export=lambda row: str(row.person), width=20
        ),
        Column("role_label", gettext_lazy("Role"), sort="role", css="c-hide"),
        Column("place", gettext_lazy("Place"), joins=("place",), sort="place__code", export=lambda row: str(row.place), width=36),
        Column("during", gettext_lazy("During"), show=span_words, export=span_words, width=24),
    )
    facts = (
        Column("person", gettext_lazy("Person"), joins=("person",)),
        Column("role_label", gettext_lazy("Role")),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("department", gettext_lazy("On behalf of department"), joins=("department",)),
        Column("during", gettext_lazy("During"), show=span_words),
        Column("granted_by", gettext_lazy("Entrusted by"), joins=("granted_by",), show=lambda row: str(row.granted_by or _("System"))),
    )
    filterset = filters.StewardshipFilters
    order = ("place__code", "role", "id")
    add_form = forms.StewardshipForm
    transfer = Transfer(
        form=forms.StewardshipRowForm,
        also={"person": ("责任人", "姓名", "工号"), "role": ("岗位", "职责"), "place": ("场所编码", "楼栋"),
              "first_day": ("开始日期", "起"), "last_day": ("结束日期", "止")},
        examples=({"person": "S1002", "role": "place_keeper", "place": "MD", "first_day": "2026-09-01"},
                  {"person": "S1003", "role": "safety_officer", "place": "SY", "first_day": "2026-09-01", "last_day": "2027-01-31"}),
    )
    list_joins = ("person", "place")
    api_fields = ("person", "role", "place", "department", "during")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return stewardship.entrust(person=data["person"], role=data["role"], place=data["place"], during=data["during"], by=by,
                                   department=data.get("department"))

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not access_of(person).may("campus.stewardship:change", record):
            return []
        return [{"label": _("End it"), "icon": "calendar-x", "url": reverse("campus:stewardship-end", args=[record.pk])},
                {"label": _("Hand it over"), "icon": "transfer", "url": f"{reverse('campus:hand-over')}?from_person={record.person_id}"}]

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": _("Matrix"), "url": reverse("campus:stewards"), "icon": "layout-grid"}]


menu.item("campus.tree", "registers", 110, gettext_lazy("Place tree"), "sitemap", "campus:tree", permission="campus.place:view")
menu.item(
    "campus.stewards",
    "registers",
    150,
    gettext_lazy("Who looks after what"),
    "user-shield",
    "campus:stewards",
    permission="campus.stewardship:view",
)
menu.item("campus.bind", "registers", 145, gettext_lazy("Bind labels"), "scan", "campus:bind", permission="campus.tag:change")
