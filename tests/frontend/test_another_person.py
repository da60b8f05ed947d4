"""A page that was open when somebody else signed in does nothing in their name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.projects.models import Role, User
from curation.subjects.models import Subject
from tests.conftest import make_member
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, items_of, vote

ROOM = "/projects/fans/subjects/ada/"


@pytest.fixture
def other(subject: Subject) -> User:
    """Somebody with the same rights as the organiser."""
    return make_member(subject.project, "olaf", Role.ORGANISER)


def person_in(page: str, form: str) -> str:
    """Whom the form at `form` names."""
    (said,) = re.findall(rf'action="{form}".*?name="person" value="(\d+)"', page, re.DOTALL)
    return str(said)


def test_no_ruling(
    subject: Subject, organiser: User, other: User, make_image: Callable[..., Image], client: Client
) -> None:
    batch = cut(subject, make_image, num=1, by=organiser)
    people = crowd(subject.project, 3)
    hand_out(batch, *people, by=organiser)
    for person, verdict in zip(people, (KEEP, REJECT, KEEP), strict=True):
        vote(person, items_of(batch)[0], verdict)
    client.force_login(organiser)
    address = f"{ROOM}contested/1/"
    given = {"verdict": "keep", "person": person_in(client.get(address).content.decode(), address)}
    client.force_login(other)
    refused = client.post(address, given)
    assert refused.status_code == 409
    assert "olaf has signed in" in refused.content.decode()
    assert not Ruling.objects.exists()
    client.force_login(organiser)
    assert client.post(address, given).status_code == 302
    assert Ruling.objects.get().ruled_by == organiser
    client.force_login(other)
    assert client.post(f"{address}withdraw/", given).status_code == 409
    assert Ruling.objects.exists()


def test_no_return(
    subject: Subject, organiser: User, other: User, make_image: Callable[..., Image], client: Client
) -> None:
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, organiser, other, by=organiser)
    client.force_login(organiser)
    vote(organiser, items_of(batch)[0], KEEP)
    address = f"{ROOM}batches/1/return/"
    given = {"person": person_in(client.get("/").content.decode(), address)}
    client.force_login(other)
    assert client.post(address, given).status_code == 409
    assert not batch.assignments.exclude(returned_at=None).exists()
