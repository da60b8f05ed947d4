"""The organiser looks through the pictures, and at one with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis
from curation.analysis.selectors import (
    AnalysisProgress,
    analysis_progresses,
)
from curation.images.models import Image
from curation.images.selectors import neighbours_of
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.models import ImportRun, Provenance, Source, SourceKind
from curation.subjects.models import Subject
from tests.stories.analysis import AddPicture, analysis_of
from tests.stories.duplicates import near
from tests.stories.pictures import pictures_on

MakeImage = Callable[..., Image]
IMAGES = "/projects/fans/subjects/ada/images/"


@pytest.fixture
def signed_in(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


def found_in(image: Image, label: str, path: str = "a/b.png") -> None:
    """Note that the image was found in a source."""
    source, _ = Source.objects.get_or_create(subject=image.subject, label=label)
    run = ImportRun.objects.create(
        source=source, kind=SourceKind.FOLDER, path="/", given_as="D:\\图"
    )
    is_first = not image.provenances.exists()
    Provenance.objects.create(
        image=image, source=source, import_run=run, is_first=is_first, path=path
    )


def _looked_at(image: Image, hash_: str = "", state: JobState = JobState.DONE) -> Analysis:
    return Analysis.objects.create(
        image=image, subject=image.subject, state=state, perceptual_hash=hash_
    )


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_grid_shows_numbers_and_names_of_one_source_or_all(
    signed_in: Client, make_image: MakeImage
) -> None:
    found_in(make_image(name="微博 & 1.png"), "weibo")
    found_in(make_image(name="扫描 2.png"), "scan/海报")

    everything = page(signed_in, IMAGES)
    assert "00001" in everything
    assert "微博 &amp; 1.png" in everything
    assert "扫描 2.png" in everything
    only_scans = page(signed_in, IMAGES + "?source=scan/海报")
    assert "扫描 2.png" in only_scans
    assert "微博 &amp; 1.png" not in only_scans


def test_the_grid_has_pages(
    signed_in: Client, make_image: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.pages.images.IMAGES_PER_PAGE", 2)
    for n in range(5):
        make_image(name=f"picture {n}.png")
    assert "picture 1.png" in page(signed_in, IMAGES)
    assert "picture 2.png" not in page(signed_in, IMAGES)
    last = page(signed_in, IMAGES + "?from=5")
    assert "picture 4.png" in last
    assert "?from=3" in last, "the page before begins two pictures earlier"
    assert "5 pictures" in last
    middle = page(signed_in, IMAGES + "?from=3")
    assert 'href="?from=1"' in middle
    assert 'href="?from=5"' in middle


@pytest.mark.parametrize("given", ["", "x", "-1", "٣", "9" * 30, "1e3"])
def test_an_address_that_names_no_picture_is_answered_too(
    signed_in: Client, make_image: MakeImage, given: str
) -> None:
    make_image()
    page(signed_in, f"{IMAGES}?from={given}")


def test_an_empty_grid_says_what_to_do(signed_in: Client) -> None:
    assert "/sources/" in page(signed_in, IMAGES)


def test_one_image_shows_all_that_is_known_of_it(
    signed_in: Client, add_picture: AddPicture
) -> None:
    image = add_picture("portraits/ada_1.jpg")
    found_in(image, "杂志", "内页/第 3 页.jpg")
    waiting = page(signed_in, f"{IMAGES}{image.number}/")
    assert 'id="hints" data-live="2"' in waiting
    analyse_image(analysis_id=analysis_of(image).pk)

    seen = page(signed_in, f"{IMAGES}{image.number}/")

    face = Analysis.objects.get().faces.get()
    for fact in (
        "00001",
        image.name,
        image.sha256,
        "内页/第 3 页.jpg",
        "杂志",
        f"{image.width} × {image.height}",
        f'x="{face.left:.1f}"',
    ):
        assert fact in seen
    assert pictures_on(signed_in, seen) == [(image.sha256, "preview.webp")]
    assert "data-live" not in seen


def test_a_failed_analysis_says_why(signed_in: Client, make_image: MakeImage) -> None:
    image = make_image()
    failed = Analysis(image=image, subject=image.subject, state=JobState.FAILED, problem="too_slow")
    failed.problem_details = {"seconds": 120}
    failed.save()
    shown = page(signed_in, f"{IMAGES}{image.number}/")
    assert "Decoding the picture takes too long." in shown
    assert "The limit is 120 s." in shown
    assert "could not be analysed" in page(signed_in, IMAGES)


def test_pictures_are_hidden_without_consent(
    signed_in: Client, make_image: MakeImage, subject: Subject
) -> None:
    image = make_image(name="secret.png")
    subject.consents.update(covers_curate=False)
    for url in (IMAGES, f"{IMAGES}{image.number}/"):
        answer = signed_in.get(url)
        assert answer.status_code == 404
        assert "secret.png" not in answer.content.decode()


def test_neighbours_step_over_gaps(make_image: MakeImage) -> None:
    first, second, third = make_image(), make_image(), make_image()
    second.delete()
    assert neighbours_of(first) == (None, third.number)
    assert neighbours_of(third) == (first.number, None)


def test_counts_leave_out_what_was_purged(make_image: MakeImage, subject: Subject) -> None:
    gone, _there = make_image(), _looked_at(make_image())
    _looked_at(gone)
    Image.objects.filter(pk=gone.pk).update(purged_at=timezone.now())
    progress = analysis_progresses([subject])[subject.pk]
    assert progress == AnalysisProgress(collected=1, analysed=1, failed=0)


@pytest.mark.parametrize("num_rows", [1, 20])
def test_counts_of_all_subjects_cost_one_query(
    num_rows: int,
    subject: Subject,
    make_image: MakeImage,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    subjects = [subject]
    for n in range(num_rows):
        subjects.append(
            Subject.objects.create(project=subject.project, slug=f"s{n}", name=f"S {n}")
        )
        Analysis.objects.create(
            image=make_image(of=subjects[-1]), subject=subjects[-1], state=JobState.DONE
        )
        Analysis.objects.create(
            image=make_image(of=subjects[-1]), subject=subjects[-1], state=JobState.FAILED
        )
        make_image(of=subjects[-1])
    with django_assert_num_queries(1):
        progresses = analysis_progresses(subjects)
    assert progresses[subject.pk] == AnalysisProgress(collected=0, analysed=0, failed=0)
    for each in subjects[1:]:
        assert progresses[each.pk] == AnalysisProgress(collected=3, analysed=1, failed=1)
        assert not progresses[each.pk].is_finished


@pytest.mark.parametrize("num_rows", [1, 20])
def test_the_pages_cost_the_same_whatever_they_list(
    num_rows: int,
    signed_in: Client,
    make_image: MakeImage,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for n in range(num_rows + 1):
        image = make_image()
        found_in(image, f"source {n}")
        Analysis.objects.create(
            image=image, subject=image.subject, state=JobState.DONE, perceptual_hash="0" * 16
        )
    near(image, *Image.objects.exclude(pk=image.pk))
    with django_assert_num_queries(13):
        page(signed_in, IMAGES)
    with django_assert_num_queries(26):
        page(signed_in, f"{IMAGES}{image.number}/")
