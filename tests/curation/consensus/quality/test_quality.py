"""Where judges agree and where they do not, from votes as they are cast."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from django.utils import timezone

from curation.batches.models import Batch
from curation.consensus.quality.figures import Quality, quality_of
from curation.consensus.quality.judgements import judgements_on
from curation.consensus.quality.table import COLUMNS, export_quality
from curation.consensus.settle import settle
from curation.errors import NotAllowed
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, Project, Rule, User
from curation.subjects.models import Subject
from curation.votes.aggregation.stopping import is_watched
from curation.votes.models import Vote
from curation.votes.tallies import recount
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, cut, hand_out, items_of, vote


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=40, by=organiser)


def quality_now(subject: Subject) -> Quality:
    return quality_of(judgements_on(subject).pictures)


@pytest.fixture
def judged(batch: Batch, subject: Subject, organiser: User) -> list[User]:
    """Two see the same: 20 to keep, 10 blurry. On 10 covered ones the second overlooks it, and a
    third decides with the first."""
    first, second, third = crowd(subject.project, 3)
    hand_out(batch, first, second, third, by=organiser)
    for place, item in enumerate(items_of(batch)):
        if place < 20:
            for person in (first, second):
                vote(person, item, KEEP)
        elif place < 30:
            for person in (first, second):
                vote(person, item, REJECT, Reason.BLURRY)
        else:
            vote(first, item, REJECT, Reason.COVERED)
            vote(second, item, KEEP)
            vote(third, item, REJECT, Reason.COVERED)
    return [first, second, third]


def test_the_reason_that_people_differ_on_comes_first(subject: Subject, judged: list[User]) -> None:
    quality = quality_now(subject)
    assert [(row.key, row.num, row.both) for row in quality.reasons] == [
        ("covered", 10, 0),
        ("keep", 30, 20),
        ("blurry", 10, 10),
    ]
    kappas = [row.kappa.value for row in quality.reasons if row.kappa]
    assert kappas == sorted(kappas)
    assert kappas[0] < 0, "one of two, ten times: worse than chance"
    assert kappas[-1] == pytest.approx(1)


def test_who_overlooks_what_is_said_of_them(subject: Subject, judged: list[User]) -> None:
    first, second, third = judged
    rows = {row.person_id: row for row in quality_now(subject).volunteers}
    assert rows[second.pk].overlooked == 10
    assert rows[second.pk].most_overlooked == "covered"
    assert rows[second.pk].overstrict == 0
    # Of the covered ones the others are split about the first: one says so and one does not.
    assert rows[first.pk].num == 30
    assert rows[first.pk].overlooked == 0
    assert third.pk not in rows, "nor can it be said whether the third is right"
    assert quality_now(subject).volunteers[0].person_id == second.pk


def test_an_organisers_word_is_what_all_are_compared_with(
    subject: Subject, judged: list[User], organiser: User
) -> None:
    for image in Image.objects.filter(number__gt=30):
        settle(image=image, verdict=KEEP, actor=organiser)
    rows = {row.person_id: row for row in quality_now(subject).volunteers}
    assert rows[judged[1].pk].overlooked == 0
    assert rows[judged[0].pk].overstrict == 10
    assert rows[judged[2].pk].num == 10


def test_what_is_taken_for_what(subject: Subject, judged: list[User]) -> None:
    confusion = quality_now(subject).confusion
    assert confusion["covered"] == {"keep": 10}
    assert confusion["blurry"] == {"blurry": 20}
    assert confusion["keep"] == {"keep": 40}


def test_pictures_that_wait_for_a_vote_and_who_was_unsure_count_nowhere(
    batch: Batch, subject: Subject, organiser: User
) -> None:
    first, second, third = crowd(subject.project, 3)
    hand_out(batch, first, second, third, by=organiser)
    waiting, unsure, *_rest = items_of(batch)
    vote(first, waiting, KEEP)
    vote(first, unsure, UNSURE)
    vote(second, unsure, KEEP)
    vote(third, unsure, KEEP)
    judgements = judgements_on(subject)
    assert [len(each.opinions) for each in judgements.pictures] == [3]
    quality = quality_of(judgements.pictures)
    assert quality.reasons == []
    assert {row.person_id for row in quality.volunteers} == {second.pk, third.pk}


def test_of_many_pictures_an_even_share_is_read(subject: Subject, judged: list[User]) -> None:
    some = judgements_on(subject, at_most=10)
    assert (some.one_of, some.num_judged) == (4, 40)
    assert 9 <= len(some.pictures) <= 11
    assert len(judgements_on(subject, at_most=None).pictures) == 40


def test_the_table_holds_a_row_for_everything_and_is_on_record(
    subject: Subject, judged: list[User], organiser: User, volunteer: User
) -> None:
    rows = list(export_quality(subject=subject, actor=organiser))
    assert rows[0] == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert [row[1] for row in rows[1:]] == [
        *("keep or reject", "covered", "keep", "blurry"),
        *(judged[1].username, judged[0].username),
    ]
    assert ActionLog.objects.filter(action="quality.export", actor=organiser).count() == 1
    with pytest.raises(NotAllowed):
        export_quality(subject=subject, actor=volunteer)


def test_where_votes_count_by_weight_only_watched_pictures_tell(
    subject: Subject, organiser: User, make_image: Callable[..., Image]
) -> None:
    """Others have a second vote only where the first was not enough."""
    images = [make_image(of=subject) for _ in range(12)]
    people = crowd(subject.project, 5)
    for image in images:
        for person in people:
            said = {"verdict": "keep", "manual_version": 1, "cast_at": timezone.now()}
            Vote.objects.create(image=image, volunteer=person, **said)
    seeds = (f"{number}" for number in count())
    for seed in seeds:
        watched = [each for each in images if is_watched(str(each.pk), seed=seed)]
        if len(watched) == 2:
            break
    rule = {"rule": Rule.WEIGHTED, "watch_seed": seed}
    Project.objects.filter(pk=subject.project_id).update(**rule)
    subject.refresh_from_db()
    recount(Image.objects.filter(subject=subject))
    told = judgements_on(subject)
    assert (told.num_judged, len(told.pictures)) == (2, 2)
    assert all(len(each.opinions) == 5 for each in told.pictures)
