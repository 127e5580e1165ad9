"""E-mail, over one connection that is kept open."""
from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import Any

import environ
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from logistics.alerts.drivers.base import Letter, Line, Outcome, Setup, driver


@driver("email")
class MailLine(Line):
    """Speaks SMTP with the server of EMAIL_URL, or with the one that the channel names ("smtp+tls://user:password@host:587")."""

    lanes = 2
    address_hint = _("Your e-mail address.")

    def __init__(self, setup: Setup):
        super().__init__(setup)
        self.gateway: Any = None

    def deliver(self, letter: Letter) -> Outcome:
        try:
            self.open()
        except (OSError, SMTPException) as error:  # nothing was sent yet
            self.close()
            return Outcome("timeout" if isinstance(error, TimeoutError) else "failed", words(error))
        try:
            self.gateway.send_messages([mail(letter)])
        except SMTPServerDisconnected as error:  # nobody knows whether this one arrived
            self.close()
            return Outcome("unknown", words(error))
        except SMTPException as error:  # a kind of OSError, hence asked first
            for_good = refused_for_good(error)
            mailbox = for_good and isinstance(error, SMTPRecipientsRefused)
            return Outcome("rejected" if for_good else "deferred", words(error), bad_address=mailbox)
        except TimeoutError as error:
            self.close()
            return Outcome("timeout", words(error))
        except OSError as error:
            self.close()
            return Outcome("unknown", words(error))
        return Outcome("accepted", provider_id=letter.key)

    def open(self) -> None:
        if self.gateway is not None:
            return
        options: dict[str, Any] = {}
        backend = settings.EMAIL_BACKEND
        if self.setup.address:
            given = environ.Env.email_url_config(self.setup.address)
            backend = given["EMAIL_BACKEND"]
            options = {"host": given["EMAIL_HOST"], "port": given["EMAIL_PORT"], "username": given["EMAIL_HOST_USER"] or "",
                       "password": given["EMAIL_HOST_PASSWORD"] or "", "use_tls": given.get("EMAIL_USE_TLS", False),
                       "use_ssl": given.get("EMAIL_USE_SSL", False)}
        if "smtp" in backend:
            options["timeout"] = self.setup.timeout_s
        gateway = get_connection(backend, **options)
        gateway.open()
        self.gateway = gateway

    def close(self) -> None:
        if self.gateway is not None:
            try:
                self.gateway.close()
            except (OSError, SMTPException):
                self.gateway = None
            self.gateway = None

    @classmethod
    def clean(cls, address: str) -> str:
        validate_email(address.strip())
        return address.strip()


def mail(letter: Letter) -> EmailMessage:
    """The mail of a letter; its Message-ID stays the same over all tries, so that a server can drop a second copy."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    made = EmailMessage(
        " ".join(letter.title.split()), letter.body.strip() + "\n", to=[letter.to],
        headers={
            "Message-ID": f"<{letter.key}@{sender.rpartition('@')[2] or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": "zh-Hans" if letter.language.startswith("zh") else "en",
            **dict(letter.headers),
        },
    )
    for path, name, kind in letter.files:
        found = Path(path)
        if found.is_file():  # not kept any more: the address in the text says so
            made.attach(name, found.read_bytes(), kind)
    return made


def refused_for_good(error: SMTPException) -> bool:
    """A refusal that another try will not change."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= 500


def words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
