"""An organiser says what the right answer to pictures is, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from curation.consensus.blind import images_to_judge
from curation.consensus.selectors import decisions_on
from curation.errors import InvalidInput, NotAllowed
from curation.gold.mark_gold import mark_gold
from curation.gold.models import Gold
from curation.gold.selectors import gold_of
from curation.gold.taking import LeftOut, Taken
from curation.gold.unmark_gold import unmark_gold
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.used_reasons import ReasonNotUsed
from curation.manual.verdicts import ReasonRequired, Verdict
from curation.projects.models import ActionLog, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.votes.voting_rule import Outcome
from tests.stories.batches import KEEP, REJECT, UNSURE, cut, hand_out, image_row, items_of, vote
from tests.stories.manual import without

pytestmark = pytest.mark.django_db


@pytest.fixture
def images(subject: Subject) -> list[Image]:
    return [image_row(subject, number) for number in range(1, 6)]


def mark(
    of: Subject, who: User, verdict: Verdict, *reasons: Reason, note: str = "", **which: Any
) -> Taken:
    return mark_gold(
        subject=of,
        images=Image.objects.filter(**which),
        verdict=verdict,
        reasons=reasons,
        note=note,
        to_judge=images_to_judge(who, of),
        actor=who,
    )


def unmark(of: Subject, who: User, **which: Any) -> Taken:
    return unmark_gold(
        subject=of,
        images=Image.objects.filter(**which),
        to_judge=images_to_judge(who, of),
        actor=who,
    )


def answers() -> dict[int, tuple[str, str]]:
    rows = Gold.objects.values_list("image__number", "verdict", "reason_codes")
    return {number: (verdict, codes) for number, verdict, codes in rows}


def test_many_get_one_answer_which_can_be_corrected(
    subject: Subject, organiser: User, admin: User, images: list[Image]
) -> None:
    taken = mark(subject, organiser, KEEP, number__in=[1, 2, 4])
    assert sorted(taken.numbers.values()) == [1, 2, 4]
    mark(subject, admin, REJECT, Reason.DRAWN, Reason.BLURRY, note=" 是画的 ", number__in=[2, 5])
    assert answers() == {
        1: ("keep", ""),
        2: ("reject", "blurry,drawn"),
        4: ("keep", ""),
        5: ("reject", "blurry,drawn"),
    }
    gold = gold_of(images[1])
    assert gold
    assert (gold.note, gold.marked_by, gold.reasons) == (
        "是画的",
        admin,
        [Reason.BLURRY, Reason.DRAWN],
    )
    first, second = ActionLog.objects.filter(action="gold.mark").order_by("pk")
    assert (first.details["numbers"], first.details["before"]) == ("1-2,4", [])
    assert second.details == {
        "verdict": "reject",
        "reasons": "blurry,drawn",
        "note": "是画的",
        "images": 2,
        "numbers": "2,5",
        "before": [[2, "keep", "", ""]],
    }


def test_the_same_answer_again_changes_nothing(
    subject: Subject, organiser: User, admin: User, images: list[Image]
) -> None:
    mark(subject, organiser, KEEP, number=1)
    taken = mark(subject, admin, KEEP, number__in=[1, 2])
    assert sorted(taken.numbers.values()) == [1, 2]
    assert Gold.objects.get(image=images[0]).marked_by == organiser
    assert Gold.objects.get(image=images[1]).marked_by == admin
    mark(subject, admin, KEEP, number__in=[1, 2])
    lines = ActionLog.objects.filter(action="gold.mark").order_by("pk")
    assert [line.details["numbers"] for line in lines] == ["1", "2"]


def test_no_new_answer_names_a_reason_that_the_manual_does_not_use_but_an_old_one_may(
    project: Project, subject: Subject, organiser: User, images: list[Image]
) -> None:
    mark(subject, organiser, REJECT, Reason.DRAWN, number=1)
    without(Reason.DRAWN, project, organiser)
    with pytest.raises(ReasonNotUsed, match="put it back into the manual"):
        mark(subject, organiser, REJECT, Reason.DRAWN, number__in=[1, 2])
    assert answers() == {1: ("reject", "drawn")}
    mark(subject, organiser, REJECT, Reason.DRAWN, note="by hand", number=1)
    assert Gold.objects.get().note == "by hand"
    mark(subject, organiser, REJECT, Reason.BLURRY, number__in=[1, 2])


def test_it_is_taken_back_and_stays_in_the_log(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    mark(subject, organiser, REJECT, Reason.COVERED, note="a mask", number__in=[1, 2])
    for _ in range(2):
        taken = unmark(subject, organiser, number__in=[2, 3])
        assert sorted(taken.numbers.values()) == [2, 3], "it does not tell which were gold"
    assert answers() == {1: ("reject", "covered")}
    line = ActionLog.objects.get(action="gold.unmark")
    assert line.details == {
        "images": 1,
        "numbers": "2",
        "before": [[2, "reject", "covered", "a mask"]],
    }


def test_an_answer_has_reasons_exactly_when_it_rejects(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    with pytest.raises(ReasonRequired):
        mark(subject, organiser, REJECT, number=1)
    with pytest.raises(InvalidInput):
        mark(subject, organiser, KEEP, Reason.DRAWN, number=1)
    with pytest.raises(InvalidInput):
        mark(subject, organiser, UNSURE, number=1)
    for verdict, codes in (("keep", "drawn"), ("reject", ""), ("unsure", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Gold.objects.create(
                image=images[0], verdict=verdict, reason_codes=codes, marked_at=timezone.now()
            )
    assert not answers()


def test_others_may_not_and_without_consent_only_taking_back(
    subject: Subject, organiser: User, volunteer: User, images: list[Image]
) -> None:
    with pytest.raises(NotAllowed):
        mark(subject, volunteer, KEEP, number=1)
    mark(subject, organiser, KEEP, number=1)
    with pytest.raises(NotAllowed):
        unmark(subject, volunteer, number=1)
    subject.consents.all().delete()
    with pytest.raises(ConsentMissing), transaction.atomic():
        mark(subject, organiser, KEEP, number=2)
    assert answers() == {1: ("keep", "")}
    unmark(subject, organiser, number=1)
    assert not answers()


def test_purged_pictures_are_named_and_those_of_others_left_alone(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    mark(subject, organiser, KEEP, number=3)
    Image.objects.filter(number=3).update(purged_at="2026-01-01T00:00Z")
    other = Subject.objects.create(project=subject.project, slug="bob", name="Bob")
    image_row(other, 1)
    taken = mark(subject, organiser, REJECT, Reason.DRAWN, number__lte=3)
    assert sorted(taken.numbers.values()) == [1, 2]
    assert taken.left_out == {LeftOut.PURGED: [3]}
    assert answers()[3] == ("keep", ""), "its row stays as it was"
    assert gold_of(images[2]) is None, "but nobody reads it"
    assert Gold.objects.filter(image__subject=other).count() == 0


def test_who_is_yet_to_judge_a_picture_neither_marks_nor_unmarks_it(
    project: Project,
    subject: Subject,
    organiser: User,
    admin: User,
    make_image: Callable[..., Image],
) -> None:
    batch = cut(subject, make_image, num=3, by=admin)
    hand_out(batch, organiser, by=admin)
    first, *_ = items_of(batch)
    vote(organiser, first, KEEP)
    mark(subject, admin, REJECT, Reason.BLURRY, number=2)
    taken = mark(subject, organiser, KEEP, subject=subject)
    assert sorted(taken.numbers.values()) == [1]
    assert taken.left_out == {LeftOut.TO_JUDGE: [2, 3]}, "gold or not"
    assert unmark(subject, organiser, subject=subject).left_out == taken.left_out
    assert answers() == {2: ("reject", "blurry")}


def test_no_decision_follows_from_it(
    subject: Subject, organiser: User, images: list[Image]
) -> None:
    mark(subject, organiser, KEEP, subject=subject)
    decisions = decisions_on(Image.objects.filter(subject=subject))
    assert {each.outcome for each in decisions} == {Outcome.PENDING}


def test_so_many_at_once(subject: Subject, organiser: User, images: list[Image]) -> None:
    rows = [
        Image(
            subject=subject,
            number=number,
            name="",
            sha256=f"{number:064x}",
            size_bytes=1,
            width=1,
            height=1,
        )
        for number in range(6, 2501)
    ]
    Image.objects.bulk_create(rows, batch_size=500)
    assert len(mark(subject, organiser, KEEP, subject=subject).numbers) == 2500
    assert len(unmark(subject, organiser, subject=subject).numbers) == 2500
    assert not Gold.objects.exists()
