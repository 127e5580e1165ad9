"""Papers and sheets: an old round prints the same bytes for ever; a signed control sheet stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import InternalError
from django.utils.translation import override

from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from logistics.accounts.factories import PersonFactory
from logistics.core import clock
from logistics.core.photos import clean_photos
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.checklists.services import answer, draft_of, make_checklist, put_on_order
from maintenance.controls.services import make_sheet
from maintenance.findings.papers import photos
from maintenance.findings.services import open_finding
from maintenance.models import Finding, ItemAnswer, Route, RoutePoint
from maintenance.rounds.papers import paper
from maintenance.rounds.services import answer_at, start_now
from tests.maintenance.world import World, at, photo

pytestmark = pytest.mark.django_db


def test_an_old_round_prints_byte_for_byte_the_same_after_its_template_and_route_were_edited(world: World) -> None:
    inspector, officer = person_with("inspector"), person_with("safety_officer")
    checklist = make_checklist(
        code="fire", name_zh="防火", items=[{"text_zh": "通道畅通", "text_en": "The way is clear", "fail_severity": "major"}]
    )
    route = Route.objects.create(name_zh="夜巡", name_en="Night patrol", place=world.building, checklist=checklist)
    RoutePoint.objects.create(route=route, place=world.floor, tag_needed=False, min_s=0)
    with clock.standing_at(at("2026-10-08 20:00")):
        walk = start_now(route=route, by=inspector)
        answer_at(walk=walk, point="1", item=checklist.current.items.get().pk, value="fail", by=inspector, note="堆了桌椅")
        walk.refresh_from_db()
        done: Any = perform(walk, "submit", by=inspector)
    with override("en"), clock.standing_at(at("2026-10-09 08:00")):
        first = paper(done, "Wutong School")
    draft = draft_of(checklist)
    draft.items.update(text_en="Something else entirely")
    perform(draft, "publish", by=officer)
    Route.objects.filter(pk=route.pk).update(name_en="Renamed", ordered=True)
    world.floor.name_en = "Renamed floor"
    world.floor.save()
    done.refresh_from_db()
    with override("en"), clock.standing_at(at("2027-03-01 08:00")):
        again = paper(done, "Wutong School")
    assert first.startswith(b"%PDF") and first == again
    sent = client_of(officer).get(f"/maintenance/rounds/{walk.pk}/paper/")
    assert (sent.status_code, sent["Content-Type"]) == (200, "application/pdf")


def test_the_ledger_prints_all_persons_and_photos(world: World) -> None:
    officer, finder = person_with("safety_officer"), PersonFactory(name_en="Finder Fang")
    finding = open_finding(
        title_zh="门闭不上", title_en="Door stays open", place=world.floor, by=finder, photos=clean_photos([photo(), photo("b.jpg", "red")])
    )
    taken = photos([finding])
    assert len(taken) == 2 and all(one[0].startswith(b"\xff\xd8") for one in taken)
    sent = client_of(officer).get("/maintenance/findings/ledger/?open=true")
    assert (sent.status_code, sent.content[:4]) == (200, b"%PDF")
    assert client_of(person_with("place_keeper", place=world.floor)).get("/maintenance/findings/ledger/").status_code == 403


def test_a_monthly_sheet_reads_the_facts_and_stands_with_two_signatures(world: World) -> None:
    officer, director, principal = person_with("safety_officer"), person_with("safety_director"), person_with("principal")
    lifts = EquipmentCategoryFactory(code="lift", kind="special")
    thing = EquipmentFactory(category=lifts, place=world.classroom, status="in_service", name_en="Lift")
    EquipmentFactory(category=lifts, place=world.classroom, status="in_service")
    with clock.standing_at(at("2026-09-10 09:00")):
        open_finding(title_zh="门机异响", place=world.classroom, equipment=thing, severity="minor", lock="restricted", by=officer)
    with clock.standing_at(at("2026-09-20 09:00")):
        sheet = make_sheet(kind="monthly", category=lifts, place=world.campus, day=date(2026, 9, 20), by=officer)
        assert (sheet.first_on, sheet.last_on) == (date(2026, 9, 1), date(2026, 9, 30))
        with pytest.raises(ValidationError):
            perform(sheet, "sign", by=director)
        with pytest.raises(ValidationError):
            make_sheet(kind="monthly", category=lifts, place=world.campus, day=date(2026, 9, 2), by=officer)
    with clock.standing_at(at("2026-09-30 16:00")):
        signed: Any = perform(sheet, "sign", by=director)
        assert (signed.state, signed.facts["devices"], signed.facts["found"], len(signed.facts["open"]), len(signed.facts["locked"])) == (
            "signing",
            2,
            1,
            1,
            1,
        )
        with pytest.raises(InternalError), transaction.atomic():
            type(sheet).objects.filter(pk=sheet.pk).update(notes="later")
        open_finding(title_zh="又一处", place=world.classroom, equipment=thing, by=officer)  # after the first signature
        done: Any = perform(signed, "sign", by=principal)
    assert (done.state, done.facts["found"]) == ("signed", 1)
    with pytest.raises(InternalError), transaction.atomic():
        type(sheet).objects.filter(pk=sheet.pk).update(facts={})
    assert client_of(principal).get(f"/maintenance/control-sheets/{sheet.pk}/paper/").content[:4] == b"%PDF"


def test_who_works_on_an_order_answers_its_checklist_on_its_page(world: World) -> None:
    chen = world.people["chen"]
    checklist = make_checklist(
        code="pump",
        name_zh="水泵",
        name_en="Pump",
        items=[
            {
                "text_zh": "压力",
                "text_en": "Pressure",
                "type": "number",
                "unit": "MPa",
                "low": "0.3",
                "high": "0.6",
                "fail_severity": "minor",
            }
        ],
    )
    from maintenance.orders import make

    order = make(by=None, place=world.washroom, category=world.categories["drain"], title_zh="水泵保养", title_en="Pump", priority="P3")
    perform(order, "checklist", by=world.people["desk"], checklist=checklist)
    run = put_on_order(order=order, checklist=checklist)
    perform(order, "assign", by=None, to=chen)
    perform(order, "accept", by=chen)
    item = run.version.items.get()
    page = client_of(chen).get(f"/maintenance/today/{order.pk}/").content.decode()
    assert "Pressure" in page and "0.3–0.6 MPa" in page
    url = f"/maintenance/checklists/runs/{run.pk}/answer/"
    assert client_of(chen).post(url, {"item": item.pk, "value": "much"}, headers={"HX-Request": "true"}).status_code == 422
    assert client_of(chen).post(url, {"item": item.pk, "value": "0.9"}).status_code == 302
    assert client_of(world.people["li"]).post(url, {"item": item.pk, "value": "0.4"}).status_code == 404
    assert (ItemAnswer.objects.get().verdict, Finding.objects.get().severity) == ("fail", "minor")
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        answer(run=run, item=item, value="0.4", by=chen)
    assert [row.value for row in ItemAnswer.objects.newest()] == ["0.4"]
