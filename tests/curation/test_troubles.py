"""A passing trouble is no verdict: work waits, is tried again, and goes on where it was."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from curation import jobs
from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis
from curation.analysis.start_analysis import start_missing_analyses
from curation.analysis.tasks import analyse_image_task
from curation.files import DiskFull
from curation.images.models import Image
from curation.jobs import JobState, pause_after
from curation.projects.models import User
from curation.queue import requeue_abandoned
from curation.releases.ask_for_release import ask_for_release
from curation.releases.models import Freezing
from curation.releases.run_freezing import run_freezing
from curation.sources import run_import as run_import_module
from curation.sources.models import ImportRun, Source, SourceKind
from curation.sources.run_import import ImportProgress, run_import
from curation.sources.start_import import import_now
from curation.sources.tasks import run_import_task
from curation.troubles import Trouble, trouble_of
from tests.conftest import picture_bytes
from tests.stories.analysis import analysis_of
from tests.stories.sources import bring_in_now
from tests.stories.troubles import cut_connections, make_room, read_only, small_disk

NUM_PICTURES = 40
MEGABYTE = 1024 * 1024

ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own lock")
ON_POSTGRESQL = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="a server that can cut connections"
)


@pytest.fixture
def large_pictures(given: Path) -> Path:
    """Forty pictures of fifty kilobytes each."""
    for number in range(1, NUM_PICTURES + 1):
        (given / f"{number}.png").write_bytes(picture_bytes(number, size=(128, 128)))
    return given


@pytest.fixture
def disk(objects: Path) -> Iterator[Path]:
    """The store is a disk of its own, of two megabytes."""
    with small_disk(objects, megabytes=2):
        yield objects


def half_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".partial" in path.name]


def let_pauses_end(kind: type[jobs.Job]) -> None:
    """What some minutes would do."""
    waiting = kind._default_manager.filter(not_before__isnull=False)
    waiting.update(not_before=timezone.now() - timedelta(seconds=1))


def come_back_to_import() -> ImportRun:
    """The supervisor and a worker, after the pause."""
    assert requeue_abandoned(ImportRun, run_import_task) == 0, "not before its moment"
    let_pauses_end(ImportRun)
    assert requeue_abandoned(ImportRun, run_import_task) == 1
    run = ImportRun.objects.get()
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("kept_free", [0, MEGABYTE // 2])
def test_an_import_waits_while_the_disk_is_full_and_then_goes_on(
    weibo: Source,
    disk: Path,
    large_pictures: Path,
    kept_free: int,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.KEEP_FREE_BYTES = kept_free
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", 8)

    run = bring_in_now(weibo, large_pictures)

    assert (run.state, run.trouble, run.problem) == (JobState.WAITING, Trouble.DISK_FULL, "")
    assert run.waits_out_trouble
    num_in = Image.objects.count()
    assert 8 <= num_in < NUM_PICTURES, "what was stored before stays"
    assert half_files(disk) == []
    assert not run.outcomes.exclude(code="").exists()

    make_room(disk, megabytes=20)
    run = come_back_to_import()

    assert (run.state, run.trouble, run.num_troubles) == (JobState.DONE, "", 0)
    names = list(Image.objects.order_by("number").values_list("number", "name"))
    assert names == [(n, f"{n}.png") for n in range(1, NUM_PICTURES + 1)]


def test_no_analysis_is_failed_by_a_full_disk(
    make_image: Callable[..., Image], disk: Path, settings: Any
) -> None:
    """After a full disk, 31 were "failed" and stayed so."""
    settings.KEEP_FREE_BYTES = 0
    for _ in range(5):
        make_image()
    (disk / "other").write_bytes(b"x" * (shutil.disk_usage(disk).free - 2048))
    start_missing_analyses()
    for analysis in Analysis.objects.all():
        analyse_image(analysis_id=analysis.pk)

    waiting = Analysis.objects.filter(state=JobState.WAITING, trouble=Trouble.DISK_FULL)
    assert waiting.count() == 5

    (disk / "other").unlink()
    DBTaskResult.objects.update(status="SUCCESSFUL")  # as the worker leaves them
    assert requeue_abandoned(Analysis, analyse_image_task) == 0, "not before their moment"
    let_pauses_end(Analysis)
    assert requeue_abandoned(Analysis, analyse_image_task) == 5
    assert requeue_abandoned(Analysis, analyse_image_task) == 0, "each is queued once"
    for analysis in Analysis.objects.all():
        analyse_image(analysis_id=analysis.pk)
    assert set(Analysis.objects.values_list("state", "trouble")) == {("done", "")}


def test_a_store_that_cannot_be_written_to_fails_nothing(
    weibo: Source,
    disk: Path,
    given: Path,
    make_image: Callable[..., Image],
    organiser: User,
    keep: Callable[[Image], None],
    settings: Any,
) -> None:
    settings.KEEP_FREE_BYTES = 0
    image = make_image()
    keep(image)
    (given / "1.png").write_bytes(picture_bytes(1))
    analysis = analysis_of(image)
    freezing = ask_for_release(subject=image.subject, actor=organiser)

    with read_only(disk):
        bring_in_now(weibo, given)
        analyse_image(analysis_id=analysis.pk)
        run_freezing(freezing_id=freezing.pk)

    for kind in (ImportRun, Analysis, Freezing):
        (found,) = kind._default_manager.all()
        assert (found.state, found.trouble) == (JobState.WAITING, Trouble.READ_ONLY)

    assert come_back_to_import().state == JobState.DONE
    let_pauses_end(Analysis)
    let_pauses_end(Freezing)
    analyse_image(analysis_id=analysis.pk)
    run_freezing(freezing_id=freezing.pk)
    assert Analysis.objects.get(pk=analysis.pk).state == JobState.DONE
    assert Freezing.objects.get().state == JobState.DONE


@ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_a_lock_held_by_another_fails_no_import(
    weibo: Source, large_pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock of 30 s failed an import whose statements wait for 20."""
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", 8)
    others: list[threading.Timer] = []

    def lock_the_database(progress: ImportProgress) -> None:
        if progress.seen != 8:
            return
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 100")
        name = connection.settings_dict["NAME"]
        other = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        others.append(threading.Timer(0.7, other.close))
        others[0].start()

    run = import_now(
        source=weibo,
        kind=SourceKind.FOLDER,
        path=large_pictures,
        given_as="w",
        actor=None,
        on_progress=lock_the_database,
    )
    others[0].join()

    assert (run.state, run.trouble) == (JobState.WAITING, Trouble.DATABASE_AWAY)
    assert Image.objects.count() == 8
    assert come_back_to_import().state == JobState.DONE
    assert Image.objects.count() == NUM_PICTURES
    connection.close()


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_cut_connection_fails_no_import(
    weibo: Source, large_pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", 8)

    run = import_now(
        source=weibo,
        kind=SourceKind.FOLDER,
        path=large_pictures,
        given_as="w",
        actor=None,
        on_progress=lambda progress: cut_connections() if progress.seen == 8 else None,
    )

    assert (run.state, run.trouble) == (JobState.WAITING, Trouble.DATABASE_AWAY)
    assert Image.objects.count() == 8
    assert come_back_to_import().state == JobState.DONE
    assert list(Image.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, NUM_PICTURES + 1)
    )


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_what_lost_its_connection_is_put_off_over_a_new_one(
    make_image: Callable[..., Image],
) -> None:
    analysis = analysis_of(make_image())
    claimed = Analysis.claim(analysis.pk)
    assert claimed is not None
    cut_connections()
    assert claimed.put_off(lost_connection())
    analysis.refresh_from_db()
    assert (analysis.state, analysis.trouble) == (JobState.WAITING, Trouble.DATABASE_AWAY)


def lost_connection() -> OperationalError:
    """What a statement raises on a connection that was cut."""
    with pytest.raises(OperationalError) as caught:
        Image.objects.count()
    return caught.value


def test_tries_never_end_and_pauses_grow_only_so_far(
    weibo: Source, given: Path, objects: Path, settings: Any
) -> None:
    (given / "1.png").write_bytes(picture_bytes(1))
    settings.KEEP_FREE_BYTES = 2**60
    run = bring_in_now(weibo, given)
    for _ in range(ImportRun.max_attempts + 5):
        run = come_back_to_import()
        assert (run.state, run.trouble) == (JobState.WAITING, Trouble.DISK_FULL)
    assert run.attempt == 0, "no worker was killed by it"
    assert run.not_before is not None
    assert timedelta(minutes=4) < run.not_before - timezone.now() <= jobs.LONGEST_PAUSE
    settings.KEEP_FREE_BYTES = 0
    assert come_back_to_import().state == JobState.DONE


def test_pauses_double_up_to_five_minutes() -> None:
    pauses = [pause_after(num).total_seconds() for num in (0, 1, 2, 3, 10, 10_000)]
    assert pauses == [5, 10, 20, 40, 300, 300]


def test_nobody_claims_a_job_before_its_moment(weibo: Source, given: Path, settings: Any) -> None:
    (given / "1.png").write_bytes(picture_bytes(1))
    settings.KEEP_FREE_BYTES = 2**60
    run = bring_in_now(weibo, given)
    settings.KEEP_FREE_BYTES = 0
    assert ImportRun.claim(run.pk) is None
    let_pauses_end(ImportRun)
    assert ImportRun.claim(run.pk) is not None


def test_only_trouble_lets_a_job_wait_for_a_moment(weibo: Source) -> None:
    with (
        pytest.raises(IntegrityError, match="waits_for_a_moment_only_in_trouble"),
        transaction.atomic(),
    ):
        ImportRun.objects.create(
            source=weibo, kind="folder", path="/x", given_as="x", not_before=timezone.now()
        )


def test_a_bucket_that_does_not_answer_is_trouble_and_a_refusal_of_it_is_none() -> None:
    settings = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    bucket = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        region_name="x",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=settings,
    )
    with pytest.raises(Exception, match="127") as caught:
        bucket.get_object(Bucket="x", Key="x")
    assert trouble_of(caught.value) == Trouble.STORE_AWAY
    for status, trouble in ((503, Trouble.STORE_AWAY), (403, None)):
        answer: Any = {"ResponseMetadata": {"HTTPStatusCode": status}, "Error": {}}
        assert trouble_of(ClientError(answer, "GetObject")) == trouble


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (DiskFull(Path("/x")), Trouble.DISK_FULL),
        (OSError(errno.EDQUOT, "quota"), Trouble.DISK_FULL),
        (OSError(errno.EROFS, "read-only"), Trouble.READ_ONLY),
        (PermissionError(errno.EACCES, "no"), Trouble.READ_ONLY),
        (OSError(errno.EMFILE, "too many files"), Trouble.MACHINE_BUSY),
        (MemoryError(), Trouble.MACHINE_BUSY),
        (OSError(errno.EIO, "input/output"), Trouble.STORE_AWAY),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), Trouble.STORE_AWAY),
        (ZeroDivisionError(), None),
        (DataError("too long"), None),
        (KeyError("of ours"), None),
    ],
)
def test_troubles_are_told_from_errors_of_ours(error: Exception, trouble: Trouble | None) -> None:
    assert trouble_of(error) == trouble


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_sentence_in_both_languages(trouble: Trouble) -> None:
    with translation.override("en"):
        english = str(trouble.label)
    with translation.override("zh-hans"):
        chinese = str(trouble.label)
    assert english.endswith(".")
    assert chinese.endswith("。")


def test_what_is_not_the_machines_trouble_is_still_a_failure(
    weibo: Source, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (given / "1.png").write_bytes(picture_bytes(1))
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", "no number")
    monkeypatch.setattr(run_import_module, "BYTES_AT_ONCE", "no number")
    (given / "2.png").write_bytes(picture_bytes(2))
    run = bring_in_now(weibo, given)
    assert (run.state, run.problem) == (JobState.FAILED, "broke")
