"""How well somebody knew gold: by their first word, and only where the answer is still known."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.gold.models import Gold, GoldAnswer, GoldAnswerEvent, Kind
from curation.gold.selectors import accuracy_of, answers_of, num_hidden_answers
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from tests.stories.batches import KEEP, REJECT, UNSURE, image_row
from tests.stories.gold import event, gold

pytestmark = pytest.mark.django_db


@pytest.fixture
def images(subject: Subject) -> list[Image]:
    return [image_row(subject, number) for number in range(1, 7)]


def told(person: User, project: Project) -> dict[str, tuple[int, int, dict[str, int]]]:
    found = accuracy_of(person, project)
    return {key: (each.asked, each.right, dict(each.instead)) for key, each in found.items()}


def test_it_counts_by_what_would_have_been_right(
    project: Project, volunteer: User, images: list[Image]
) -> None:
    gold(images[0], KEEP)
    gold(images[1], REJECT, Reason.BLURRY)
    gold(images[2], REJECT, Reason.BLURRY, Reason.DRAWN)
    gold(images[3], REJECT, Reason.BLURRY)
    event(volunteer, images[3], UNSURE)
    event(volunteer, images[0], REJECT, Reason.COVERED)
    event(volunteer, images[1], REJECT, Reason.BLURRY, Reason.COVERED)
    event(volunteer, images[2], KEEP, kind=Kind.PRACTICE)
    assert told(volunteer, project) == {
        "keep": (1, 0, {"covered": 1}),
        "blurry": (3, 1, {"unsure": 1, "keep": 1}),
        "drawn": (1, 0, {"keep": 1}),
    }
    in_time = [(each.gold.image_id, each.is_right) for each in answers_of(volunteer, project)]
    assert in_time == [
        (images[3].pk, False),
        (images[0].pk, False),
        (images[1].pk, True),
        (images[2].pk, False),
    ]
    hidden = accuracy_of(volunteer, project, kinds=[Kind.HIDDEN])
    assert (hidden["blurry"].asked, "drawn" in hidden) == (2, False)


def test_the_first_word_counts_whatever_comes_after(
    project: Project, volunteer: User, images: list[Image]
) -> None:
    gold(images[0], KEEP)
    event(volunteer, images[0], REJECT, Reason.DRAWN)
    event(volunteer, images[0], "")
    event(volunteer, images[0], KEEP)
    assert told(volunteer, project) == {"keep": (1, 0, {"drawn": 1})}


def test_what_is_purged_or_gold_no_more_or_ones_own_is_not_counted(
    project: Project, volunteer: User, organiser: User, images: list[Image]
) -> None:
    for image in images[:3]:
        gold(image, KEEP, by=organiser)
        event(volunteer, image, KEEP)
        event(organiser, image, KEEP)
    Image.objects.filter(pk=images[0].pk).update(purged_at=timezone.now())
    Gold.objects.filter(pk=images[1].pk).delete()
    assert told(volunteer, project) == {"keep": (1, 1, {})}
    assert told(organiser, project) == {}, "whoever marked it knew it"
    gold(images[1], REJECT, Reason.DRAWN, by=organiser)
    assert told(volunteer, project)["drawn"] == (1, 0, {"keep": 1}), "by what is known today"


def test_others_and_other_projects_are_none_of_it(
    project: Project, volunteer: User, admin: User, images: list[Image]
) -> None:
    elsewhere = Project.objects.create(slug="more", name="More")
    bob = Subject.objects.create(project=elsewhere, slug="bob", name="Bob")
    other = image_row(bob, 1)
    gold(other, KEEP)
    gold(images[0], KEEP)
    event(volunteer, other, KEEP)
    event(admin, images[0], KEEP)
    assert told(volunteer, project) == {}


def test_it_is_one_query(
    project: Project,
    volunteer: User,
    images: list[Image],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for num in (1, 6):
        for image in images[:num]:
            if not Gold.objects.filter(pk=image.pk).exists():
                gold(image, REJECT, Reason.DRAWN)
            event(volunteer, image, REJECT, Reason.DRAWN)
        with django_assert_num_queries(1):
            assert accuracy_of(volunteer, project)["drawn"].asked == num


def test_the_database_itself_refuses_what_must_not_be(volunteer: User, images: list[Image]) -> None:
    row = {
        "person": volunteer,
        "image": images[0],
        "kind": Kind.HIDDEN,
        "manual_version": 1,
        "cast_at": timezone.now(),
    }
    for verdict, codes in (("reject", ""), ("keep", "drawn"), ("", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            GoldAnswer.objects.create(**row, verdict=verdict, reason_codes=codes)
    GoldAnswer.objects.create(**row, verdict="keep")
    with pytest.raises(IntegrityError), transaction.atomic():
        GoldAnswer.objects.create(**row, verdict="keep")
    assert num_hidden_answers(volunteer) == 1
    written = event(volunteer, images[0], KEEP)
    with pytest.raises(TypeError):
        written.save()
    with pytest.raises(TypeError):
        written.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        GoldAnswerEvent.objects.create(
            image=images[1],
            person=volunteer,
            kind=Kind.HIDDEN,
            verdict="keep",
            manual_version=1,
            client_key=written.client_key,
            at=timezone.now(),
        )
