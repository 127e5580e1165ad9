"""Staff files, skills, certificates, rosters, duties and leave as lists, pages, forms and API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.core import menu
from logistics.core.columns import Column, NameColumn, StateColumn
from logistics.core.counting import bounded_count
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.transfer.declaration import Transfer
from staff import filters, forms, services
from staff.models import Certificate, CertificateType, Duty, Leave, RosterPeriod, Skill, StaffMember, StaffSkill


def display(name: str, label: Any, **options: Any) -> Column:
    """A choice in words."""
    return Column(f"get_{name}_display", label, sort=name, **options)


def name_of(row: Any) -> str:
    return str(row.staff)


STAFF_NAME = NameColumn(
    "staff.person.name",
    gettext_lazy("Name"),
    sort="staff__staff_no",
    second="staff.staff_no",
    joins=("staff__person",),
    export=name_of,
    width=20,
)
STAFF_FACT = Column("staff.person.name", gettext_lazy("Staff member"), joins=("staff__person",))  # a name: not everybody may open the file


@resource
class StaffMembers(Resource):
    model = StaffMember
    slug = "members"
    icon = "id-badge-2"
    menu = ("people", 40)
    filterset = filters.StaffFilters
    order = ("staff_no",)
    form = forms.StaffMemberForm
    list_joins = ("person", "team")
    option_hint = "team.name"
    transfer = Transfer(
        key="staff_no", also={"person": ("姓名", "人员", "name"), "team": ("班组", "队伍"), "joined_on": ("入职日期",)},
        examples=({"staff_no": "W0231", "person": "T0912", "team": "MAINT", "employment": "contract", "joined_on": "2026-09-01"},),
    )
    columns = (
        NameColumn("person.name", gettext_lazy("Name"), sort="staff_no", second="staff_no", joins=("person",), export=str, width=20),
        Column("team", gettext_lazy("Team"), sort="team__code", joins=("team",), width=20),
        display("employment", gettext_lazy("Employment")),
        Column("joined_on", gettext_lazy("Joined on"), sort="joined_on", kind="date", css="c-hide"),
        Column("left_on", gettext_lazy("Last day"), sort="left_on", kind="date", css="c-hide", default=False),
    )
    facts = (
        Column("person", gettext_lazy("Person"), joins=("person",)),
        Column("staff_no", gettext_lazy("Staff number")),
        Column("team", gettext_lazy("Team"), joins=("team",)),
        display("employment", gettext_lazy("Employment")),
        Column("employer", gettext_lazy("Employer"), joins=("employer",), show=lambda row: row.employer or _("The school")),
        Column("joined_on", gettext_lazy("Joined on")),
        Column("left_on", gettext_lazy("Last day"), show=lambda row: ui.day(row.left_on) or _("no end set")),
    )
    api_fields = ("person", "staff_no", "team", "employment", "employer", "joined_on", "left_on")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        skills = (
            StaffSkill.objects.filter(staff=record).newest().select_related("skill", "assessor").order_by("skill__trade", "skill__code")
        )
        papers = Certificate.objects.filter(staff=record).exclude(state="rejected").select_related("type").order_by("-valid_until")[:30]
        return [
            (_("Skills"), fragment("staff/_skills.html", skills=skills)),
            (_("Certificates"), fragment("staff/_certificates.html", papers=papers)),
        ]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = []
        if StaffSkills.may(person, "add", None):
            found.append({"label": _("Assess a skill"), "icon": "star", "url": f"{reverse('staff:staffskill-add')}?staff={record.pk}"})
        if Certificates.may(person, "add", None):
            found.append(
                {"label": _("Enter a certificate"), "icon": "certificate", "url": f"{reverse('staff:certificate-add')}?staff={record.pk}"}
            )
        return found


@resource
class Skills(Resource):
    model = Skill
    slug = "skills"
    icon = "star"
    menu = ("people", 60)
    filterset = filters.SkillFilters
    order = ("code",)
    form = forms.SkillForm
    option_hint = "get_trade_display"
    columns = (NameColumn("name", gettext_lazy("Name"), sort="code", second="code", export=str), display("trade", gettext_lazy("Trade")))
    facts = (Column("code", gettext_lazy("Code")), display("trade", gettext_lazy("Trade")))
    api_fields = ("code", "name_zh", "name_en", "trade")


@resource
class StaffSkills(Resource):
    model = StaffSkill
    slug = "skill-levels"
    icon = "stars"
    filterset = filters.StaffSkillFilters
    add_form = forms.AssessForm
    list_joins = ("staff__person", "skill")
    columns = (
        STAFF_NAME,
        Column("skill", gettext_lazy("Skill"), joins=("skill",), sort="skill__code"),
        Column("level", gettext_lazy("Skill level"), sort="level", kind="number", css="hq-end"),
        Column("assessed_on", gettext_lazy("Assessed on"), sort="assessed_on", kind="date"),
        Column("assessor", gettext_lazy("Assessed by"), joins=("assessor",), css="c-hide"),
    )
    facts = (
        STAFF_FACT,
        Column("skill", gettext_lazy("Skill"), joins=("skill",)),
        Column("level", gettext_lazy("Skill level")),
        Column("assessed_on", gettext_lazy("Assessed on")),
        Column("assessor", gettext_lazy("Assessed by"), joins=("assessor",)),
        Column("evidence", gettext_lazy("Evidence")),
    )
    api_fields = ("staff", "skill", "level", "assessed_on", "assessor", "evidence")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        if data["staff"].person_id == by.pk:
            raise ValidationError({"staff": _("Nobody assesses the own skills.")})
        return super().create({**data, "assessor": by}, by)


@resource
class CertificateTypes(Resource):
    model = CertificateType
    slug = "certificate-types"
    icon = "certificate-2"
    menu = ("people", 70)
    order = ("code",)
    form = forms.CertificateTypeForm
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="code", second="code", export=str),
        display("issuer", gettext_lazy("Issued by")),
        Column("validity_months", gettext_lazy("Valid for (months)"), kind="number", css="hq-end"),
    )
    facts = (
        Column("code", gettext_lazy("Code")),
        display("issuer", gettext_lazy("Issued by")),
        Column("validity_months", gettext_lazy("Valid for (months)"), show=lambda row: row.validity_months or _("without end")),
    )
    api_fields = ("code", "name_zh", "name_en", "issuer", "validity_months")


def left_words(paper: Certificate) -> Any:
    """How long a certificate still counts."""
    if paper.state != "valid":
        return ui.day(paper.valid_until)
    left = paper.days_left
    if left < 0:
        words = ngettext("over for %(n)s day", "over for %(n)s days", -left) % {"n": -left}
        return ui.state("danger", words, sprite=True)
    words = ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left}
    return ui.state("late", words, sprite=True) if left <= 30 else words


@resource
class Certificates(Resource):
    model = Certificate
    slug = "certificates"
    icon = "certificate"
    filterset = filters.CertificateFilters
    order = ("valid_until", "id")
    form = forms.CertificateForm
    photos = True
    list_joins = ("staff__person", "type")
    columns = (
        STAFF_NAME,
        Column("type", gettext_lazy("Certificate"), joins=("type",), sort="type__code"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("valid_until", gettext_lazy("Valid until"), sort="valid_until", kind="date"),
        Column("days_left", gettext_lazy("Days left"), show=left_words, export=lambda row: row.days_left, kind="number"),
        Column("number", gettext_lazy("Number"), css="c-hide"),
    )
    facts = (
        STAFF_FACT,
        Column("type", gettext_lazy("Certificate type"), joins=("type",)),
        Column("number", gettext_lazy("Number")),
        Column("issued_on", gettext_lazy("Issued on")),
        Column("valid_from", gettext_lazy("Valid from")),
        Column("valid_until", gettext_lazy("Valid until")),
        Column("verified_by", gettext_lazy("Confirmed by"), joins=("verified_by",)),
        Column("verified_at", gettext_lazy("Verified at")),
    )
    api_fields = ("staff", "type", "number", "state", "issued_on", "valid_from", "valid_until", "verified_at")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return super().create({**data, "added_by": by}, by)

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return (
            ""
            if record.state == "pending"
            else _("Only a certificate that waits to be verified can be changed; enter the renewed one as a new one.")
        )

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        board = {"label": _("Board"), "icon": "layout-kanban", "url": reverse("staff:certificate-board")}
        return [board] if cls.may_list(person) else []


@resource
class Rosters(Resource):
    model = RosterPeriod
    slug = "rosters"
    icon = "calendar-event"
    filterset = filters.RosterFilters
    order = ("-first_day", "-id")
    form = forms.RosterForm
    list_joins = ("team",)
    columns = (
        NameColumn("team.name", gettext_lazy("Team"), sort="team__code", joins=("team",), export=lambda row: str(row.team), width=20),
        Column("first_day", gettext_lazy("First day"), sort="first_day", kind="date"),
        Column("last_day", gettext_lazy("Last day"), sort="last_day", kind="date"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
    )
    facts = (
        Column("team", gettext_lazy("Team"), joins=("team",)),
        Column("first_day", gettext_lazy("First day")),
        Column("last_day", gettext_lazy("Last day")),
        Column("published_at", gettext_lazy("Published at")),
    )
    api_fields = ("team", "first_day", "last_day", "state", "published_at")

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        return "" if record.state == "draft" else _("A published roster keeps its days.")

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        return [
            {
                "label": _("Week grid"),
                "icon": "calendar-week",
                "url": f"{reverse('staff:roster')}?team={record.team_id}&week={record.first_day.isoformat()}",
            }
        ]


@resource
class Duties(Resource):
    model = Duty
    slug = "duties"
    icon = "calendar-user"
    filterset = filters.DutyFilters
    order = ("-start", "-id")
    add_form = forms.DutyForm
    list_joins = ("staff__person", "period__team")
    columns = (
        STAFF_NAME,
        display("kind", gettext_lazy("Kind")),
        Column("start", gettext_lazy("Starts at"), sort="start", kind="datetime"),
        Column("end", gettext_lazy("Ends at"), sort="end", kind="datetime"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("period.team", gettext_lazy("Team"), joins=("period__team",), css="c-hide"),
    )
    facts = (
        STAFF_FACT,
        display("kind", gettext_lazy("Kind")),
        Column("start", gettext_lazy("Starts at")),
        Column("end", gettext_lazy("Ends at")),
        Column("period", gettext_lazy("Roster"), joins=("period__team",)),
    )
    api_fields = ("staff", "period", "kind", "start", "end", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.assign_duty(**data, by=by)


@resource
class Leaves(Resource):
    model = Leave
    slug = "leave"
    icon = "beach"
    filterset = filters.LeaveFilters
    order = ("-first_day", "-id")
    add_form = forms.LeaveForm
    list_joins = ("staff__person",)
    columns = (
        STAFF_NAME,
        display("kind", gettext_lazy("Kind")),
        Column("first_day", gettext_lazy("First day"), sort="first_day", kind="date"),
        Column("last_day", gettext_lazy("Last day"), sort="last_day", kind="date"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
    )
    facts = (
        STAFF_FACT,
        display("kind", gettext_lazy("Kind")),
        Column("first_day", gettext_lazy("First day")),
        Column("last_day", gettext_lazy("Last day")),
        Column("reason", gettext_lazy("Reason")),
        Column("asked_at", gettext_lazy("Asked at")),
    )
    api_fields = ("staff", "kind", "first_day", "last_day", "state")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        member = StaffMember.objects.employed().filter(person=by).first()
        if member is None:
            raise ValidationError(_("Only people with a staff file ask for leave here."))
        return super().create({**data, "staff": member}, by)


def papers_waiting(person: Any) -> tuple[int, str]:
    """The badge of the menu: certificates to verify."""
    waiting = bounded_count(Certificate.objects.visible_to(person).filter(state="pending"), 99).rows
    return waiting, "is-hot" if waiting else ""


def leave_waiting(person: Any) -> tuple[int, str]:
    waiting = bounded_count(Leave.objects.visible_to(person).filter(state="asked").exclude(staff__person=person), 99).rows
    return waiting, "is-hot" if waiting else ""


menu.item("my-duties", "", 30, gettext_lazy("My duties"), "calendar-user", "staff:my-duties", roles="staff_member")
menu.item(
    "roster",
    "people",
    45,
    gettext_lazy("Roster"),
    "calendar-week",
    "staff:roster",
    roles="team_leader staff_officer dispatcher facilities_manager logistics_director principal department_head duty_leader duty_officer "
    "auditor",
)
menu.item(
    "certificates",
    "people",
    50,
    gettext_lazy("Certificates"),
    "certificate",
    "staff:certificate-board",
    permission="staff.certificate:view",
    count=papers_waiting,
)
menu.item("leave", "people", 55, gettext_lazy("Leave"), "beach", "staff:leave-list", permission="staff.leave:view", count=leave_waiting)
