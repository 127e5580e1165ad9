"""Every URL × method × kind of user, against the one table in permissions.txt. `MATRIX=write pytest …` rewrites it for review.

NAMES="alerts campus:place" visits only the addresses whose names begin so, and with MATRIX=write rewrites only their lines.
"""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver, reverse

from logistics.core.resources import RESOURCES
from logistics.core.testing import matrix
from logistics.core.workflow import WORKFLOWS

TABLE = Path(__file__).with_name("permissions.txt")
WORDS = """Who gets which status at every address: one sample record each, empty POST bodies.
200/204 served · 302 sent on (visitors to the sign-in page) · 401 sign in first (API) · 403 not allowed · 404 not yours · 405 no such method
409 too late · 422 allowed, but the empty form is incomplete"""
SKIP = ("api-",)
# The sample record of pages that bear the name of no resource, by the longest beginning of their own name.
SAMPLES = {
    "": "maintenance.workorder",
    "accounts:": "accounts.person",
    "alerts:": "alerts.alert",
    "alerts:channel": "alerts.channel",
    "alerts:obligation": "alerts.obligation",
    "alerts:webhook": "alerts.webhooksubscription",
    "assets:": "assets.equipment",
    "campus:": "campus.place",
    "core:": "core.job",
    "campus:calendar": "campus.workcalendar",
    "campus:label": "campus.tag",
    "campus:stewardship": "campus.stewardship",
    "maintenance:my-report": "maintenance.repairrequest",
    "maintenance:recalendar": "campus.workcalendar",
    "maintenance:request": "maintenance.repairrequest",
    "staff:": "staff.staffmember",
}


@pytest.fixture
def arguments(records: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The parts of each URL, filled with the sample record of its kind."""
    found: dict[str, dict[str, Any]] = {}
    for declared in RESOURCES:
        pk = records[declared.kind].pk
        flow = WORKFLOWS.get(declared.kind)
        first = next((step.name for step in flow if step.by_people), "") if flow else ""
        for page in ("detail", "edit", "history", "comment", "people", "follow", "photos", "files", "links"):
            found[declared.url_name(page)] = {"pk": pk}
        found[declared.url_name("move")] = {"pk": pk, "move": first}
        stem = f"{declared.app}-{declared.url_stem}"
        for page in ("detail", "comments", "followers", "files", "links", *[step.name for step in flow or ()]):
            found[f"{stem}-{page}"] = {"pk": pk}
    order, request = records["maintenance.workorder"], records["maintenance.repairrequest"]
    lists = {reverse(one.url_name("list")): one.kind for one in RESOURCES} | {
        reverse(f"{one.app}-{one.url_stem}-list"): one.kind for one in RESOURCES}
    for name, converters in matrix.url_names():
        if name in found:
            continue
        start = max((start for start in SAMPLES if name.startswith(start)), key=len)
        values = {
            "pk": records[SAMPLES[start]].pk, "key": f"r{request.pk}", "code": records["campus.tag"].code, "token": "unknown",
            "language": "en", "version": "0", "card": "home",
            "size": "thumb", "kind": "maintenance.workorder", "record_id": order.pk, "section": "system", "day": "2026-09-01",
        }
        url = reverse(name, kwargs={key: values.get(key, 0) for key in converters})
        above = max((path for path in lists if url.startswith(path)), key=len, default="")
        found[name] = values | ({"pk": records[lists[above]].pk} if above else {})
    return found


def test_every_address_answers_everybody_as_declared_and_refusals_write_nothing(arguments: Any, clients: Any) -> None:
    only = tuple(os.environ.get("NAMES", "").split())
    kinds, declared = matrix.read(TABLE)
    seen, wrote = matrix.walk(arguments, clients, SKIP, only, declared)
    rest = {key: row for key, row in declared.items() if only and not key[0].startswith(only)}
    if os.environ.get("MATRIX") == "write":
        matrix.write(TABLE, list(clients), rest | seen, WORDS)
        kinds, declared = matrix.read(TABLE)
    declared = {key: row for key, row in declared.items() if key not in rest}
    assert kinds == list(clients)
    assert matrix.faults(declared, seen, wrote) == []


def test_the_matrix_sees_an_undeclared_a_stale_and_a_changed_entry_and_a_refusal_that_wrote() -> None:
    declared = {("old", "GET"): {"student": 200}, ("home", "GET"): {"student": 200}}
    seen = {("home", "GET"): {"student": 403}, ("new", "GET"): {"student": 200}}
    wrote = {("home", "GET", "student"): ["INSERT INTO x"]}
    found = matrix.faults(declared, seen, wrote)
    assert [line.split(":")[0] for line in found] == ["not declared", "stale", "home GET as student", "home GET as student"]


def test_every_address_has_a_name() -> None:
    """What has no name escapes the matrix."""

    def nameless(resolver: Any, path: str = "") -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            here = path + str(entry.pattern)
            found += nameless(entry, here) if hasattr(entry, "url_patterns") else [] if entry.name else [here]
        return found

    assert nameless(get_resolver()) == []
