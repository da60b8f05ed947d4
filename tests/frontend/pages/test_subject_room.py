"""A subject's room shows organisers how far its pictures are and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from curation.batches.close_batch import close_batch
from curation.batches.models import Batch
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject
from frontend.addresses import address


def test_pictures_in_no_batch_wait_to_be_cut_into_batches(
    subject: Subject, organiser: User, client: Client, make_image: Callable[..., Image]
) -> None:
    make_image()
    client.force_login(organiser)
    assert "Cut batches" in client.get(address("subject", subject)).content.decode()


def test_the_room_lists_batches_that_are_open(
    subject: Subject, organiser: User, client: Client
) -> None:
    batches = [
        Batch.objects.create(subject=subject, number=number, created_by=organiser)
        for number in (1, 2)
    ]
    client.force_login(organiser)
    close_batch(batch=batches[0], actor=organiser)
    room = client.get(address("subject", subject)).content.decode()
    assert "Batch 2" in room
    assert "Batch 1" not in room
    close_batch(batch=batches[1], actor=organiser)
    assert "All batches are closed." in client.get(address("subject", subject)).content.decode()


def test_the_room_is_closed_to_volunteers(
    subject: Subject, volunteer: User, client: Client
) -> None:
    client.force_login(volunteer)
    assert client.get(address("subject", subject)).status_code == 403
