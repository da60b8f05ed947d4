"""The page of hints says what is suspected, how far to believe it, and what the job does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from curation.hints.models import Fitting
from curation.hints.selectors import ONLY_MUCH
from curation.images.models import Image, Measures
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.subjects.models import Subject
from curation.troubles import Trouble
from curation.vision.hint_columns import COLUMNS
from curation.vision.hints import SUSPECTED
from frontend.hint_words import LITTLE, MUCH, suspicion_titles
from tests.stories.batches import cut, hand_out, image_row

PAGE = "/projects/fans/subjects/ada/hints/"
GRID = "/projects/fans/subjects/ada/images/"


@pytest.fixture
def shown(client: Client, organiser: User, subject: Subject) -> Callable[[], str]:
    """The page as the organiser sees it, in English."""
    User.objects.filter(pk=organiser.pk).update(language="en")
    client.force_login(organiser)

    def show() -> str:
        answer = client.get(PAGE)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return show


@pytest.fixture
def fitting(subject: Subject) -> Fitting:
    return Fitting.objects.create(
        subject=subject,
        state=JobState.DONE,
        version=1,
        num_learnt=30,
        fitted_at=timezone.now(),
        reliability=[[0.04, 0.0, 12], [0.52, 0.5, 4], [0.93, 0.8571, 14]],
    )


def suspect(subject: Subject, *suspected: str) -> None:
    """Pictures that the machine suspects of these, one each."""
    for number, reason in enumerate(suspected, start=1):
        image_row(subject, number)
        Measures.objects.filter(subject=subject, number=number).update(
            suspected=reason, suspicion=0.9 if reason else 0.1
        )


def num_of(page: str, title: str) -> int:
    found = re.search(rf"{title}(?:</a>)?</th><td class=\"number\">(\d+)</td>", page)
    assert found, title
    return int(found[1])


def test_before_there_are_any(shown: Callable[[], str], subject: Subject) -> None:
    assert "No hints yet" in shown()
    Fitting.objects.create(subject=subject, state=JobState.DONE)  # there was no consent
    assert "No hints yet" in shown()


def test_each_reason_leads_into_the_grid(
    shown: Callable[[], str], subject: Subject, fitting: Fitting, client: Client
) -> None:
    suspect(subject, "blurry", "blurry", "odd", "")
    page = shown()
    assert num_of(page, "Too blurry") == 2
    assert num_of(page, "Odd in some other way") == 1
    assert num_of(page, "Duplicate") == 0
    address = f"{GRID}?sort=suspicion&amp;descending=true&amp;suspected=blurry"
    assert f'href="{address}"' in page
    listed = client.get(f"/api/v1{GRID}places?suspected=blurry").json()
    assert listed["total"] == 2
    assert "learnt from 30 decisions" in page


def test_what_the_organiser_is_to_judge_is_not_counted(
    shown: Callable[[], str],
    subject: Subject,
    fitting: Fitting,
    organiser: User,
    make_image: Callable[..., Image],
) -> None:
    batch = cut(subject, make_image, num=2, by=organiser)
    Measures.objects.filter(subject=subject).update(suspected="blurry", suspicion=0.9)
    assert num_of(shown(), "Too blurry") == 2
    hand_out(batch, organiser, by=organiser)
    assert num_of(shown(), "Too blurry") == 0


def test_the_drawing_and_the_table_say_the_same(shown: Callable[[], str], fitting: Fitting) -> None:
    page = shown()
    table = re.findall(
        r'<td class="number">(\d+)%</td><td class="number">(\d+)%</td>'
        r'<td class="number">(\d+)</td>',
        page,
    )
    assert table == [("4", "0", "12"), ("52", "50", "4"), ("93", "86", "14")]
    dots = re.findall(r'<circle class="plot__dot" cx="([\d.]+)" cy="([\d.]+)"', page)
    assert len(dots) == 3
    right = re.search(r'<path class="plot__right" d="M(\d+) (\d+)L(\d+) (\d+)"', page)
    assert right
    left, bottom, end, top = map(float, right.groups())
    for (x, y), (suspected, rejected, _num) in zip(dots, table, strict=True):
        assert (float(x) - left) / (end - left) == pytest.approx(int(suspected) / 100, abs=0.006)
        assert (bottom - float(y)) / (bottom - top) == pytest.approx(int(rejected) / 100, abs=0.006)
    assert "of 14 pictures suspected to 93% or so, 86% were rejected" in page


def test_too_few_decisions_show_no_reliability(shown: Callable[[], str], fitting: Fitting) -> None:
    Fitting.objects.update(reliability=[], num_learnt=0)
    page = shown()
    assert "Once 20 pictures are decided" in page
    assert "learnt from no decision" in page
    assert "plot__dot" not in page


def test_it_says_what_the_job_does(shown: Callable[[], str], fitting: Fitting) -> None:
    assert "try-again" not in shown()
    for state in (JobState.WAITING, JobState.RUNNING):
        Fitting.objects.update(state=state)
        page = shown()
        assert "being made anew" in page
        assert 'id="making" data-live="2"' in page
        assert "try-again" not in page


def queued() -> list[int]:
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()]


def test_what_failed_is_made_again_at_the_press_of_a_button(
    shown: Callable[[], str], client: Client, fitting: Fitting, organiser: User
) -> None:
    Fitting.objects.update(state=JobState.FAILED, problem="broke")
    page = shown()
    assert "Making the hints failed" in page
    assert f'action="{PAGE}try-again/"' in page
    client.post(f"{PAGE}try-again/")
    assert queued() == [fitting.pk]
    fitting.refresh_from_db()
    assert (fitting.state, fitting.problem) == (JobState.WAITING, "")
    line = ActionLog.objects.get(action="hints.fit")
    assert (line.actor, line.target) == (organiser, "ada")
    client.post(f"{PAGE}try-again/")
    assert queued() == [fitting.pk], "it waits already"
    assert ActionLog.objects.filter(action="hints.fit").count() == 1


def test_what_waits_for_a_trouble_says_so_and_need_not(
    shown: Callable[[], str], client: Client, fitting: Fitting
) -> None:
    later = timezone.now() + dt.timedelta(minutes=5)
    Fitting.objects.update(state=JobState.WAITING, trouble=Trouble.STORE_AWAY, not_before=later)
    page = shown()
    assert "The place where the pictures are kept cannot be reached." in page
    assert "goes on by itself" in page
    client.post(f"{PAGE}try-again/")
    fitting.refresh_from_db()
    assert (fitting.not_before, fitting.trouble) == (None, "")


def test_without_consent_nothing_is_made_again(
    client: Client, shown: Callable[[], str], fitting: Fitting, subject: Subject
) -> None:
    Fitting.objects.update(state=JobState.FAILED, problem="broke")
    subject.consents.update(covers_curate=False)
    client.post(f"{PAGE}try-again/")
    assert queued() == []
    fitting.refresh_from_db()
    assert fitting.state == JobState.FAILED


def test_every_column_has_a_sentence_and_every_suspicion_its_words() -> None:
    assert set(MUCH) == set(COLUMNS)
    assert set(LITTLE) == set(COLUMNS) - ONLY_MUCH


@pytest.mark.django_db
def test_the_manual_names_what_it_knows() -> None:
    from curation.manual.selectors import reason_titles  # noqa: PLC0415

    assert list(suspicion_titles(reason_titles(None))) == list(SUSPECTED)
