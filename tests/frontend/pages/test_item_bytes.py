"""Who gets to see the bytes of a batch's pictures, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from curation.batches.close_batch import close_batch
from curation.batches.models import Batch
from curation.images.models import Image
from curation.projects.models import Membership, User
from curation.subjects.models import Consent, Subject
from tests.stories.batches import cut, expire, hand_out


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


def status(client: Client, person: User | None, kind: str = "thumb", position: int = 1) -> int:
    client.logout()
    if person is not None:
        client.force_login(person)
    url = f"/projects/fans/subjects/ada/batches/1/items/{position}/{kind}.webp"
    return int(client.get(url).status_code)


@pytest.mark.parametrize("kind", ["thumb", "preview"])
def test_a_lease_holder_sees_the_picture(
    client: Client, batch: Batch, volunteer: User, kind: str
) -> None:
    client.force_login(volunteer)
    response = client.get(f"/projects/fans/subjects/ada/batches/1/items/1/{kind}.webp")
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("private")
    assert Picture.open(BytesIO(response.content)).format == "WEBP"


def test_organisers_see_it_without_a_lease(client: Client, batch: Batch, organiser: User) -> None:
    assert status(client, organiser) == 200


def test_nobody_else_sees_it(
    client: Client, batch: Batch, admin: User, stranger: User, volunteer: User
) -> None:
    assert status(client, None) == 302
    assert status(client, stranger) == 404
    assert status(client, admin) == 200
    batch.assignments.all().delete()
    assert status(client, volunteer) == 403


def test_it_ends_with_the_lease_the_batch_the_membership_and_the_consent(
    client: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    expire(batch, volunteer)
    assert status(client, volunteer) == 409
    hand_out(batch, volunteer, by=organiser)
    assert status(client, volunteer) == 200
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawn_by=organiser)
    assert status(client, volunteer) == 404
    assert status(client, organiser) == 404
    Consent.objects.update(withdrawn_at=None, withdrawn_by=None)
    close_batch(batch=batch, actor=organiser)
    assert status(client, volunteer) == 409
    Membership.objects.filter(user=volunteer).delete()
    assert status(client, volunteer) == 404


def test_a_place_that_does_not_exist_is_not_found(
    client: Client, batch: Batch, volunteer: User
) -> None:
    assert status(client, volunteer, position=2) == 404
    Image.objects.update(purged_at=timezone.now())
    assert status(client, volunteer) == 404
