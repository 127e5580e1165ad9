"""The whole API as everybody, with requests made up from its schema. FUZZ=20 tries twenty of them at each address; one otherwise."""
from __future__ import annotations

import os
from typing import Any

import pytest
from django.http import HttpResponse

from logistics.accounts.factories import ApiTokenFactory, DepartmentFactory
from logistics.campus.factories import CampusFactory
from logistics.core.api import RecordViewSet
from logistics.core.resources import RESOURCES
from logistics.core.testing import fuzz
from logistics.core.testing.world import factory_of, person_with
from logistics.wsgi import application

EXAMPLES = int(os.environ.get("FUZZ", "1"))


@pytest.fixture
def calm(settings: Any) -> None:
    """Nothing is too often here."""
    settings.API_LIMITS = {door: (10**9, 60) for door in settings.API_LIMITS}


@pytest.fixture
def rows(records: Any) -> dict[str, list[int]]:
    """One record of each kind, and a second one somewhere else."""
    for declared in RESOURCES:
        factory_of(declared.model)()  # type: ignore[misc]
    return fuzz.rows_of(RESOURCES)


@pytest.fixture
def callers(people: dict[str, Any], rows: Any) -> list[fuzz.Caller]:
    """Every kind of user over the whole school, three who have only a corner of it, a visitor, and programs with tokens."""
    corner, office = CampusFactory(), DepartmentFactory()
    people = people | {
        "dispatcher elsewhere": person_with("dispatcher", place=corner), "keeper elsewhere": person_with("place_keeper", place=corner),
        "head elsewhere": person_with("department_head", department=office),
    }
    found = [fuzz.Caller(name, person) for name, person in people.items()]
    for name, owner, scopes in (
        ("token that reads", people["facilities_manager"], ["read"]), ("token elsewhere", people["dispatcher elsewhere"], ["read"]),
        ("token that assigns", people["dispatcher"], ["maintenance.workorder:assign"]),
    ):
        secret = f"hq_fuzz{len(found):04}_{'s' * 32}"
        ApiTokenFactory(owner=owner, scopes=scopes, secret=secret)
        found.append(fuzz.Caller(name, owner, secret))
    return found


@pytest.mark.slow
def test_no_request_breaks_the_api_gets_an_undeclared_answer_or_reaches_beyond_its_scope(calm: Any, callers: Any, rows: Any) -> None:
    found = fuzz.walk(application, callers, rows, examples=EXAMPLES)
    print(f"{found.operations} operations, {sum(found.statuses.values())} requests: {dict(sorted(found.statuses.items()))}")
    assert found.problems == []
    assert found.statuses[200] and found.statuses[201] and found.statuses[404] and found.statuses[403] and found.statuses[422]


# planted faults ------------------------------------------------------------------------------------------------------
def planted(callers: Any, rows: Any) -> list[str]:
    some = [caller for caller in callers if caller.name in ("system_manager", "head elsewhere")]
    two = ("/organisations/", "/organisations/{id}/")
    return fuzz.walk(application, some, rows, examples=6, only=lambda path: path.endswith(two)).problems


def test_the_walk_sees_a_record_served_out_of_scope_a_fault_and_an_undeclared_answer(
    calm: Any, callers: Any, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert planted(callers, rows) == []
    with monkeypatch.context() as patch:
        patch.setattr(RecordViewSet, "get_queryset", lambda self: self.resource.model._base_manager.all())
        leaks = [line for line in planted(callers, rows) if "leak" in line and "elsewhere" in line]
        assert any("out of scope and listed" in line for line in leaks) and any("was answered with 200" in line for line in leaks)
    with monkeypatch.context() as patch:
        patch.setattr(RecordViewSet, "answer", lambda self, *args: 1 / 0)
        assert any(": 500" in line for line in planted(callers, rows))
    with monkeypatch.context() as patch:
        patch.setattr(RecordViewSet, "answer", lambda self, *args: HttpResponse("I am a teapot.", status=418))
        assert any(": 418" in line for line in planted(callers, rows))
