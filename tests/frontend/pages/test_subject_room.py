"""A subject's room shows organisers how far its pictures are and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.test import Client

from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis
from curation.analysis.start_analysis import start_missing_analyses
from curation.batches.close_batch import close_batch
from curation.batches.models import Batch
from curation.images.models import Image
from curation.projects.models import User
from curation.sources.models import Source, SourceKind
from curation.sources.run_import import run_import
from curation.sources.start_import import start_import
from curation.subjects.models import Subject
from frontend.addresses import address
from tests.stories.sources import write_pictures


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


def test_the_room_moves_by_itself_while_pictures_come_in_and_are_looked_at(
    subject: Subject, organiser: User, client: Client, weibo: Source, given: Path
) -> None:
    client.force_login(organiser)
    room = address("subject", subject)

    def is_moving() -> bool:
        return "data-live" in client.get(room).content.decode()

    assert not is_moving()
    run = start_import(
        source=weibo,
        kind=SourceKind.FOLDER,
        path=write_pictures(given, {"1.png": 1}),
        given_as="打包 1",
        actor=organiser,
    )
    assert is_moving()
    assert "打包 1 → weibo" in client.get(room).content.decode()
    run_import(import_run_id=run.pk)
    assert "打包 1" not in client.get(room).content.decode()
    assert is_moving(), "its picture has not been looked at"
    start_missing_analyses()
    analyse_image(analysis_id=Analysis.objects.get().pk)
    assert not is_moving()


def test_the_room_is_closed_to_volunteers(
    subject: Subject, volunteer: User, client: Client
) -> None:
    client.force_login(volunteer)
    assert client.get(address("subject", subject)).status_code == 403
