"""Who is told what, once, in which language; the page behind the bell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from logistics.accounts.factories import PersonFactory
from logistics.alerts.delivery import claim
from logistics.alerts.factories import NotificationFactory
from logistics.alerts.messages import words
from logistics.alerts.models import Notification
from logistics.alerts.services import mark_all_read, notify
from logistics.alerts.widgets import unread
from logistics.core import clock
from logistics.core.access import access_of
from logistics.core.testing.world import client_of

pytestmark = pytest.mark.django_db


def test_two_notices_under_one_key_are_one(django_assert_num_queries: Any) -> None:
    wang, lin = PersonFactory(), PersonFactory()
    with django_assert_num_queries(1):
        assert notify(people=[wang.pk, lin.pk], code="test.message", dedupe_key="k", params={"what": "1"}) == 2
    assert notify(people=[wang.pk, lin.pk, PersonFactory().pk], code="test.message", dedupe_key="k", params={"what": "2"}) == 1
    assert Notification.objects.count() == 3


def test_an_undeclared_message_is_refused() -> None:
    with pytest.raises(KeyError):
        notify(people=[PersonFactory().pk], code="test.unknown", dedupe_key="k")


def test_whoever_left_is_not_told() -> None:
    gone = PersonFactory(status="left", left_on=clock.today())
    assert notify(people=[gone.pk], code="test.message", dedupe_key="k") == 0


@pytest.mark.parametrize(
    ("importance", "email", "state"),
    [
        ("info", "a@school.example", "accepted"),
        ("normal", "a@school.example", "queued"),
        ("urgent", "a@school.example", "queued"),
        ("normal", "", "accepted"),
        ("urgent", "", "failed"),
    ],
)
def test_what_is_mailed_depends_on_importance_and_address(importance: str, email: str, state: str) -> None:
    notify(people=[PersonFactory(email=email).pk], code="test.message", dedupe_key="k", importance=importance)
    claim(clock.now())
    assert Notification.objects.get().state.replace("sending", "queued") == state


def test_a_notice_reads_in_the_language_of_its_reader() -> None:
    params = {"place": {"zh": "明德楼", "en": "Mingde Building"}, "at": {"at": "2026-11-24T08:05:00+08:00"}}
    with translation.override("en"):
        assert words("test.read", params).body.startswith("Mingde Building, ")
    with translation.override("zh-hans"):
        assert words("test.read", params).body.startswith("明德楼, ")
    assert "–, –" in words("test.read", {}).body


def test_the_bell_counts_what_is_unread_and_due_in_one_statement(django_assert_num_queries: Any) -> None:
    person = PersonFactory()
    NotificationFactory.create_batch(2, person=person)
    NotificationFactory(person=person, not_before=clock.now() + timedelta(hours=1))
    NotificationFactory()
    access_of(person)  # asked once a request, by the menu
    with django_assert_num_queries(1):
        assert unread(person) == 2
    assert mark_all_read(person=person) == 2
    assert unread(person) == 0


def test_the_page_shows_only_ones_own_and_opening_one_reads_it() -> None:
    person, other = PersonFactory(), PersonFactory()
    mine = NotificationFactory(person=person, params={"what": "Leak in 302"}, link="/language/")
    theirs = NotificationFactory(person=other, params={"what": "Leak in 303"})
    browser: Client = client_of(person)
    page = browser.get(reverse("notifications"))
    assert page.status_code == 200
    assert "Leak in 302" in page.content.decode()
    assert "Leak in 303" not in page.content.decode()
    assert browser.get(theirs.get_absolute_url()).status_code == 404
    assert browser.post(reverse("alerts:notification-read", args=[theirs.pk])).status_code == 404
    assert browser.get(mine.get_absolute_url())["Location"] == "/language/"
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, theirs.state, theirs.read_at) == ("read", "queued", None)


def test_all_are_marked_as_read_with_one_button_and_nobody_elses() -> None:
    person = PersonFactory()
    NotificationFactory.create_batch(3, person=person)
    theirs = NotificationFactory()
    browser = client_of(person)
    assert browser.get(reverse("alerts:notification-read-all")).status_code == 405
    browser.post(reverse("alerts:notification-read-all"))
    assert Notification.objects.filter(read_at__isnull=True).get() == theirs


def test_the_page_costs_the_same_with_many_notices(django_assert_max_num_queries: Any) -> None:
    person = PersonFactory()
    NotificationFactory.create_batch(40, person=person)
    browser = client_of(person)
    with django_assert_max_num_queries(8):
        page = browser.get(reverse("notifications")).content.decode()
    assert page.count('class="hq-item"') == 30
    assert browser.get(reverse("notifications") + "?page=2").content.decode().count('class="hq-item"') == 10


def test_a_link_to_another_host_is_not_followed() -> None:
    person = PersonFactory()
    row = NotificationFactory(person=person, link="https://elsewhere.example/")
    assert client_of(person).get(row.get_absolute_url())["Location"] == reverse("notifications")


def test_nobody_reads_notices_without_signing_in() -> None:
    assert Client().get(reverse("notifications")).status_code == 302
