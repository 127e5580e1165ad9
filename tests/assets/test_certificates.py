"""Certificates: from the clause to the day, the alerts and the duty before it, the lock after it, and what lifts it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.urls import reverse

from assets.certificates import services
from assets.certificates.factories import SchemeFactory, SchemeIntervalFactory, SchemeVersionFactory, StatutoryRecordFactory
from assets.certificates.models import Requirement, Scheme, SchemeVersion, StatutoryRecord
from assets.certificates.registries import WHEN_FAILED, WhenFailed
from assets.certificates.words import look
from assets.factories import EquipmentCategoryFactory, EquipmentFactory
from assets.models import Equipment, UseLock
from assets.services import lift_lock
from logistics.accounts.models import Organisation
from logistics.alerts.models import Alert, Obligation
from logistics.alerts.services import run_check
from logistics.campus.factories import BuildingFactory, RoomFactory
from logistics.campus.models import PlaceClosure
from logistics.core import clock
from logistics.core.errors import NotAllowed
from logistics.core.models import Event, RecordFile
from logistics.core.testing.world import client_of, person_with

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def at(day: date, hour: int = 9) -> datetime:
    return clock.midnight(day) + timedelta(hours=hour)


def body() -> Organisation:
    return Organisation.objects.get_or_create(code="TJY", defaults={"name_zh": "特检院", "kind": "authority"})[0]


def a_lift(**fields: Any) -> Equipment:
    from assets.models import EquipmentCategory

    category = EquipmentCategory.objects.filter(code="lift").first() or EquipmentCategoryFactory(code="lift", kind="special")
    return EquipmentFactory(category=category, place=fields.pop("place", None) or BuildingFactory(), **fields)


def inspected(thing: Equipment, on: date, until: date | None, result: str = "pass", by: Any = None) -> StatutoryRecord:
    return services.record(
        scheme=Scheme.objects.get(code="lift.inspection"),
        equipment=thing,
        action="inspect",
        performed_on=on,
        result=result,
        valid_until=until,
        certificate_no=f"TS-{on:%Y%m%d}",
        body=body(),
        by=by,
    )


def requirement(thing: Equipment, scheme: str = "lift.inspection") -> Requirement:
    return Requirement.objects.get(equipment=thing, scheme__code=scheme)


def use_state(thing: Equipment) -> str:
    return Equipment.objects.values_list("use_state", flat=True).get(pk=thing.pk)


# scenario 6 --------------------------------------------------------------------------------------------------------------
def test_a_lift_is_called_for_warned_about_and_locked_on_the_day_after_its_certificate() -> None:
    with clock.standing_at(at(date(2026, 1, 20))):
        thing = a_lift(commissioned_on=date(2016, 1, 15))
        old = inspected(thing, date(2026, 1, 20), date(2027, 1, 31))
    row = requirement(thing)
    assert (row.next_due_on, row.basis, row.result) == (date(2027, 1, 31), old, "pass")

    graver = []
    for day in (date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 23), date(2027, 1, 24)):
        with clock.standing_at(at(day, 0)):
            run_check("assets.certificate_due", at(day, 0))
        alert = Alert.objects.filter(kind="assets.certificate_due").unresolved().first()
        graver.append(alert.severity if alert else 0)
    assert graver == [0, 1, 1, 2, 2, 3]

    duty = Obligation.objects.get(code="assets.certificate_application")
    assert (clock.midnight(date(2026, 12, 31)) <= duty.due_at < clock.midnight(date(2027, 1, 1))) and duty.subject_id == old.pk
    assert duty.opens_at == clock.midnight(date(2026, 12, 2))

    with clock.standing_at(clock.midnight(date(2027, 2, 1)) - timedelta(seconds=1)):
        assert services.lock_lapsed() == 0
    assert use_state(thing) == "normal"
    with clock.standing_at(clock.midnight(date(2027, 2, 1))):
        assert (services.lock_lapsed(), services.lock_lapsed()) == (1, 0)
        run_check("assets.certificate_expired", clock.now())
        run_check("assets.certificate_due", clock.now())
    lock = UseLock.objects.live().get(equipment=thing)
    assert (use_state(thing), lock.opened_at, lock.cause) == ("locked", clock.midnight(date(2027, 2, 1)), "certificate")
    assert Alert.objects.get(kind="assets.certificate_expired").severity == 4
    assert Alert.objects.get(kind="assets.certificate_due").state != "open"

    manager = person_with("facilities_manager")
    with clock.standing_at(at(date(2027, 2, 3))):
        with pytest.raises(ValidationError, match="passed inspection"):
            lift_lock(lock=lock, reason="It runs well", by=manager)
        assert client_of(manager).post(reverse("assets:lift", args=[lock.pk]), {"reason": "It runs well"}).status_code == 422
        assert use_state(thing) == "locked"
        new = inspected(thing, date(2027, 2, 3), date(2028, 1, 31), by=manager)
    assert (use_state(thing), requirement(thing).basis) == ("normal", new)
    lock.refresh_from_db()
    assert lock.lifted_at is not None


def test_a_failed_test_locks_at_once_tells_the_ledger_of_dangers_and_a_pass_frees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, Any]] = []
    monkeypatch.setitem(WHEN_FAILED._items, "test", WhenFailed(lambda record, by: told.append((record.pk, by)), "test"))
    officer = person_with("safety_officer")
    with clock.standing_at(at(date(2026, 9, 7))):
        thing = a_lift(commissioned_on=date(2020, 3, 1))
        inspected(thing, date(2026, 3, 1), date(2027, 2, 28))
        wrong = inspected(thing, date(2026, 9, 7), None, result="fail", by=officer)
        assert (use_state(thing), told) == ("locked", [(wrong.pk, officer)])
        assert requirement(thing).next_due_on == date(2026, 9, 7)
        with pytest.raises(ValidationError):
            lift_lock(lock=UseLock.objects.live().get(), reason="x", by=officer)
    from maintenance.models import Finding

    finding = Finding.objects.get()
    assert (finding.equipment, finding.severity, finding.source_id, finding.state) == (thing, "major", wrong.pk, "open")
    with clock.standing_at(at(date(2026, 9, 9))):
        inspected(thing, date(2026, 9, 9), date(2027, 2, 28), by=officer)
    assert use_state(thing) == "normal"


def test_a_failure_entered_late_about_an_earlier_day_locks_nothing() -> None:
    thing = a_lift(commissioned_on=date(2020, 3, 1))
    inspected(thing, date(2026, 6, 1), date(2027, 5, 31))
    inspected(thing, date(2026, 5, 20), None, result="fail")
    assert (use_state(thing), requirement(thing).result) == ("normal", "pass")


def test_a_record_entered_wrongly_is_corrected_by_a_new_one_and_never_changed() -> None:
    thing = a_lift(commissioned_on=date(2020, 3, 1))
    wrong = inspected(thing, date(2026, 6, 1), date(2029, 5, 31))
    with pytest.raises(Exception, match=r"append_only|Cannot update"), transaction.atomic():
        StatutoryRecord.objects.filter(pk=wrong.pk).update(result="fail")
    right = services.record(
        scheme=wrong.scheme,
        equipment=thing,
        action="inspect",
        performed_on=date(2026, 6, 1),
        result="pass",
        valid_until=date(2027, 5, 31),
        certificate_no="TS-2",
        body=body(),
        supersedes=wrong,
        by=None,
    )
    assert (requirement(thing).basis, requirement(thing).next_due_on) == (right, date(2027, 5, 31))
    with pytest.raises(ValidationError):
        services.record(
            scheme=wrong.scheme,
            equipment=thing,
            action="inspect",
            performed_on=date(2026, 6, 1),
            result="pass",
            certificate_no="TS-3",
            body=body(),
            supersedes=wrong,
            by=None,
        )


def test_who_applied_or_has_the_new_certificate_is_done_with_the_duty() -> None:
    with clock.standing_at(at(date(2026, 1, 20))):
        thing = a_lift(commissioned_on=date(2016, 1, 15))
        inspected(thing, date(2026, 1, 20), date(2027, 1, 31))
        first = Obligation.objects.get(code="assets.certificate_application")
        assert first.state == "scheduled"
    with clock.standing_at(at(date(2026, 12, 10))):
        inspected(thing, date(2026, 12, 10), date(2027, 11, 30))
    first.refresh_from_db()
    assert first.state == "done_on_time"
    assert Obligation.objects.filter(code="assets.certificate_application", state="scheduled").count() == 1
    assert services.call_for_applications() == 0


def test_without_any_certificate_a_thing_is_missing_papers_and_is_not_locked() -> None:
    thing = a_lift(commissioned_on=clock.today() - timedelta(days=3650))
    assert services.lock_lapsed() == 0
    assert use_state(thing) == "normal"
    run_check("assets.certificate_missing", clock.now())
    keys = [alert.dedup_key.split(":", 1)[1] for alert in Alert.objects.filter(kind="assets.certificate_missing")]
    lift = [f"{row.scheme_id}:{row.action}" for row in Requirement.objects.certificates().filter(equipment=thing)]
    assert len(lift) == 2 and set(lift) <= set(keys)  # inspection and testing


# recording -----------------------------------------------------------------------------------------------------------------
def test_a_keeper_records_a_certificate_with_its_paper_through_the_page() -> None:
    thing = a_lift(commissioned_on=date(2020, 3, 1))
    keeper, today = person_with("equipment_keeper"), clock.today()
    data = {
        "scheme": Scheme.objects.get(code="lift.inspection").pk,
        "equipment": thing.pk,
        "action": "inspect",
        "performed_on": today,
        "result": "pass",
        "valid_until": today + timedelta(days=365),
        "certificate_no": "TS-9",
        "body": body().pk,
        "file": SimpleUploadedFile("certificate.pdf", PDF, "application/pdf"),
    }
    answer = client_of(keeper).post(reverse("assets:statutoryrecord-add"), data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    row = StatutoryRecord.objects.get()
    paper = RecordFile.objects.get()
    assert (row.by, paper.kind, paper.object_id, paper.label) == (keeper, "assets.statutoryrecord", row.pk, "certificate")
    page = client_of(keeper).get(row.get_absolute_url()).content.decode()
    assert "TS-9" in page and "certificate.pdf" in page
    assert Event.objects.filter(kind="assets.statutoryrecord", object_id=row.pk, move="create").count() == 1


def test_only_those_who_look_after_it_record_and_the_refusal_writes_nothing() -> None:
    here, there = BuildingFactory(), BuildingFactory()
    thing = a_lift(place=here)
    with pytest.raises(NotAllowed):
        inspected(thing, date(2026, 3, 1), None, by=person_with("technician"))
    with pytest.raises(NotAllowed):
        inspected(thing, date(2026, 3, 1), None, by=person_with("equipment_keeper", place=there))
    assert not StatutoryRecord.objects.exists()
    assert client_of(person_with("student")).get(reverse("assets:certificates")).status_code == 403
    assert inspected(thing, date(2026, 3, 1), None, by=person_with("equipment_keeper", place=here)).pk


def test_what_the_scheme_asks_for_has_to_be_there() -> None:
    thing, scheme = a_lift(), Scheme.objects.get(code="lift.inspection")
    for wrong in (
        {"certificate_no": ""},
        {"performed_on": clock.today() + timedelta(days=1)},
        {"action": "clean"},
        {"valid_until": date(2026, 2, 28)},
        {"equipment": None, "place": BuildingFactory()},
    ):
        fields: dict[str, Any] = {
            "scheme": scheme,
            "equipment": thing,
            "action": "inspect",
            "performed_on": date(2026, 3, 1),
            "result": "pass",
            "certificate_no": "X",
            "body": body(),
            "by": None,
        }
        with pytest.raises(ValidationError):
            services.record(**(fields | wrong))
    assert not StatutoryRecord.objects.exists()


def test_a_failed_survey_closes_the_building_until_one_passes() -> None:
    building, scheme = BuildingFactory(), Scheme.objects.get(code="building.survey")
    services.record(scheme=scheme, place=building, action="check", performed_on=date(2026, 9, 1), result="fail", by=None)
    closure = PlaceClosure.objects.get(place=building)
    from logistics.campus.services.places import lift_closure

    with pytest.raises(ValidationError):
        lift_closure(closure=closure, by=person_with("facilities_manager"), reason="x")


# from the clause to the day ------------------------------------------------------------------------------------------------
def test_a_lift_is_inspected_in_its_years_1_4_7_9_11_13_15_and_then_every_year() -> None:
    thing = a_lift(commissioned_on=date(2005, 6, 1))
    years, day = [], date(2005, 6, 1)
    while len(years) < 9:
        due = requirement(thing).next_due_on
        assert due is not None
        day = due
        years.append(day.year - 2005)
        inspected(thing, day, None)
    assert years == [1, 4, 7, 9, 11, 13, 15, 16, 17]


def test_a_vessel_goes_by_its_grade_and_grade_4_by_what_the_certificate_says() -> None:
    category = EquipmentCategoryFactory(code="vessel", kind="special")
    scheme = Scheme.objects.get(code="vessel.inspection")
    due = {}
    for grade, until in ((1, None), (3, None), (4, date(2027, 6, 1)), (None, None)):
        thing = EquipmentFactory(category=category, place=BuildingFactory(), commissioned_on=date(2023, 6, 1))
        if grade:
            services.record(
                scheme=scheme,
                equipment=thing,
                action="inspect",
                performed_on=date(2026, 6, 1),
                result="pass",
                grade=grade,
                valid_until=until,
                certificate_no=f"V{grade}",
                body=body(),
                by=None,
            )
        due[grade] = requirement(thing, "vessel.inspection").next_due_on
    assert due == {1: date(2032, 6, 1), 3: date(2029, 6, 1), 4: date(2027, 6, 1), None: date(2026, 6, 1)}


def test_a_new_boiler_room_has_its_extinguishers_checked_twice_a_month_without_anybody_configuring_it() -> None:
    category = EquipmentCategoryFactory(code="extinguisher", kind="fire")
    room = RoomFactory()
    thing = EquipmentFactory(category=category, place=room, commissioned_on=date(2026, 3, 1))
    assert requirement(thing, "extinguisher.check").next_due_on == date(2026, 4, 1)
    room.fire_class = "boiler_or_basement"
    room.save()
    assert requirement(thing, "extinguisher.check").next_due_on == date(2026, 3, 16)


# the law as rows -------------------------------------------------------------------------------------------------------------
def test_two_lines_of_one_action_cannot_be_about_the_same_things() -> None:
    version = SchemeVersionFactory()
    SchemeIntervalFactory(version=version, ages=NumericRange(0, 60))
    SchemeIntervalFactory(version=version, ages=NumericRange(60, None))
    SchemeIntervalFactory(version=version, action="test")
    for wrong in (
        {"ages": NumericRange(59, 61)},
        {"by": "grade", "value": "1", "ages": NumericRange(0, 1)},
        {"by": "agent", "value": ""},
        {"ages": NumericRange(7, 7)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SchemeIntervalFactory(version=version, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeVersionFactory(scheme=version.scheme)


def test_a_school_changes_a_clause_from_a_day_on_with_a_reason_and_the_days_follow() -> None:
    manager, thing = person_with("facilities_manager"), a_lift(commissioned_on=date(2020, 3, 1))
    inspected(thing, date(2026, 6, 1), None)
    scheme, before = Scheme.objects.get(code="lift.inspection"), requirement(thing).next_due_on
    page = client_of(manager).get(reverse("assets:scheme-amend", args=[scheme.pk]))
    assert page.status_code == 200
    data = {
        "since": clock.today().isoformat(),
        "clause": "地方规定",
        "status": "verified",
        "source": "市局通知",
        "apply_before": 2,
        "apply_unit": "month",
        "keep_years": 5,
        "note": "",
        "reason": "本市更严",
    }
    for n in range(6):
        data |= {
            f"line{n}_action": "inspect",
            f"line{n}_every": 6 if n == 0 else "",
            f"line{n}_unit": "month",
            f"line{n}_by": "all",
            f"line{n}_value": "",
            f"line{n}_first": 0,
            f"line{n}_before": "",
        }
    assert client_of(manager).post(reverse("assets:scheme-amend", args=[scheme.pk]), data | {"reason": ""}).status_code == 422
    assert client_of(manager).post(reverse("assets:scheme-amend", args=[scheme.pk]), data).status_code == 302
    now = SchemeVersion.objects.live().get(scheme=scheme)
    assert (now.made_by, now.reason, [row.every for row in now.intervals.all()]) == (manager, "本市更严", [6])
    assert SchemeVersion.objects.filter(scheme=scheme).count() == 2
    assert before == date(2029, 6, 1) and requirement(thing).next_due_on == date(2026, 12, 1)
    assert client_of(person_with("equipment_keeper")).get(reverse("assets:scheme-amend", args=[scheme.pk])).status_code == 403


def test_the_school_confirms_a_clause_once_and_says_against_what() -> None:
    director = person_with("safety_director")
    version = SchemeVersion.objects.live().get(scheme__code="lift.inspection")
    browser = client_of(director)
    assert browser.post(reverse("assets:scheme-confirm", args=[version.pk]), {"reason": ""}).status_code == 422
    assert browser.post(reverse("assets:scheme-confirm", args=[version.pk]), {"reason": "正式文本 2023 版"}).status_code == 302
    version.refresh_from_db()
    assert (version.confirmed_by, version.confirm_reason) == (director, "正式文本 2023 版")
    assert browser.post(reverse("assets:scheme-confirm", args=[version.pk]), {"reason": "again"}).status_code == 409


def test_the_nightly_run_takes_the_same_few_statements_for_any_number_of_things(django_assert_num_queries: Any) -> None:
    a_lift(commissioned_on=date(2020, 3, 1))
    with django_assert_num_queries(5):  # one that does it, with its plan prepared for many and put back
        services.refresh_requirements()
    before = list(Requirement.objects.order_by("pk").values_list())
    services.refresh_requirements()
    assert list(Requirement.objects.order_by("pk").values_list()) == before and before


def test_the_board_the_calendar_and_the_ledger_cost_the_same_with_many(django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        inspected(
            a_lift(commissioned_on=date(2016, 3, 1)), clock.today() - timedelta(days=300 + n), clock.today() + timedelta(days=5 * n - 10)
        )
    browser = client_of(person_with("safety_officer"))
    for name in ("certificates", "statutory-calendar", "special-ledger", "requirement-list", "statutoryrecord-list", "scheme-list"):
        browser.get(reverse(f"assets:{name}"))
        with django_assert_max_num_queries(14 if name == "special-ledger" else 12):
            answer = browser.get(reverse(f"assets:{name}"))
        assert answer.status_code == 200, name
        if name != "special-ledger":
            assert len(answer.content) < 60_000, (name, len(answer.content))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assets_requirement")
        assert cursor.fetchone()[0] > 12


def test_a_scheme_factory_row_without_rules_asks_nothing() -> None:
    scheme = SchemeFactory()
    SchemeIntervalFactory(version=SchemeVersionFactory(scheme=scheme))
    StatutoryRecordFactory(scheme=scheme)
    assert not Requirement.objects.filter(scheme=scheme).exists()


def test_a_lock_that_the_system_put_on_reads_in_the_language_of_its_reader() -> None:
    with clock.standing_at(at(date(2026, 1, 20))):
        thing = a_lift(commissioned_on=date(2016, 1, 15))
        inspected(thing, date(2026, 1, 20), date(2027, 1, 31))
    manager = person_with("facilities_manager")
    with clock.standing_at(at(date(2027, 2, 3))):
        services.lock_lapsed()
        pages = {}
        for language in ("en", "zh-hans"):
            reader = client_of(manager)
            reader.cookies["language"] = language
            manager.language = language
            manager.save(update_fields=["language"])
            pages[language] = reader.get(thing.get_absolute_url()).content.decode()
    lock = UseLock.objects.live().get(equipment=thing)
    assert (lock.reason, lock.reason_en) == ("电梯定期检验已于 2027 年 1 月 31 日到期", "Inspection of lifts ended on 31 Jan 2027")
    assert pages["en"].count(lock.reason_en) == 2 and lock.reason not in pages["en"]  # the note on top and the line of the timeline
    assert pages["zh-hans"].count(lock.reason) == 2 and lock.reason_en not in pages["zh-hans"]


def test_an_own_check_warns_nobody_before_its_day_and_a_certificate_does() -> None:
    today, lefts = date(2026, 11, 27), (30, 1, 0, -1)

    def seen(action: str, left: int) -> tuple[str, str]:
        return look(Requirement(action=action, result="pass", interval_id=1, basis_id=1, next_due_on=today + timedelta(days=left)))[:2]

    with clock.standing_at(at(today)):
        own, certificate = [seen("check", left) for left in lefts], [seen("inspect", left) for left in lefts]
    assert own == [("done", "Met"), ("done", "Met"), ("wait", "Due today"), ("danger", "over for 1 day")]
    assert [kind for kind, _words in certificate] == ["late", "late", "late", "danger"]
