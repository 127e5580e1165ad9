"""Who repairs learns where and what, never whom to call without need; a guest learns of nobody; and no fact goes with a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import IntegrityError, InternalError, connection, models, transaction
from django.urls import reverse

from logistics.accounts.factories import OrganisationFactory, PersonFactory
from logistics.accounts.models import Person
from logistics.campus.factories import TagFactory
from logistics.campus.services.tags import bind_tag
from logistics.core import pdf
from logistics.core.pdf import report as report_of
from logistics.core.resources import RESOURCES
from logistics.core.testing import matrix
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.contracting.services import ask_for_quote
from maintenance.costs import spend
from maintenance.findings.services import open_finding
from maintenance.models import RepairRequest, WorkOrder
from maintenance.services.reporting import report, report_as_guest
from tests.maintenance.scene import Scene, scene, technician

pytestmark = pytest.mark.django_db
PHONE, GUEST_PHONE = "13900001111", "13700002222"
NAMES = ("Secret Reporter", "秘密报修人", "Guest Guo", "郭访客")
OWN = ("maintenance", "assets", "campus", "core", "home", "search", "today")


@pytest.fixture
def told() -> tuple[Scene, Any, list[Any]]:
    """Somebody with a phone has reported twice, and so has a guest; a technician has one of the orders, a firm the other, and a rival of
    it was asked what both would cost."""
    cache.clear()
    here = scene()
    reporter = here.people[0]
    Person.objects.filter(pk=reporter.pk).update(phone=PHONE, name_en=NAMES[0], name_zh=NAMES[1], email="secret@example.org")
    reporter.refresh_from_db()
    mender = technician(here, "Mender Mao", 4).staff.person
    firm = OrganisationFactory(kind="contractor")
    worker = PersonFactory(kinds=["contractor"], organisation=firm)
    rival = PersonFactory(kinds=["contractor"], organisation=OrganisationFactory(kind="contractor"))
    for n in range(2):
        request: Any = report(place=here.room, by=reporter, symptom=here.drip, description="水管爆了")[0]
        report_as_guest(place=here.room, source=f"s{n}", tag=f"t{n}", name=NAMES[2], phone=GUEST_PHONE, symptom=here.drip, join_to=request)
        order = WorkOrder.objects.get(pk=perform(request, "accept", by=here.dispatcher).work_order_id)  # type: ignore[attr-defined]
        if n:
            perform(order, "assign_firm", by=here.dispatcher, contractor=firm)
        else:
            perform(order, "assign", by=here.dispatcher, to=mender)
        ask_for_quote(order=WorkOrder.objects.get(pk=order.pk), organisation=rival.organisation, by=here.dispatcher)
        spend(order=WorkOrder.objects.get(pk=order.pk), type_="travel", amount=Decimal("4711.25"), note="Taxi", by=here.dispatcher)
    open_finding(title_zh="电线裸露", place=here.room, severity="minor", by=reporter)
    return here, reporter, {"technician": mender, "firm": worker, "rival": rival}


def addresses(only: tuple[str, ...] = OWN) -> Iterator[str]:
    """Each address that can be read, once for each row of the kind that it is about."""
    rows: dict[str, list[int]] = {one.kind: list(one.model._base_manager.values_list("pk", flat=True)[:4]) for one in RESOURCES}
    starts = {reverse(one.url_name("list")): one.kind for one in RESOURCES}
    starts |= {reverse(f"{one.app}-{one.url_stem}-list"): one.kind for one in RESOURCES}
    for name, converters in matrix.url_names():
        if not name.startswith(only) or set(converters) - {"pk"}:
            continue
        if not converters:
            yield reverse(name)
            continue
        url = reverse(name, kwargs={"pk": 0})
        kind = starts.get(max((path for path in starts if url.startswith(path)), key=len, default=""), "")
        kind = kind or ("maintenance.repairrequest" if "report" in name or "request" in name else "maintenance.workorder")
        for pk in rows.get(kind, []):
            yield reverse(name, kwargs={"pk": pk})


@pytest.mark.parametrize("who", ["technician", "firm", "rival"])
def test_no_address_tells_who_repairs_the_phone_of_a_reporter(told: Any, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a firm, whether it has the order or was asked for its price, any name or what the school has spent; on papers neither."""
    _here, _reporter, people = told
    for door in (pdf, report_of):  # what a paper says, before it is set and packed
        monkeypatch.setattr(door, "render", lambda template, data, *rest: json.dumps(data, default=str, ensure_ascii=False).encode())
    browser, read, leaks = client_of(people[who]), 0, []
    for url in addresses():
        answer = browser.get(url)
        assert answer.status_code < 500, url
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        read += answer.status_code == 200
        words = [PHONE, GUEST_PHONE, "secret@example.org", *((*NAMES, "4711") if who != "technician" else ())]
        leaks += [(url, word) for word in words if word.encode() in text]
    assert leaks == []
    assert read > 20


def test_no_address_and_no_label_tells_a_guest_of_anybody(told: Any) -> None:
    here, _reporter, people = told
    bind_tag(tag=(tag := TagFactory()), target=here.room, by=None)
    everybody = [word for one in Person.objects.exclude(name_en="") for word in (one.name_en, one.name_zh, one.phone) if len(word) > 2]
    browser, seen = client_of(None), 0
    for url in [f"/q/{tag.code}", *addresses(("",))]:
        answer = browser.get(url)
        if answer.status_code != 200 or answer.streaming:
            continue
        seen += 1
        text = answer.content.decode(errors="ignore")
        assert not [word for word in (*everybody, "水管爆了", GUEST_PHONE) if word in text], url
    assert seen >= 3 and people


# people who go (facilities 23) -------------------------------------------------------------------------------------------
OWN_THINGS = {"alerts.contactpoint", "alerts.preference", "core.savedlist", "core.importmapping"}


def pointing_at_people() -> list[models.ForeignKey]:
    return [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Person
    ]


def test_only_a_persons_own_settings_go_with_the_person() -> None:
    """Every field that names a person, in every app: facts protect him, copies of the past let go of him, settings of his own go along."""
    going = {field.model._meta.label_lower for field in pointing_at_people() if field.remote_field.on_delete is models.CASCADE}
    assert going == OWN_THINGS
    assert len(pointing_at_people()) > 100


def delete_row(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM accounts_person WHERE id = %s", [pk])


def test_whoever_has_done_anything_is_not_deleted_by_any_door_and_an_emptied_person_leaves_every_fact(told: Any) -> None:
    here, reporter, crew = told
    mender, worker = crew["technician"], crew["firm"]
    people = [reporter, mender, worker, here.dispatcher]
    tables = [model for model in apps.get_models() if model._meta.managed and model._meta.app_label in ("assets", "maintenance", "campus")]
    before = {model: model._base_manager.count() for model in tables}
    for person in people:
        with pytest.raises((models.ProtectedError, IntegrityError)), transaction.atomic():
            person.delete()
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            delete_row(person.pk)
    Person.objects.filter(pk=reporter.pk).update(status="anonymised", name_zh="", name_en="", email="", phone="", birth_date=None)
    assert {model: model._base_manager.count() for model in tables} == before
    manager = client_of(person_with("facilities_manager"))
    for row in RepairRequest.objects.filter(reporter=reporter):
        page = manager.get(row.get_absolute_url()).content.decode()
        assert "水管爆了" in page and "Former person" in page and not [word for word in NAMES[:2] if word in page]
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=reporter.pk).update(name_en="Back")
