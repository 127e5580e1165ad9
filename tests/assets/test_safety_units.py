"""Units of extinguishers: a quarter may be away, more only with a stand-in of the same kind and rating, whoever asks at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from assets.certificates.factories import SchemeFactory
from assets.factories import EquipmentCategoryFactory, EquipmentFactory, UseLockFactory
from assets.models import CategoryAttribute, Equipment, Scheme
from assets.safety import services
from assets.safety.factories import SafetyGroupFactory
from assets.safety.models import SafetyGroup, Substitution, TakenOut
from assets.services import lift_lock
from logistics.alerts.models import Alert
from logistics.alerts.services import run_check
from logistics.campus.factories import BuildingFactory
from logistics.core import clock
from logistics.core.errors import Conflict, NotAllowed
from logistics.core.publishing import MEASURES
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.races import together

pytestmark = pytest.mark.django_db


def a_unit(n: int, share: Any = None, rating: str = "3A", place: Any = None) -> tuple[SafetyGroup, list[Equipment]]:
    scheme = Scheme.objects.filter(code="extinguisher.out").first() or SchemeFactory(code="extinguisher.out")
    category = EquipmentCategoryFactory(kind="fire")
    for code in ("agent", "rating"):
        CategoryAttribute.objects.create(category=category, code=code, name_zh=code, type="text")
    group = SafetyGroupFactory(place=place or BuildingFactory(), scheme=scheme, max_out_share=share)
    things = [
        EquipmentFactory(category=category, place=group.place, safety_group=group, attributes={"agent": "干粉", "rating": rating})
        for _n in range(n)
    ]
    return group, things


def spare(like: Equipment, **attributes: str) -> Equipment:
    return EquipmentFactory(category=like.category, place=like.place, attributes={**like.attributes, **attributes})


def counted(group: SafetyGroup) -> tuple[int, int, int, int]:
    row = SafetyGroup.objects.counted().get(pk=group.pk)
    return row.size, row.away, row.unfit, int(row.allowed)


# scenario 5, the quarter -----------------------------------------------------------------------------------------------------
def test_of_eight_two_may_go_and_the_third_only_after_one_of_the_same_kind_and_rating_stands_in() -> None:
    group, things = a_unit(8)
    officer = person_with("safety_officer")
    for thing in things[:2]:
        services.take_out(equipment=thing, reason="压力不足", by=officer)
    with pytest.raises(Conflict, match="stand in first"):
        services.take_out(equipment=things[2], reason="压力不足", by=officer)
    assert counted(group) == (8, 2, 2, 2)
    for wrong in (spare(things[0], rating="2A"), spare(things[0], agent="水基"), spare(things[0], rating="89B"), EquipmentFactory()):
        with pytest.raises(ValidationError):
            services.stand_in(original=things[0], substitute=wrong, by=officer)
    stands = services.stand_in(original=things[0], substitute=spare(things[0], rating="4A"), by=officer)
    third = services.take_out(equipment=things[2], reason="压力不足", by=officer)
    assert counted(group) == (8, 2, 2, 2)
    with pytest.raises(ValidationError, match="still away"):
        perform(stands, "end", by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Substitution.objects.filter(pk=stands.pk).delete()
    first = TakenOut.objects.get(equipment=things[0])
    perform(first, "bring_back", by=officer)
    stands.refresh_from_db()
    assert (stands.state, counted(group)[1]) == ("ended", 2)
    perform(third, "bring_back", by=officer)
    assert counted(group) == (8, 1, 1, 2)


def test_a_stand_in_that_is_locked_or_retired_protects_nobody_and_what_is_retired_stands_in_no_more(
    django_capture_on_commit_callbacks: Any,
) -> None:
    group, things = a_unit(4, share="0")
    other = a_unit(4)[1][0]
    first, second = spare(things[0]), spare(other)
    services.stand_in(original=things[0], substitute=first, by=None)
    free = services.stand_in(original=other, substitute=second, by=None)
    services.take_out(equipment=things[0], reason="充装", by=None)
    assert counted(group) == (4, 0, 0, 0)
    assert not SafetyGroup.objects.short().exists()
    lock = UseLockFactory(equipment=first)
    assert counted(group) == (4, 1, 1, 0)
    assert list(SafetyGroup.objects.short()) == [group]
    lift_lock(lock=lock, reason="好了", by=None)
    assert counted(group) == (4, 0, 0, 0)
    with django_capture_on_commit_callbacks(execute=True):
        for thing in (first, second):
            perform(thing, "dispose", by=None)
    free.refresh_from_db()
    assert (free.state, counted(group)) == ("ended", (4, 1, 1, 0))
    taken = TakenOut.objects.get(equipment=things[0])
    perform(taken, "bring_back", by=None)
    assert not Substitution.objects.filter(state="live").exists()


def test_the_share_is_a_row_of_the_law_and_a_unit_may_be_stricter() -> None:
    group, things = a_unit(8, share="0.125")
    services.take_out(equipment=things[0], reason="x", by=None)
    with pytest.raises(Conflict):
        services.take_out(equipment=things[1], reason="x", by=None)
    scheme = group.scheme
    from decimal import Decimal

    from assets.certificates.services import amend

    amend(
        scheme=scheme,
        since=clock.today(),
        clause="本校",
        status="to_check",
        source="",
        apply_before=None,
        apply_unit="month",
        keep_years=3,
        note="",
        reason="试点",
        intervals=[],
        figures={"max_out_share": Decimal("0.5")},
        by=None,
    )
    _other, more = a_unit(4)
    for thing in more[:2]:
        services.take_out(equipment=thing, reason="x", by=None)
    with pytest.raises(Conflict):
        services.take_out(equipment=more[2], reason="x", by=None)


def test_raw_sql_takes_no_more_than_may_be_either() -> None:
    group, things = a_unit(4)
    services.take_out(equipment=things[0], reason="x", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        TakenOut.objects.bulk_create([TakenOut(equipment=things[1], group=group, reason="x", during=(clock.now(), None))])


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_take_exactly_what_may_go() -> None:
    group, things = a_unit(20)
    results = together(*[lambda thing=thing: services.take_out(equipment=thing, reason="x", by=None) for thing in things])
    assert (sum(isinstance(one, TakenOut) for one in results), sum(isinstance(one, Conflict) for one in results)) == (5, 15)
    assert counted(group) == (20, 5, 5, 5)


def test_people_take_and_bring_back_through_the_page_and_strangers_do_not() -> None:
    _group, things = a_unit(4)
    technician, student = person_with("technician"), person_with("student")
    url = reverse("assets:takenout-add")
    assert client_of(student).post(url, {"equipment": things[0].pk, "reason": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        services.take_out(equipment=things[0], reason="x", by=student)
    assert not TakenOut.objects.exists()
    assert client_of(technician).post(url, {"equipment": things[0].pk, "reason": "充装"}).status_code == 302
    assert client_of(technician).post(url, {"equipment": things[1].pk, "reason": "充装"}).status_code == 409
    taken = TakenOut.objects.get()
    assert client_of(technician).post(reverse("assets:takenout-move", args=[taken.pk, "bring_back"]), {}).status_code == 302
    taken.refresh_from_db()
    assert taken.state == "back"


def test_a_unit_of_which_more_is_locked_than_may_be_missing_is_an_alert_until_it_is_whole() -> None:
    group, things = a_unit(8)
    locks = [UseLockFactory(equipment=thing) for thing in things[:3]]
    run_check("assets.safety_group_short")
    alert = Alert.objects.get(kind="assets.safety_group_short")
    assert (alert.severity, alert.params["unfit"], alert.params["allowed"]) == (4, 3, 2)
    services.stand_in(original=things[0], substitute=spare(things[0]), by=None)
    run_check("assets.safety_group_short")
    assert Alert.objects.get(kind="assets.safety_group_short").state != "open"
    assert counted(group)[2] == 2 and len(locks) == 3


def test_safety_ready_counts_what_is_in_place_unlocked_and_in_date() -> None:
    _group, things = a_unit(8)
    UseLockFactory(equipment=things[0])
    services.take_out(equipment=things[1], reason="x", by=None)
    services.take_out(equipment=things[2], reason="x", by=None)
    services.stand_in(original=things[2], substitute=spare(things[2]), by=None)
    figure = MEASURES["assets.safety_ready"].compute(person_with("safety_officer"), (clock.now(), clock.now()))
    assert (figure.n, round(figure.value, 1)) == (9, 77.8)  # 8 and the spare; one locked, one away


def test_the_list_and_the_cards_of_units(django_assert_max_num_queries: Any) -> None:
    for _n in range(10):
        group, _things = a_unit(2)
    browser = client_of(person_with("safety_officer"))
    browser.get(reverse("assets:safetygroup-list"))
    with django_assert_max_num_queries(8):
        assert browser.get(reverse("assets:safetygroup-list")).status_code == 200
    assert browser.get(group.get_absolute_url()).status_code == 200
    cards = browser.get(reverse("assets:safety-cards", args=[group.pk]))
    assert (cards.status_code, cards.content[:4]) == (200, b"%PDF")
