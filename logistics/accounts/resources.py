"""People, departments, organisations, grants, delegations and memberships as lists, pages, forms and API."""
from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.accounts import filters, forms, services
from logistics.accounts.models import ApiToken, Delegation, Department, Membership, Organisation, Person, RoleGrant
from logistics.accounts.querysets import in_standing
from logistics.core import clock, menu
from logistics.core.access import access_of
from logistics.core.columns import Column, NameColumn, StateColumn, words_for
from logistics.core.pages import fragment
from logistics.core.resources import Resource, resource
from logistics.core.templatetags import ui
from logistics.core.transfer.declaration import Transfer


def kinds_words(person: Person) -> str:
    return ", ".join(str(Person.Kind(kind).label) for kind in person.kinds)


def may_see_contacts(person: Person, reader: Any) -> bool:
    """Contacts, roles and events of a person are for the person and the school office."""
    return reader.pk == person.pk or access_of(reader).may("accounts.person:contact", person)


def may_see_all(person: Person, reader: Any) -> bool:
    return reader.pk == person.pk or access_of(reader).may("accounts.person:view", person)


@resource
class People(Resource):
    model = Person
    label_plural = gettext_lazy("People")  # a word of its own: "people" is also a unit
    slug = "people"
    icon = "users"
    menu = ("people", 10)
    menu_label = gettext_lazy("People")
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", second="number", width=24),
        Column("number", gettext_lazy("Number"), sort="number", css="c-hide"),
        Column("kinds", gettext_lazy("Kinds"), show=kinds_words, export=kinds_words),
        Column("department", gettext_lazy("Department"), sort="department__code", joins=("department",), width=24),
        StateColumn(path="status", label=gettext_lazy("Status"), sort="status"),
    )
    facts = (
        Column("number", gettext_lazy("Number")), Column("name_zh", gettext_lazy("Chinese name")),
        Column("name_en", gettext_lazy("English name")),
        Column("kinds", gettext_lazy("Kinds"), show=kinds_words),
        Column("department", gettext_lazy("Department"), joins=("department",)),
        Column("organisation", gettext_lazy("Acts for"), joins=("organisation",)),
    )
    filterset = filters.PersonFilters
    order = ("number",)
    form = forms.PersonForm
    add_form = forms.NewPersonForm
    list_joins = ("department",)
    option_hint = "department.name"
    transfer = Transfer(
        key="number", owns=("accounts.membership.person",),
        also={"number": ("学号", "工号", "职工号", "student number", "staff number"), "name_zh": ("姓名", "name"),
              "kinds": ("身份", "类别"), "department": ("部门", "班级", "class"),
              "phone": ("手机", "手机号", "mobile"), "first_day": ("入校日期", "入职日期")},
        examples=(
            {"number": "20260101", "name_zh": "许知夏", "name_en": "Xu Zhixia", "kinds": "student", "department": "G7-1"},
            {"number": "T0912", "name_zh": "陈立", "name_en": "Chen Li", "kinds": "teacher,staff", "phone": "13800000000"},
        ),
    )
    comments = files = links = open_to_all = True
    api_fields = ("number", "name_zh", "name_en", "kinds", "department", "status")

    @classmethod
    def search_live(cls) -> models.Q:
        return in_standing(clock.today())

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        """A new person, invited until the first sign-in, with a main department if one is named."""
        fields = {name: value for name, value in data.items() if name not in {"department", "first_day"}}
        person = Person(**fields, status=Person.Status.INVITED, password=make_password(None))
        person.full_clean(exclude=["password"])
        person.save()
        if data.get("department"):
            services.join_department(person=person, department=data["department"], first_day=data.get("first_day"))
            person.refresh_from_db()
        return person

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        for name, value in data.items():
            setattr(record, name, value)
        record.full_clean(exclude=["password"])
        record.save()
        return record

    @classmethod
    def opens(cls, record: Any, person: Any) -> bool:
        """What hangs on a person is for that person and the school office."""
        return may_see_all(record, person)

    @classmethod
    def internal(cls, record: Any, person: Any) -> bool:
        return access_of(person).may("accounts.person:view", record)

    @classmethod
    def hidden_fields(cls, record: Any, person: Any) -> frozenset[str]:
        return frozenset() if may_see_contacts(record, person) else frozenset({"phone", "email", "gender", "birth_date"})

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if not may_see_all(record, request.user):
            return []
        found = [(_("Roles"), fragment("accounts/_roles.html", roles=services.held_roles(record)))]
        memberships = record.memberships.filter(during__isempty=False).select_related("department").order_by("-during")[:20]
        found.append((_("Departments"), fragment("accounts/_memberships.html", memberships=memberships)))
        duties = services.open_duties(record) if cls.may(request.user, "change", record) else []
        if duties:
            found.insert(0, (_("To hand over"), fragment("accounts/_duties.html", duties=duties)))
        return found

    @classmethod
    def aside(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        if not may_see_contacts(record, request.user):
            return []
        facts = [
            (_("Phone"), record.phone), (_("E-mail"), record.email), (_("Gender"), record.get_gender_display()),
            (_("Date of birth"), record.birth_date), (_("Last day"), record.left_on),
        ]
        shown = [{"label": label, "value": words_for(value)} for label, value in facts if value or label in {_("Phone"), _("E-mail")}]
        return [(_("Contact"), fragment("accounts/_facts.html", facts=shown))]

    @classmethod
    def actions(cls, record: Any, person: Any) -> list[dict[str, str]]:
        found = []
        if cls.may(person, "change", record):
            url = f"{reverse('accounts:membership-add')}?person={record.pk}"
            found.append({"label": _("Put into a department"), "icon": "sitemap", "url": url})
        if services.grantable_roles(person) and record.pk != person.pk:
            url = f"{reverse('accounts:rolegrant-add')}?person={record.pk}"
            found.append({"label": _("Grant a role"), "icon": "key", "url": url})
        if record.pk != person.pk and services.may_set_password(record, person):
            url = reverse("accounts:start-password", args=[record.pk])
            found.append({"label": _("Set a start password"), "icon": "password", "url": url})
        return found


@resource
class Departments(Resource):
    model = Department
    slug = "departments"
    icon = "sitemap"
    menu = ("people", 20)
    menu_label = gettext_lazy("Departments")
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", second="code", width=24),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind"),
        Column("parent", gettext_lazy("Part of"), joins=("parent",), width=24),
        Column("head", gettext_lazy("Head"), joins=("head",)),
        Column("active", gettext_lazy("Active"), css="c-hide"),
    )
    facts = (
        Column("code", gettext_lazy("Code")), Column("get_kind_display", gettext_lazy("Kind")),
        Column("parent", gettext_lazy("Part of"), joins=("parent",)), Column("head", gettext_lazy("Head"), joins=("head",)),
        Column("deputy", gettext_lazy("Deputy"), joins=("deputy",)), Column("cost_centre", gettext_lazy("Cost centre")),
        Column("active", gettext_lazy("Active")),
    )
    filterset = filters.DepartmentFilters
    order = ("code",)
    form = forms.DepartmentForm
    option_hint = "code"
    transfer = Transfer(key="code", also={"name_zh": ("部门名称", "班级"), "parent": ("上级部门",)}, examples=(
        {"code": "G7-1", "name_zh": "七年级一班", "name_en": "Class 7-1", "kind": "class", "parent": "G7"},))
    api_fields = ("code", "name_zh", "name_en", "kind", "parent", "head", "active")

    @classmethod
    def sections(cls, record: Any, request: Any) -> list[tuple[str, str]]:
        people = Person.objects.visible_to(request.user).active().filter(department=record).order_by("number")[:61]
        return [(_("People"), fragment("accounts/_people.html", people=people[:60], more=len(people) > 60,
                                       more_url=f"{reverse('accounts:person-list')}?department={record.pk}"))]


@resource
class Organisations(Resource):
    model = Organisation
    slug = "organisations"
    icon = "briefcase"
    menu = ("people", 30)
    menu_label = gettext_lazy("Organisations")
    columns = (
        NameColumn("name", gettext_lazy("Name"), sort="name_zh", second="code", width=30),
        Column("get_kind_display", gettext_lazy("Kind"), sort="kind"), Column("contact", gettext_lazy("Contact person")),
        Column("phone", gettext_lazy("Phone")), Column("active", gettext_lazy("Active"), css="c-hide"),
    )
    facts = (
        Column("code", gettext_lazy("Code")), Column("get_kind_display", gettext_lazy("Kind")),
        Column("contact", gettext_lazy("Contact person")), Column("phone", gettext_lazy("Phone")), Column("active", gettext_lazy("Active")),
    )
    filterset = filters.OrganisationFilters
    order = ("code",)
    form = forms.OrganisationForm
    option_hint = "get_kind_display"
    api_fields = ("code", "name_zh", "name_en", "kind", "contact", "phone", "active")


def since(row: Any) -> Any:
    return ui.when(row.during.lower) if row.during.lower else _("never")


def until(row: Any) -> Any:
    if row.during.isempty:
        return _("never began")
    return ui.when(row.during.upper) if row.during.upper else _("no end set")


SPAN = (
    Column("since", gettext_lazy("From"), sort="during", show=since, export=lambda row: row.during.lower, kind="datetime"),
    Column("until", gettext_lazy("Until"), show=until, export=lambda row: row.during.upper, kind="datetime"),
)


class Dated(Resource):
    """Rows that hold for a time: made by a service, ended by a last day, never rewritten."""

    @classmethod
    def locked(cls, record: Any, person: Any) -> str:
        from logistics.core import clock

        over = record.during.isempty or (record.during.upper is not None and record.during.upper <= clock.now())
        return _("This is over.") if over else ""


@resource
class Memberships(Dated):
    model = Membership
    slug = "memberships"
    icon = "calendar-user"
    columns = (
        NameColumn("person.name", gettext_lazy("Person"), sort="person__number", joins=("person",), width=24),
        Column("department", gettext_lazy("Department"), sort="department__code", joins=("department",), width=24),
        Column("title", gettext_lazy("Job title")), Column("main", gettext_lazy("Main department")), *SPAN,
    )
    facts = (
        Column("person", gettext_lazy("Person"), joins=("person",)),
        Column("department", gettext_lazy("Department"), joins=("department",)),
        Column("title", gettext_lazy("Job title")), Column("main", gettext_lazy("Main department")), *SPAN,
    )
    filterset = filters.MembershipFilters
    form = forms.EndMembershipForm
    add_form = forms.MembershipForm
    list_joins = ("person", "department")
    api_fields = ("person", "department", "title", "main", "during")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.join_department(**data)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        return services.end_membership(membership=record, title=data["title"], last_day=data.get("last_day"))


@resource
class RoleGrants(Dated):
    model = RoleGrant
    slug = "grants"
    icon = "key"
    menu = ("people", 40)
    menu_label = gettext_lazy("Role grants")
    columns = (
        NameColumn("person.name", gettext_lazy("Person"), sort="person__number", joins=("person",), width=24),
        Column("role_label", gettext_lazy("Role"), sort="role"),
        Column("department", gettext_lazy("Department"), joins=("department",), show=lambda row: row.department or _("the whole school"),
               export=lambda row: str(row.department or _("the whole school")), width=24),
        *SPAN,
        Column("granted_by", gettext_lazy("Granted by"), joins=("granted_by",)),
    )
    facts = (
        Column("person", gettext_lazy("Person"), joins=("person",)), Column("role_label", gettext_lazy("Role")),
        Column("department", gettext_lazy("Department"), joins=("department",), show=lambda row: row.department or _("the whole school")),
        *SPAN, Column("granted_by", gettext_lazy("Granted by"), joins=("granted_by",)), Column("reason", gettext_lazy("Reason")),
    )
    filterset = filters.RoleGrantFilters
    form = forms.EndGrantForm
    add_form = forms.GrantForm
    list_joins = ("person",)
    api_fields = ("person", "role", "department", "during", "granted_by", "reason")

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.grant_role(**data, by=by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        return services.end_grant(grant=record, by=by, last_day=data.get("last_day"))

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        return [{"label": _("Role matrix"), "icon": "table", "url": reverse("accounts:matrix")},
                {"label": _("Why can somebody see this?"), "icon": "shield-search", "url": reverse("accounts:explain")}]


@resource
class Delegations(Dated):
    model = Delegation
    slug = "delegations"
    icon = "user-share"
    columns = (
        NameColumn("from_person.name", gettext_lazy("Away"), sort="from_person__number", joins=("from_person",), width=24),
        Column("to_person", gettext_lazy("Acts instead"), joins=("to_person",), width=24),
        Column("role_labels", gettext_lazy("Roles"), show=lambda row: ", ".join(row.role_labels) or _("all")), *SPAN,
    )
    facts = (
        Column("from_person", gettext_lazy("Away"), joins=("from_person",)),
        Column("to_person", gettext_lazy("Acts instead"), joins=("to_person",)),
        Column("role_labels", gettext_lazy("Roles"), show=lambda row: ", ".join(row.role_labels) or _("all")), *SPAN,
        Column("reason", gettext_lazy("Reason")),
    )
    filterset = filters.DelegationFilters
    form = forms.EndDelegationForm
    add_form = forms.DelegationForm
    list_joins = ("from_person", "to_person")
    api_fields = ("from_person", "to_person", "roles", "during", "reason")

    @classmethod
    def may(cls, person: Any, action: str, record: Any = None) -> bool:
        """Whoever holds a role himself may hand it over, and take it back."""
        if action == "add":
            return any(grant.source != "kind" and grant.on_behalf_of is None for grant in access_of(person).grants)
        if action == "change" and record is not None and record.from_person_id == person.pk:
            return True
        return super().may(person, action, record)

    @classmethod
    def create(cls, data: dict[str, Any], by: Any) -> models.Model:
        return services.delegate(from_person=by, **data, by=by)

    @classmethod
    def update(cls, record: Any, data: dict[str, Any], by: Any) -> models.Model:
        return services.end_delegation(delegation=record, by=by, last_day=data.get("last_day"))


def door_words(token: Any) -> str:
    return _(", ").join(token.doors) or _("all")


def scope_words(token: Any) -> str:
    return _(", ").join(services.scope_label(scope) for scope in token.scopes)


@resource
class ApiTokens(Resource):
    """Made on a page of their own, because the secret is shown once; ended by a move."""

    model = ApiToken
    slug = "tokens"
    icon = "key"
    menu = ("system", 70)
    menu_label = gettext_lazy("Access tokens")
    columns = (
        NameColumn("name", gettext_lazy("What it is for"), sort="name", second="prefix", width=28),
        Column("owner", gettext_lazy("Acts as"), joins=("owner",), width=20),
        Column("device", gettext_lazy("Device"), css="c-hide"),
        StateColumn(label=gettext_lazy("State"), sort="state"),
        Column("expires_at", gettext_lazy("Ends at"), sort="expires_at", kind="datetime"),
        Column("last_used_at", gettext_lazy("Last used"), sort="last_used_at", kind="datetime"),
    )
    facts = (
        Column("prefix", gettext_lazy("Begins with")), Column("owner", gettext_lazy("Acts as"), joins=("owner",)),
        Column("scopes", gettext_lazy("Allowed to"), show=scope_words),
        Column("doors", gettext_lazy("Only these doors"), show=door_words),
        Column("device", gettext_lazy("Code of the device")),
        Column("addresses", gettext_lazy("Only from these addresses"), show=lambda row: _(", ").join(row.addresses) or _("all")),
        Column("expires_at", gettext_lazy("Ends at")), Column("last_used_at", gettext_lazy("Last used")),
        Column("revoked_at", gettext_lazy("Revoked at")), Column("created_at", gettext_lazy("Made at")),
        Column("created_by", gettext_lazy("Made by"), joins=("created_by",)),
    )
    filterset = filters.ApiTokenFilters
    list_joins = ("owner",)
    api_fields = ("name", "prefix", "owner", "scopes", "doors", "device", "addresses", "state", "expires_at", "last_used_at", "created_at")

    @classmethod
    def list_actions(cls, person: Any) -> list[dict[str, Any]]:
        new = {"label": _("New token"), "icon": "plus", "url": reverse("my-token-new"), "primary": True}
        return [new] if services.may_issue_token(person) else []


menu.item("accounts.matrix", "people", 50, gettext_lazy("Role matrix"), "table", "accounts:matrix", permission="accounts.rolegrant:view")
menu.item("accounts.explain", "people", 60, gettext_lazy("Why can somebody see this?"), "shield-search", "accounts:explain",
          permission="accounts.person:explain")
