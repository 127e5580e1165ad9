"""What happened at the door."""
from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.core import clock


class SignInEvent(models.Model):
    """登录记录: one attempt to sign in; kept 180 days."""

    class Result(models.TextChoices):
        OK = "ok", _("Signed in")
        REFUSED = "refused", _("Refused")
        LOCKED = "locked", _("Refused and locked")

    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=12, choices=[("password", _("Password")), ("demo", _("Demo"))])
    result = models.CharField(max_length=8, choices=Result)
    key = models.CharField(max_length=64, blank=True)  # keyed hash of the name as typed and the address: what a lock-out counts
    address_prefix = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            models.Index(fields=["person", "-at"], name="sign_in_person"),
            models.Index(fields=["key", "-at"], name="sign_in_key"),
            models.Index(fields=["address_prefix", "-at"], name="sign_in_address"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.result}"
