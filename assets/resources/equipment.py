"""Equipment as list, page, form and API."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets import dossier, filters, forms, services
from assets.custody.holders import known_custody
from assets.models import Equipment, Requirement, StatutoryRecord
from assets.roles import KEEPERS, READERS
from logistics.core import clock, menu
from logistics.core.access import access_of
from logistics.core.bilingual import pick
from logistics.core.columns import Column, NameColumn
from logistics.core.counting import bounded_count
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.transfer.declaration import Transfer

USE_LOOKS = {"restricted": ("late", "alert-triangle"), "locked": ("danger", "lock")}


def standing(thing: Equipment, sprite: bool = True) -> Any:
    """One badge: a lock outweighs the status, because it is what the reader must know."""
    if thing.use_state in USE_LOOKS and thing.status not in ("disposed", "planned"):
        look, icon = USE_LOOKS[thing.use_state]
        return ui.state(look, thing.get_use_state_display(), icon, sprite=sprite)
    state = thing.workflow.state(thing)
    return ui.state(state.kind, state.label, state.icon, sprite=sprite)


def result_words(result: str | None) -> str:
    return str(dict(StatutoryRecord.Result.choices).get(result or "", ""))


def standing_words(thing: Equipment) -> str:
    return str(thing.get_use_state_display() if thing.use_state in USE_LOOKS else thing.get_status_display())


def keeper_seen(thing: Any) -> str:
    return pick(thing.keeper_seen_zh or "", thing.keeper_seen_en or "")


def warranty_words(thing: Equipment) -> Any:
    """Until when the maker mends it for nothing."""
    if thing.warranty_until is None:
        return None
    left = (thing.warranty_until - clock.today()).days
    if left < 0:
        return format_html('<span class="hq-muted">{}</span>', _("over since %(day)s") % {"day": ui.day_words(thing.warranty_until)})
    if left <= 30:
        return format_html('<span class="hq-warn">{}</span>', ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left})
    return ui.day(thing.warranty_until)


@resource
class Things(Resource):
    model = Equipment
    slug = "equipment"
    bulk_fields = ("department", "keeper", "place")
    icon = "devices-2"
    filterset = filters.EquipmentFilters
    form = forms.EquipmentForm
    photos = comments = files = links = open_to_all = cards_later = True
    follows = ("keeper",)
    list_joins = ("place", "category")
    detail_joins = ("keeper", "model", "contractor")
    detail_template = "assets/equipment.html"
    option_hint = "place.place_label"
    transfer = Transfer(
        key="number",
        bulk=services.register_many,
        last=services.number_many,
        also={
            "name_zh": ("设备名称", "名称", "name"),
            "place": ("存放地点", "地点", "location"),
            "category": ("分类", "设备分类"),
            "serial_no": ("出厂编号", "序列号", "SN"),
            "fixed_asset_no": ("固定资产编号", "资产编号"),
            "keeper": ("保管人", "责任人"),
            "purchase_cost": ("原值", "价值", "金额", "price"),
            "purchased_on": ("购置日期", "取得日期"),
            "maker": ("生产厂家", "厂家", "品牌"),
            "model_name": ("型号", "规格型号", "model"),
            "commissioned_on": ("启用日期", "投入使用日期"),
            "quantity": ("数量", "件数"),
            "department": ("使用部门", "管理部门"),
            "attributes": ("参数", "技术指标"),
            "warranty_until": ("保修期至", "质保期至"),
        },
        examples=(
            {
                "name_zh": "多联机空调",
                "name_en": "VRF air conditioner",
                "category": "ac",
                "place": "B2-301",
                "commissioned_on": "2026-09-01",
                "serial_no": "MX-20931",
            },
            {
                "name_zh": "课桌椅",
                "category": "desk",
                "place": "B2-301",
                "tracking": "group",
                "quantity": "48",
                "commissioned_on": "2026-09-01",
            },
        ),
    )
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", second="number", export=str, width=30),
        Column("place.place_label", gettext_lazy("Place"), sort="place__code", joins=("place",), width=30),
        Column("use_state", gettext_lazy("State"), sort="status", css="c-state", show=standing, export=standing_words),
        Column(
            "category",
            gettext_lazy("Category"),
            joins=("category",),
            sort="category__code",
            css="c-hide",
            export=lambda row: str(row.category),
        ),
        Column(
            "warranty_until",
            gettext_lazy("Warranty until"),
            sort="warranty_until",
            kind="date",
            css="c-full",
            show=lambda row: words(warranty_words(row)),
        ),
        Column("keeper_seen_zh", gettext_lazy("Keeper"), show=lambda row: words(keeper_seen(row)), export=keeper_seen, css="c-hide"),
        Column("cost_seen", gettext_lazy("Cost (yuan)"), kind="money", css="hq-end c-hide"),
        Column("quantity", gettext_lazy("Pieces"), sort="quantity", kind="number", css="hq-end c-hide", default=False),
        Column("number", gettext_lazy("Number"), default=False),
        Column("maker", gettext_lazy("Maker"), sort="maker", default=False),
        Column("model_name", gettext_lazy("Model"), sort="model_name", default=False),
        Column("serial_no", gettext_lazy("Serial number"), default=False),
        Column("fixed_asset_no", gettext_lazy("Fixed asset number"), default=False),
        Column(
            "department", gettext_lazy("Department"), joins=("department",), default=False, export=lambda row: str(row.department or "")
        ),
        Column("commissioned_on", gettext_lazy("In use since"), sort="commissioned_on", kind="date", default=False),
    )
    ledger_columns = (
        Column("registration_no", gettext_lazy("Registration certificate")),
        Column("device_code", gettext_lazy("Device code")),
        Column("category.code", gettext_lazy("Category code"), joins=("category",)),
        Column("contractor.name", gettext_lazy("Serviced by"), joins=("contractor",)),
        Column("agent", gettext_lazy("Extinguishing agent"), export=lambda row: row.attributes.get("agent", "")),
        Column("purchased_on", gettext_lazy("Bought on"), kind="date"),
        Column("years", gettext_lazy("Life (years)"), joins=("model", "category"), kind="number"),
        Column("inspected_on", gettext_lazy("Last inspection"), kind="date"),
        Column("inspected_result", gettext_lazy("Result of it"), export=lambda row: result_words(row.inspected_result)),
        Column("inspected_no", gettext_lazy("Certificate number")),
        Column("inspected_by", gettext_lazy("Inspection body")),
        Column("checked_on", gettext_lazy("Last own check"), kind="date"),
        Column("certified_until", gettext_lazy("Next inspection"), kind="date"),
    )
    facts = (
        Column("number", gettext_lazy("Number")),
        Column("category", gettext_lazy("Category"), joins=("category",)),
        Column("place", gettext_lazy("Place"), joins=("place",)),
        Column("department", gettext_lazy("Department"), joins=("department",)),
        Column("quantity", gettext_lazy("Pieces")),
        Column("maker", gettext_lazy("Maker")),
        Column("model_name", gettext_lazy("Model"), joins=("model",), show=lambda row: words(model_link(row) or row.model_name)),
        Column("serial_no", gettext_lazy("Serial number")),
    )
    api_fields = (
        "number",
        "name_zh",
        "name_en",
        "category",
        "place",
        "status",
        "use_state",
        "model",
        "maker",
        "model_name",
        "serial_no",
        "tracking",
        "quantity",
        "parent",
        "criticality",
        "commissioned_on",
        "warranty_until",
        "attributes",
    )

    @classmethod
    def search_live(cls) -> models.Q:
        return ~models.Q(status="disposed")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return super().rows(person, action).for_reader(person)  # type: ignore[attr-defined]

    @classmethod
    def may(cls, person: Any, action: str, record: models.Model | None = None) -> bool:
        own = action == "change" and record is not None and getattr(record, "keeper_id", None) == person.pk
        return own or super().may(person, action, record)

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.register(**data, by=by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return _("It is disposed of.") if record.status == "disposed" else ""

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        locked = bounded_count(rows.model.objects.visible_to(person).locked())
        if not locked.rows:
            return _("Nothing is locked.")
        return ngettext("%(n)s thing is locked.", "%(n)s things are locked.", locked.rows) % {"n": locked}

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        parts = [record.place.place_label if record.place else _("stands nowhere yet"), keeper_seen(record), record.number or ""]
        return " · ".join(part for part in parts if part)

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        if record.use_state not in USE_LOOKS:
            return []
        look, icon = USE_LOOKS[record.use_state]
        return [ui.state(look, record.get_use_state_display(), icon)]

    @classmethod
    def ledger_rows(cls, rows: Any) -> Any:
        """With the last inspection, the last own check and the next date of each thing."""
        records = StatutoryRecord.objects.standing().filter(equipment=OuterRef("pk")).order_by("-performed_on", "-pk")
        others, checks = records.exclude(action="check"), records.filter(action="check")
        due = Requirement.objects.certificates().filter(equipment=OuterRef("pk")).order_by("next_due_on")
        return rows.annotate(
            inspected_on=Subquery(others.values("performed_on")[:1]),
            inspected_result=Subquery(others.values("result")[:1]),
            inspected_no=Subquery(others.values("certificate_no")[:1]),
            inspected_by=Subquery(others.values("body__name_zh")[:1]),
            checked_on=Subquery(checks.values("performed_on")[:1]),
            certified_until=Subquery(due.values("next_due_on")[:1]),
        )

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        locks = list(record.locks.live().select_related("opened_by").order_by("-level", "pk"))
        may_lift = access_of(request.user).grant_over(services.MAY_LIFT, record) is not None
        usable = record.status == "in_service" and record.use_state != "locked"
        found = [
            (
                _("Can I rely on it?"),
                fragment("assets/_reliance.html", thing=record, locks=locks, may_lift=may_lift, usable=usable, facts=reliance(record)),
            )
        ]
        read = dossier.about(record)
        if cls.answers(record, request.user):
            paper = dossier.dossier(record, read)
            if paper.wanted or paper.facts:
                url = reverse("assets:dossier", args=[record.pk])
                found.append((_("Dossier"), fragment("assets/_dossier.html", dossier=paper, url=url)))
        family = read.kin
        if any(family.values()):
            titles = (
                (_("Part of"), "whole"),
                (_("Its parts"), "parts"),
                (_("Stands in for"), "replaces"),
                (_("Replaced by"), "replaced_by"),
            )
            found.append((_("Belongs together"), fragment("assets/_kin.html", kin=[(title, family[key]) for title, key in titles])))
        return found

    @classmethod
    def later(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if not cls.answers(record, request.user):
            return []
        cost = dossier.lifetime(record)
        kept = [(label, ui.money(amount) or "¥0") for label, amount in cost.kept]
        most = max((amount for _year, amount in cost.years), default=0) or 1
        years = [(str(year), ui.money(amount) or "¥0", max(0, round(100 * amount / most))) for year, amount in cost.years]
        return [
            (
                _("Cost of its lifetime"),
                fragment("assets/_lifetime.html", cost=cost, bought=ui.money(cost.bought), new=ui.money(cost.new), kept=kept, years=years),
            )
        ]

    @classmethod
    def answers(cls, record: Any, person: Any) -> bool:
        """Does this reader answer for it, and so know what it costs and who keeps it?"""
        return record.keeper_id == person.pk or access_of(person).may("assets.equipment:cost", record)

    @classmethod
    def aside(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if not cls.answers(record, request.user):
            return []
        facts = [
            (_("Keeper"), keeper_seen(record)),
            (_("Bought on"), ui.day(record.purchased_on)),
            (_("Cost (yuan)"), ui.number(record.cost_seen)),
            (_("Fixed asset number"), record.fixed_asset_no),
        ]
        if record.registration_no:
            facts.append((_("Registration certificate"), record.registration_no))
        if record.contractor_id:
            facts.append((_("Serviced by"), str(record.contractor)))
        shown = [{"label": label, "value": value, "empty": not value} for label, value in facts]
        return [(_("Custody"), fragment("assets/_custody.html", facts=shown, rows=known_custody(record)))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        if record.status in ("disposed", "planned"):
            return found
        access = access_of(person)
        if access.grant_over(services.MAY_LOCK, record) is not None:
            found.append({"label": _("Lock"), "icon": "lock", "url": reverse("assets:lock", args=[record.pk])})
        if access.may("assets.custody:add", record) or record.keeper_id == person.pk:
            found.append({"label": _("Hand out"), "icon": "user-check", "url": f"{reverse('assets:custody-add')}?equipment={record.pk}"})
        if access.has("assets.transfer:add"):
            query = f"?things={record.pk}&from_department={record.department_id or ''}"
            found.append({"label": _("Transfer"), "icon": "transfer", "url": reverse("assets:transfer-add") + query})
            query = f"?things={record.pk}&department={record.department_id or ''}"
            found.append({"label": _("Dispose of"), "icon": "trash", "url": reverse("assets:disposal-add") + query})
        return found

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        access = access_of(person)
        doors = (
            ("assets.custody", "custody", _("Lending"), "user-check"),
            ("assets.transfer", "transfer", _("Transfers"), "transfer"),
            ("assets.disposal", "disposal", _("Disposals"), "trash"),
            ("assets.census", "census", _("Equipment counts"), "clipboard-list"),
        )
        found = [
            {"label": label, "icon": icon, "url": reverse(f"assets:{stem}-list")}
            for kind, stem, label, icon in doors
            if access.has(f"{kind}:view")
        ]
        if access.has("campus.tag:add"):
            found.append({"label": _("Labels"), "icon": "qrcode", "url": reverse("assets:labels")})
        if access.has("assets.equipment:cost"):
            found.append({"label": _("Ledger"), "icon": "printer", "url": reverse("assets:ledger")})
        return found


def words(value: Any) -> Any:
    from logistics.core.columns import words_for

    return words_for(value)


def model_link(thing: Equipment) -> Any:
    return format_html('<a href="{}">{}</a>', thing.model.get_absolute_url(), thing.model_name) if thing.model else ""


def reliance(thing: Equipment) -> list[dict[str, Any]]:
    """What bears on trusting it: warranty, age against life, criticality."""
    found = [{"label": _("Warranty"), "value": warranty_words(thing), "empty": thing.warranty_until is None}]
    years, begun = thing.years, thing.commissioned_on
    if begun:
        used = (clock.today() - begun).days // 365
        age = (
            _("%(used)s of %(years)s years") % {"used": used, "years": years}
            if years
            else ngettext("%(n)s year", "%(n)s years", used) % {"n": used}
        )
        if years and used >= years:
            age = format_html('<span class="hq-warn">{}</span>', _("%(used)s years, meant for %(years)s") % {"used": used, "years": years})
        found.append({"label": _("Age"), "value": age})
    else:
        found.append({"label": _("Age"), "value": "", "empty": True})
    found.append({"label": _("Criticality"), "value": thing.get_criticality_display()})
    return found


menu.item(
    "equipment", "registers", 20, gettext_lazy("Equipment"), "devices-2", "assets:equipment-list", roles=f"{KEEPERS} {READERS} auditor"
)
