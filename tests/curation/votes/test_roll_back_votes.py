"""A button-masher's evening is undone, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from curation.batches.models import Batch
from curation.consensus.selectors import state_counts
from curation.errors import InvalidInput, NotAllowed
from curation.images.models import Image
from curation.projects.models import ActionLog, User
from curation.subjects.models import Subject
from curation.votes.models import ImageTally, Vote, VoteEvent
from curation.votes.own_moments import days_judged, newest_moments
from curation.votes.roll_back_votes import RolledBack, roll_back_votes, votes_within
from curation.votes.take_back_vote import take_back_vote
from curation.votes.tallies import packed, tally_of
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, items_of, vote

YESTERDAY = dt.timedelta(days=1)


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=6, by=organiser)


def say_yesterday(person: User) -> None:
    """All that the person has said so far, they said a day ago."""
    for rows, when in ((Vote.objects, "cast_at"), (VoteEvent.objects, "at")):
        for row in rows.filter(volunteer=person):
            moment = getattr(row, when) - YESTERDAY
            type(row)._default_manager.filter(pk=row.pk).update(**{when: moment})


def roll_back(subject: Subject, person: User, by: User) -> RolledBack:
    """What they said within the last hour."""
    now = timezone.now()
    return roll_back_votes(
        subject=subject,
        volunteer=person,
        since=now - dt.timedelta(hours=1),
        before=now + dt.timedelta(minutes=1),
        actor=by,
    )


def test_votes_of_the_window_go_and_their_pictures_are_asked_for_again(
    batch: Batch, subject: Subject, organiser: User
) -> None:
    careful, masher = crowd(subject.project, 2)
    hand_out(batch, careful, masher, by=organiser)
    for item in items_of(batch):
        vote(careful, item, REJECT)
        vote(masher, item, REJECT)
    assert state_counts(subject).rejected == 6
    assert roll_back(subject, masher, organiser) == RolledBack(removed=6, restored=0)
    assert state_counts(subject).pending == 6
    assert Vote.objects.filter(volunteer=careful).count() == 6
    assert not Vote.objects.filter(volunteer=masher).exists()
    assert VoteEvent.objects.filter(volunteer=masher, verdict="reject").count() == 6
    assert VoteEvent.objects.filter(volunteer=masher, verdict="").count() == 6
    line = ActionLog.objects.get(action="votes.roll_back")
    assert line.details["removed"] == 6
    assert line.details["volunteer"] == masher.username
    vote(masher, items_of(batch)[0], KEEP)
    assert Vote.objects.get(volunteer=masher).verdict == KEEP


def test_a_vote_changed_in_the_window_is_what_it_was_before(
    batch: Batch, subject: Subject, organiser: User
) -> None:
    [person] = crowd(subject.project, 1)
    hand_out(batch, person, by=organiser)
    kept, changed, taken_back, *_rest = items_of(batch)
    for item in (kept, changed, taken_back):
        vote(person, item, KEEP)
    take_back_vote(item_id=taken_back.pk, volunteer=person, client_key=uuid4())
    say_yesterday(person)
    for item in (changed, taken_back):
        vote(person, item, REJECT)
    assert roll_back(subject, person, organiser) == RolledBack(removed=1, restored=1)
    verdicts = dict(Vote.objects.values_list("image", "verdict"))
    assert verdicts == {kept.image_id: "keep", changed.image_id: "keep"}
    assert roll_back(subject, person, organiser) == RolledBack(removed=0, restored=0)


def test_nobody_elses_votes_subjects_or_hours_are_touched(
    batch: Batch,
    subject: Subject,
    other_subject: Subject,
    organiser: User,
    make_image: Callable[..., Image],
) -> None:
    person, other = crowd(subject.project, 2)
    elsewhere = cut(other_subject, make_image, num=1, by=organiser)
    for each in (batch, elsewhere):
        hand_out(each, person, other, by=organiser)
    first, second, *_rest = items_of(batch)
    vote(person, first, KEEP)
    say_yesterday(person)
    vote(person, second, KEEP)
    vote(other, second, KEEP)
    vote(person, items_of(elsewhere)[0], KEEP)
    roll_back(subject, person, organiser)
    left = set(Vote.objects.values_list("volunteer__username", "image"))
    assert left == {
        (person.username, first.image_id),
        (other.username, second.image_id),
        (person.username, items_of(elsewhere)[0].image_id),
    }
    for tally in ImageTally.objects.all():
        verdicts = list(Vote.objects.filter(image=tally.image_id).values_list("verdict", flat=True))
        assert tally.packed == packed(tally_of(verdicts))


def test_the_window_begins_with_its_first_moment_and_ends_before_its_last(
    batch: Batch, subject: Subject, organiser: User
) -> None:
    [person] = crowd(subject.project, 1)
    hand_out(batch, person, by=organiser)
    vote(person, items_of(batch)[0], KEEP)
    at = Vote.objects.get().cast_at
    later = at + dt.timedelta(microseconds=1)
    assert votes_within(subject, person, since=at, before=later).exists()
    assert not votes_within(subject, person, since=later, before=later + YESTERDAY).exists()
    assert not votes_within(subject, person, since=at - YESTERDAY, before=at).exists()
    with pytest.raises(InvalidInput, match="later end"):
        roll_back_votes(subject=subject, volunteer=person, since=at, before=at, actor=organiser)


def test_volunteers_roll_nothing_back(batch: Batch, subject: Subject, volunteer: User) -> None:
    with pytest.raises(NotAllowed):
        roll_back(subject, volunteer, volunteer)


def test_what_is_restored_was_cast_when_it_was_and_counts_as_no_judging(
    batch: Batch, subject: Subject, organiser: User
) -> None:
    [person] = crowd(subject.project, 1)
    hand_out(batch, person, by=organiser)
    item, *_rest = items_of(batch)
    vote(person, item, KEEP)
    say_yesterday(person)
    [first_at] = Vote.objects.values_list("cast_at", flat=True)
    for _ in range(2):  # the second time it is a restored vote that is restored
        vote(person, item, REJECT)
        roll_back(subject, person, organiser)
        assert Vote.objects.get().verdict == KEEP
        assert Vote.objects.get().cast_at == first_at
    zone = dt.UTC
    days = days_judged(person, since=dt.date(2000, 1, 1), zone=zone)
    judged = VoteEvent.objects.filter(is_rolled_back=False).values_list("at", flat=True)
    assert days == sorted({at.astimezone(zone).date() for at in judged})
    assert len(newest_moments(person)) == 3


def test_what_was_rolled_back_once_does_not_come_back_by_another_window(
    batch: Batch, subject: Subject, organiser: User
) -> None:
    [person] = crowd(subject.project, 1)
    hand_out(batch, person, by=organiser)
    item, *_rest = items_of(batch)
    vote(person, item, REJECT)
    assert roll_back(subject, person, organiser) == RolledBack(removed=1, restored=0)
    between = timezone.now()
    vote(person, item, KEEP)
    done = roll_back_votes(
        subject=subject,
        volunteer=person,
        since=between,
        before=timezone.now() + YESTERDAY,
        actor=organiser,
    )
    assert done == RolledBack(removed=1, restored=0)
    vote(person, item, KEEP)
    begin = VoteEvent.objects.earliest("pk").at + dt.timedelta(microseconds=1)
    done = roll_back_votes(  # a window that the first undoing lies in
        subject=subject,
        volunteer=person,
        since=begin,
        before=timezone.now() + YESTERDAY,
        actor=organiser,
    )
    assert done == RolledBack(removed=1, restored=0)
    assert not Vote.objects.exists()
