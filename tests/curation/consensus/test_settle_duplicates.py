"""An organiser keeps the best of a group; the others are duplicates until that is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from curation.batches.selectors import images_in_no_batch
from curation.consensus.duplicate_groups import DuplicateGroup, duplicate_groups
from curation.consensus.models import Ruling
from curation.consensus.settle import settle
from curation.consensus.settle_duplicates import Choice, GroupsChanged, settle_duplicates
from curation.consensus.take_back_duplicates import take_back_duplicates
from curation.duplicates.mark_distinct import mark_distinct
from curation.duplicates.models import NearPair
from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.used_reasons import ReasonNotUsed
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from tests.stories.batches import crowd, cut, hand_out, items_of, vote
from tests.stories.duplicates import group_of, looked_at, motif_of, near
from tests.stories.manual import without

MakeImage = Callable[..., Image]
KEEP, REJECT = Verdict.KEEP, Verdict.REJECT


def groups(subject: Subject, viewer: User | None = None) -> list[list[int]]:
    return [
        [member.number for member in group.members]
        for group in duplicate_groups(subject, viewer=viewer)
    ]


def test_the_best_is_suggested_and_the_others_are_rejected_as_duplicates(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    group_of(make_image, [0.3, 0.5, 0.4])
    assert groups(subject, organiser) == [[2, 3, 1]]
    rejected = settle_duplicates(subject=subject, choices=[Choice(2, (1, 3))], actor=organiser)
    assert rejected == [1, 3]
    rulings = {ruling.image.number: ruling for ruling in Ruling.objects.select_related("image")}
    assert rulings.keys() == {1, 3}, "whether the best is any good, people still have to say"
    assert all(ruling.reasons == [Reason.DUPLICATE] for ruling in rulings.values())
    assert "00002" in rulings[1].note
    assert rulings[1].ruled_by == organiser
    assert groups(subject) == []
    assert list(images_in_no_batch(subject).values_list("number", flat=True)) == [2]


def test_where_the_manual_knows_no_duplicates_none_are_settled(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    group_of(make_image, [0.3, 0.5, 0.4])
    without(Reason.DUPLICATE, subject.project, organiser)
    with pytest.raises(ReasonNotUsed, match="put it back into the manual"):
        settle_duplicates(subject=subject, choices=[Choice(2, (1, 3))], actor=organiser)
    assert not Ruling.objects.exists()


def test_taking_it_back_brings_the_group_back(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    group_of(make_image, [0.3, 0.5, 0.4])
    settle_duplicates(subject=subject, choices=[Choice(2, (1, 3))], actor=organiser)
    Ruling.objects.filter(image__number=3).update(reason_codes=Reason.BLURRY)
    taken_back = take_back_duplicates(subject=subject, numbers=[1, 2, 3], actor=organiser)
    assert taken_back == [1], "rejected for another reason it stays"
    assert groups(subject) == [[2, 1]]


def test_a_new_copy_joins_what_is_left_of_an_old_group(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    first, second, third = group_of(make_image, [0.3, 0.5, 0.4])
    settle_duplicates(subject=subject, choices=[Choice(2, (1, 3))], actor=organiser)
    new = make_image()
    looked_at(new, motif_of(0), sharpness=0.9)
    near(new, first, second, third)
    assert groups(subject) == [[4, 2]]


def test_who_was_kept_already_is_suggested(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    (first, _second) = group_of(make_image, [0.3, 0.5])
    settle(image=first, verdict=KEEP, actor=organiser)
    (group,) = duplicate_groups(subject, viewer=organiser)
    assert group.best.number == 2
    assert group.suggested.number == 1
    assert group.numbers == [1, 2]


def test_what_votes_rejected_is_no_trouble_any_more(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    batch = cut(subject, make_image, num=2, by=organiser)
    first, second = (item.image for item in items_of(batch))
    near(first, second)
    assert groups(subject) == [[1, 2]]
    people = crowd(subject.project, 2)
    hand_out(batch, *people, by=organiser)
    for person in people:
        vote(person, items_of(batch)[0], REJECT, Reason.BLURRY)
    assert groups(subject) == []


def test_what_the_viewer_has_yet_to_judge_is_in_no_group(
    make_image: MakeImage, subject: Subject, organiser: User, admin: User
) -> None:
    batch = cut(subject, make_image, num=2, by=organiser)
    first, second = (item.image for item in items_of(batch))
    near(first, second)
    hand_out(batch, organiser, by=organiser)
    assert groups(subject, organiser) == []
    assert groups(subject, admin) == [[1, 2]]
    with pytest.raises(GroupsChanged):
        settle_duplicates(subject=subject, choices=[Choice(1, (2,))], actor=organiser)
    for item in items_of(batch):
        vote(organiser, item, KEEP)
    assert groups(subject, organiser) == [[1, 2]]


def test_a_group_that_changed_on_the_way_is_not_settled(
    make_image: MakeImage, subject: Subject, organiser: User
) -> None:
    first, *_others = group_of(make_image, [0.5, 0.4])
    group_of(make_image, [0.5, 0.4])
    new = make_image()
    near(first, new)
    both = [Choice(3, (4,)), Choice(1, (2,))]
    with pytest.raises(GroupsChanged, match="00001"):
        settle_duplicates(subject=subject, choices=both, actor=organiser)
    assert not Ruling.objects.exists(), "all or none"
    mark_distinct(subject=subject, numbers=[1, 5], actor=organiser)
    settle_duplicates(subject=subject, choices=both, actor=organiser)
    assert Ruling.objects.count() == 2


def test_who_may_not_and_what_makes_no_sense_is_refused(
    make_image: MakeImage, subject: Subject, organiser: User, volunteer: User, stranger: User
) -> None:
    group_of(make_image, [0.5, 0.4])
    choices = [Choice(1, (2,))]
    for person, refusal in ((volunteer, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            settle_duplicates(subject=subject, choices=choices, actor=person)
        with pytest.raises(refusal):
            take_back_duplicates(subject=subject, numbers=[1], actor=person)
    for nonsense in ([], [Choice(1, (1, 2))]):
        with pytest.raises(InvalidInput):
            settle_duplicates(subject=subject, choices=nonsense, actor=organiser)
    with pytest.raises(GroupsChanged):
        settle_duplicates(subject=subject, choices=[Choice(1, (7,))], actor=organiser)
    subject.consents.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        settle_duplicates(subject=subject, choices=choices, actor=organiser)
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("num_groups", [1, 20])
def test_groups_cost_three_queries_whatever_their_number(
    make_image: MakeImage,
    subject: Subject,
    organiser: User,
    num_groups: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for _ in range(num_groups):
        group_of(make_image, [0.5, 0.4])
    with django_assert_num_queries(3):
        found: list[DuplicateGroup] = duplicate_groups(subject, viewer=organiser)
    assert len(found) == num_groups
    NearPair.objects.all().delete()
    with django_assert_num_queries(1):
        assert duplicate_groups(subject, viewer=organiser) == []
