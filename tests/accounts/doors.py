"""How the tests of accounts walk: times on a school day, and the front door."""
from __future__ import annotations

from datetime import date, datetime

from django.test import Client
from django.utils import timezone

from logistics.accounts.models import Person

PASSWORD = "wutong-tree-7"


def at(text: str) -> datetime:
    """An instant in the school's zone: at("2026-10-30 23:59")."""
    return timezone.make_aware(datetime.fromisoformat(text))


def day(text: str) -> date:
    return date.fromisoformat(text)


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def knock(client: Client, name: str, password: str, **more: str):
    """One attempt at the sign-in page."""
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client
