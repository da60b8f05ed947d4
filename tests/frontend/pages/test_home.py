"""Home shows each person what waits for them, at a fixed price."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.batches.assign_batch import assign_batch
from curation.batches.cut_batches import cut_batches
from curation.images.models import Image
from curation.projects.models import Membership, Project, Role, User
from curation.subjects.models import Subject
from tests.conftest import make_consent

HOME_QUERIES = 13


def page_of(person: User, address: str) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_volunteer_sees_the_batches_they_hold_and_no_subject_rooms(
    subject: Subject, volunteer: User, organiser: User, make_image: Callable[..., Image]
) -> None:
    make_image()
    [batch] = cut_batches(subject=subject, size=10, actor=organiser)
    assign_batch(batch=batch, volunteer=volunteer, actor=organiser)
    home = page_of(volunteer, "/")
    assert "batch 1" in home
    assert "Start" in home
    assert "flow__count" not in home


def test_an_organiser_sees_how_far_each_subject_is(
    subject: Subject, organiser: User, make_image: Callable[..., Image]
) -> None:
    for _ in range(3):
        make_image()
    home = page_of(organiser, "/")
    assert '<span class="flow__count">3</span>' in home


def test_who_is_in_no_project_is_told_what_to_do(db: None) -> None:
    assert "You are in no project yet" in page_of(User.objects.create_user("newcomer"), "/")


@pytest.mark.parametrize("num_more", [0, 19])
def test_home_costs_the_same_for_one_subject_and_for_twenty(
    project: Project,
    subject: Subject,
    organiser: User,
    admin: User,
    num_more: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(num_more):
        other = Subject.objects.create(project=project, slug=f"s{number}", name=f"S{number}")
        make_consent(other, admin)
    client = Client()
    client.force_login(organiser)
    with django_assert_num_queries(HOME_QUERIES):
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("num_more", [0, 19])
def test_home_costs_the_same_for_one_project_and_for_twenty(
    project: Project,
    subject: Subject,
    admin: User,
    num_more: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(num_more):
        more = Project.objects.create(slug=f"p{number}", name=f"P{number}")
        Membership.objects.create(project=more, user=admin, role=Role.ADMIN)
        other = Subject.objects.create(project=more, slug="ada", name=f"Ada {number}")
        make_consent(other, admin)
    client = Client()
    client.force_login(admin)
    with django_assert_num_queries(HOME_QUERIES + 2):
        home = client.get("/").content.decode()
    assert home.count("flow__count") == 5 * (1 + num_more)
