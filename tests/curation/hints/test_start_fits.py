"""Hints are made when there is something to look at, and learn when there is something to learn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curation.analysis.models import Analysis
from curation.consensus.settle import settle
from curation.duplicates.mark_distinct import mark_distinct
from curation.duplicates.models import DuplicateSearch
from curation.hints.models import Fitting
from curation.hints.start_fits import SECONDS_BETWEEN_LESSONS, Lessons, start_fits
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Consent, Subject
from curation.subjects.withdraw_consent import withdraw_consent
from curation.vision.hints import HINTS_VERSION
from tests.stories.duplicates import compare
from tests.stories.hints import fit, seen

MakeImage = Callable[..., Image]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def a_minute_later(self) -> None:
        self.now += SECONDS_BETWEEN_LESSONS


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def images(make_image: MakeImage) -> list[Image]:
    images = [make_image() for _ in range(12)]
    for image in images:
        seen(image)
    return images


def test_new_images_have_hints_made_once(subject: Subject, images: list[Image]) -> None:
    assert start_fits() == 1
    assert start_fits() == 0, "it is under way"
    fit(subject)
    assert start_fits() == 0


def test_it_waits_until_all_is_looked_at_and_compared(
    subject: Subject, images: list[Image]
) -> None:
    search = DuplicateSearch.objects.create(subject=subject, state=JobState.WAITING)
    assert start_fits() == 0
    DuplicateSearch.objects.filter(pk=search.pk).update(state=JobState.FAILED)
    Analysis.objects.filter(image=images[0]).update(state=JobState.WAITING)
    assert start_fits() == 0
    Analysis.objects.update(state=JobState.DONE)
    assert start_fits() == 1


def test_hints_of_an_older_version_are_made_anew(subject: Subject, images: list[Image]) -> None:
    fit(subject)
    Fitting.objects.update(hints_version=HINTS_VERSION - 1)
    assert start_fits() == 1


def test_nothing_begins_without_consent(subject: Subject, admin: User, images: list[Image]) -> None:
    for consent in Consent.objects.filter(subject=subject):
        withdraw_consent(consent=consent, actor=admin, note="no")
    assert start_fits() == 0


def test_enough_decisions_are_learnt_from(
    subject: Subject, organiser: User, images: list[Image], clock: Clock
) -> None:
    fit(subject)
    learn = Lessons(clock)
    assert learn() == 0
    for image in images[:9]:
        settle(image=image, verdict=Verdict.KEEP, reasons=[], actor=organiser)
    assert learn() == 0, "it looks once a minute"
    clock.a_minute_later()
    assert learn() == 0, "nine are too few"
    settle(image=images[9], verdict=Verdict.KEEP, reasons=[], actor=organiser)
    clock.a_minute_later()
    assert learn() == 1


def test_what_people_said_is_distinct_is_learnt_at_once(
    subject: Subject, organiser: User, images: list[Image], clock: Clock
) -> None:
    fit(subject)
    learn = Lessons(clock)
    learn()
    mark_distinct(subject=subject, numbers=[1, 2], actor=organiser)
    clock.a_minute_later()
    assert learn() == 1


def test_while_nobody_does_anything_it_asks_two_questions_a_minute(
    subject: Subject, images: list[Image], clock: Clock, django_assert_num_queries: object
) -> None:
    fit(subject)
    learn = Lessons(clock)
    learn()
    clock.a_minute_later()
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert learn() == 0
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert learn() == 0


def test_what_is_decided_during_a_fitting_is_learnt_after_it(
    subject: Subject, organiser: User, images: list[Image], clock: Clock
) -> None:
    fit(subject)
    learn = Lessons(clock)
    Fitting.objects.update(state=JobState.WAITING)
    for image in images:
        settle(image=image, verdict=Verdict.KEEP, reasons=[], actor=organiser)
    assert learn() == 0, "it is under way"
    Fitting.objects.update(state=JobState.DONE)
    clock.a_minute_later()
    assert learn() == 1


def test_pairs_that_are_found_later_lead_to_new_hints(
    subject: Subject, images: list[Image]
) -> None:
    fit(subject)
    Analysis.objects.update(compared_by=0)
    assert start_fits() == 0
    compare(subject)
    assert start_fits() == 1
