"""New images are compared with all others, once, whatever happens in between."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.supervise import TendingJobs
from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis
from curation.duplicates import find_duplicates as module
from curation.duplicates.models import DuplicateSearch, NearPair
from curation.duplicates.selectors import near_duplicates_of
from curation.duplicates.start_searches import start_searches
from curation.images.models import Image
from curation.jobs import JobState
from curation.sources.models import ImportRun, Provenance, Source, SourceKind
from curation.subjects.models import Subject
from curation.vision.duplicates import SAME_PIXELS, SAME_PIXELS_IN_A_SHOT, likeness
from curation.vision.sketch import Sketch
from tests.stories.analysis import AddPicture, analysis_of
from tests.stories.duplicates import compare, looked_at, motif_of, pairs_found

MakeImage = Callable[..., Image]


def test_a_demo_picture_saved_in_another_format_is_found(
    add_picture: AddPicture, subject: Subject
) -> None:
    original = add_picture("cleaning/weibo/image (60).jpg")
    copy = add_picture("cleaning/weibo/微博_20230517_2130.webp")
    other = add_picture("portraits/ada_1.jpg")
    for image in (original, copy, other):
        analyse_image(analysis_id=analysis_of(image).pk)
    assert start_searches() == 1
    find_duplicates(subject)
    assert near_duplicates_of(copy) == [original]
    assert near_duplicates_of(original) == [copy]
    assert near_duplicates_of(other) == []
    pair = NearPair.objects.get()
    assert (pair.first, pair.second) == (original, copy)
    assert pair.likeness > 0.98
    assert pair.hash_bits <= 4
    assert pair.descriptor is not None
    assert pair.descriptor < 0.15
    assert start_searches() == 0


def find_duplicates(subject: Subject) -> None:
    module.find_duplicates(search_id=DuplicateSearch.objects.get(subject=subject).pk)


@given(
    motifs=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0.0, 0.2, 0.5, 1.0])), max_size=9
    ),
    chance=st.randoms(use_true_random=False),
    at_once=st.sampled_from([1, 3, 500]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_in_whatever_portions_images_come_the_same_pairs_are_found(
    make_image: MakeImage,
    subject: Subject,
    monkeypatch: pytest.MonkeyPatch,
    motifs: list[tuple[int, float]],
    chance: random.Random,
    at_once: int,
) -> None:
    monkeypatch.setattr(module, "IMAGES_AT_ONCE", at_once)
    with transaction.atomic():
        images = [make_image() for _ in motifs]
        seen = list(zip(images, motifs, strict=True))
        for image, (motif, moment) in seen:
            looked_at(image, motif_of(motif, moment=moment))
        compare(subject)
        all_at_once = pairs_found(subject)
        assert all_at_once >= {
            (min(one.number, other.number), max(one.number, other.number))
            for one, motif in seen
            for other, its in seen
            if one != other and motif == its
        }

        NearPair.objects.all().delete()
        Analysis.objects.all().delete()
        chance.shuffle(seen)
        for image, (motif, moment) in seen:
            looked_at(image, motif_of(motif, moment=moment))
            if chance.random() < 0.5:
                compare(subject)
        compare(subject)
        assert pairs_found(subject) == all_at_once
        transaction.set_rollback(True)


def test_a_new_image_asks_only_about_itself(
    make_image: MakeImage, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_image(), make_image()
    for image in (first, second):
        looked_at(image, motif_of(1))
    compare(subject)
    old = NearPair.objects.get()
    third = make_image()
    looked_at(third, motif_of(1))
    asked = []
    true = module.likeness
    monkeypatch.setattr(module, "likeness", lambda *a, **k: (asked.append(a), true(*a, **k))[1])
    compare(subject)
    assert len(asked) == 2
    assert pairs_found(subject) == {(1, 2), (1, 3), (2, 3)}
    assert NearPair.objects.filter(pk=old.pk).exists()


def test_what_looks_alike_in_another_subject_is_left_alone(
    make_image: MakeImage, subject: Subject
) -> None:
    bob = Subject.objects.create(project=subject.project, slug="bob", name="Bob")
    for image in (make_image(), make_image(of=bob)):
        looked_at(image, motif_of(1))
    compare(subject)
    assert not NearPair.objects.exists()


def test_an_image_that_is_looked_at_anew_is_compared_anew(
    make_image: MakeImage, subject: Subject
) -> None:
    first, second = make_image(), make_image()
    for image in (first, second):
        looked_at(image, motif_of(1))
    compare(subject)
    looked_at(second, motif_of(2))
    assert start_searches() == 1
    find_duplicates(subject)
    assert not NearPair.objects.exists()


def test_hashes_of_an_older_vision_are_not_compared(
    make_image: MakeImage, subject: Subject
) -> None:
    first, second = make_image(), make_image()
    for image in (first, second):
        looked_at(image, motif_of(1))
    Analysis.objects.filter(image=first).update(vision_version=1)
    compare(subject)
    assert not NearPair.objects.exists()
    looked_at(first, motif_of(1))
    compare(subject)
    assert pairs_found(subject) == {(1, 2)}


def test_without_consent_nothing_is_compared_until_there_is_one(
    make_image: MakeImage, subject: Subject
) -> None:
    for _ in range(2):
        looked_at(make_image(), motif_of(1))
    subject.consents.update(covers_curate=False)
    assert start_searches() == 0
    compare(subject)
    assert not NearPair.objects.exists()
    assert not Analysis.objects.exclude(compared_by=0).exists()
    subject.consents.update(covers_curate=True)
    assert start_searches() == 1


def test_a_search_waits_until_all_are_analysed_or_enough(
    make_image: MakeImage, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at(make_image(), motif_of(1))
    waiting = analysis_of(make_image())
    assert start_searches() == 0
    monkeypatch.setattr("curation.duplicates.start_searches.ENOUGH", 1)
    assert start_searches() == 1
    assert start_searches() == 0, "one is under way"
    monkeypatch.undo()
    find_duplicates(subject)
    waiting.delete()
    looked_at(make_image(), motif_of(1))
    assert start_searches() == 1


def test_a_search_in_other_hands_is_left_to_them(
    make_image: MakeImage, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        looked_at(make_image(), motif_of(1))
    true = module.likeness

    def taken_over(*given: object, **more: object) -> float:
        DuplicateSearch.objects.update(held_by="another")
        return true(*given, **more)

    monkeypatch.setattr(module, "likeness", taken_over)
    compare(subject)
    assert not NearPair.objects.exists()
    assert DuplicateSearch.objects.get().state == JobState.RUNNING


def test_the_supervisor_has_it_done(make_image: MakeImage, subject: Subject) -> None:
    for _ in range(2):
        looked_at(make_image(), motif_of(1))
    TendingJobs()()
    assert DuplicateSearch.objects.get().state == JobState.WAITING
    find_duplicates(subject)
    assert pairs_found(subject) == {(1, 2)}


def test_frames_of_one_shot_need_resemble_each_other_less(
    make_image: MakeImage, subject: Subject
) -> None:
    """Between two cuts little changes: what would be too little alike elsewhere is enough."""
    likenesses = {}
    for moment in np.arange(0.1, 1.0, 0.02):
        one, other = (sketch_of_motif(0, 0.0), sketch_of_motif(0, float(moment)))
        likenesses[float(moment)] = likeness(one, other, is_mirrored=False)
    between = [m for m, like in likenesses.items() if SAME_PIXELS_IN_A_SHOT < like < SAME_PIXELS]
    assert between
    images = [make_image(), make_image()]
    for image, moment in zip(images, (0.0, between[0]), strict=True):
        looked_at(image, motif_of(0, moment=moment))
    compare(subject)
    assert pairs_found(subject) == set()

    source = Source.objects.create(subject=subject, label="drama")
    run = ImportRun.objects.create(source=source, kind=SourceKind.FOLDER, path="/", given_as="x")
    for image, seconds in zip(images, (61.0, 62.6), strict=True):
        Provenance.objects.create(
            image=image,
            source=source,
            import_run=run,
            is_first=True,
            path="ep03.mkv",
            frame=int(25 * seconds),
            milliseconds=int(1000 * seconds),
            scene=7,
        )
    Analysis.objects.update(compared_by=0)
    compare(subject)
    assert pairs_found(subject) == {(1, 2)}
    assert NearPair.objects.get().is_one_shot


def sketch_of_motif(motif: int, moment: float) -> Sketch:
    return Sketch(motif_of(motif, moment=moment), None)
