"""The person: the user model of the platform."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.accounts.querysets import PersonQuerySet
from logistics.core import clock
from logistics.core.bilingual import chinese, pick
from logistics.core.history import tracked
from logistics.core.scoping import Record
from logistics.core.search import Searchable, search_index, search_trigger

IMPLIED_ROLES = {
    "student": "student", "teacher": "teacher", "guardian": "guardian", "contractor": "contractor", "supplier": "supplier_user",
}


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Makes people whose password is hashed."""

    def create_user(self, number: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(number=number, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    create_superuser = create_user


@tracked(exclude=["password", "last_login", "session_round"])
class Person(AbstractBaseUser, Searchable, Record):
    """人员: somebody the school knows, whether or not that person signs in."""

    class Kind(models.TextChoices):
        STUDENT = "student", _("Student")
        TEACHER = "teacher", _("Teacher")
        STAFF = "staff", _("Staff")
        GUARDIAN = "guardian", _("Guardian")
        SUPPLIER = "supplier", _("Supplier contact")
        CONTRACTOR = "contractor", _("Contractor")
        ASSESSOR = "assessor", _("Assessor")
        OFFICIAL = "official", _("Official")
        SERVICE = "service", _("Service account")

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        LEFT = "left", _("Left")
        ANONYMISED = "anonymised", _("Anonymised")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        CHINESE = "zh-hans", "中文"

    number = models.CharField(_("student or staff number"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    gender = models.CharField(_("gender"), max_length=1, blank=True, choices=[("f", _("female")), ("m", _("male"))])
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    kinds = ArrayField(models.CharField(max_length=12, choices=Kind), verbose_name=_("kinds"), default=list)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("acts for")
    )
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("main department"),
        help_text=_("Kept from the main membership."), editable=False,
    )
    language = models.CharField(_("language"), max_length=8, choices=Language, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    can_sign_in = models.BooleanField(_("may sign in"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    left_on = models.DateField(_("last day"), null=True, blank=True)
    session_round = models.PositiveIntegerField(default=0, editable=False)  # raised by "sign out everywhere"; older sessions end
    created_at = models.DateTimeField(default=clock.now, editable=False)

    scope_department = "department"

    objects = PersonManager()
    USERNAME_FIELD = "number"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(name="person_left_has_date", condition=~Q(status="left") | Q(left_on__isnull=False)),
            models.CheckConstraint(
                name="person_anonymised_is_empty",
                condition=~Q(status="anonymised") | Q(name_zh="", name_en="", email="", phone="", birth_date__isnull=True),
            ),
            models.UniqueConstraint(fields=["phone"], name="person_phone", condition=~Q(phone="")),
            models.UniqueConstraint(fields=["email"], name="person_email", condition=~Q(email="")),
        ]
        indexes = [search_index("person_search"), models.Index(fields=["status", "number"], name="person_status")]
        triggers = [search_trigger("number", "name_zh", "name_en")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en) or str(_("Former person %(number)s") % {"number": self.pk})

    @property
    def initials(self) -> str:
        """What the avatar shows: the last character of a Chinese name, else two letters."""
        if chinese() and self.name_zh:
            return self.name_zh[-1]
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """May act now: in good standing, and the last day is not over."""
        standing = self.status in {self.Status.ACTIVE, self.Status.INVITED} and self.can_sign_in
        return standing and (self.left_on is None or clock.today() <= self.left_on)

    @property
    def ends_at(self) -> datetime | None:
        """The midnight after the last day, or None."""
        return clock.midnight(self.left_on + timedelta(days=1)) if self.left_on else None

    @property
    def implied_roles(self) -> list[str]:
        """Roles that follow from what the person is."""
        return [IMPLIED_ROLES[kind] for kind in self.kinds if kind in IMPLIED_ROLES]

    def get_session_auth_hash(self) -> str:
        """Sessions hold this; another password or round ends them."""
        return f"{super().get_session_auth_hash()}.{self.session_round}"

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name
