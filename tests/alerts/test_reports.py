"""A saved list comes by mail: to each with the own rows, once, and only as long as everybody may."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from logistics.accounts.models import RoleGrant
from logistics.alerts import reporting
from logistics.alerts.delivery import Dispatcher
from logistics.alerts.models import Channel, Notification, ReportParcel, ReportRun, ReportSchedule
from logistics.alerts.services import reports
from logistics.campus.factories import BuildingFactory, TagFactory
from logistics.core import clock, printing
from logistics.core.jobs import services as jobs
from logistics.core.jobs import work
from logistics.core.lists import services as lists
from logistics.core.models import Job
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.alerts.gateway import Gateway
from tests.races import at_once

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SEVEN = MONDAY.replace(hour=7)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is only written down; a test runs it when it wants to."""
    monkeypatch.setattr(jobs, "send", lambda ids: len(ids))


@pytest.fixture
def school() -> dict[str, Any]:
    """Two buildings with 3 and 2 labels; a manager of all, and a keeper of the second who sees only that one."""
    first, second = BuildingFactory(), BuildingFactory()
    for place in (first, first, first, second, second):
        TagFactory(place=place)
    manager, keeper = person_with("facilities_manager"), person_with("place_keeper", place=second)
    for one in (manager, keeper):
        one.email, one.language = f"{one.number}@school.example", "en"
        one.save()
    saved = lists.keep(person=manager, kind="campus.tag", name="Things", query="sort=code", role="", default=False)
    return {"manager": manager, "keeper": keeper, "saved": saved, "second": second}


def weekly(school: dict[str, Any], **fields: Any) -> ReportSchedule:
    with clock.standing_at(MONDAY):
        return reports.set_up(**{"by": school["manager"], "name": "Things", "saved": school["saved"], "every": "weekly", "weekday": 0,
                                 "at": time(7), "people": [school["keeper"]], **fields})


def rows_in(mail: Any) -> int:
    """Rows of the enclosed sheet below its head."""
    part = next(part for part in mail.iter_attachments())
    return sum(any(row) for row in openpyxl.load_workbook(BytesIO(part.get_content())).active.iter_rows(values_only=True)) - 1


def all_work() -> list[str]:
    return [work.run(pk) for pk in Job.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True)]


def test_each_gets_the_rows_that_he_may_see_as_an_attachment(school: dict[str, Any], gateway: Gateway) -> None:
    report = weekly(school)
    with clock.standing_at(SEVEN - timedelta(seconds=1)):
        assert reports.send_due() == 0
    with clock.standing_at(SEVEN):
        assert (reports.send_due(), reports.send_due()) == (1, 0)
        assert all_work() == ["done"]
        assert Dispatcher().once() == 2
        assert Dispatcher().once() == 0
    by = {mail.to: mail for mail in gateway.mails}
    assert (rows_in(by[school["manager"].email]), rows_in(by[school["keeper"].email])) == (5, 2)
    mail = by[school["keeper"].email]
    assert mail["Subject"] == "Things · 23 Nov 2026"
    assert next(mail.iter_attachments()).get_filename() == "Things 2026-11-23.xlsx"
    assert mail["List-Unsubscribe"].strip().startswith("<http")
    report.refresh_from_db()
    assert report.next_at == SEVEN + timedelta(days=7)
    assert list(report.runs.values_list("state", "due_at")) == [("done", SEVEN)]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_once_and_hours_missed_are_made_up_for_once(school: dict[str, Any]) -> None:
    report = weekly(school, every="daily")
    with clock.standing_at(SEVEN + timedelta(days=3, hours=2)):  # nobody was there for three days
        assert sorted(at_once(4, lambda n: reports.send_due())) == [0, 0, 0, 1]
        assert reports.send_due() == 0
    report.refresh_from_db()
    assert report.next_at == SEVEN + timedelta(days=4)
    assert (ReportRun.objects.count(), Job.objects.count()) == (1, 1)


def test_a_worker_that_dies_between_making_and_sending_leaves_each_with_one(school: dict[str, Any], gateway: Gateway,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    weekly(school)
    whole = reporting.post

    class Died(BaseException):
        pass

    def dies(parcel_id: int, run: Any, made: Any) -> None:
        if ReportParcel.objects.filter(run=run, state="sent").exists():
            raise Died  # the second file is made, its notice is not written
        whole(parcel_id, run, made)

    with clock.standing_at(SEVEN):
        reports.send_due()
        job = Job.objects.get()
        monkeypatch.setattr(reporting, "post", dies)
        with pytest.raises(Died):
            work.run(job.pk)
        assert Notification.objects.filter(code="alerts.report").count() == 1
        monkeypatch.setattr(reporting, "post", whole)
    with clock.standing_at(SEVEN + timedelta(minutes=1)):
        jobs.rescue()
        assert all_work() == ["done"]
        assert work.run(job.pk) == ""
        assert Dispatcher().once() == 2
    assert sorted(mail.to for mail in gateway.mails) == sorted([school["manager"].email, school["keeper"].email])
    assert list(ReportParcel.objects.values_list("state", flat=True)) == ["sent", "sent"]
    assert not list((Path(settings.MEDIA_ROOT) / "reports").glob("*.half"))


def test_an_owner_who_may_no_longer_export_has_the_report_paused_and_learns_why(school: dict[str, Any]) -> None:
    report = weekly(school)
    RoleGrant.objects.filter(person=school["manager"]).delete()
    with clock.standing_at(SEVEN):
        reports.send_due()
        all_work()
    report.refresh_from_db()
    assert (report.state, report.why_paused, report.next_at) == ("paused", "permission", None)
    assert (ReportParcel.objects.count(), ReportRun.objects.get().state) == (0, "refused")
    told = Notification.objects.get(code="alerts.report_paused")
    assert (told.person, told.words.body) == (school["manager"], "Who set it up may not export this list any more.")
    assert client_of(school["manager"]).post(f"{report.get_absolute_url()}resume/").status_code in (403, 404, 409)


def test_a_reader_who_may_no_longer_see_the_list_gets_nothing_and_the_others_do(school: dict[str, Any]) -> None:
    report = weekly(school)
    school["keeper"].stewardships.all().delete()
    with clock.standing_at(SEVEN):
        reports.send_due()
        all_work()
    states = dict(ReportParcel.objects.values_list("person_id", "state"))
    assert states == {school["manager"].pk: "sent", school["keeper"].pk: "refused"}
    assert Notification.objects.filter(code="alerts.report").count() == 1
    page = client_of(school["manager"]).get(report.get_absolute_url()).content.decode()
    assert "无权看这个列表" in page or "May not see this list" in page


def test_a_deleted_list_pauses_the_report_and_brought_back_it_goes_on(school: dict[str, Any]) -> None:
    report = weekly(school)
    lists.forget(school["saved"])
    with clock.standing_at(SEVEN):
        reports.send_due()
        all_work()
    report.refresh_from_db()
    assert (report.state, report.why_paused) == ("paused", "list")
    lists.bring_back(school["saved"])
    with clock.standing_at(SEVEN + timedelta(hours=1)):
        report = perform(ReportSchedule.objects.get(), "resume", by=school["manager"])  # type: ignore[assignment]
    assert (report.state, report.next_at) == ("active", SEVEN + timedelta(days=7))


def test_what_is_too_large_for_a_mail_is_a_link_that_only_its_reader_opens(school: dict[str, Any], gateway: Gateway) -> None:
    weekly(school, people=[])
    Channel.objects.filter(code="email").update(attach_mb=0)
    with clock.standing_at(SEVEN):
        reports.send_due()
        all_work()
        Dispatcher().once()
    parcel = ReportParcel.objects.get()
    text = gateway.mails[0].get_content()
    assert f"{settings.PUBLIC_URL.rstrip('/')}{parcel.get_absolute_url()}" in text
    file = reverse("alerts:report-file", args=[parcel.pk])
    assert client_of(school["manager"]).get(file).status_code == 200
    assert client_of(school["manager"]).get(parcel.get_absolute_url()).status_code == 200
    assert client_of(school["keeper"]).get(file).status_code == 404
    with clock.standing_at(SEVEN + timedelta(days=31)):
        assert reports.forget_files() == 1
    assert client_of(school["manager"]).get(file).status_code == 404


def test_without_rows_nothing_is_sent_where_that_is_wished(school: dict[str, Any]) -> None:
    school["saved"].query = "state=retired"
    school["saved"].save()
    for skips, told in ((True, 0), (False, 2)):
        weekly(school, skip_empty=skips)
        with clock.standing_at(SEVEN):
            reports.send_due()
            all_work()
        assert Notification.objects.filter(code="alerts.report").count() == told


def test_who_leaves_by_the_link_of_a_mail_gets_no_more_and_can_come_back(school: dict[str, Any], client: Any) -> None:
    report = weekly(school)
    url = reverse("report-leave", args=[reports.leaving_token(report.pk, school["keeper"].pk)])
    assert client.get(url).status_code == 200
    assert set(reports.recipients(report)) == {school["manager"], school["keeper"]}, "looking does nothing"
    client.post(url, {"List-Unsubscribe": "One-Click"})
    assert set(reports.recipients(report)) == {school["manager"]}
    client.post(url, {"again": "1"})
    assert set(reports.recipients(report)) == {school["manager"], school["keeper"]}
    assert client.get(url[:-3] + "x/").status_code == 404


def test_send_now_twice_in_a_row_sends_once_and_leaves_the_rhythm_alone(school: dict[str, Any]) -> None:
    report = weekly(school)
    client, url = client_of(school["manager"]), reverse("alerts:reportschedule-move", args=[report.pk, "send_now"])
    key = "0b9f4a0e-8f5e-4d41-9a2b-1d8f0c2f4b11"
    with clock.standing_at(MONDAY):
        answers = [client.post(url, {"client_uid": key}).status_code for _ in range(2)]
        answers.append(client.post(url).status_code)
    assert answers == [302, 302, 422]
    assert list(ReportRun.objects.values_list("manual", flat=True)) == [True]
    assert ReportSchedule.objects.get().next_at == SEVEN
    all_work()
    assert ReportRun.objects.get().state == "done"


def test_people_set_it_up_from_the_form_and_only_for_those_who_see_the_list(school: dict[str, Any]) -> None:
    client = client_of(school["manager"])
    fields = {"name": "Things", "saved": school["saved"].pk, "every": "monthly", "weekday": "0", "monthday": "31", "at": "18:00",
              "format": "csv"}
    add = reverse("alerts:reportschedule-add")
    assert client.post(add, fields).status_code == 422, "nobody gets it"
    assert client.post(add, {**fields, "to_me": "on", "role": "student"}).status_code == 422
    with clock.standing_at(datetime.combine(date(2027, 2, 1), time(8), ZoneInfo("Asia/Shanghai"))):
        answer = client.post(add, {**fields, "to_me": "on", "role": "place_keeper", "people": [school["keeper"].pk]})
    report = ReportSchedule.objects.get()
    assert (answer.status_code, answer.url) == (302, report.get_absolute_url())
    assert report.next_at == datetime(2027, 2, 28, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert client_of(school["keeper"]).get(report.get_absolute_url()).status_code == 404
    pause = reverse("alerts:reportschedule-move", args=[report.pk, "pause"])
    assert client_of(person_with("system_manager")).post(pause).status_code == 302


def test_the_two_rows_of_one_instant_cannot_stand_beside_each_other(school: dict[str, Any]) -> None:
    report = weekly(school)
    assert reports.fire(report, SEVEN) is not None
    with transaction.atomic():
        assert reports.fire(report, SEVEN) is None
        assert reports.fire(report, SEVEN + timedelta(hours=1)) is None, "the first one is still being made"
    assert ReportRun.objects.count() == 1


def test_on_paper_it_is_a_pdf_of_the_readers_rows_and_excel_where_paper_is_too_small(school: dict[str, Any], gateway: Gateway,
                                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    for most, ending in ((1000, "pdf"), (4, "xlsx")):
        monkeypatch.setattr(printing, "MOST", most)
        weekly(school, format="pdf", people=[])
        with clock.standing_at(SEVEN):
            reports.send_due()
            all_work()
            Dispatcher().once()
        parcel = ReportParcel.objects.latest("pk")
        assert (parcel.rows, parcel.file_name) == (5, f"Things 2026-11-23.{ending}")
        part = next(gateway.mails[-1].iter_attachments())
        assert (part.get_content()[:4] == b"%PDF") == (ending == "pdf")
