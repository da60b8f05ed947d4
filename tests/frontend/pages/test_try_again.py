"""What failed or waits can be tried again, on the page and by command, on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis
from curation.hints.models import Fitting
from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.sources.models import ImportRun, Source
from curation.sources.run_import import run_import
from curation.subjects.models import Subject
from curation.troubles import Trouble
from tests.frontend.pages.browser import send_files
from tests.stories.analysis import analysis_of
from tests.stories.sources import bring_in_now, write_pictures

MakeImage = Callable[..., Image]
IMAGES = "/projects/fans/subjects/ada/images/"
SOURCES = "/projects/fans/subjects/ada/sources/"


@pytest.fixture
def signed_in(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


@pytest.fixture
def failed_import(weibo: Source, given: Path) -> ImportRun:
    """It broke before its second picture."""
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    write_pictures(given, {"2.png": 2})
    ImportRun.objects.update(state=JobState.FAILED, problem="broke")
    run.refresh_from_db()
    return run


def waits_until(when: dt.datetime) -> dict[str, Any]:
    return {
        "state": JobState.WAITING,
        "problem": "",
        "trouble": Trouble.DISK_FULL,
        "num_troubles": 3,
        "not_before": when,
    }


def address(run: ImportRun) -> str:
    return f"/projects/fans/subjects/ada/imports/{run.pk}/"


def queued() -> list[int]:
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()]


def test_a_failed_import_goes_on_at_the_press_of_a_button(
    signed_in: Client, failed_import: ImportRun, organiser: User
) -> None:
    page = signed_in.get(address(failed_import)).content.decode()
    assert f'action="{address(failed_import)}try-again/"' in page

    signed_in.post(f"{address(failed_import)}try-again/")

    assert queued() == [failed_import.pk]
    failed_import.refresh_from_db()
    assert (failed_import.state, failed_import.problem) == (JobState.WAITING, "")
    run_import(import_run_id=failed_import.pk)
    failed_import.refresh_from_db()
    assert failed_import.state == JobState.DONE
    assert list(Image.objects.values_list("number", "name")) == [(1, "1.png"), (2, "2.png")]
    line = ActionLog.objects.get(action="import.try_again")
    assert (line.actor, line.target) == (organiser, "ada / weibo")


def test_a_waiting_import_says_why_and_until_when_in_both_languages(
    signed_in: Client, failed_import: ImportRun, organiser: User
) -> None:
    moment = dt.datetime(2031, 5, 6, 7, 8, tzinfo=dt.UTC)
    ImportRun.objects.update(**waits_until(moment))
    User.objects.filter(pk=organiser.pk).update(language="en")
    page = signed_in.get(address(failed_import)).content.decode()
    assert "The server&#x27;s disk is full. Everything imported before is kept." in page
    assert "the next try is at 6 May 2031, 07:08" in page
    assert 'data-live="1"' in page
    User.objects.filter(pk=organiser.pk).update(language="zh-hans")
    page = signed_in.get(address(failed_import)).content.decode()
    assert "服务器的磁盘满了。之前导入的都还在。" in page.replace("。 ", "。")
    assert "下次重试：2031 年 5 月 6 日 07:08" in page

    signed_in.post(f"{address(failed_import)}try-again/")
    assert queued() == [failed_import.pk], "nobody need wait for the moment"
    failed_import.refresh_from_db()
    assert (failed_import.not_before, failed_import.num_troubles) == (None, 0)


def test_what_is_done_or_in_the_queue_is_not_tried_again(
    signed_in: Client, failed_import: ImportRun
) -> None:
    for state in (JobState.DONE, JobState.WAITING, JobState.RUNNING):
        ImportRun.objects.update(state=state, problem="")
        signed_in.post(f"{address(failed_import)}try-again/")
        assert queued() == []
        failed_import.refresh_from_db()
        assert failed_import.state == state
    assert not ActionLog.objects.filter(action="import.try_again").exists()


def test_an_upload_that_was_cleared_away_says_to_send_it_again(
    signed_in: Client, failed_import: ImportRun
) -> None:
    ImportRun.objects.update(path="/nowhere/at/all")
    page = signed_in.post(f"{address(failed_import)}try-again/", follow=True).content.decode()
    assert "no longer on the server" in page or "已经没有这些文件" in page
    assert queued() == []


def test_without_consent_nothing_is_tried_again(
    signed_in: Client, failed_import: ImportRun, make_image: MakeImage, subject: Subject
) -> None:
    analysis = analysis_of(make_image())
    Analysis.objects.update(state=JobState.FAILED, problem="broke")
    subject.consents.update(covers_curate=False)
    signed_in.post(f"{address(failed_import)}try-again/")
    signed_in.post(f"{IMAGES}try-again/")
    assert queued() == []
    analysis.refresh_from_db()
    assert analysis.state == JobState.FAILED


def test_failed_analyses_are_tried_again_and_waiting_ones_at_once(
    signed_in: Client, make_image: MakeImage, organiser: User
) -> None:
    failed, waiting, done = (analysis_of(make_image()) for _ in range(3))
    Analysis.objects.filter(pk=failed.pk).update(state=JobState.FAILED, problem="broke")
    later = timezone.now() + dt.timedelta(minutes=5)
    Analysis.objects.filter(pk=waiting.pk).update(**waits_until(later))
    analyse_image(analysis_id=done.pk)
    User.objects.filter(pk=organiser.pk).update(language="en")
    page = signed_in.get(IMAGES).content.decode()
    assert "The server&#x27;s disk is full. 1 picture waits to be analysed" in page
    assert f'action="{IMAGES}try-again/"' in page

    answer = signed_in.post(f"{IMAGES}try-again/", follow=True)

    assert "2 pictures will be analysed again." in answer.content.decode()
    assert queued() == [failed.pk, waiting.pk]
    for analysis in (failed, waiting):
        analyse_image(analysis_id=analysis.pk)
    assert set(Analysis.objects.values_list("state", "problem")) == {("done", "")}
    assert ActionLog.objects.get(action="analysis.try_again").details == {"images": 2}
    assert "try-again" not in signed_in.get(IMAGES).content.decode()


def test_a_full_disk_takes_no_upload(signed_in: Client, settings: Any) -> None:
    settings.KEEP_FREE_BYTES = 2**60
    signed_in.raise_request_exception = False
    answer = send_files(
        signed_in, SOURCES, {"label": "w", "licence_note": "fan use"}, [("1.png", b"x")]
    )
    assert answer.status_code == 503
    assert not ImportRun.objects.exists()


def test_the_command_tries_everything_again_or_one_subject(
    failed_import: ImportRun, make_image: MakeImage
) -> None:
    analysis_of(make_image())
    Analysis.objects.update(state=JobState.FAILED, problem="broke")
    Fitting.objects.create(subject=failed_import.source.subject, state=JobState.FAILED)
    out = StringIO()
    with pytest.raises(CommandError, match="no such subject"):
        call_command("try_again", "--subject", "nobody")
    call_command("try_again", "--project", "fans", "--subject", "ada", stdout=out)
    assert "is imported again" in out.getvalue()
    assert "1 pictures are looked at again" in out.getvalue()
    assert "the hints are made again" in out.getvalue()
    assert len(queued()) == 3
    assert ActionLog.objects.filter(action__endswith="try_again", actor=None).count() == 2
    out = StringIO()
    call_command("try_again", stdout=out)
    assert out.getvalue() == "", "nothing is left to try"
