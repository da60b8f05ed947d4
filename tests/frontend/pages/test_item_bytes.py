"""The pictures of a batch: who sees them at the desk, and how that ends on a page that is open."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from curation.accounts.deactivate import deactivate
from curation.batches.close_batch import close_batch
from curation.batches.models import Assignment, Batch
from curation.batches.reopen_batch import reopen_batch
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.images.models import Image
from curation.projects.change_role import change_role
from curation.projects.models import Membership, Role, User
from curation.projects.remove_member import remove_member
from curation.subjects.models import Consent, Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import make_consent
from tests.stories.batches import cut, expire, hand_out
from tests.stories.pictures import old_address, says


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def desk(client: Client, volunteer: User) -> Client:
    """The volunteer's browser."""
    client.force_login(volunteer)
    return client


def shown_at(desk: Client, batch: Batch, kind: str = "thumb") -> str:
    """Where the open desk has its first picture from."""
    answer = desk.get(f"/api/v1/batches/{batch.pk}/desk")
    return str(answer.json()["items"][0][f"{kind}_url"])


def status(client: Client, address: str) -> int:
    return int(client.get(address).status_code)


@pytest.mark.parametrize("kind", ["thumb", "preview"])
def test_a_lease_holder_sees_the_picture(desk: Client, batch: Batch, kind: str) -> None:
    response = desk.get(shown_at(desk, batch, kind))
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("private")
    assert Picture.open(BytesIO(response.content)).format == "WEBP"


def test_an_address_tells_nothing_of_the_picture(desk: Client, batch: Batch) -> None:
    image = Image.objects.get()
    Image.objects.update(number=770011, name="secret.png")
    address = shown_at(desk, batch)
    for secret in ("770011", "secret", image.sha256[:8], "ada"):
        assert secret not in address


def status_of_old(client: Client, person: User | None, subject: Subject) -> int:
    """What somebody gets for an address that a page once gave them."""
    client.logout()
    if person is None:
        return status(client, "/pictures/of-nobody/thumb.webp")
    client.force_login(person)
    return status(client, old_address(client, subject, Image.objects.get().sha256))


def test_only_who_may_sees_it(
    client: Client,
    batch: Batch,
    subject: Subject,
    admin: User,
    organiser: User,
    stranger: User,
    volunteer: User,
) -> None:
    assert status_of_old(client, None, subject) == 302
    assert status_of_old(client, stranger, subject) == 404
    assert status_of_old(client, admin, subject) == 200
    assert status_of_old(client, organiser, subject) == 200
    assert status_of_old(client, volunteer, subject) == 200
    batch.assignments.all().delete()
    assert status_of_old(client, volunteer, subject) == 403


def test_it_ends_with_the_lease_the_batch_the_membership_and_the_consent(
    desk: Client, batch: Batch, volunteer: User, organiser: User, admin: User
) -> None:
    address = shown_at(desk, batch)
    assert status(desk, address) == 200

    revoke_batch(batch=batch, volunteer=volunteer, actor=organiser)
    assert status(desk, address) == 403
    hand_out(batch, volunteer, by=organiser)
    assert status(desk, address) == 200, "an open page goes on where it may"

    address = shown_at(desk, batch)
    return_batch(batch=batch, actor=volunteer)
    assert status(desk, address) == 403
    hand_out(batch, volunteer, by=organiser)

    address = shown_at(desk, batch)
    close_batch(batch=batch, actor=organiser)
    assert status(desk, address) == 409
    reopen_batch(batch=batch, actor=organiser)

    address = shown_at(desk, batch)
    withdraw_consent(consent=Consent.objects.get(), actor=admin)
    assert status(desk, address) == 404
    make_consent(batch.subject, admin)

    address = shown_at(desk, batch)
    remove_member(
        project=batch.subject.project,
        membership_id=Membership.objects.get(user=volunteer).pk,
        actor=admin,
    )
    assert status(desk, address) == 404


def test_it_ends_with_the_time_of_the_lease(desk: Client, batch: Batch, volunteer: User) -> None:
    soon = timezone.now() + dt.timedelta(seconds=2)
    Assignment.objects.update(leased_until=soon)
    address = shown_at(desk, batch)
    assert says(desk, address).expires == int(soon.timestamp())
    while time.time() < says(desk, address).expires:
        time.sleep(0.05)
    expire(batch, volunteer)
    assert status(desk, address) == 409


def test_it_ends_with_the_role_and_the_account(
    client: Client, batch: Batch, subject: Subject, organiser: User, admin: User
) -> None:
    client.force_login(organiser)
    decisions = f"/projects/fans/subjects/ada/batches/{batch.number}/decisions/"

    def shown() -> str:
        page = client.get(decisions).content.decode()
        return page.split('<img class="portrait" src="')[1].split('"')[0]

    address = shown()
    assert status(client, address) == 200
    member = Membership.objects.get(user=organiser)
    change_role(project=subject.project, membership_id=member.pk, role=Role.VOLUNTEER, actor=admin)
    assert status(client, address) == 403
    change_role(project=subject.project, membership_id=member.pk, role=Role.ORGANISER, actor=admin)
    address = shown()
    assert status(client, address) == 200
    deactivate(person=organiser, actor=admin)
    assert status(client, address) == 302


def test_what_was_purged_is_not_found(desk: Client, batch: Batch, subject: Subject) -> None:
    address = old_address(desk, subject, Image.objects.get().sha256)
    assert status(desk, address) == 200
    Image.objects.update(purged_at=timezone.now())
    assert status(desk, address) == 404
