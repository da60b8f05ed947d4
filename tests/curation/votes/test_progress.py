"""How far batches are, for everybody and for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from config.scale.make import Scale, make_scale_data
from curation.batches.assign_batch import assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.models import Assignment, BatchItem, LeaseState
from curation.batches.return_batch import return_batch
from curation.batches.selectors import batches_of, withheld_leases
from curation.images.models import Image
from curation.projects.models import Membership, Project, User
from curation.subjects.models import Consent, Subject
from curation.votes.models import Vote
from curation.votes.progress import (
    batches_held_by,
    num_votes_by,
    progress_of_batch,
    progress_of_batches,
)
from curation.votes.tallies import tally_of
from curation.votes.voting_rule import third_wanted, votes_wanted
from tests.conftest import make_consent
from tests.stories.batches import (
    KEEP,
    REJECT,
    UNSURE,
    crowd,
    cut,
    expire,
    hand_out,
    items_of,
    vote,
)

MakeImage = Callable[..., Image]


def test_a_batch_tells_its_numbers_who_has_it_and_what_needs_no_more_votes(
    subject: Subject, project: Project, organiser: User, make_image: MakeImage
) -> None:
    cut(subject, make_image, num=2, by=organiser)
    batch = cut(subject, make_image, num=4, by=organiser)
    first, second, third = crowd(project, 3)
    hand_out(batch, first, second, third, by=organiser)
    one, two, three, _four = items_of(batch)
    vote(first, one, KEEP)
    vote(second, one, KEEP)  # kept
    vote(first, two, UNSURE)
    vote(second, two, UNSURE)  # contested: no third vote could decide
    vote(first, three, KEEP)
    vote(second, three, REJECT)  # a third is wanted
    expire(batch, second)
    progress = progress_of_batch(batch)
    assert (progress.first_number, progress.last_number) == (3, 6)
    assert (progress.num_images, progress.num_judged) == (4, 2)
    assert [(s.volunteer, s.num_votes, s.state) for s in progress.shares] == [
        (first, 3, LeaseState.LIVE),
        (second, 3, LeaseState.EXPIRED),
        (third, 0, LeaseState.LIVE),
    ]
    assert [
        each.batch.number
        for each in progress_of_batches(list(batches_of(subject).order_by("number")))
    ] == [1, 2]


def test_what_is_left_for_me_is_what_still_wants_my_vote(
    subject: Subject, project: Project, organiser: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    first, second, third = crowd(project, 3)
    hand_out(batch, first, second, third, by=organiser)
    one, two, _three = items_of(batch)
    for person in (first, second):
        vote(person, one, KEEP)
    vote(third, two, KEEP)
    (held,) = batches_held_by(third)
    assert (held.num_images, held.num_votes, held.num_left, held.num_done) == (3, 1, 1, 2)
    assert num_votes_by(third) == 1


def test_held_are_only_open_batches_with_time_left_the_first_to_end_first(
    subject: Subject, volunteer: User, organiser: User, make_image: MakeImage
) -> None:
    batches = [cut(subject, make_image, num=1, by=organiser) for _ in range(5)]
    for batch, days in zip(batches, (5, 2, 3, 4, 6), strict=True):
        assign_batch(batch=batch, volunteer=volunteer, days=days, actor=organiser)
    expire(batches[2], volunteer)
    return_batch(batch=batches[3], actor=volunteer)
    close_batch(batch=batches[4], actor=organiser)
    assert [held.batch for held in batches_held_by(volunteer)] == [batches[1], batches[0]]
    withheld = {each.batch: each.why for each in withheld_leases(volunteer)}
    assert withheld == {batches[2]: "lease_expired", batches[4]: "batch_closed"}
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawn_by=organiser)
    assert batches_held_by(volunteer) == []
    withheld = {each.batch: each.why for each in withheld_leases(volunteer)}
    assert withheld[batches[0]] == withheld[batches[1]] == "consent_missing"
    Membership.objects.filter(user=volunteer).delete()
    assert batches_held_by(volunteer) == []


def test_batches_of_all_projects_are_held(
    subject: Subject, admin: User, organiser: User, stranger: User, make_image: MakeImage
) -> None:
    other_project = Project.objects.get(slug="others")
    other = Subject.objects.create(project=other_project, slug="mia", name="Mia")
    make_consent(other, stranger)
    Membership.objects.create(project=other_project, user=organiser, role="volunteer")
    for of, by in ((subject, organiser), (other, stranger)):
        batch = cut(of, make_image, num=1, by=by)
        hand_out(batch, organiser, by=by)
    assert {held.batch.subject for held in batches_held_by(organiser)} == {subject, other}


def test_purged_images_do_not_count(
    subject: Subject, volunteer: User, organiser: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    Image.objects.filter(number=1).update(purged_at=timezone.now())
    assert progress_of_batch(batch).num_images == 2
    assert progress_of_batch(batch).first_number == 2
    assert batches_held_by(volunteer)[0].num_images == 2


@pytest.mark.django_db
@given(seed=st.integers(0, 999), gone=st.sets(st.integers(1, 300), max_size=9))
@settings(max_examples=3, deadline=None)
def test_progress_is_what_going_through_all_pictures_and_votes_gives(
    seed: int, gone: set[int]
) -> None:
    make_scale_data(Scale(images=300, judged=0.5, seed=seed), report=lambda _: None)
    subject = Subject.objects.filter(project__slug="scale").latest("pk")
    Image.objects.filter(subject=subject, number__in=gone).update(purged_at=timezone.now())
    present: dict[int, list[Image]] = defaultdict(list)
    for item in BatchItem.objects.filter(batch__subject=subject).select_related("image"):
        if item.image.purged_at is None:
            present[item.batch_id].append(item.image)
    votes: dict[int, dict[int, str]] = defaultdict(dict)
    for vote_on in Vote.objects.filter(image__subject=subject):
        votes[vote_on.image_id][vote_on.volunteer_id] = vote_on.verdict
    tallies = {
        image.pk: tally_of(list(votes[image.pk].values()))
        for images in present.values()
        for image in images
    }
    for progress in progress_of_batches(list(batches_of(subject))):
        images = present[progress.batch.pk]
        numbers = [image.number for image in images]
        assert (progress.first_number, progress.last_number) == (min(numbers), max(numbers))
        assert progress.num_images == len(images)
        assert progress.num_judged == sum(votes_wanted(tallies[i.pk]) == 0 for i in images)
        assert progress.num_third == sum(third_wanted(tallies[i.pk]) for i in images)
        for share in progress.shares:
            assert share.num_votes == sum(share.volunteer.pk in votes[i.pk] for i in images)
    for person in User.objects.filter(username__startswith="scale-"):
        for held in batches_held_by(person):
            if held.batch.subject == subject:
                images = present[held.batch.pk]
                mine = [image for image in images if person.pk in votes[image.pk]]
                left = [i for i in images if i not in mine and votes_wanted(tallies[i.pk])]
                assert (held.num_images, held.num_votes) == (len(images), len(mine))
                assert held.num_left == len(left)
                assert held.num_third == sum(third_wanted(tallies[i.pk]) for i in mine)


@pytest.mark.parametrize("num", [1, 20])
def test_progress_costs_the_same_queries_whatever_the_number_of_batches(
    subject: Subject,
    organiser: User,
    make_image: MakeImage,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(num):
        batch = cut(subject, make_image, num=2, by=organiser)
        hand_out(batch, organiser, by=organiser)
        vote(organiser, items_of(batch)[0], KEEP)
    assert Assignment.objects.count() == num
    with django_assert_num_queries(4):
        assert len(progress_of_batches(list(batches_of(subject).order_by("number")))) == num
    with django_assert_num_queries(3):
        assert len(batches_held_by(organiser)) == num
    with django_assert_num_queries(3):
        progress_of_batch(batch)
