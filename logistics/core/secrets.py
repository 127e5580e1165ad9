"""Text that only the installation itself can read: encrypted at rest with a key that follows from SECRET_KEY."""
from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.utils.crypto import salted_hmac

log = logging.getLogger(__name__)


def _box() -> MultiFernet:
    """Encrypts with SECRET_KEY; reads what SECRET_KEY_FALLBACKS wrote as well, so that the key can be changed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"houqin.secrets:" + key.encode()).digest())) for key in keys])


def seal(text: str) -> str:
    """The text as it is stored; "" stays ""."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(stored: str) -> str:
    """The text again; "" when it was sealed with a key that is not known any more, which is logged."""
    if not stored:
        return ""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        log.error("A stored secret cannot be read: SECRET_KEY has changed. Enter it again, or add the old key to SECRET_KEY_FALLBACKS.")
        return ""


def fingerprint(text: str, purpose: str) -> str:
    """64 hex digits by which equal texts are found without being readable; differs by purpose and installation."""
    return salted_hmac(f"houqin.{purpose}", text, algorithm="sha256").hexdigest()


class SecretField(models.TextField):
    """A text column that is sealed in the database and plain in Python. It cannot be searched; keep a fingerprint beside it."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else unseal(value)

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if text is None else seal(text)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError("A sealed column cannot be searched; look for its fingerprint.")
