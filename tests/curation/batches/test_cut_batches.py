"""Cutting a subject's images into numbered batches."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from curation.batches.cut_batches import cut_batches
from curation.batches.errors import NothingToCut
from curation.batches.models import Batch, BatchItem
from curation.batches.selectors import images_in_no_batch
from curation.consensus.models import Ruling
from curation.errors import InvalidInput, NotAllowed
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.projects.models import ActionLog, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Subject
from tests.conftest import make_consent
from tests.stories.gold import gold

MakeImage = Callable[..., Image]
fresh = count()


def numbers_in(batch: Batch) -> list[int]:
    return list(batch.items.order_by("position").values_list("image__number", flat=True))


def test_images_go_into_batches_in_the_order_of_their_numbers(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    for _ in range(7):
        make_image()
    batches = cut_batches(subject=subject, size=3, actor=organiser)
    assert [batch.number for batch in batches] == [1, 2, 3]
    assert [numbers_in(batch) for batch in batches] == [[1, 2, 3], [4, 5, 6], [7]]
    assert list(batches[1].items.values_list("position", flat=True)) == [1, 2, 3]


def test_a_second_cut_takes_only_what_came_in_since(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    for _ in range(3):
        make_image()
    cut_batches(subject=subject, size=10, actor=organiser)
    make_image()
    make_image()
    (second,) = cut_batches(subject=subject, size=10, actor=organiser)
    assert second.number == 2
    assert numbers_in(second) == [4, 5]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=st.lists(st.sets(st.sampled_from(["cut", "settled", "purged", "gold"])), max_size=8))
def test_what_the_next_cut_takes_is_what_nothing_was_done_with(
    project: Project, organiser: User, made: list[set[str]]
) -> None:
    subject = Subject.objects.create(project=project, slug=f"p-{next(fresh)}", name="P")
    batch = Batch.objects.create(subject=subject, number=1)
    for number, done in enumerate(made, start=1):
        image = Image.objects.create(
            subject=subject,
            number=number,
            sha256=f"{number:064x}",
            size_bytes=1,
            width=1,
            height=1,
            purged_at=timezone.now() if "purged" in done else None,
        )
        if "cut" in done:
            BatchItem.objects.create(batch=batch, image=image, position=number)
        if "settled" in done:
            Ruling.objects.create(
                image=image, verdict=Verdict.KEEP, ruled_by=organiser, ruled_at=timezone.now()
            )
        if "gold" in done:
            gold(image, Verdict.KEEP)
    untouched = [number for number, done in enumerate(made, start=1) if not done]
    assert [image.number for image in images_in_no_batch(subject)] == untouched


def test_purged_images_are_left_out(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    make_image()
    gone = make_image()
    Image.objects.filter(pk=gone.pk).update(purged_at=timezone.now())
    (batch,) = cut_batches(subject=subject, size=10, actor=organiser)
    assert numbers_in(batch) == [1]


def test_each_subject_counts_its_own_batches(
    subject: Subject, organiser: User, admin: User, make_image: MakeImage
) -> None:
    bea = Subject.objects.create(project=subject.project, slug="bea", name="Bea")
    make_consent(bea, admin)
    make_image()
    make_image(of=bea)
    (of_ada,) = cut_batches(subject=subject, size=5, actor=organiser)
    (of_bea,) = cut_batches(subject=bea, size=5, actor=organiser)
    assert (of_ada.number, of_bea.number) == (1, 1)


def test_nothing_is_cut_when_every_image_is_in_a_batch(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    make_image()
    cut_batches(subject=subject, size=5, actor=organiser)
    with pytest.raises(NothingToCut):
        cut_batches(subject=subject, size=5, actor=organiser)


def test_whoever_chooses_gold_alone_hears_why_nothing_is_cut(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    chosen = gold(make_image(), Verdict.KEEP).image
    make_image()
    images = Image.objects.filter(pk=chosen.pk)
    with pytest.raises(NothingToCut, match="in a batch already, is settled or is gold"):
        cut_batches(subject=subject, size=5, actor=organiser, chosen=images)


@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_batch_has_a_sensible_size(
    subject: Subject, organiser: User, make_image: MakeImage, size: int
) -> None:
    make_image()
    with pytest.raises(InvalidInput):
        cut_batches(subject=subject, size=size, actor=organiser)
    assert not Batch.objects.exists()


def test_without_consent_nothing_is_cut(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    make_image()
    Consent.objects.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        cut_batches(subject=subject, size=5, actor=organiser)
    assert not Batch.objects.exists()


def test_volunteers_do_not_cut(subject: Subject, volunteer: User, make_image: MakeImage) -> None:
    make_image()
    with pytest.raises(NotAllowed):
        cut_batches(subject=subject, size=5, actor=volunteer)


def test_a_cut_is_on_record(subject: Subject, organiser: User, make_image: MakeImage) -> None:
    make_image()
    cut_batches(subject=subject, size=5, actor=organiser)
    entry = ActionLog.objects.get(action="batch.cut")
    assert entry.actor == organiser
    assert entry.details == {"batches": [1], "images": 1}


@pytest.mark.parametrize("num", [1, 20])
def test_a_cut_costs_the_same_queries_whatever_the_number_of_images(
    subject: Subject,
    organiser: User,
    make_image: MakeImage,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(num):
        make_image()
    # Transaction (2), project, role, gate (2), images, last number, batches, items, log line.
    with django_assert_num_queries(11):
        cut_batches(subject=subject, size=5, actor=organiser)
    assert BatchItem.objects.count() == num
