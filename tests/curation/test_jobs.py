"""A row has one holder at a time, whoever else wants it and whoever is killed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from curation.jobs import Job, JobState, LeaseLost, new_holder
from curation.queue import enqueue, enqueue_all, prune_tasks, requeue_abandoned
from curation.sources.add_source import add_source
from curation.sources.models import ImportRun, SourceKind
from curation.sources.tasks import run_import_task
from curation.subjects.models import Subject

NUM_WORKERS = 8

MakeJob = Callable[[], ImportRun]


@pytest.fixture
def make_job(subject: Subject) -> MakeJob:
    """A waiting job; the queue holds no task for it."""

    def make() -> ImportRun:
        return ImportRun.objects.create(
            source=add_source(subject=subject, label="weibo", licence_note="fan use", actor=None),
            kind=SourceKind.FOLDER,
            path="/nowhere",
            given_as="nowhere",
        )

    return make


@contextmanager
def leases_of(lease: timedelta) -> Iterator[None]:
    """Every lease that is taken meanwhile is as long as this."""
    usual = ImportRun.lease
    ImportRun.lease = lease
    try:
        yield
    finally:
        ImportRun.lease = usual


def claim(job: Job) -> ImportRun:
    claimed = ImportRun.claim(job.pk)
    assert claimed is not None
    return claimed


def claim_and_fall_silent(job: Job) -> ImportRun:
    """A worker that claims the job and sleeps until its lease has run out."""
    with leases_of(timedelta(seconds=-1)):
        return claim(job)


def at_once(act: Callable[[], None]) -> None:
    """Do it in eight threads at the same moment, each with a connection of its own."""
    start = threading.Barrier(NUM_WORKERS, timeout=30)
    problems: list[BaseException] = []

    def run() -> None:
        try:
            start.wait()
            act()
        except BaseException as problem:  # noqa: BLE001, shown by the assertion below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(NUM_WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def tasks() -> list[int]:
    """The jobs that the queue holds a task for."""
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_abandoned", [False, True])
def test_of_eight_workers_one_gets_the_job(make_job: MakeJob, *, was_abandoned: bool) -> None:
    job = make_job()
    if was_abandoned:
        claim_and_fall_silent(job)
    claimed: list[ImportRun] = []

    def work() -> None:
        if run := ImportRun.claim(job.pk):
            claimed.append(run)

    at_once(work)
    (winner,) = claimed
    job.refresh_from_db()
    assert (job.state, job.held_by) == (JobState.RUNNING, winner.held_by)
    assert job.attempt == (2 if was_abandoned else 1)
    assert job.is_held


@pytest.mark.django_db(transaction=True)
def test_of_eight_supervisors_one_holds_the_row_and_keeps_it(make_job: MakeJob) -> None:
    job = make_job()
    holders: list[str] = []

    def hold() -> None:
        mine, holder = ImportRun.objects.get(pk=job.pk), new_holder()
        if mine.take(holder):
            holders.append(holder)

    at_once(hold)
    (holder,) = holders
    job.refresh_from_db()
    assert job.held_by == holder
    assert job.take(holder), "its own holder may always renew"
    assert not job.take(new_holder())


@pytest.mark.django_db(transaction=True)
def test_an_abandoned_job_is_put_back_once_by_eight_supervisors(make_job: MakeJob) -> None:
    job = make_job()
    claim_and_fall_silent(job)
    put_back: list[int] = []
    at_once(lambda: put_back.append(requeue_abandoned(ImportRun, run_import_task)))
    # A supervisor that comes before the first one's task is in the queue sees a forgotten row.
    assert set(tasks()) == {job.pk}
    job.refresh_from_db()
    assert (job.state, job.attempt, job.is_held) == (JobState.WAITING, 1, False)
    assert sum(put_back) == len(tasks())


def test_nothing_is_written_while_a_condition_does_not_hold(make_job: MakeJob) -> None:
    job = make_job()
    assert not job.take(new_holder(), only_if=ImportRun.free() & ~ImportRun.free())
    assert not ImportRun.objects.get().is_held


def test_a_holder_that_speaks_in_time_keeps_the_job(make_job: MakeJob) -> None:
    with leases_of(timedelta(seconds=0.5)):
        mine = claim(make_job())
    mine.renew(files_seen=7)
    stored = ImportRun.objects.get()
    assert (stored.files_seen, stored.held_by) == (7, mine.held_by)
    assert stored.leased_until == mine.leased_until
    assert stored.leased_until is not None
    assert stored.leased_until > timezone.now() + ImportRun.lease / 2
    assert ImportRun.claim(mine.pk) is None
    assert requeue_abandoned(ImportRun, run_import_task) == 0


def test_a_lease_is_written_only_when_half_of_it_is_over(
    make_job: MakeJob, django_assert_num_queries: Callable[..., object]
) -> None:
    mine = claim(make_job())
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        mine.renew()
    with leases_of(ImportRun.lease * 3), django_assert_num_queries(1):  # type: ignore[attr-defined]
        mine.renew()


def test_who_was_taken_over_can_neither_renew_nor_finish_nor_put_back(make_job: MakeJob) -> None:
    sleeper = claim_and_fall_silent(make_job())
    heir = claim(sleeper)
    with pytest.raises(LeaseLost):
        sleeper.renew()
    with pytest.raises(LeaseLost):
        sleeper.renew(files_seen=9)
    assert not sleeper.is_still_mine()
    assert not sleeper.put_back()
    assert not sleeper.finish(JobState.FAILED, "woke up late", files_seen=9)
    assert not sleeper.take(sleeper.held_by)
    stored = ImportRun.objects.get()
    assert (stored.state, stored.held_by, stored.attempt) == (JobState.RUNNING, heir.held_by, 2)
    assert (stored.problem, stored.files_seen) == ("", 0)
    assert heir.is_still_mine()


def test_who_was_silent_but_not_missed_goes_on(make_job: MakeJob) -> None:
    sleeper = claim_and_fall_silent(make_job())
    sleeper.renew()
    assert ImportRun.claim(sleeper.pk) is None


def test_a_finished_job_is_nobodys_and_is_never_claimed_again(make_job: MakeJob) -> None:
    mine = claim(make_job())
    assert mine.finish(JobState.DONE, files_seen=3)
    stored = ImportRun.objects.get()
    assert (stored.state, stored.files_seen) == (JobState.DONE, 3)
    assert (stored.held_by, stored.leased_until) == ("", None)
    assert ImportRun.claim(mine.pk) is None
    assert not mine.finish(JobState.FAILED, "again")
    with pytest.raises(LeaseLost):
        mine.renew()
    assert requeue_abandoned(ImportRun, run_import_task) == 0


def test_a_job_that_is_put_back_goes_to_the_next(make_job: MakeJob) -> None:
    mine = claim(make_job())
    assert mine.put_back()
    stored = ImportRun.objects.get()
    assert (stored.state, stored.is_held) == (JobState.WAITING, False)
    assert claim(mine).attempt == 2


def test_a_job_that_its_starter_does_itself_is_held_from_its_first_moment(
    make_job: MakeJob,
) -> None:
    source = make_job().source
    job = ImportRun(source=source, kind=SourceKind.PACK, path="/x.zip", given_as="x.zip")
    job.begin()
    assert job.is_still_mine()
    assert ImportRun.claim(job.pk) is None


def test_a_job_that_kills_its_workers_is_given_up(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImportRun, "max_attempts", 2)
    job = make_job()
    claim_and_fall_silent(job)
    assert requeue_abandoned(ImportRun, run_import_task) == 1
    assert tasks() == [job.pk]
    claim_and_fall_silent(job)
    assert requeue_abandoned(ImportRun, run_import_task) == 0
    job.refresh_from_db()
    assert (job.state, job.is_held) == (JobState.FAILED, False)
    assert "killed 2 times" in job.problem
    assert ImportRun.claim(job.pk) is None


def test_no_row_is_leased_without_a_holder(make_job: MakeJob) -> None:
    make_job()
    for lease in ({"leased_until": timezone.now()}, {"held_by": "somebody"}):
        with (
            pytest.raises(IntegrityError, match="is_leased_exactly_while_it_is_held"),
            transaction.atomic(),
        ):
            ImportRun.objects.update(**lease)


@pytest.mark.parametrize("num_jobs", [1, 20])
def test_looking_for_abandoned_jobs_costs_one_query_while_there_are_none(
    make_job: MakeJob,
    num_jobs: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(num_jobs):
        claim(make_job())
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert requeue_abandoned(ImportRun, run_import_task) == 0


def test_a_job_outlives_the_name_of_its_host(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker in a container was killed; the next container has another name."""
    monkeypatch.setattr("platform.node", lambda: "3f2a9c")
    job = make_job()
    assert ImportRun.claim(job.pk) is not None
    ImportRun.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr("platform.node", lambda: "b81d07")
    assert requeue_abandoned(ImportRun, run_import_task) == 1
    taken = ImportRun.claim(job.pk)
    assert taken is not None
    assert taken.held_by.startswith("b81d07/")


def test_tasks_that_ended_go_by_age_and_others_stay(make_job: MakeJob) -> None:
    job = make_job()
    days = {
        ("SUCCESSFUL", 2): False,
        ("SUCCESSFUL", 0.5): True,
        ("FAILED", 15): False,
        ("FAILED", 2): True,
        ("RUNNING", 8): False,
        ("RUNNING", 2): True,
        ("READY", 100): True,
    }
    for status, age in days:
        enqueue_all([job.pk], run_import_task)
        then = timezone.now() - timedelta(days=age)
        newest = DBTaskResult.objects.filter(worker_ids=[])
        newest.update(
            status=status,
            started_at=then,
            finished_at=None if status in {"RUNNING", "READY"} else then,
            worker_ids=[f"{status} {age}"],
        )
    assert prune_tasks() == 3
    kept = {task.worker_ids[0] for task in DBTaskResult.objects.all()}
    assert kept == {f"{status} {age}" for (status, age), stays in days.items() if stays}


def test_many_jobs_are_queued_in_few_statements_and_as_one_by_one(
    make_job: MakeJob, django_assert_max_num_queries: Callable[..., object]
) -> None:
    job = make_job()
    run_import_task.enqueue(job.pk)
    enqueue(job, run_import_task)
    with django_assert_max_num_queries(6):  # type: ignore[attr-defined]
        enqueue_all(range(200), run_import_task)
    by_library, by_us, *_others = DBTaskResult.objects.order_by("enqueued_at")
    special = {"id", "enqueued_at"}
    for field in DBTaskResult._meta.concrete_fields:
        if field.name not in special:
            assert getattr(by_us, field.name) == getattr(by_library, field.name), field.name
