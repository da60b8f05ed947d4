"""Decisions, derived from votes and rulings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.models import Batch, BatchItem
from curation.consensus.selectors import (
    decisions_of_batch,
    decisions_on,
    images_with,
    kept_images,
    state_counts,
    state_counts_of,
)
from curation.consensus.settle import settle
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.votes.voting_rule import Outcome, Tally
from tests.conftest import make_consent
from tests.stories.batches import (
    KEEP,
    REJECT,
    UNSURE,
    crowd,
    cut,
    hand_out,
    items_of,
    vote,
)

MakeImage = Callable[..., Image]


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def items(
    subject: Subject, people: list[User], organiser: User, make_image: MakeImage
) -> list[BatchItem]:
    """Five images, one each: kept, rejected, contested, asking for a third vote, not voted on."""
    batch = cut(subject, make_image, num=5, by=organiser)
    hand_out(batch, *people, by=organiser)
    items = items_of(batch)
    first, second, third = people
    vote(first, items[0], KEEP)
    vote(second, items[0], KEEP)
    vote(first, items[1], REJECT, Reason.DRAWN, Reason.BLURRY)
    vote(second, items[1], KEEP)
    vote(third, items[1], REJECT, Reason.BLURRY)
    vote(first, items[2], KEEP)
    vote(second, items[2], REJECT, Reason.COVERED)
    vote(third, items[2], UNSURE)
    vote(first, items[3], KEEP)
    vote(second, items[3], REJECT, Reason.COVERED)
    return items


def outcomes(subject: Subject) -> dict[int, Outcome]:
    return {
        each.number: each.outcome for each in decisions_on(Image.objects.filter(subject=subject))
    }


def test_votes_lead_to_decisions(subject: Subject, items: list[BatchItem]) -> None:
    assert outcomes(subject) == {
        1: Outcome.KEPT,
        2: Outcome.REJECTED,
        3: Outcome.CONTESTED,
        4: Outcome.PENDING,
        5: Outcome.PENDING,
    }
    assert [image.number for image in kept_images(subject)] == [1]
    assert list(images_with(subject, Outcome.CONTESTED).values_list("number", flat=True)) == [3]


def test_a_rejection_tells_how_many_named_each_reason(
    subject: Subject, items: list[BatchItem]
) -> None:
    reasons = {
        each.number: each.reasons for each in decisions_on(Image.objects.filter(subject=subject))
    }
    assert list(reasons[2].items()) == [(Reason.BLURRY, 2), (Reason.DRAWN, 1)]
    assert all(not named for number, named in reasons.items() if number != 2)


def test_counts_are_those_of_the_decisions(
    subject: Subject, items: list[BatchItem], make_image: MakeImage
) -> None:
    make_image()  # in no batch
    counts = state_counts(subject)
    assert (counts.kept, counts.rejected, counts.contested, counts.pending) == (1, 1, 1, 3)
    assert (counts.judged, counts.total) == (3, 6)


def test_a_ruling_overrules_votes_until_it_is_withdrawn(
    subject: Subject, items: list[BatchItem], organiser: User
) -> None:
    for item in items:
        settle(
            image=item.image, verdict=REJECT, reasons=[Reason.DUPLICATE], note="x", actor=organiser
        )
    assert set(outcomes(subject).values()) == {Outcome.REJECTED}
    assert state_counts(subject).rejected == 5
    assert list(images_with(subject, Outcome.CONTESTED).values_list("number", flat=True)) == []
    assert not kept_images(subject).exists()
    decision = decisions_on(Image.objects.filter(subject=subject))[1]
    assert decision.reasons == {Reason.DUPLICATE: 1}
    assert decision.tally == Tally(keep=1, reject=2)
    settle(image=items[2].image, verdict=KEEP, actor=organiser)
    assert outcomes(subject)[3] is Outcome.KEPT
    assert {image.number for image in kept_images(subject)} == {3}
    for item in items:
        withdraw_ruling(image=item.image, actor=organiser)
    assert state_counts(subject).contested == 1
    assert outcomes(subject)[1] is Outcome.KEPT


def test_purged_images_have_no_decision(subject: Subject, items: list[BatchItem]) -> None:
    Image.objects.filter(number__in=[1, 3]).update(purged_at=timezone.now())
    assert sorted(outcomes(subject)) == [2, 4, 5]
    assert state_counts(subject).total == 3
    assert not kept_images(subject).exists()
    assert list(images_with(subject, Outcome.CONTESTED).values_list("number", flat=True)) == []


def test_subjects_do_not_mix(
    subject: Subject,
    items: list[BatchItem],
    admin: User,
    organiser: User,
    make_image: MakeImage,
) -> None:
    bea = Subject.objects.create(project=subject.project, slug="bea", name="Bea")
    make_consent(bea, admin)
    batch: Batch = cut(bea, make_image, num=1, by=organiser)
    hand_out(batch, organiser, by=organiser)
    vote(organiser, items_of(batch)[0], KEEP)
    counts = state_counts_of([subject, bea])
    assert (counts[subject.pk].total, counts[bea.pk].total) == (5, 1)
    assert counts[bea.pk].pending == 1
    assert [each.number for each in decisions_of_batch(batch)] == [1]
    assert state_counts_of([]) == {}


@pytest.mark.parametrize("num", [1, 20])
def test_decisions_cost_the_same_queries_whatever_the_number_of_images(
    subject: Subject,
    organiser: User,
    make_image: MakeImage,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = cut(subject, make_image, num=num, by=organiser)
    hand_out(batch, organiser, by=organiser)
    for item in items_of(batch):
        vote(organiser, item, REJECT)
        settle(image=item.image, verdict=Verdict.KEEP, actor=organiser)
    with django_assert_num_queries(3):
        assert all(
            each.ruling.ruled_by == organiser
            for each in decisions_on(Image.objects.filter(subject=subject))
        )
    with django_assert_num_queries(1):
        state_counts_of([subject])
    with django_assert_num_queries(2):
        assert len(kept_images(subject)) == num


@pytest.mark.parametrize("num", [1, 20])
def test_counts_cost_one_query_whatever_the_number_of_subjects(
    project: Project,
    num: int,
    make_image: MakeImage,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    subjects = [
        Subject.objects.create(project=project, slug=f"s{n}", name=f"S{n}") for n in range(num)
    ]
    for each in subjects:
        make_image(of=each)
    with django_assert_num_queries(1):
        counts = state_counts_of(subjects)
    assert [counts[each.pk].total for each in subjects] == [1] * num
