"""Asking at the desk, over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from curation.batches.models import Batch
from curation.images.models import Image
from curation.projects.models import User
from curation.questions.answer_question import answer_question
from curation.questions.models import MOST_LETTERS, Question
from curation.subjects.models import Subject
from tests.stories.batches import cut, expire, hand_out, items_of

MakeImage = Callable[..., Image]


def handed(subject: Subject, organiser: User, person: User, make_image: MakeImage) -> Batch:
    batch = cut(subject, make_image, num=2, by=organiser)
    hand_out(batch, person, by=organiser)
    return batch


def test_a_question_is_asked_changed_seen_with_its_answer_and_never_with_its_asker(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    batch = handed(subject, organiser, volunteer, make_image)
    item = items_of(batch)[0]
    client.force_login(volunteer)
    for text in ("Is this her sister?", "Is this Eve?", "Is this Eve?"):
        body = {"text": text, "picture": item.image.sha256[:16]}
        asked = client.put(
            f"/api/v1/items/{item.pk}/question", body, content_type="application/json"
        )
        assert asked.status_code == 200
    question = Question.objects.get()
    mine = {"id": question.pk, "item_id": item.pk, "text": "Is this Eve?"}
    assert asked.json() == mine | {"answer": "", "mine": True}

    answer_question(question=question, answer="Yes.", actor=organiser)
    hand_out(batch, organiser, by=organiser)
    for person, is_mine in ((volunteer, True), (organiser, False)):
        client.force_login(person)
        for address in ("desk", "questions"):
            shown = client.get(f"/api/v1/batches/{batch.pk}/{address}").json()["questions"]
            assert shown == [mine | {"answer": "Yes.", "mine": is_mine}]


def test_what_cannot_be_asked_is_refused_as_a_vote_would_be(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    batch = handed(subject, organiser, volunteer, make_image)
    item, other = items_of(batch)
    address = f"/api/v1/items/{item.pk}/question"

    def refusal(**body: str) -> str:
        answer = client.put(address, body, content_type="application/json")
        assert answer.status_code >= 400
        return str(answer.json()["code"])

    assert refusal(text="Eve?") == "not_signed_in"
    client.force_login(volunteer)
    assert refusal(text=" ") == "invalid_input"
    assert refusal(text="?" * (MOST_LETTERS + 1)) == "invalid_input"
    assert refusal(text="Eve?", picture=other.image.sha256[:16]) == "other_picture"
    expire(batch, volunteer)
    assert refusal(text="Eve?") == "lease_expired"
    assert client.delete(address).json()["code"] == "lease_expired"
    assert not Question.objects.exists()


def test_taking_a_question_back_may_be_sent_twice(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    item = items_of(handed(subject, organiser, volunteer, make_image))[0]
    client.force_login(volunteer)
    address = f"/api/v1/items/{item.pk}/question"
    assert client.put(address, {"text": "Eve?"}, content_type="application/json").status_code == 200
    assert [client.delete(address).status_code for _twice in range(2)] == [204, 204]
    assert not Question.objects.exists()
