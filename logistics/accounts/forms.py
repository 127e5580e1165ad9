"""What people type about people: sign-in, passwords, persons, departments, grants, delegations."""
from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.accounts.backends import plain_phone
from logistics.accounts.models import Delegation, Department, Membership, Organisation, Person, RoleGrant
from logistics.accounts.services import grantable_roles
from logistics.accounts.services.delegations import own_roles
from logistics.accounts.services.holding import role_label
from logistics.accounts.services.tokens import acts_of, scope_label, service_accounts, writable_apps
from logistics.core.forms import ActingForm, ActingModelForm, DayInput, RecordChoice, offer
from logistics.core.resources import RESOURCES


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **options)


# the door ---------------------------------------------------------------------------------------------------------
class SignInForm(forms.Form):
    """Name and password; whether a name exists is never told."""

    username = forms.CharField(label=gettext_lazy("Staff number, student number, e-mail or phone"), max_length=254,
                               widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}))
    password = forms.CharField(label=gettext_lazy("Password"), max_length=128, strip=False,
                               widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    shared = forms.BooleanField(label=gettext_lazy("Shared computer"), required=False,
                                help_text=gettext_lazy("You are signed out after 30 minutes without a touch."))


class PasswordForm(ActingForm):
    """The old password and a new one."""

    old = forms.CharField(label=gettext_lazy("Present password"), max_length=128, strip=False,
                          widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(label=gettext_lazy("New password"), max_length=128, strip=False,
                          widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
                          help_text=lazy(lambda: " ".join(password_validators_help_texts()), str)())

    def clean_old(self) -> str:
        if not self.person.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("This is not your present password."))
        return self.cleaned_data["old"]

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.person)
        return self.cleaned_data["new"]


# tokens -----------------------------------------------------------------------------------------------------------
class TokenForm(ActingForm):
    """What a program may do with a token, and for how long."""

    DAYS = ((30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (180, gettext_lazy("Half a year")), (365, gettext_lazy("A year")))
    groups = (
        (gettext_lazy("Single permissions"), ("single",), False, gettext_lazy("instead of a whole area")),
        (gettext_lazy("Limits"), ("addresses", "device", "doors"), False, gettext_lazy("optional")),
    )
    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80,
                           help_text=gettext_lazy("For example: energy report, screen in the hall"))
    owner = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("Acts as"), required=False,
                                   empty_label=gettext_lazy("Myself"), help_text=gettext_lazy("A service account, or yourself."))
    days = forms.TypedChoiceField(label=gettext_lazy("Holds for"), choices=DAYS, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(label=gettext_lazy("Allowed to"), widget=forms.CheckboxSelectMultiple, required=False,
                                       help_text=gettext_lazy("Never more than the one it acts as."))
    single = forms.MultipleChoiceField(label=gettext_lazy("Single permissions"), required=False,
                                       widget=forms.SelectMultiple(attrs={"size": 10}))
    addresses = forms.CharField(label=gettext_lazy("Only from these addresses"), max_length=400, required=False,
                                help_text=gettext_lazy("Addresses or networks, separated by blanks: 10.2.0.0/16"))
    device = forms.CharField(label=gettext_lazy("Code of the device"), max_length=40, required=False,
                             help_text=gettext_lazy("A token of a device names the doors that it may use."))
    doors = forms.CharField(label=gettext_lazy("Only these doors"), max_length=1000, required=False,
                            help_text=gettext_lazy("Addresses below /api/v1/, separated by blanks; * at the end opens everything below."))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        accounts = service_accounts(self.person)
        offer(self, "owner", accounts)
        if not accounts.exists():
            for name in ("owner", "device"):
                del self.fields[name]
        areas = ["read", *(f"write:{app}" for app in writable_apps())]
        offer(self, "scopes", [(scope, scope_label(scope)) for scope in areas])
        offer(self, "single", [
            (str(declared.label_plural).capitalize(), [(f"{declared.kind}:{act}", word) for act, word in acts_of(declared.kind)])
            for declared in RESOURCES
        ])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("scopes") and not cleaned.get("single"):
            self.add_error("scopes", _("Choose at least one thing that it may do."))
        for name in ("addresses", "doors"):
            cleaned[name] = cleaned.get(name, "").split()
        if cleaned.get("device") and not cleaned["doors"]:
            self.add_error("doors", _("Name the doors that the device may use."))
        return cleaned


# records ----------------------------------------------------------------------------------------------------------
class PersonForm(ActingModelForm):
    """Somebody the school knows."""

    kinds = forms.MultipleChoiceField(label=gettext_lazy("Kinds"), choices=Person.Kind.choices, widget=forms.CheckboxSelectMultiple)
    organisation = RecordChoice(Organisation, resource="accounts.organisation", label=gettext_lazy("Acts for"), required=False,
                                help_text=gettext_lazy("Only for people from outside the school."))
    groups = (
        (gettext_lazy("Contact"), ("email", "phone"), False, gettext_lazy("optional")),
        (gettext_lazy("More about this person"), ("gender", "birth_date", "organisation", "language", "can_sign_in"), False, ""),
    )

    class Meta:
        model = Person
        fields = (
            "number", "name_zh", "name_en", "kinds", "email", "phone", "gender", "birth_date", "organisation", "language", "can_sign_in",
        )
        widgets = {"birth_date": DayInput()}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean_phone(self) -> str:
        return plain_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("name_zh") and not cleaned.get("name_en"):
            self.add_error("name_zh", _("Write the Chinese name or the English one."))
        return cleaned


class NewPersonForm(PersonForm):
    """The same with the department that the person joins."""

    department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("Department"), required=False)
    first_day = day_field(gettext_lazy("First day"), required=False)


class DepartmentForm(ActingModelForm):
    """An office, grade, class or team."""

    parent = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("Part of"), required=False)
    head = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Head"), required=False)
    deputy = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Deputy"), required=False)

    class Meta:
        model = Department
        fields = ("code", "name_zh", "name_en", "kind", "parent", "head", "deputy", "cost_centre", "active")

    def clean_parent(self) -> Department | None:
        parent = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk in parent.ancestors:
            raise forms.ValidationError(_("A department cannot be part of itself. Choose one outside of it."))
        return parent


class OrganisationForm(ActingModelForm):
    """An outside party."""

    class Meta:
        model = Organisation
        fields = ("code", "name_zh", "name_en", "kind", "contact", "phone", "active")


class EndForm(ActingModelForm):
    """The last day of something that holds for a time."""

    last_day = day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty to end it now."))


class EndMembershipForm(EndForm):
    class Meta:
        model = Membership
        fields = ("title",)


class EndGrantForm(EndForm):
    class Meta:
        model = RoleGrant
        fields = ()


class EndDelegationForm(EndForm):
    class Meta:
        model = Delegation
        fields = ()


class MembershipForm(ActingForm):
    """Put somebody into a department."""

    person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Person"))
    department = RecordChoice(Department, resource="accounts.department", label=gettext_lazy("Department"))
    title = forms.CharField(label=gettext_lazy("Job title"), max_length=60, required=False)
    main = forms.BooleanField(label=gettext_lazy("Main department"), required=False, initial=True)
    first_day = day_field(gettext_lazy("First day"), required=False)


class GrantForm(ActingForm):
    """Give somebody a role that stands below the own one."""

    person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Person"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    department = RecordChoice(
        Department, resource="accounts.department", label=gettext_lazy("Department"), required=False,
        help_text=gettext_lazy("Leave empty for the whole school. Roles at a place are given on the page of the place."),
    )
    first_day = day_field(gettext_lazy("First day"), required=False)
    last_day = day_field(gettext_lazy("Last day"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, "role", [(code, role_label(code)) for code in grantable_roles(self.person)])


class DelegationForm(ActingForm):
    """Who acts with one's roles while one is away."""

    to_person = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Who acts for you"))
    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"))
    roles = forms.MultipleChoiceField(label=gettext_lazy("Roles"), required=False, widget=forms.CheckboxSelectMultiple,
                                      help_text=gettext_lazy("Leave empty to hand over every role."))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        codes = own_roles(self.person) if self.person else []
        offer(self, "roles", [(code, role_label(code)) for code in codes])


class ExplainForm(ActingForm):
    """Person, record and act: why, or why not?"""

    person_asked = RecordChoice(Person, resource="accounts.person", label=gettext_lazy("Person"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of record"))
    number = forms.CharField(label=gettext_lazy("Number"), max_length=60)
    act = forms.ChoiceField(label=gettext_lazy("Act"), required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], acts: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds)
        offer(self, "act", acts)
