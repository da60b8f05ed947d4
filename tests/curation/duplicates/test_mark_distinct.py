"""That images are distinct is remembered, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from curation.duplicates.mark_distinct import MOST_AT_ONCE, mark_distinct
from curation.duplicates.models import DistinctPair, NearPair
from curation.duplicates.selectors import near_duplicates_of
from curation.duplicates.unmark_distinct import unmark_distinct
from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.images.models import Image
from curation.projects.models import ActionLog, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from tests.stories.duplicates import compare, group_of, looked_at, motif_of, near

MakeImage = Callable[..., Image]


def test_distinct_images_stay_so_when_the_machine_looks_again(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    first, second, third = group_of(make_image, [0.1, 0.2, 0.3])
    mark_distinct(subject=subject, numbers=[1, 2], actor=organiser)
    mark_distinct(subject=subject, numbers=[2, 1], actor=organiser)
    assert near_duplicates_of(first) == [third]
    compare(subject)
    assert NearPair.objects.count() == 3
    assert near_duplicates_of(first) == [third]
    looked_at(second, motif_of(0))
    compare(subject)
    assert near_duplicates_of(second) == [third]
    pair = DistinctPair.objects.get()
    assert (pair.first, pair.second, pair.marked_by) == (first, second, organiser)
    assert ActionLog.objects.filter(action="duplicates.mark_distinct").count() == 2


def test_one_that_does_not_belong_is_set_apart_from_the_others(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    first, second, third = group_of(make_image, [0.1, 0.2, 0.3])
    mark_distinct(subject=subject, numbers=[1, 2, 3], only=2, actor=organiser)
    assert near_duplicates_of(second) == []
    assert near_duplicates_of(first) == [third]
    unmark_distinct(subject=subject, numbers=[1, 2, 3], only=2, actor=organiser)
    assert near_duplicates_of(second) == [first, third]
    assert ActionLog.objects.filter(action="duplicates.unmark_distinct").count() == 1


def test_taking_back_leaves_other_marks(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    group_of(make_image, [0.1, 0.2, 0.3])
    mark_distinct(subject=subject, numbers=[1, 2, 3], actor=organiser)
    unmark_distinct(subject=subject, numbers=[1, 2], actor=organiser)
    unmark_distinct(subject=subject, numbers=[1, 2], actor=organiser)
    assert set(DistinctPair.objects.values_list("first__number", "second__number")) == {
        (1, 3),
        (2, 3),
    }


def test_who_may_not_and_what_is_not_there_is_refused(
    make_image: MakeImage, subject: Subject, organiser: User, volunteer: User, stranger: User
) -> None:
    group_of(make_image, [0.1, 0.2])
    for person, refusal in ((volunteer, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            mark_distinct(subject=subject, numbers=[1, 2], actor=person)
        with pytest.raises(refusal):
            unmark_distinct(subject=subject, numbers=[1, 2], actor=person)
    with pytest.raises(NotFound):
        mark_distinct(subject=subject, numbers=[1, 7], actor=organiser)
    with pytest.raises(NotFound):
        mark_distinct(subject=subject, numbers=[1, 2], only=7, actor=organiser)
    for numbers in ([1], [1, 1], range(1, MOST_AT_ONCE + 2)):
        with pytest.raises(InvalidInput):
            mark_distinct(subject=subject, numbers=list(numbers), actor=organiser)
    subject.consents.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        mark_distinct(subject=subject, numbers=[1, 2], actor=organiser)
    assert not DistinctPair.objects.exists()


def test_the_database_keeps_one_pair_in_one_order(make_image: MakeImage) -> None:
    first, second = make_image(), make_image()
    near(first, second)
    with pytest.raises(IntegrityError), transaction.atomic():
        near(first, second)
    NearPair.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        NearPair.objects.create(
            subject=first.subject, first=second, second=first, hash_bits=0, likeness=1, version=1
        )
