"""While nothing is to be done, the supervisor asks little, however many images there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.supervise import TendingJobs
from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis, QueuedUpTo
from curation.analysis.start_analysis import start_missing_analyses
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.duplicates import DUPLICATES_VERSION
from curation.vision.hints import HINTS_VERSION


@pytest.mark.parametrize("num", [1, 20])
def test_an_idle_second_asks_little_and_reads_no_image(
    make_image: Callable[..., Image], num: int
) -> None:
    for _ in range(num):
        make_image()
    assert start_missing_analyses() == num
    Analysis.objects.update(
        state=JobState.DONE,
        vision_version=VISION_VERSION,
        compared_by=DUPLICATES_VERSION,
        hinted_by=HINTS_VERSION,
    )
    now = 0.0
    tend = TendingJobs(lambda: now)
    costs = []
    for _ in range(10):
        with CaptureQueriesContext(connection) as captured:
            tend()
        assert not [query for query in captured if "images_image" in query["sql"]]
        costs.append(len(captured))
        now += 1
    assert costs == [17, 4, 4, 4, 4, 12, 4, 4, 4, 4]


def test_new_images_are_found_by_their_numbers(
    make_image: Callable[..., Image], subject: Subject
) -> None:
    make_image()
    start_missing_analyses()
    make_image()
    make_image()
    assert start_missing_analyses() == 2
    assert QueuedUpTo.objects.get().number == 3
    assert start_missing_analyses() == 0


def test_more_than_are_queued_at_once_come_the_next_second(
    make_image: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.analysis.start_analysis.AT_ONCE", 2)
    for _ in range(5):
        make_image()
    assert [start_missing_analyses() for _ in range(4)] == [2, 2, 1, 0]
