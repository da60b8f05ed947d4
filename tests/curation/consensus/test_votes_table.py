"""All votes as a table: each of them, no formula, and none that its reader may not see."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.consensus import votes_table as table
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, Project, Role, User
from curation.subjects.models import Subject
from tests.conftest import make_member
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, items_of, vote

MakeImage = Callable[..., Image]
PATH = "/projects/fans/subjects/ada/votes.csv"


@pytest.fixture
def judged(
    project: Project, subject: Subject, organiser: User, make_image: MakeImage
) -> list[Image]:
    """Six images: kept, rejected, settled without votes, and three that nobody has judged."""
    batch = cut(subject, make_image, num=6, by=organiser)
    people = crowd(project, 2)
    hand_out(batch, *people, by=organiser)
    items = items_of(batch)
    for person in people:
        vote(person, items[0], KEEP)
        vote(person, items[1], REJECT, Reason.BLURRY, Reason.COVERED)
    settle(image=items[2].image, verdict=REJECT, reasons=[Reason.DRAWN], actor=organiser)
    return [item.image for item in items]


def rows_for(reader: User, client: Client) -> list[dict[str, str]]:
    client.force_login(reader)
    text = client.get(PATH).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_each_vote_is_a_row_with_what_was_decided(
    judged: list[Image], admin: User, organiser: User, client: Client
) -> None:
    Image.objects.filter(pk=judged[0].pk).update(name="=1+1.jpg")
    rows = rows_for(admin, client)
    of = {n: [row for row in rows if row["number"] == str(n)] for n in range(1, 7)}
    assert [(row["volunteer"], row["verdict"], row["decision"]) for row in of[1]] == [
        ("v1", "keep", "kept"),
        ("v2", "keep", "kept"),
    ]
    assert {row["name"] for row in of[1]} == {"'=1+1.jpg"}
    assert [row["reasons"] for row in of[2]] == ["blurry covered", "blurry covered"]
    [settled] = of[3]
    assert (settled["decision"], settled["settled_by"]) == ("rejected", organiser.username)
    assert settled["volunteer"] == ""
    [line] = ActionLog.objects.filter(action="votes.export")
    assert line.actor == admin


def test_of_what_the_reader_may_yet_have_to_judge_nothing_is_said(
    judged: list[Image], project: Project, admin: User, organiser: User, client: Client
) -> None:
    item = judged[4].batch_item
    third = make_member(project, "third", Role.VOLUNTEER)
    hand_out(item.batch, third, by=organiser)
    before = [row for row in rows_for(admin, client) if row["number"] in "456"]
    assert {row["decision"] for row in before} == {table.HIDDEN}
    vote(third, item, KEEP)
    assert [row for row in rows_for(admin, client) if row["number"] in "456"] == before


@pytest.mark.usefixtures("judged")
def test_many_images_are_read_some_at_a_time(
    subject: Subject,
    admin: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = list(table.votes_table(subject, admin))
    monkeypatch.setattr(table, "IMAGES_AT_ONCE", 2)
    assert list(table.votes_table(subject, admin)) == whole
    monkeypatch.setattr(table, "IMAGES_AT_ONCE", 6)
    with django_assert_max_num_queries(6 + 1):
        list(table.votes_table(subject, admin))
