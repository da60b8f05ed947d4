"""A person ends an import: within seconds nothing more comes in, and what came in stays."""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.sources import run_import as importing
from curation.sources.cancel_import import cancel_import
from curation.sources.models import ImportRun, Source, SourceKind
from curation.sources.problem_codes import ProblemCode
from curation.sources.run_import import FILES_AT_ONCE, ImportProgress, run_import
from curation.sources.start_import import import_now, start_import
from curation.sources.try_import_again import try_import_again
from tests.stories.real_site import RealSite
from tests.stories.sources import write_pictures

NUM_FILES = 3 * FILES_AT_ONCE


@pytest.fixture
def pictures(given: Path) -> Path:
    return write_pictures(given, {f"{n}.png": n for n in range(NUM_FILES)})


def start(source: Source, pictures: Path, actor: User | None = None) -> ImportRun:
    return start_import(
        source=source, kind=SourceKind.FOLDER, path=pictures, given_as="given", actor=actor
    )


def import_and_cancel_at_once(source: Source, pictures: Path, actor: User) -> ImportRun:
    """Cancelled by `actor` as soon as the first group is in."""

    def cancel(progress: ImportProgress) -> None:
        cancel_import(import_run=ImportRun.objects.get(), actor=actor)

    return import_now(
        source=source,
        kind=SourceKind.FOLDER,
        path=pictures,
        given_as="given",
        actor=None,
        on_progress=cancel,
    )


def test_a_waiting_import_that_is_cancelled_never_begins(
    weibo: Source, pictures: Path, organiser: User
) -> None:
    run = start(weibo, pictures)
    assert cancel_import(import_run=run, actor=organiser)
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    assert run.was_cancelled
    assert not Image.objects.exists()
    assert ActionLog.objects.get(action="import.cancel").actor == organiser


def test_what_came_in_before_stays_and_the_rest_comes_when_it_is_tried_again(
    weibo: Source, pictures: Path, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "HEARTBEAT_SECONDS", 0.0)
    run = import_and_cancel_at_once(weibo, pictures, organiser)
    assert (run.state, run.problem) == (JobState.FAILED, ProblemCode.CANCELLED)
    assert Image.objects.count() == FILES_AT_ONCE, "it ended with its group"

    assert try_import_again(import_run=run, actor=organiser)
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    assert run.state == JobState.DONE
    numbers = list(Image.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, NUM_FILES + 1))


def test_what_has_ended_is_not_cancelled(weibo: Source, pictures: Path, organiser: User) -> None:
    run = start(weibo, pictures)
    run_import(import_run_id=run.pk)
    assert not cancel_import(import_run=run, actor=organiser)
    run.refresh_from_db()
    assert run.state == JobState.DONE
    with pytest.raises(CommandError, match="has ended already"):
        call_command("cancel_import", str(run.pk))


def test_who_tries_all_again_does_not_try_what_somebody_cancelled(
    weibo: Source, pictures: Path
) -> None:
    run = start(weibo, pictures)
    cancel_import(import_run=run, actor=None)
    call_command("try_again", stdout=StringIO())
    run.refresh_from_db()
    assert run.was_cancelled


def test_ctrl_c_cancels_what_a_command_imports(weibo: Source, pictures: Path) -> None:
    def interrupt(progress: ImportProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_now(
            source=weibo,
            kind=SourceKind.FOLDER,
            path=pictures,
            given_as="given",
            actor=None,
            on_progress=interrupt,
        )
    assert ImportRun.objects.get().was_cancelled
    assert Image.objects.count() == FILES_AT_ONCE


def test_the_page_has_the_button_and_says_what_became_of_it(
    client: Client, weibo: Source, pictures: Path, organiser: User
) -> None:
    client.force_login(organiser)
    page = f"/projects/fans/subjects/ada/imports/{start(weibo, pictures, organiser).pk}/"
    assert f'action="{page}cancel/"' in client.get(page).content.decode()
    said = client.post(f"{page}cancel/", follow=True).content.decode()
    assert "Somebody cancelled the import." in said
    assert f'action="{page}cancel/"' not in said
    assert f'action="{page}try-again/"' in said
    assert "data-live" not in said, "it has ended"


@pytest.mark.slow
def test_a_worker_at_work_stops_within_seconds(tmp_path: Path) -> None:
    site = RealSite(tmp_path / "var")
    many = write_pictures(tmp_path / "given", {f"{n}.png": n for n in range(3000)})
    site.python(
        "from pathlib import Path; from curation.sources.add_source import add_source;"
        "from curation.sources.models import SourceKind; from curation.subjects.models import *;"
        "from curation.sources.start_import import start_import;"
        "start_import(source=add_source(subject=Subject.objects.get(), label='w', "
        "licence_note='fan use', actor=None),"
        f"kind=SourceKind.FOLDER, path=Path({str(many)!r}), given_as='given', actor=None)"
    )
    worker = site.start_worker("quick")
    try:
        deadline = time.monotonic() + 60
        while not site.one("select count(*) from images_image"):
            assert time.monotonic() < deadline, "it never began"
            time.sleep(0.05)
        said = site.manage("cancel_import", str(site.one("select id from sources_importrun")))
        time.sleep(3)
        num_after = site.one("select count(*) from images_image")
        time.sleep(2)
        assert site.one("select count(*) from images_image") == num_after < 3000
    finally:
        worker.terminate()
        worker.wait(30)
    assert "given is cancelled" in said.stdout
    assert site.rows("select state, problem from sources_importrun") == [("failed", "cancelled")]
