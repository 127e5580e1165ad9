"""A client generated from the schema, as another school's programmer would make it, against a live server with a token."""
from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from drf_spectacular.generators import SchemaGenerator

from logistics.accounts import services
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.core.testing.world import person_with

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package that the maker wrote: a function `call(module, **arguments)` for the accounts door."""
    folder = tmp_path_factory.mktemp("client")
    schema = SchemaGenerator().get_schema(request=None, public=True)
    schema["paths"] = {path: operations for path, operations in schema["paths"].items() if path.startswith("/api/v1/accounts/")}
    source = folder / "schema.json"
    source.write_text(json.dumps(schema, default=str))
    (folder / "config.yml").write_text("project_name_override: houqin-client\npackage_name_override: houqin_client\npost_hooks: []\n")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--path", str(source), "--config",
         str(folder / "config.yml"), "--output-path", str(folder / "out"), "--fail-on-warning"],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    sys.path.insert(0, str(folder / "out"))
    yield lambda module: importlib.import_module(f"houqin_client.{module}")
    sys.path.remove(str(folder / "out"))


def test_a_generated_client_lists_makes_changes_moves_and_is_refused(made: Any, live_server: Any) -> None:
    manager = person_with("system_manager")
    _row, secret = services.issue_token(owner=manager, name="Client", scopes=["read", "write:accounts"], days=30, by=manager)
    for n in range(3):
        DepartmentFactory(code=f"T{n}", kind="team")
    DepartmentFactory(kind="office")
    client = made("client").AuthenticatedClient(base_url=live_server.url, token=secret)
    models = made("models")

    def call(name: str, *arguments: Any, **options: Any) -> Any:
        return made(f"api.accounts.{name}").sync_detailed(*arguments, client=client, **options)

    # a list with a filter, page by page
    team = models.AccountsDepartmentsListKind.TEAM
    first = call("accounts_departments_list", kind=team, size=2)
    assert [row.code for row in first.parsed.results] == ["T2", "T1"]
    cursor = first.parsed.next_.split("cursor=")[1].split("&")[0]
    second = call("accounts_departments_list", kind=team, size=2, cursor=unquote(cursor))
    assert [row.code for row in second.parsed.results] == ["T0"] and second.parsed.next_ is None

    # one new record, sent twice under the same key
    key = uuid4()
    body = models.DepartmentNewInput(code="NEW", name_zh="新部门", kind="office")
    made_first, made_again = (call("accounts_departments_create", body=body, idempotency_key=str(key)) for _n in range(2))
    assert (made_first.status_code, made_again.status_code, made_again.parsed.id) == (201, 200, made_first.parsed.id)

    # a change on the version that was read; the same version once more is 412
    tag = made_first.headers["ETag"]
    change = models.PatchedDepartmentInput(name_en="New department")
    changed = call("accounts_departments_partial_update", made_first.parsed.id, body=change, if_match=tag)
    assert (changed.status_code, changed.parsed.name_en) == (200, "New department")
    late = call("accounts_departments_partial_update", made_first.parsed.id, body=change, if_match=tag)
    assert (late.status_code, type(late.parsed).__name__) == (412, "Problem")
    assert late.parsed.version == changed.headers["ETag"].strip('"').partition(".")[0]

    # a move, and the same move when it is too late
    person = PersonFactory()
    reason = models.PersonSuspendInput(reason="Lost phone")
    moved = call("accounts_people_suspend", person.pk, body=reason)
    assert (moved.status_code, str(moved.parsed.status)) == (200, "suspended")
    refused = call("accounts_people_suspend", person.pk, body=reason)
    assert (refused.status_code, type(refused.parsed).__name__) == (409, "Problem") and "Suspended" in refused.parsed.detail

    # many at once
    people = [PersonFactory() for _n in range(2)]
    data = models.BulkItemData.from_dict({"reason": "Audit"})
    items = [models.BulkItem(key=uuid4(), move="suspend", id=row.pk, data=data) for row in people]
    answer = call("accounts_people_bulk", body=models.BulkInput(items=items))
    assert (answer.parsed.done, answer.parsed.refused) == (2, 0)
