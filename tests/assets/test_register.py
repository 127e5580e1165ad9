"""The register: numbers, locks with several causes, who sees cost and keeper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from assets import services
from assets.certificates.factories import RequirementFactory, SchemeFactory, SchemeVersionFactory
from assets.custody.factories import CustodyFactory
from assets.downtime.factories import DowntimeFactory
from assets.factories import (
    CategoryAttributeFactory,
    EquipmentCategoryFactory,
    EquipmentFactory,
    EquipmentModelFactory,
    UseLockFactory,
)
from assets.meters.factories import MeterFactory, MeterReadingFactory
from assets.models import Equipment, Scheme, SchemeFigure, UseLock
from assets.renewal.factories import ConditionGradeFactory
from assets.supply.factories import SupplyFactory
from logistics.accounts.factories import DepartmentFactory, PersonFactory
from logistics.alerts.models import Alert
from logistics.alerts.services import run_check
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.campus.models import LabelBatch, TagBinding
from logistics.campus.registries import CLOSURE_GUARDS, PLACE_USERS, TAG_TARGETS
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.publishing import widgets_for
from logistics.core.records import comments, following, links
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from maintenance.factories import WorkOrderFactory
from maintenance.findings.factories import FindingFactory
from maintenance.plans.factories import PlanOccurrenceFactory, PlanTargetFactory
from maintenance.rounds.factories import PointVisitFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


def use_state(thing: Equipment) -> str:
    return Equipment.objects.values_list("use_state", flat=True).get(pk=thing.pk)


def test_registering_gives_the_next_number_and_puts_it_into_use() -> None:
    category, room = EquipmentCategoryFactory(), RoomFactory()
    first = services.register(by=None, category=category, name_zh="电热蒸箱", place=room, commissioned_on=date(2026, 9, 1))
    second = services.register(by=None, category=category, name_zh="未到货")
    year = clock.today().year
    assert (first.number, first.status) == (f"ZC-{year}-000001", "in_service")
    assert (second.number, second.status) == (f"ZC-{year}-000002", "planned")


def test_the_database_keeps_the_rules_of_the_register() -> None:
    room = RoomFactory()
    EquipmentFactory(place=room, fixed_asset_no="FA-1", model_name="M", serial_no="1")
    wrong: list[dict[str, Any]] = [
        {"place": None},
        {"fixed_asset_no": "FA-1"},
        {"model_name": "M", "serial_no": "1"},
        {"purchase_cost": -1},
        {"commissioned_on": date(2026, 2, 1), "warranty_until": date(2026, 1, 31)},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            EquipmentFactory(**{"place": room, **fields})
    EquipmentFactory(place=None, status="planned")


def test_the_highest_live_lock_decides_and_the_last_one_lifted_frees_it() -> None:
    officer, thing = person_with("safety_officer"), EquipmentFactory()
    care = services.open_lock(equipment=thing, level="restricted", cause="failed_check", reason="Handle is loose", by=officer)
    stop = services.open_lock(equipment=thing, level="locked", cause="certificate", reason="Inspection is over", by=officer)
    assert use_state(thing) == "locked"
    assert services.equipment_usable(Equipment.objects.get(pk=thing.pk)) == (False, "Inspection is over")
    with pytest.raises(Conflict):
        services.open_lock(equipment=thing, level="locked", cause="certificate", reason="Again", by=officer)
    services.lift_lock(lock=stop, reason="Passed", by=officer)
    assert use_state(thing) == "restricted"
    services.lift_lock(lock=care, reason="Screwed tight", by=officer)
    assert use_state(thing) == "normal"
    assert UseLock.objects.live().count() == 0
    with pytest.raises(Conflict):
        services.lift_lock(lock=care, reason="Once more", by=officer)


def test_raw_sql_moves_the_use_state_too() -> None:
    lock = UseLockFactory()
    assert use_state(lock.equipment) == "locked"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assets_uselock")
    assert use_state(lock.equipment) == "normal"


@pytest.mark.django_db(transaction=True)
def test_ten_locks_at_once_end_in_the_highest_state() -> None:
    thing = EquipmentFactory()

    at_once(10, lambda n: UseLock.objects.create(
        equipment=thing, level="locked" if n == 3 else "restricted", cause="finding", source_kind="x", source_id=n, reason="r"
    ))
    assert use_state(thing) == "locked"


def test_a_lock_stays_while_its_cause_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = UseLockFactory(cause="finding", source_kind="test.finding", source_id=1)
    monkeypatch.setitem(CLOSURE_GUARDS._items, "test.finding", lambda source: "The finding is not verified.")
    with pytest.raises(ValidationError, match="not verified"):
        services.lift_lock(lock=lock, reason="Looks fine", by=person_with("safety_officer"))
    assert use_state(lock.equipment) == "locked"


def test_only_those_who_may_lock_and_lift_and_the_refusal_writes_nothing() -> None:
    thing = EquipmentFactory()
    technician, keeper = person_with("technician"), person_with("equipment_keeper")
    with pytest.raises(NotAllowed):
        services.open_lock(equipment=thing, level="locked", reason="x", by=technician)
    assert client_of(technician).post(reverse("assets:lock", args=[thing.pk]), {"level": "locked", "reason": "x"}).status_code == 403
    assert not UseLock.objects.exists()
    assert client_of(keeper).post(reverse("assets:lock", args=[thing.pk]), {"level": "locked", "reason": "Sparks"}).status_code == 302
    lock = UseLock.objects.get()
    assert lock.opened_by == keeper
    assert client_of(keeper).post(reverse("assets:lift", args=[lock.pk]), {"reason": "x"}).status_code == 403
    assert client_of(person_with("safety_officer")).post(reverse("assets:lift", args=[lock.pk]), {"reason": "Mended"}).status_code == 302
    assert use_state(thing) == "normal"


def test_a_locked_thing_is_not_put_back_into_use() -> None:
    thing = EquipmentFactory(status="out_of_service")
    UseLockFactory(equipment=thing)
    with pytest.raises(ValidationError):
        perform(thing, "resume", by=person_with("facilities_manager"))


def test_cost_and_keeper_are_for_those_who_answer_for_the_thing() -> None:
    office = DepartmentFactory()
    keeper, room = PersonFactory(name_en="Gao Lei", name_zh="高磊"), RoomFactory()
    thing = EquipmentFactory(keeper=keeper, department=office, place=room, purchase_cost=38600)
    pages = {
        person.pk: client_of(person).get(thing.get_absolute_url()).content.decode()
        + client_of(person).get(reverse("assets:equipment-list")).content.decode()
        for person in (
            keeper,
            person_with("department_head", department=office),
            person_with("technician"),
            PersonFactory(kinds=["student"]),
        )
    }
    seen = [("38,600" in page, "Gao Lei" in page or "高磊" in page, thing.number in page) for page in pages.values()]
    own_shell = (True, True, True)
    assert seen == [own_shell, (True, True, True), (False, False, True), (False, False, True)]


def test_the_register_costs_the_same_with_many_things(django_assert_max_num_queries: Any) -> None:
    EquipmentFactory.create_batch(30, category=EquipmentCategoryFactory(), place=RoomFactory())
    browser = client_of(person_with("facilities_manager"))
    browser.get(reverse("assets:equipment-list"))
    with django_assert_max_num_queries(8):
        assert browser.get(reverse("assets:equipment-list")).status_code == 200


def test_the_list_is_found_by_place_category_and_pinyin() -> None:
    parent = EquipmentCategoryFactory()
    building = BuildingFactory()
    oven = EquipmentFactory(name_zh="电热蒸箱", name_en="Steam oven", category=EquipmentCategoryFactory(parent=parent), place=building)
    EquipmentFactory(name_zh="投影仪", name_en="Projector")
    browser = client_of(person_with("facilities_manager"))
    for query in (f"place={building.pk}", f"category={parent.pk}", "q=DRZX", "q=蒸箱"):
        page = browser.get(reverse("assets:equipment-list") + f"?{query}").content.decode()
        assert oven.number in page, query
        assert page.count("rowheader") == 1, query


def test_labels_hang_on_equipment_and_its_place_knows_of_it() -> None:
    thing = EquipmentFactory()
    assert TAG_TARGETS["assets.equipment"](thing.pk).record == thing
    (use,) = PLACE_USERS["assets.equipment"]([thing.place_id], None)
    assert use.count == 1
    assert use.rows == [(str(thing), thing.get_absolute_url())]
    Equipment.objects.filter(pk=thing.pk).update(status="disposed")
    assert TAG_TARGETS["assets.equipment"](thing.pk) is None
    assert not list(PLACE_USERS["assets.equipment"]([thing.place_id], None))


def test_locks_and_ending_warranties_are_told() -> None:
    UseLockFactory()
    EquipmentFactory(commissioned_on=date(2020, 1, 1), warranty_until=clock.today() + timedelta(days=30))
    EquipmentFactory(commissioned_on=date(2020, 1, 1), warranty_until=clock.today() + timedelta(days=31))
    assert (run_check("assets.locked"), run_check("assets.warranty_ending")) == (1, 1)
    assert Alert.objects.filter(state="open").count() == 2


def test_special_equipment_that_was_never_registered_is_told_after_the_days_of_the_law() -> None:
    scheme = Scheme.objects.filter(code="special.registration").first() or SchemeFactory(code="special.registration")
    version = scheme.versions.first() or SchemeVersionFactory(scheme=scheme)
    figure, _new = SchemeFigure.objects.update_or_create(version=version, code="register_days", defaults={"name_zh": "天", "value": 30})
    lift, desk = EquipmentCategoryFactory(kind="special"), EquipmentCategoryFactory(kind="furniture")

    def used(days: int, category: Any = lift, **more: Any) -> Equipment:
        day = clock.today() - timedelta(days=days)
        return EquipmentFactory(category=category, status="in_service", commissioned_on=day, **more)

    late = used(31)
    used(30)  # the last day
    used(31, registration_no="梯11")
    used(31, category=desk)
    assert list(Equipment.objects.unregistered()) == [late]
    assert run_check("assets.unregistered") == 1
    SchemeFigure.objects.filter(pk=figure.pk).update(value=29)  # the figure is read, not copied
    assert Equipment.objects.unregistered().count() == 2
    Equipment.objects.filter(pk=late.pk).update(registration_no="梯12")
    assert late not in Equipment.objects.unregistered()


def test_a_model_gives_its_words_and_typed_words_find_their_model() -> None:
    """The database keeps model and words together, whichever was entered first."""
    typed = EquipmentFactory(maker="海岚", model_name="AC-1")
    model = EquipmentModelFactory(maker="海岚", name="AC-1", life_years=9, replacement_cost=5200, price_year=2026)
    chosen = EquipmentFactory(model=model)
    later = EquipmentFactory(maker="海岚", model_name="AC-1")
    for thing in (typed, chosen, later):
        thing.refresh_from_db()
        assert (thing.model, thing.maker, thing.model_name, thing.years) == (model, "海岚", "AC-1", 9)
    model.name = "AC-2"
    model.save()
    typed.refresh_from_db()
    assert (typed.model_name, "AC-2" in typed.search_text) == ("AC-2", True)
    typed.model_name = "OTHER"
    typed.save()
    typed.refresh_from_db()
    assert (typed.model, typed.model_name) == (None, "OTHER")


def test_groups_parts_and_facts_keep_their_rules_in_the_database() -> None:
    kind, plain = EquipmentCategoryFactory(group_allowed=True), EquipmentCategoryFactory()
    CategoryAttributeFactory(category=kind, code="load", type="number")
    child = EquipmentCategoryFactory(parent=kind, group_allowed=True)
    whole = EquipmentFactory(category=child, attributes={"load": 5})
    part = EquipmentFactory(category=kind, parent=whole)
    assert EquipmentFactory(category=kind, tracking="group", quantity=48).pieces == "× 48"
    wrong: list[dict[str, Any]] = [
        {"category": kind, "quantity": 2}, {"category": kind, "tracking": "group", "quantity": 0},
        {"category": plain, "tracking": "group", "quantity": 5},
        {"category": kind, "tracking": "group", "quantity": 5, "serial_no": "1"},
        {"category": kind, "attributes": {"load": "five"}}, {"category": plain, "attributes": {"load": 5}},
        {"category": kind, "replacement_cost": 5}, {"category": kind, "life_years": 101}, {"category": kind, "origin_kind": "x"},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            EquipmentFactory(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Equipment.objects.filter(pk=whole.pk).update(parent=part)
    with pytest.raises(IntegrityError), transaction.atomic():
        Equipment.objects.filter(pk=whole.pk).update(replaces=whole)


def test_the_form_asks_for_the_facts_of_the_category_and_the_page_says_what_the_dossier_lacks() -> None:
    kind = EquipmentCategoryFactory(documents=["manual", "certificate"])
    CategoryAttributeFactory(category=kind, code="load", name_en="Load", unit="kg", type="number", required=True)
    manager, room = person_with("facilities_manager"), RoomFactory()
    browser = client_of(manager)
    assert 'name="attributes-load"' in browser.get(reverse("assets:facts") + f"?category={kind.pk}").content.decode()
    fields = {"category": kind.pk, "name_zh": "电梯", "name_en": "Lift", "place": room.pk, "commissioned_on": "2020-01-01",
              "criticality": "A", "tracking": "unit", "quantity": "1", "purchase_cost": "286000"}
    wrong = browser.post(reverse("assets:equipment-add"), fields | {"attributes-load": "heavy"})
    assert (wrong.status_code, "write a number" in wrong.content.decode()) == (422, True)
    assert browser.post(reverse("assets:equipment-add"), fields).status_code == 302
    thing = Equipment.objects.get()
    page = browser.get(thing.get_absolute_url()).content.decode()
    assert "0 of 3 are there." in page
    assert "Missing: Manual, Certificate, Load" in page
    assert browser.post(reverse("assets:equipment-edit", args=[thing.pk]), fields | {"attributes-load": "1,000"}).status_code == 302
    thing.refresh_from_db()
    assert thing.attributes == {"load": 1000}
    page = browser.get(thing.get_absolute_url()).content.decode()
    assert "1 of 3 are there." in page
    assert "1,000 kg" in page
    for name, address in (("dossier", reverse("assets:dossier", args=[thing.pk])), ("ledger", reverse("assets:ledger"))):
        assert browser.get(address).content.startswith(b"%PDF"), name
        assert client_of(PersonFactory(kinds=["student"])).get(address).status_code == 403, name


def test_the_page_of_a_thing_costs_few_questions(django_assert_max_num_queries: Any) -> None:
    """With a full life: locked, lent, certified, linked, talked about, counted, maintained, inspected, stopped. What decides whether it
    can be relied on stands on the page; the cards of the other topics follow, and all are there where nothing can follow."""
    chief = person_with("facilities_manager")
    thing = EquipmentFactory(
        category=EquipmentCategoryFactory(documents=["manual"]), keeper=PersonFactory(), department=DepartmentFactory())
    live_fully(thing, chief)
    for person, shown in ((PersonFactory(kinds=["student"]), 1), (chief, 11)):
        browser = client_of(person)
        browser.get(thing.get_absolute_url())
        with django_assert_max_num_queries(12):
            page = browser.get(thing.get_absolute_url())
        there, whole = page.content.decode(), browser.get(thing.get_absolute_url(), {"cards": 1}).content.decode()
        after = browser.get(thing.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "later"}).content.decode()
        cards = [(f'class="card" aria-label="{card.title}"', card.front) for card in widgets_for("record:assets.Equipment")]
        cards = [(card, front) for card, front in cards if card in whole]
        assert len(cards) == shown, cards
        assert "Can I rely on it?" in there
        for card, front in cards:
            assert (card in there, card in after) == (front, not front), card


def live_fully(thing: Equipment, chief: Any) -> None:
    UseLockFactory(equipment=thing)
    CustodyFactory(equipment=thing)
    RequirementFactory(equipment=thing)
    for meter in (MeterFactory(equipment=thing), MeterFactory(equipment=thing, quantity="starts")):
        MeterReadingFactory(meter=meter)
    occurrence = PlanOccurrenceFactory(equipment=thing)
    PlanTargetFactory(plan=occurrence.plan, equipment=thing)
    DowntimeFactory(equipment=thing)
    ConditionGradeFactory(equipment=thing)
    SupplyFactory(equipment=thing)
    PointVisitFactory(equipment=thing)
    order = WorkOrderFactory(equipment=thing, place=thing.place)
    finding = FindingFactory(equipment=thing, place=thing.place)
    for n in range(3):
        EquipmentFactory(parent=thing)
        comments.write(thing, f"word {n}", by=chief)
        following.follow(thing, PersonFactory())
    for other in (order, finding, EquipmentFactory()):
        links.link(thing, other, by=chief)


def test_labels_are_printed_and_bound_for_things_without_one() -> None:
    building = BuildingFactory()
    room = RoomFactory(parent=building)
    things = [EquipmentFactory(place=room) for _n in range(3)]
    EquipmentFactory()
    manager = client_of(person_with("facilities_manager"))
    answer = manager.post(reverse("assets:labels"), {"place": building.pk, "layout": "a4_24"})
    bound = TagBinding.objects.filter(kind="assets.equipment").order_by("pk")
    assert (answer.status_code, [row.object_id for row in bound]) == (302, [thing.pk for thing in things])
    assert [row.label for row in bound] == [thing.name for thing in things]
    assert manager.get(reverse("campus:label-sheet", args=[LabelBatch.objects.get().pk])).content.startswith(b"%PDF")
    assert manager.post(reverse("assets:labels"), {"place": building.pk, "layout": "a4_24"}).status_code == 422
    assert client_of(person_with("technician")).get(reverse("assets:labels")).status_code == 403
