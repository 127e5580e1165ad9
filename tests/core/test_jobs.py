"""Long work: written down first, done once, survives its worker, stops when asked, found again by its owner."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from logistics.accounts.factories import PersonFactory
from logistics.alerts.models import Notification
from logistics.core import clock
from logistics.core.errors import Conflict
from logistics.core.jobs import services, work
from logistics.core.jobs.workflow import Lost
from logistics.core.models import Event, Job
from logistics.core.testing.world import client_of, person_with
from logistics.core.workflow import perform
from tests.core import long_work
from tests.races import at_once

BASE = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Work is only written down; a test runs it when it wants to."""
    sent: list[int] = []
    monkeypatch.setattr(services, "send", lambda ids: sent.extend(ids) or len(ids))
    return sent


def numbers_of(job: Job) -> list[str]:
    return list(Event.objects.filter(kind="test.count", object_id=job.pk).order_by("pk").values_list("move", flat=True))


ALL = [f"n{n}" for n in range(long_work.CHUNKS)]


# the row comes first -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_work_is_sent_after_the_commit_and_only_then(no_worker: list[int], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = services.start("test.count", {}, by=PersonFactory())
        assert no_worker == []
    assert no_worker == [job.pk]


@pytest.mark.django_db
def test_it_runs_once_and_a_second_message_changes_nothing() -> None:
    job = services.start("test.count", {}, by=PersonFactory())
    assert work.run(job.pk) == "done"
    assert work.run(job.pk) == ""
    job.refresh_from_db()
    assert (job.state, job.done_n, job.total_n, job.result, job.tries) == ("done", 12, 12, {"counted": 12}, 1)
    assert numbers_of(job) == ALL


@pytest.mark.django_db
def test_without_a_broker_the_work_is_written_down_and_sent_when_the_broker_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from logistics.core.jobs import tasks

    monkeypatch.undo()
    job = services.start("test.count", {}, by=PersonFactory())

    def refuse(*_args: Any, **_options: Any) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(tasks.run_job, "apply_async", refuse)
    assert services.send([job.pk]) == 0
    assert Job.objects.get(pk=job.pk).sent_at is None
    taken: list[int] = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **_options: taken.append(args[0]))
    assert services.rescue() == 1
    assert taken == [job.pk]
    assert services.rescue() == 0  # sent a moment ago: not again
    with clock.standing_at(clock.now() + timedelta(seconds=31)):
        assert services.rescue() == 1


# dead workers --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_work_whose_lease_ran_out_is_given_back_and_goes_on_from_its_checkpoint() -> None:
    job = services.start("test.count", {}, by=PersonFactory())
    perform(job, "take", by=None)
    dead = work.Work(Job.objects.get(pk=job.pk))
    for n in range(5):
        with dead.chunk(n=n + 1):
            Event.objects.create(kind="test.count", object_id=job.pk, move=f"n{n}")
    assert services.rescue() == 0  # it still lives
    with clock.standing_at(clock.now() + timedelta(seconds=31)):
        services.rescue()
        assert work.run(job.pk) == "done"
    assert numbers_of(job) == ALL
    assert Job.objects.get(pk=job.pk).tries == 2


@pytest.mark.django_db
def test_a_worker_that_wakes_up_late_writes_nothing_more() -> None:
    job = services.start("test.count", {}, by=PersonFactory())
    perform(job, "take", by=None)
    late = work.Work(Job.objects.get(pk=job.pk))
    with clock.standing_at(clock.now() + timedelta(seconds=31)):
        services.rescue()
        assert work.run(job.pk) == "done"
    with pytest.raises(Lost), late.chunk(n=1):
        Event.objects.create(kind="test.count", object_id=job.pk, move="n0")
    with pytest.raises(Conflict):
        perform(job, "finish", by=None, round_=late.round)
    assert numbers_of(job) == ALL


@pytest.mark.django_db
def test_work_that_kills_its_worker_five_times_ends_and_says_so() -> None:
    owner = PersonFactory(language="en")
    job = services.start("test.count", {}, by=owner)
    for n in range(5):
        with clock.standing_at(clock.now() + timedelta(minutes=n)):
            perform(Job.objects.get(pk=job.pk), "take", by=None)
        with clock.standing_at(clock.now() + timedelta(minutes=n, seconds=40)):
            services.rescue()
    job.refresh_from_db()
    assert (job.state, job.tries, job.error) == ("failed", 5, "Its worker died 5 times. Tell whoever keeps the server.")


@pytest.mark.django_db
def test_a_fault_is_told_in_words_and_leaves_nothing_written(django_capture_on_commit_callbacks: Any) -> None:
    owner = PersonFactory(language="en")
    job = services.start("test.break", {}, by=owner)
    with django_capture_on_commit_callbacks(execute=True):
        assert work.run(job.pk) == "failed"
    job.refresh_from_db()
    assert job.error == "The fault is ours and is written down. Nothing is lost; start it again later."
    assert numbers_of(job) == []
    assert Notification.objects.get(person=owner).words.title == "Did not work: Break"
    perform(job, "again", by=owner)
    assert Job.objects.get(pk=job.pk).state == "queued"


# stopping ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_stopping_is_honoured_between_two_chunks_and_the_present_one_is_undone() -> None:
    owner = PersonFactory()
    job = services.start("test.count", {}, by=owner)
    perform(job, "take", by=None)
    turn = work.Work(Job.objects.get(pk=job.pk))
    with turn.chunk(n=1):
        Event.objects.create(kind="test.count", object_id=job.pk, move="n0")

    def next_chunk() -> None:
        with turn.chunk(n=2):
            Event.objects.create(kind="test.count", object_id=job.pk, move="n1")
            perform(job, "stop", by=owner)

    with pytest.raises(work.Stopped):
        next_chunk()
    assert numbers_of(job) == ["n0"]


@pytest.mark.django_db
def test_work_that_waits_is_stopped_at_once() -> None:
    owner = PersonFactory()
    job = services.start("test.count", {}, by=owner)
    assert client_of(owner).post(reverse("core:job-move", args=[job.pk, "cancel"])).status_code == 302
    assert work.run(job.pk) == ""
    assert Job.objects.get(pk=job.pk).state == "cancelled"


# two at the same instant ---------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_eight_starts_at_the_same_instant_under_one_key_make_one_piece_of_work() -> None:
    owner, key = PersonFactory(), uuid.uuid4()
    found = at_once(8, lambda _n: services.start("test.count", {"pause": 0}, by=owner, client_uid=key).pk)
    assert Job.objects.count() == 1
    assert found == [Job.objects.get().pk] * 8


@pytest.mark.django_db(transaction=True)
def test_six_workers_that_get_the_same_message_do_the_work_once() -> None:
    job = services.start("test.count", {}, by=PersonFactory())
    assert sorted(at_once(6, lambda _n: work.run(job.pk))) == ["", "", "", "", "", "done"]
    assert numbers_of(job) == ALL


# a real worker -------------------------------------------------------------------------------------------------------
def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the servers of this run, with the database of this test."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "-m", "celery", "--app", "tests.core.long_work", "worker", "--queues", "long", "--pool", "solo",
               "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    process = subprocess.Popen(command, cwd=BASE, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def state_of(job: Job) -> tuple[str, int]:
    return Job.objects.values_list("state", "done_n").get(pk=job.pk)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "tries"), [("test.count", 2), ("test.write", 2)])
def test_work_survives_the_kill_of_its_worker_without_doubles(kind: str, tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    job = services.start(kind, {"pause": 0.4}, by=PersonFactory())
    with worker() as first:
        assert until(lambda: state_of(job)[0] == "running" and state_of(job)[1] >= 3)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert state_of(job)[0] == "running"  # nobody knows yet that its worker is dead
    done = state_of(job)[1]
    assert done < 12
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))  # half a minute later
    assert services.rescue() == 2  # given back, and sent
    with worker():
        assert until(lambda: state_of(job)[0] == "done")
    job.refresh_from_db()
    assert job.tries == tries
    if kind == "test.count":
        assert numbers_of(job) == ALL
    else:
        assert (Path(settings.MEDIA_ROOT) / job.file).read_text().split() == [str(n) for n in range(12)]
        assert job.file == f"jobs/{job.pk}-2.csv"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_person_stops_work_that_stands_in_the_middle_of_a_real_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    owner = PersonFactory()
    job = services.start("test.write", {"pause": 0.5}, by=owner)
    with worker():
        assert until(lambda: state_of(job)[0] == "running")
        client_of(owner).post(reverse("core:job-move", args=[job.pk, "stop"]))
        assert until(lambda: state_of(job)[0] == "cancelled")
    assert state_of(job)[1] < 12
    assert list((Path(settings.MEDIA_ROOT) / "jobs").glob(f"{job.pk}-*")) == []


# pages ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_owner_and_the_system_manager_see_it_others_do_not() -> None:
    owner = PersonFactory()
    job = services.start("test.count", {}, by=owner)
    url = job.get_absolute_url()
    assert [client_of(person).get(url).status_code for person in (owner, person_with("system_manager"), person_with("teacher"))] == [
        200, 200, 404]
    link = f"href={job.pk}/>"  # relative to the list
    assert link in client_of(owner).get(reverse("core:job-list")).content.decode()
    assert link not in client_of(person_with("teacher")).get(reverse("core:job-list")).content.decode()


@pytest.mark.django_db
def test_the_page_asks_for_progress_while_the_work_runs_and_stops_asking_when_it_has_ended() -> None:
    owner = PersonFactory(language="en")
    job = services.start("test.write", {}, by=owner)
    client, url = client_of(owner), reverse("core:job-progress", args=[job.pk])
    assert 'hx-trigger="every 2s"' in client.get(job.get_absolute_url()).content.decode()
    assert "HX-Refresh" not in client.get(url)
    work.run(job.pk)
    answer = client.get(url)
    assert answer["HX-Refresh"] == "true"
    assert "hx-trigger" not in answer.content.decode()
    file = client.get(reverse("core:job-file", args=[job.pk]))
    assert (file.status_code, b"".join(file.streaming_content).split()[:2]) == (200, [b"0", b"1"])
    assert file["Content-Disposition"] == 'attachment; filename="numbers.csv"'
    assert client_of(person_with("system_manager")).get(reverse("core:job-file", args=[job.pk])).status_code == 404


@pytest.mark.django_db
def test_files_are_forgotten_after_a_month_and_the_work_stays() -> None:
    job = services.start("test.write", {}, by=PersonFactory())
    work.run(job.pk)
    path = Path(settings.MEDIA_ROOT) / Job.objects.get(pk=job.pk).file
    assert services.forget_files() == 0
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert services.forget_files() == 1
    assert not path.exists()
    assert Job.objects.get(pk=job.pk).file == ""
