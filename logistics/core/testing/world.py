"""People by role and one record of each kind, for the suites."""
from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client

from logistics.core.fields import days
from logistics.core.registry import rooms


def factory_of(model: type[models.Model]) -> Any | None:
    """The factory that makes rows of a model, out of the `factories` rooms of its app."""
    for _label, room in rooms("factories", model._meta.app_label):
        for found in vars(room).values():
            options = getattr(found, "_meta", None)
            if (isinstance(found, type) and getattr(options, "model", None) is model and found.__module__ == room.__name__
                    and not options.abstract):
                return found
    return None


def person_with(role: str, **area: Any) -> Any:
    """A person who holds a role over an area (department=…, place=…; default: the whole school)."""
    from datetime import date

    people = get_user_model()
    number = f"suite-{role}-{people.objects.count()}"
    kinds = [role] if role in ("student", "teacher", "guardian") else ["staff"]
    person = people.objects.create(number=number, name_zh="测试", name_en=f"Suite {role}", kinds=kinds)
    if role in ("student", "teacher", "guardian", "nobody"):
        return person
    since = days(date(2020, 1, 1))
    place = area.get("place")
    if place is not None:
        apps.get_model("campus.Stewardship").objects.create(person=person, role=role, place=place, during=since)
    else:
        apps.get_model("accounts.RoleGrant").objects.create(person=person, role=role, department=area.get("department"), during=since)
    return person


def client_of(person: Any | None) -> Client:
    """A browser in which this person (or nobody) is signed in."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person, backend="logistics.accounts.backends.PersonBackend")
    return client
