"""Somebody asks about a picture on their desk; an organiser answers once for all who get it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.errors import LeaseExpired, NotAssigned
from curation.batches.models import Batch, BatchItem
from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.gold.models import GoldItem, Kind
from curation.images.models import Image
from curation.projects.models import ActionLog, Project, User
from curation.questions.access import access_question
from curation.questions.answer_question import answer_question
from curation.questions.ask_question import ask_question
from curation.questions.models import MOST_LETTERS, Question
from curation.questions.selectors import answered_questions, open_questions, questions_on_desk
from curation.questions.withdraw_question import withdraw_question
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.batches import KEEP, crowd, cut, expire, hand_out, image_row, items_of, vote
from tests.stories.gold import gold

MakeImage = Callable[..., Image]
SISTER = "Is this her sister?"


@pytest.fixture
def batch(subject: Subject, organiser: User, volunteer: User, make_image: MakeImage) -> Batch:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def item(batch: Batch) -> BatchItem:
    return items_of(batch)[0]


def ask(person: User, item: BatchItem, text: str = SISTER) -> Question:
    return ask_question(item_id=item.pk, text=text, person=person)


def answer(question: Question, who: User, text: str = "Yes, reject her.") -> Question:
    return answer_question(question=question, answer=text, actor=who)


def seen_by(person: User, batch: Batch) -> list[tuple[int, str, str, bool]]:
    return [
        (each.item_id, each.question.text, each.question.answer, each.is_mine)
        for each in questions_on_desk(batch, person)
    ]


def test_the_asker_and_organisers_see_an_open_question_the_answered_one_everybody_with_the_picture(
    project: Project, batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    (other,) = crowd(project, 1)
    hand_out(batch, other, by=organiser)
    question = ask(volunteer, item)
    assert seen_by(volunteer, batch) == [(item.pk, SISTER, "", True)]
    assert seen_by(other, batch) == []
    assert open_questions([batch.subject_id], organiser) == [question]

    answer(question, organiser)
    assert seen_by(volunteer, batch) == [(item.pk, SISTER, "Yes, reject her.", True)]
    assert seen_by(other, batch) == [(item.pk, SISTER, "Yes, reject her.", False)]
    assert open_questions([batch.subject_id], organiser) == []
    assert list(answered_questions(batch.subject)) == [question]


def test_asking_again_edits_the_question_until_it_is_answered_and_then_asks_another(
    batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    first = ask(volunteer, item)
    assert ask(volunteer, item, "  Or her cousin? ") == first
    assert seen_by(volunteer, batch) == [(item.pk, "Or her cousin?", "", True)]
    answer(first, organiser)
    second = ask(volunteer, item, "And who is behind her?")
    assert second != first
    assert [text for _item, text, _answer, _mine in seen_by(volunteer, batch)] == [
        "Or her cousin?",
        "And who is behind her?",
    ]


def test_what_is_sent_again_changes_nothing_also_when_it_was_answered_meanwhile(
    batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    question = ask(volunteer, item)
    assert ask(volunteer, item) == question
    answer(question, organiser)
    answer(question, organiser)
    assert ask(volunteer, item) == question
    acts = ActionLog.objects.filter(action__startswith="question.").order_by("pk")
    assert [act.action for act in acts] == ["question.ask", "question.answer"]


def test_a_question_is_taken_back_before_it_is_answered_and_stays_after(
    batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    ask(volunteer, item)
    for _again in range(2):
        withdraw_question(item_id=item.pk, person=volunteer)
        assert not Question.objects.exists()
    question = ask(volunteer, item)
    answer(question, organiser)
    withdraw_question(item_id=item.pk, person=volunteer)
    assert Question.objects.get() == question


def test_who_takes_a_question_back_while_it_is_being_answered_is_not_answered(
    batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    question = ask(volunteer, item)
    withdraw_question(item_id=item.pk, person=volunteer)
    with pytest.raises(NotFound):
        answer(question, organiser)


def test_an_answer_is_amended_on_record(
    batch: Batch, item: BatchItem, organiser: User, admin: User, volunteer: User
) -> None:
    question = ask(volunteer, item)
    answer(question, organiser)
    answer(question, admin, "No, it is herself.")
    amended = Question.objects.get()
    assert (amended.answer, amended.answered_by) == ("No, it is herself.", admin)
    act = ActionLog.objects.get(action="question.amend")
    assert (act.actor, act.details["before"]) == (admin, "Yes, reject her.")


@pytest.mark.parametrize("text", ["", " \n", "?" * (MOST_LETTERS + 1)])
def test_a_question_says_something_and_not_too_much(
    item: BatchItem, organiser: User, volunteer: User, text: str
) -> None:
    with pytest.raises(InvalidInput):
        ask(volunteer, item, text)
    question = ask(volunteer, item)
    with pytest.raises(InvalidInput):
        answer(question, organiser, text)


def test_only_who_may_vote_on_a_picture_may_ask_about_it(
    project: Project,
    batch: Batch,
    item: BatchItem,
    organiser: User,
    admin: User,
    volunteer: User,
) -> None:
    (other,) = crowd(project, 1)
    for person in (other, organiser):
        with pytest.raises(NotAssigned):
            ask(person, item)
    expire(batch, volunteer)
    with pytest.raises(LeaseExpired):
        ask(volunteer, item)
    hand_out(batch, volunteer, by=organiser)
    withdraw_consent(consent=batch.subject.consents.get(), actor=admin)
    with pytest.raises(ConsentMissing):
        ask(volunteer, item)
    assert not Question.objects.exists()


def test_only_organisers_answer_and_only_under_consent(
    item: BatchItem, organiser: User, admin: User, volunteer: User
) -> None:
    question = ask(volunteer, item)
    with pytest.raises(NotAllowed):
        answer(question, volunteer)
    withdraw_consent(consent=question.image.subject.consents.get(), actor=admin)
    with pytest.raises(ConsentMissing):
        answer(question, organiser)


def test_an_organiser_who_has_yet_to_judge_the_picture_sees_its_question_only_after_their_vote(
    project: Project, batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    question = ask(volunteer, item)
    address = (project.slug, batch.subject.slug, question.pk)
    assert open_questions([batch.subject_id], organiser) == []
    assert questions_on_desk(batch, organiser) == []
    with pytest.raises(NotFound):
        access_question(organiser, *address)
    vote(organiser, item, KEEP)
    assert open_questions([batch.subject_id], organiser) == [question]
    assert access_question(organiser, *address) == question


def test_questions_about_a_purged_picture_are_nowhere(
    project: Project, batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    waiting, answered = ask(volunteer, item), ask(volunteer, items_of(batch)[1])
    answer(answered, organiser)
    Image.objects.update(purged_at=timezone.now())
    assert seen_by(volunteer, batch) == []
    assert open_questions([batch.subject_id], organiser) == []
    assert not answered_questions(batch.subject).exists()
    for question in (waiting, answered):
        with pytest.raises(NotFound):
            access_question(organiser, project.slug, batch.subject.slug, question.pk)
        with pytest.raises(NotFound):
            answer(question, organiser, "Too late.")


def test_a_question_of_another_subject_is_not_found_at_this_ones_address(
    project: Project, item: BatchItem, organiser: User, volunteer: User, bob: Subject
) -> None:
    question = ask(volunteer, item)
    with pytest.raises(NotFound):
        access_question(organiser, project.slug, bob.slug, question.pk)


def test_the_database_itself_refuses_what_must_not_be(
    batch: Batch, item: BatchItem, volunteer: User
) -> None:
    given = {
        "image": item.image,
        "batch": batch,
        "asked_by": volunteer,
        "asked_at": timezone.now(),
    }
    Question.objects.create(**given, text=SISTER)
    for wrong in (
        {"text": "A second open one"},
        {"text": "", "answer": "Yes", "answered_at": timezone.now()},
        {"text": "Who?", "answer": "Nobody says when"},
        {"text": "Who?", "answered_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.create(**given, **wrong)


@pytest.mark.parametrize("num", [1, 20])
def test_reading_costs_the_same_however_much_was_asked(
    subject: Subject,
    organiser: User,
    volunteer: User,
    make_image: MakeImage,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = cut(subject, make_image, num=num, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    for item in items_of(batch):
        ask(volunteer, item)
    with django_assert_num_queries(3):
        assert len(questions_on_desk(batch, volunteer)) == num
    with django_assert_num_queries(2):
        waiting = open_questions([subject.pk], organiser)
        assert {each.asked_by.username for each in waiting} == {volunteer.username}


def test_asking_about_hidden_gold_is_like_asking_about_any_other_picture(
    batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    known = image_row(batch.subject, 100)
    gold(known, KEEP)
    lease = batch.assignments.get(volunteer=volunteer)
    hidden = GoldItem.objects.create(
        lease=lease, person=volunteer, image=known, kind=Kind.HIDDEN, place=2
    )
    asked = [
        ask_question(item_id=each, text=SISTER, person=volunteer) for each in (item.pk, hidden.pk)
    ]
    assert seen_by(volunteer, batch) == [(each, SISTER, "", True) for each in (item.pk, hidden.pk)]
    assert open_questions([batch.subject_id], organiser) == asked
    answer(asked[1], organiser)
    assert (hidden.pk, SISTER, "Yes, reject her.", True) in seen_by(volunteer, batch)
    withdraw_question(item_id=item.pk, person=volunteer)
    expire(batch, volunteer)
    refusals = []
    for each in (item.pk, hidden.pk):
        with pytest.raises(LeaseExpired) as refused:
            ask_question(item_id=each, text="And now?", person=volunteer)
        refusals.append((refused.value.message, refused.value.context))
    assert refusals[0] == refusals[1]


def test_hidden_gold_is_shown_without_what_others_asked_about_it(
    project: Project, batch: Batch, item: BatchItem, organiser: User, volunteer: User
) -> None:
    (other,) = crowd(project, 1)
    hand_out(batch, other, by=organiser)
    known = image_row(batch.subject, 100)
    gold(known, KEEP)
    theirs, mine = (
        GoldItem.objects.create(
            lease=batch.assignments.get(volunteer=person),
            person=person,
            image=known,
            kind=Kind.HIDDEN,
            place=2,
        )
        for person in (other, volunteer)
    )
    asked = ask_question(item_id=theirs.pk, text="Is it Eve?", person=other)
    for question in (asked, ask(other, item)):
        answer(question, organiser)
    assert seen_by(volunteer, batch) == [(item.pk, SISTER, "Yes, reject her.", False)]
    assert (theirs.pk, "Is it Eve?", "Yes, reject her.", True) in seen_by(other, batch)
    own = ask_question(item_id=mine.pk, text="And this?", person=volunteer)
    answer(own, organiser)
    assert (mine.pk, "And this?", "Yes, reject her.", True) in seen_by(volunteer, batch)
    assert "Is it Eve?" not in [text for _item, text, _answer, _mine in seen_by(volunteer, batch)]
