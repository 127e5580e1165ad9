"""Schemes, requirements and inspection records as lists, pages and API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.certificates import filters, forms, services, words
from assets.certificates.models import Requirement, Scheme, SchemeInterval, SchemeRule, SchemeVersion, StatutoryRecord
from assets.roles import CERTIFIERS
from logistics.core import menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn
from logistics.core.counting import bounded_count
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.spans import DURING
from logistics.core.templatetags import ui
from logistics.core.transfer.declaration import Transfer

LAW = {"verified": ("done", "check"), "to_check": ("late", "zoom-question")}


def law_badge(version: Any, sprite: bool = False) -> Any:
    """Is the clause verified, and has the school confirmed it? `sprite` in a list."""
    if version is None:
        return ui.state("off", _("Not in force"), "ban", sprite)
    if version.confirmed_by_id:
        return ui.state("done", _("Confirmed by the school"), "eye-check", sprite)
    look, icon = LAW[version.status]
    return ui.state(look, str(version.get_status_display()), icon, sprite)


@resource
class Requirements(Resource):
    model = Requirement
    slug = "requirements"
    icon = "certificate"
    filterset = filters.RequirementFilters
    order = ("next_due_on", "id")
    list_joins = ("equipment", "place", "scheme")
    detail_joins = ("interval", "basis", "stands_at")
    columns = (
        NameColumn(
            "target",
            gettext_lazy("Thing or place"),
            sort="equipment__number",
            second="stands_at.place_label",
            joins=("stands_at",),
            width=30,
            export=lambda row: str(row.target),
        ),
        Column(
            "scheme",
            gettext_lazy("Statutory scheme"),
            sort="scheme__code",
            joins=("scheme",),
            show=lambda row: row.scheme.name,
            export=lambda row: row.scheme.name,
            css="c-full",
        ),
        Column("get_action_display", gettext_lazy("Action"), sort="action"),
        Column("next_due_on", gettext_lazy("Due"), sort="next_due_on", kind="date", show=words.due_cell),
        Column("standing", gettext_lazy("Standing"), show=words.badge, export=words.plain, css="c-state"),
        Column("basis.certificate_no", gettext_lazy("Certificate number"), joins=("basis",), css="c-hide"),
        Column("basis.performed_on", gettext_lazy("Done on"), joins=("basis",), kind="date", css="c-hide"),
        Column(
            "basis.body",
            gettext_lazy("Inspection body"),
            joins=("basis__body",),
            css="c-hide",
            default=False,
            export=lambda row: str(row.basis.body or "") if row.basis else "",
        ),
    )
    facts = (
        Column("target", gettext_lazy("Thing or place")),
        Column("stands_at", gettext_lazy("Where"), joins=("stands_at",)),
        Column("scheme", gettext_lazy("Statutory scheme")),
        Column("get_action_display", gettext_lazy("Action")),
        Column("next_due_on", gettext_lazy("Due")),
        Column("basis", gettext_lazy("Record")),
    )
    api_fields = ("equipment", "place", "scheme", "action", "next_due_on", "result", "basis")

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        over = bounded_count(Requirement.objects.visible_to(person).certificates().expired())
        if not over.rows:
            return _("No certificate is over.")
        return ngettext("%(n)s certificate is over.", "%(n)s certificates are over.", over.rows) % {"n": over}

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        return [ui.state(*words.look(record))]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        rows = StatutoryRecord.objects.visible_to(request.user).filter(
            scheme=record.scheme, action=record.action, equipment=record.equipment, place=record.place
        )
        records = rows.select_related("body", "superseded_by").order_by("-performed_on", "-pk")[:50]
        version = SchemeVersion.objects.live().filter(scheme=record.scheme).first()
        return [
            (_("Why this day"), fragment("assets/certificates/_why.html", words=words.explained(record), version=version)),
            (_("Records"), fragment("assets/certificates/_records.html", records=records)),
        ]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not services.may_record(person, record.target):
            return []
        return [{"label": _("Record an inspection"), "icon": "certificate", "url": record_url(record)}]


def record_url(row: Requirement) -> str:
    """The form for the next record of a requirement, filled in as far as it is known."""
    known = {"scheme": row.scheme_id, "action": row.action, "equipment": row.equipment_id or "", "place": row.place_id or ""}
    return f"{reverse('assets:statutoryrecord-add')}?{urlencode({key: value for key, value in known.items() if value})}"


@resource
class StatutoryRecords(Resource):
    model = StatutoryRecord
    slug = "statutory-records"
    icon = "file-certificate"
    menu = ("registers", 34)
    filterset = filters.StatutoryRecordFilters
    add_form = forms.RecordForm
    order = ("-performed_on", "-id")
    files = True
    list_joins = ("equipment", "place", "scheme")
    detail_joins = ("body", "by", "supersedes")
    transfer = Transfer(
        key="certificate_no",
        examples=(
            {
                "scheme": "lift.inspection",
                "equipment": "ZC-2026-000001",
                "action": "inspect",
                "performed_on": "2026-03-01",
                "result": "pass",
                "valid_until": "2027-02-28",
                "certificate_no": "TS-2026-0001",
            },
        ),
    )
    columns = (
        NameColumn("target", gettext_lazy("Thing or place"), second="certificate_no", width=30, export=lambda row: str(row.target)),
        Column(
            "scheme",
            gettext_lazy("Statutory scheme"),
            sort="scheme__code",
            show=lambda row: row.scheme.name,
            export=lambda row: row.scheme.name,
            css="c-full",
        ),
        Column("get_action_display", gettext_lazy("Action"), sort="action"),
        Column("performed_on", gettext_lazy("Done on"), sort="performed_on", kind="date"),
        Column(
            "result",
            gettext_lazy("Result"),
            sort="result",
            css="c-state",
            export=lambda row: str(row.get_result_display()),
            show=lambda row: ui.state(
                "danger" if row.result == "fail" else "late" if row.result == "conditional" else "done",
                row.get_result_display(),
                sprite=True,
            ),
        ),
        Column("valid_until", gettext_lazy("Valid until"), sort="valid_until", kind="date"),
        Column("body", gettext_lazy("Inspection body"), joins=("body",), css="c-hide", export=lambda row: str(row.body or "")),
    )
    facts = (
        Column("target", gettext_lazy("Thing or place")),
        Column("scheme", gettext_lazy("Statutory scheme")),
        Column("get_action_display", gettext_lazy("Action")),
        Column("performed_on", gettext_lazy("Done on")),
        Column("get_result_display", gettext_lazy("Result")),
        Column("valid_until", gettext_lazy("Valid until")),
        Column("certificate_no", gettext_lazy("Certificate number")),
        Column("body", gettext_lazy("Inspection body")),
        Column("inspector", gettext_lazy("Inspected by")),
        Column("grade", gettext_lazy("Safety grade")),
        Column("note", gettext_lazy("Note")),
        Column("by", gettext_lazy("Entered by")),
        Column("supersedes", gettext_lazy("Corrects the record")),
    )
    api_fields = (
        "equipment",
        "place",
        "scheme",
        "action",
        "performed_on",
        "result",
        "valid_until",
        "certificate_no",
        "body",
        "inspector",
        "grade",
        "note",
        "supersedes",
    )

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.record(**data, by=by)

    @classmethod
    def title(cls, record: Any) -> str:
        return f"{record.scheme} · {record}"

    @classmethod
    def meta(cls, record: Any, person: Any) -> str:
        return str(record.target)

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        found = [
            ui.state("danger", record.get_result_display(), "ban")
            if record.result == "fail"
            else ui.state("done", record.get_result_display())
        ]
        later = getattr(record, "superseded_by", None)
        return [*found, ui.state("off", _("Corrected by a later record"), "pencil")] if later else found


def in_force(rows: models.QuerySet) -> models.QuerySet:
    """Schemes with their version of today and its intervals at hand, in the same statement."""
    interval = JSONObject(
        action="action", by="by", value="value", every="every", unit="unit", first="ages__startswith", last="ages__endswith"
    )
    intervals = SchemeInterval.objects.filter(version=OuterRef("pk")).order_by("action", "value", "ages")
    live = SchemeVersion.objects.live().filter(scheme=OuterRef("pk")).annotate(asked=ArraySubquery(intervals.values(row=interval)))
    shape = JSONObject(id="pk", clause="clause", status="status", confirmed_by_id="confirmed_by_id", asked="asked")
    things = Requirement.objects.filter(scheme=OuterRef("pk")).order_by().values("scheme").annotate(n=models.Count("pk")).values("n")
    return rows.annotate(live=Subquery(live.values(row=shape)[:1]), things=Coalesce(Subquery(things), 0))


def version_of(scheme: Any) -> SchemeVersion | None:
    """The version of today, as far as a line needs it."""
    live = getattr(scheme, "live", None)
    return SchemeVersion(scheme=scheme, **{name: value for name, value in live.items() if name != "asked"}) if live else None


def interval_words(scheme: Any) -> str:
    asked = (getattr(scheme, "live", None) or {}).get("asked") or []
    rows = ({**row, "ages": NumericRange(row["first"], row["last"])} for row in asked)
    return "; ".join(str(SchemeInterval(**{name: value for name, value in row.items() if name not in ("first", "last")})) for row in rows)


@resource
class Schemes(Resource):
    model = Scheme
    slug = "schemes"
    icon = "gavel"
    menu = ("system", 40)
    form = forms.SchemeForm
    filterset = filters.SchemeFilters
    order = ("code",)
    comments = files = True
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="code", second="code", width=34),
        Column("asks", gettext_lazy("Asks for"), show=interval_words, export=interval_words, css="c-full"),
        Column(
            "clause",
            gettext_lazy("Clause"),
            show=lambda row: getattr(version_of(row), "clause", ""),
            export=lambda row: getattr(version_of(row), "clause", ""),
        ),
        Column(
            "law",
            gettext_lazy("Standing"),
            show=lambda row: law_badge(version_of(row), sprite=True),
            css="c-state",
            export=lambda row: str(version_of(row).get_status_display()) if version_of(row) else "",
        ),
        Column("things", gettext_lazy("Things and places"), sort="things", kind="number", css="hq-end"),
        Column("get_target_display", gettext_lazy("About"), sort="target", default=False),
    )
    facts = (
        Column("code", gettext_lazy("Code")),
        Column("get_target_display", gettext_lazy("About")),
        Column("body_required", gettext_lazy("By an outside body")),
        Column("get_on_expiry_display", gettext_lazy("When it is over")),
        Column("get_on_fail_display", gettext_lazy("When it fails")),
        Column("gathered", gettext_lazy("Counted by building")),
    )
    api_fields = ("code", "name_zh", "name_en", "target", "body_required", "on_expiry", "on_fail", "gathered")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return in_force(super().rows(person, action))

    @classmethod
    def sentence(cls, person: Any, rows: models.QuerySet) -> str:
        n = SchemeVersion.objects.live().filter(confirmed_by__isnull=True).count()
        if not n:
            return _("The school has confirmed every clause.")
        return ngettext("%(n)s clause is not yet confirmed by the school.", "%(n)s clauses are not yet confirmed by the school.", n) % {
            "n": n
        }

    @classmethod
    def badges(cls, record: Any, person: Any) -> list[Any]:
        version = version_of(record)
        return [law_badge(version)]

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        versions = list(
            record.versions.select_related("confirmed_by", "made_by").prefetch_related("intervals", "figures").order_by("-during")
        )
        now = version_of(record)
        current = next((row for row in versions if now is not None and row.pk == now.pk), None)
        others = [row for row in versions if row is not current]
        may = access_of(request.user).has("assets.schemerule:change")
        rules = list(record.rules.named().order_by("pk"))
        things = f"{reverse('assets:requirement-list')}?scheme={record.pk}"
        found = [
            (_("What it asks today"), fragment("assets/certificates/_version.html", version=current)),
            (_("What it is about"), fragment("assets/certificates/_rules.html", scheme=record, rules=rules, may=may, things=things)),
        ]
        if others:
            found.append((_("Other versions"), fragment("assets/certificates/_versions.html", versions=others)))
        return found

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        if not access_of(person).has("assets.schemeversion:change"):
            return []
        version = version_of(record)
        found = [{"label": _("Change from a day on"), "icon": "pencil", "url": reverse("assets:scheme-amend", args=[record.pk])}]
        if version is not None and not version.confirmed_by_id:
            found.insert(
                0, {"label": _("Confirm the clause"), "icon": "eye-check", "url": reverse("assets:scheme-confirm", args=[version.pk])}
            )
        return found


@resource
class SchemeVersions(Resource):
    model = SchemeVersion
    slug = "scheme-versions"
    icon = "versions"
    order = ("scheme__code", "during")
    list_joins = ("scheme",)
    detail_joins = ("confirmed_by", "made_by")
    columns = (
        NameColumn("scheme", gettext_lazy("Statutory scheme"), second="clause", show=lambda row: row.scheme.name),
        Column("get_status_display", gettext_lazy("The clause is")),
        DURING,
        Column("keep_years", gettext_lazy("Records are kept (years)"), kind="number", css="hq-end"),
    )
    facts = (
        Column("scheme", gettext_lazy("Statutory scheme")),
        Column("clause", gettext_lazy("Clause")),
        Column("get_status_display", gettext_lazy("The clause is")),
        Column("source", gettext_lazy("Verified where")),
        Column("confirmed_by", gettext_lazy("Confirmed by")),
        Column("reason", gettext_lazy("Why it was changed")),
    )
    api_fields = ("scheme", "clause", "status", "source", "apply_before", "apply_unit", "keep_years", "note", "reason")


@resource
class SchemeRules(Resource):
    model = SchemeRule
    slug = "scheme-rules"
    icon = "filter"
    form = forms.SchemeRuleForm
    filterset = filters.SchemeRuleFilters
    order = ("scheme__code", "id")
    list_joins = ("scheme",)
    columns = (
        NameColumn("words", gettext_lazy("What it is about"), second="scheme.name"),
        Column("category_code", gettext_lazy("Code of the category"), sort="category_code"),
        Column("active", gettext_lazy("In force"), sort="active"),
    )
    facts = (
        Column("scheme", gettext_lazy("Statutory scheme")),
        Column("words", gettext_lazy("What it is about")),
        Column("active", gettext_lazy("In force")),
        Column("reason", gettext_lazy("Why it was changed")),
    )
    api_fields = ("scheme", "category_code", "attribute", "attribute_value", "place_use", "place_kind", "fire_class", "active", "reason")

    @classmethod
    def rows(cls, person: Any, action: str = "view") -> models.QuerySet:
        return super().rows(person, action).named()  # type: ignore[attr-defined]


def over_count(person: Any) -> tuple[int, str]:
    """Certificates that are over: the number beside the board."""
    n = Requirement.objects.visible_to(person).certificates().expired().count()
    return n, "is-bad" if n else ""


menu.item(
    "assets.certificates",
    "registers",
    32,
    gettext_lazy("Certificates"),
    "certificate",
    "assets:certificates",
    roles=f"{CERTIFIERS} logistics_director auditor",
    count=over_count,
)
