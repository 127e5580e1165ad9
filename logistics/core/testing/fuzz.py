"""The whole API under made-up and half-true requests, as every kind of user: no fault, no undeclared answer, no row out of scope.

Requests are generated from the published schema. Half of them are filled with real ids and true samples, so that they get past the first
check; the rest is what the generator thinks of, well-formed or not. Every request is undone, so one cannot spoil the next.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import schemathesis
from django import forms
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, models, transaction
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as how
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from logistics.core.registry import Registry
from logistics.core.resources import Resource
from logistics.core.samples import sample_of
from logistics.core.testing.world import client_of
from logistics.core.workflow import WORKFLOWS

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
]
CSRF = "c" * 32


@dataclass
class Caller:
    """Somebody at the door: a person in a browser, or a program with a token."""

    name: str
    person: Any
    secret: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.secret:
            self.headers = {"Authorization": f"Bearer {self.secret}"}
        elif self.person is not None:
            client = client_of(self.person)
            assert client.session[SESSION_KEY]
            self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value, "csrftoken": CSRF}
            self.headers = {"X-CSRFToken": CSRF}

    def sees(self, declared: type[Resource], pk: Any) -> bool:
        """Is this row in scope? Asked of a fresh person, as each request does."""
        if self.person is None:
            return False
        self.person._access = None
        return declared.rows(self.person).filter(pk=pk).exists()


@dataclass
class Found:
    """What the walk saw."""

    problems: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    operations: int = 0

    def blame(self, words: str) -> None:
        if words not in self.problems:
            self.problems.append(words)


def walk(app: Any, callers: list[Caller], rows: dict[str, list[int]], *, examples: int,
         only: Callable[[str], bool] = lambda path: True) -> Found:
    """Try every operation as everybody. `rows` are known ids by kind of record, in scope and out of it."""
    found = Found()
    with _one_connection():
        for operation in _operations(app):
            if only(operation.path):
                found.operations += 1
                _try(operation, callers, rows, examples, found)
    return found


@contextmanager
def _one_connection() -> Iterator[None]:
    """The requests run inside the transaction of the test: the server must not give its connection back after each."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def _operations(app: Any) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", app)
    for result in schema.get_all_operations():
        operation = result.ok()
        if "/schema/" not in operation.path:
            yield operation


def _try(operation: Any, callers: list[Caller], rows: dict[str, list[int]], examples: int, found: Found) -> None:
    match = resolve(re.sub(r"\{\w+\}", "1", operation.path))
    view = getattr(match.func, "cls", None)
    declared: type[Resource] | None = getattr(view, "resource", None)
    action = (getattr(match.func, "actions", None) or {}).get(operation.method, "")
    form = _form(declared, action)
    well, badly = operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @seed(20260901)
    @how(max_examples=examples, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data: Any) -> None:
        nth = data.draw(st.integers(0, 3))
        case = data.draw(badly if nth == 3 else well)
        if declared is not None and nth < 3:
            known = rows.get(declared.kind, [])
            if "id" in (case.path_parameters or {}) and known:
                case.path_parameters["id"] = data.draw(st.sampled_from(known))
            if form is not None and nth < 2:
                case.body = _true_body(form, rows, lambda ids: data.draw(st.sampled_from(ids)))
                case.media_type = "application/json"
            if action == "bulk" and nth < 2:
                case.body = {"items": [_true_item(declared, rows, lambda ids: data.draw(st.sampled_from(ids)))]}
            if nth < 2 and case.headers:
                case.headers.pop("If-Match", None)
                case.headers.pop("Idempotency-Key", None)
            if nth < 2 and operation.method == "patch":
                case.headers = {**(case.headers or {}), "If-Match": "*"}
        for caller in callers:
            with transaction.atomic():
                _send(case, caller, declared, action, found)
                transaction.set_rollback(True)

    ask()


def _send(case: Any, caller: Caller, declared: Any, action: str, found: Found) -> None:
    pk = (case.path_parameters or {}).get("id")
    seen = declared is None or pk is None or _sees(caller, declared, pk)
    response = case.call(headers=caller.headers | {"Accept-Encoding": "identity"}, cookies=caller.cookies)
    found.statuses[response.status_code] += 1
    where = f"{case.operation.label} as {caller.name}"
    try:
        case.validate_response(response, checks=CHECKS)
    except (Exception, FailureGroup) as error:
        found.blame(f"{where}: {response.status_code} {_first(error)}")
    if response.status_code < 300 and not seen:
        found.blame(f"{where}: leak, {declared.kind} {pk} is out of scope and was answered with {response.status_code}")
    if action == "list" and response.status_code == 200:
        shown = {row["id"] for row in response.json()["results"]}
        caller.person._access = None
        beyond = shown - set(declared.rows(caller.person).filter(pk__in=shown).values_list("pk", flat=True))
        if beyond:
            found.blame(f"{where}: leak, out of scope and listed: {sorted(beyond)}")


def _sees(caller: Caller, declared: type[Resource], pk: Any) -> bool:
    return isinstance(pk, int) and 0 < pk < 2**63 and caller.sees(declared, pk)


def _first(error: BaseException) -> str:
    parts = getattr(error, "exceptions", None) or [error]
    return " · ".join(str(part).strip().replace("\n", " ")[:400] for part in parts)


# half-true bodies ----------------------------------------------------------------------------------------------------
def _form(declared: type[Resource] | None, action: str) -> type[forms.BaseForm] | None:
    if declared is None:
        return None
    if action.startswith("move_"):
        return WORKFLOWS[declared.kind].moves[action.removeprefix("move_")].form_class
    return {"create": declared.add_form or declared.form, "partial_update": declared.form}.get(action)


def _true_body(form: type[forms.BaseForm], rows: dict[str, list[int]], pick: Callable[[list[int]], int]) -> dict[str, Any]:
    """What a careful client would send: samples, and ids that exist (in scope or not)."""
    from logistics.core.api import input_serializer

    body = sample_of(input_serializer("Sample", form)())
    for name, choice in form.base_fields.items():
        if isinstance(choice, forms.ModelChoiceField):
            ids = rows.get(choice.queryset.model._meta.label_lower) or list(_some_ids(choice.queryset.model))
            if ids:
                body[name] = [pick(ids)] if isinstance(choice, forms.ModelMultipleChoiceField) else pick(ids)
            else:
                body.pop(name, None)
    return body


def _true_item(declared: type[Resource], rows: dict[str, list[int]], pick: Callable[[list[Any]], Any]) -> dict[str, Any]:
    flow = WORKFLOWS.get(declared.kind)
    names = [step.name for step in flow or () if step.by_people]
    move = pick([*names, ""]) if names else ""
    form = flow.moves[move].form_class if flow and move else declared.add_form or declared.form
    item: dict[str, Any] = {"key": str(uuid4()), "data": _true_body(form, rows, pick) if form else {}}
    return item | ({"move": move, "id": pick(rows.get(declared.kind) or [1])} if move else {})


def _some_ids(model: type[models.Model]) -> list[int]:
    return list(model._base_manager.values_list("pk", flat=True)[:5])


def rows_of(resources: Registry[type[Resource]]) -> dict[str, list[int]]:
    """The newest ids of every kind of record."""
    return {
        declared.kind: list(declared.model._base_manager.order_by("-pk").values_list("pk", flat=True)[:8]) for declared in resources
    }
