"""A notice as an e-mail, in the language of whoever reads it."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from logistics.accounts.models import Person
from logistics.alerts.models import Notification

SCHOOL_LANGUAGE = Person.Language.CHINESE  # of people who have not chosen one


def language_of(person: Person) -> str:
    return person.language or SCHOOL_LANGUAGE


def letter(notification: Notification, key: str) -> EmailMessage:
    """The mail of a notice; `key` stays the same over all tries, so that a mail server can drop a second copy."""
    with translation.override(language_of(notification.person)):
        words = notification.words
        body = render_to_string(
            "alerts/mail.txt",
            {
                "notification": notification,
                "words": words,
                "url": settings.PUBLIC_URL.rstrip("/") + notification.link if notification.link else "",
                "settings_url": settings.PUBLIC_URL,
            },
        )
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        return EmailMessage(
            " ".join(words.title.split()),
            body.strip() + "\n",
            to=[notification.person.email],
            headers={
                "Message-ID": f"<{key}@{sender.rpartition('@')[2] or 'localhost'}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": "zh-Hans" if translation.get_language().startswith("zh") else "en",
            },
        )
