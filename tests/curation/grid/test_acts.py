"""What is done with many pictures at once: all of it, as agreed, or nothing."""

from __future__ import annotations

import pytest
from django.db import transaction

from curation.batches.cut_batches import cut_batches
from curation.batches.errors import NothingToCut
from curation.batches.models import Batch, BatchItem
from curation.consensus.models import Ruling
from curation.consensus.settle import settle
from curation.consensus.settle_many import settle_many
from curation.errors import InvalidInput, NotAllowed
from curation.grid.listing import Listing
from curation.grid.selection import Selection, SelectionChanged
from curation.images.models import Image
from curation.images.spans import spans
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import ActionLog, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from tests.stories.batches import image_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def images(subject: Subject) -> list[Image]:
    return [image_row(subject, number) for number in range(1, 11)]


def chosen(
    subject: Subject, viewer: User, *, seen: int, numbers: list[int], is_all: bool = False
) -> Selection:
    listing = Listing(subject=subject, viewer=viewer, chosen={"state": "new"})
    return Selection(listing=listing, is_all=is_all, numbers=numbers, num_seen=seen)


def numbers_in(batch: Batch) -> list[int]:
    return list(batch.items.values_list("image__number", flat=True))


def test_all_but_some_are_what_is_listed_now(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    everything_else = chosen(subject, organiser, seen=8, numbers=[2, 3], is_all=True)
    (batch,) = cut_batches(
        subject=subject, size=100, actor=organiser, chosen=everything_else.images()
    )
    assert numbers_in(batch) == [1, 4, 5, 6, 7, 8, 9, 10]
    with pytest.raises(InvalidInput):  # none of them is new any more
        everything_else.images()


def test_a_selection_is_what_the_person_agreed_to(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    with pytest.raises(SelectionChanged) as refused:
        chosen(subject, organiser, seen=9, numbers=[], is_all=True).images()
    assert refused.value.context == {"now": 10}
    with pytest.raises(InvalidInput):
        chosen(subject, organiser, seen=0, numbers=[]).images()
    with pytest.raises(InvalidInput):
        chosen(subject, organiser, seen=1, numbers=[99]).images()


def test_a_batch_takes_the_chosen_pictures_that_are_in_none(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    cut_batches(
        subject=subject,
        size=2,
        actor=organiser,
        chosen=chosen(subject, organiser, seen=2, numbers=[5, 6]).images(),
    )
    second, third = cut_batches(
        subject=subject,
        size=2,
        actor=organiser,
        chosen=chosen(subject, organiser, seen=4, numbers=[9, 6, 1, 3]).images(),
    )
    assert (numbers_in(second), numbers_in(third)) == ([1, 3], [9])
    assert BatchItem.objects.count() == 5
    with pytest.raises(NothingToCut, match="that you chose"):
        cut_batches(
            subject=subject,
            size=2,
            actor=organiser,
            chosen=chosen(subject, organiser, seen=1, numbers=[9]).images(),
        )


def test_many_are_settled_as_each_would_be(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    settle(image=images[0], verdict=Verdict.KEEP, note="the best one", actor=organiser)
    num = settle_many(
        subject=subject,
        images=chosen(subject, organiser, seen=3, numbers=[1, 2, 4]).images(),
        verdict=Verdict.REJECT,
        reasons=[Reason.DUPLICATE],
        actor=organiser,
    )
    assert num == 3
    rulings = Ruling.objects.order_by("image__number")
    assert [
        (each.image.number, each.verdict, each.reasons, each.note, each.ruled_by)
        for each in rulings
    ] == [(number, "reject", [Reason.DUPLICATE], "", organiser) for number in (1, 2, 4)]
    line = ActionLog.objects.get(action="image.settle_many")
    assert line.details == {
        "verdict": "reject",
        "reasons": "duplicate",
        "images": 3,
        "numbers": "1-2,4",
        "before": [[1, "keep", ""]],
    }


def test_others_may_not_and_nothing_without_consent(
    subject: Subject, organiser: User, volunteer: User, images: list[Image]
) -> None:
    those = Image.objects.filter(subject=subject)
    with pytest.raises(NotAllowed):
        settle_many(subject=subject, images=those, verdict=Verdict.KEEP, actor=volunteer)
    with pytest.raises(InvalidInput):
        settle_many(subject=subject, images=those, verdict=Verdict.UNSURE, actor=organiser)
    subject.consents.all().delete()
    with pytest.raises(ConsentMissing), transaction.atomic():
        settle_many(subject=subject, images=those, verdict=Verdict.KEEP, actor=organiser)
    assert not Ruling.objects.exists()


def test_purged_pictures_and_those_of_others_are_left_alone(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    Image.objects.filter(number=3).update(purged_at="2026-01-01T00:00Z")
    other = Subject.objects.create(project=subject.project, slug="bob", name="Bob")
    image_row(other, 1)
    num = settle_many(
        subject=subject, images=Image.objects.all(), verdict=Verdict.KEEP, actor=organiser
    )
    assert num == 9 == Ruling.objects.filter(image__subject=subject).count()
    assert not Ruling.objects.filter(image__number=3).exists()


def test_numbers_in_short() -> None:
    assert spans([]) == ""
    assert spans([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10"
