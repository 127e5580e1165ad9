"""The suites that every registered record gets for free, run over the registries; each is shown to fail on a planted fault."""
from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from logistics.core import access, menu
from logistics.core.resources import RESOURCES, Resource
from logistics.core.tasks import PERIODIC
from logistics.core.testing import constancy, moves, parity, twice
from logistics.core.testing.world import client_of, factory_of, person_with
from logistics.core.workflow import WORKFLOWS, Move, State, Workflow

KINDS = sorted(RESOURCES.codes())
FLOWS = sorted(WORKFLOWS.codes())
pytestmark = pytest.mark.django_db


def reader_of(declared: type[Resource]) -> Any:
    """Somebody whose work this list is."""
    roles = sorted(access.roles_with(f"{declared.kind}:view"))
    assert roles, f"{declared.kind}: no role may view it"
    return person_with("auditor" if "auditor" in roles else roles[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_has_a_factory_permissions_and_words(kind: str) -> None:
    declared = RESOURCES[kind]
    assert factory_of(declared.model), f"{kind}: no factory"
    assert access.roles_with(f"{kind}:view"), f"{kind}: nobody may view it"
    adds, changes = (access.roles_with(f"{kind}:{action}") for action in ("add", "change"))
    assert adds or not declared.add_form, f"{kind}: nobody may add it"
    assert adds or changes or not declared.form, f"{kind}: nobody may add or change it"
    assert (declared.model.__doc__ or "").strip(), f"{kind}: no sentence that says what it is"
    assert any(column.heading for column in declared.columns), f"{kind}: no name column"
    assert declared.api_fields, f"{kind}: no API fields"
    assert not declared.menu or declared.menu[0] in menu.SECTIONS, f"{kind}: the menu has no section {declared.menu[0]}"


SEEN_BY_ALL = ("assets.equipment",)  # everybody who is signed in may know what stands where and whether it can be used


@pytest.mark.parametrize("kind", KINDS)
def test_the_name_in_a_list_is_one_link_with_words(kind: str) -> None:
    declared = RESOURCES[kind]
    row = declared.rows(reader_of(declared)).get(pk=factory_of(declared.model)().pk)
    for column in declared.columns:
        if column.heading:
            cell = column.cell(row)
            assert cell.count("<a ") == 1 and re.search(r"<a [^>]*>[^<]*\w", cell), cell


@pytest.mark.parametrize("kind", KINDS)
def test_lists_and_details_cost_the_same_queries_with_2_rows_and_with_20(kind: str) -> None:
    declared = RESOURCES[kind]
    assert constancy.growth(declared, client_of(reader_of(declared))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_page_and_api_find_the_same_rows_under_the_same_filters(kind: str) -> None:
    declared = RESOURCES[kind]
    for _ in range(3):
        factory_of(declared.model)()
    assert parity.differences(declared, client_of(reader_of(declared))) == []


@pytest.mark.parametrize("kind", FLOWS)
def test_moves_outside_the_table_are_refused_and_leave_the_row_unchanged(kind: str, people: dict[str, Any]) -> None:
    flow = WORKFLOWS[kind]
    record = factory_of(flow.model)()
    some = {name: people[name] for name in ("student", "technician", "dispatcher", "auditor")}
    assert moves.table_faults(flow) == []
    assert moves.refused_moves(flow, record, some) == []


def test_out_of_scope_is_404_for_every_record_that_stands_at_a_place(db: Any) -> None:
    from logistics.campus.factories import CampusFactory

    elsewhere = CampusFactory()
    problems = []
    for declared in RESOURCES:
        if not declared.model.scope_place or declared.model._meta.label_lower.startswith("campus."):  # type: ignore[attr-defined]
            continue
        roles = sorted(access.roles_with(f"{declared.kind}:view"))
        stranger = client_of(person_with(roles[0], place=elsewhere))
        record = factory_of(declared.model)()
        for url in (record.get_absolute_url(), reverse(f"{declared.app}-{declared.url_stem}-detail", args=[record.pk])):
            status = stranger.get(url).status_code
            if status != 404 and declared.kind not in SEEN_BY_ALL:
                problems.append(f"{url}: {status}")
    assert problems == []


def test_every_periodic_task_run_twice_leaves_the_same_rows(records: dict[str, Any]) -> None:
    from celery import current_app

    tasks = {name: current_app.tasks[name].run for name in PERIODIC}
    assert tasks
    assert twice.not_idempotent(tasks) == []


def test_the_schema_of_the_api_is_valid_without_a_warning() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_migration_is_missing() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes" in out.getvalue()


def test_the_chinese_catalogue_is_complete() -> None:
    call_command("messages", "--check", stdout=StringIO())


# planted faults: each suite must see them ----------------------------------------------------------------------------
def test_constancy_sees_a_list_that_asks_once_a_row(db: Any) -> None:
    declared = RESOURCES["accounts.department"]
    careless = type(
        "Careless", (declared,), {"sentence": classmethod(lambda cls, person, rows: str([row.memberships.count() for row in rows.all()]))}
    )
    from django.test import RequestFactory

    from logistics.core.pages import ListPage

    reader = reader_of(declared)

    class Door:
        """Serves the careless list in place of the real one."""

        def get(self, url: str) -> Any:
            request = RequestFactory().get(url)
            request.user, request.htmx, request.LANGUAGE_CODE = reader, False, "en"  # type: ignore[attr-defined]
            return ListPage.as_view(resource=careless)(request) if url == reverse(declared.url_name("list")) else client_of(reader).get(url)

    assert any("department list" in line for line in constancy.growth(declared, Door()))  # type: ignore[arg-type]


def test_parity_sees_an_api_that_shows_more_than_the_page(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = RESOURCES["accounts.department"]
    factory_of(declared.model)()
    monkeypatch.setattr(parity, "api_ids", lambda *_args: {1, 2, 3})
    assert parity.differences(declared, client_of(reader_of(declared)))


def test_the_product_sees_a_move_that_forgets_its_states(db: Any) -> None:
    flow = WORKFLOWS["maintenance.workorder"]
    broken = object.__new__(Workflow)
    broken.model, broken.states, broken.field = flow.model, (State("open", "Open", "wait"),), "state"
    broken.moves = {"fly": Move("fly", "Fly", frozenset({"nowhere"}), "moon", (), "flew")}
    assert len(moves.table_faults(broken)) == 3


def test_twice_sees_a_task_that_adds_a_row_each_time(db: Any) -> None:
    assert twice.not_idempotent({"greedy": lambda: factory_of(RESOURCES["accounts.department"].model)()})
