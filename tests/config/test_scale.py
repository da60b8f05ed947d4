"""Data to measure with: every state of things occurs, and nobody else's project is touched."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from config.scale.make import NotItsOwn, Scale, make_scale_data
from curation.batches.models import Batch
from curation.batches.selectors import batches_of
from curation.consensus.selectors import state_counts
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.votes.models import Vote, VoteEvent
from curation.votes.progress import batches_held_by, progress_of_batches

pytestmark = pytest.mark.django_db


def _make(images: int, subjects: int = 1) -> Project:
    return make_scale_data(Scale(images=images, subjects=subjects), report=lambda _: None)


def test_all_that_happens_to_pictures_has_happened_to_some() -> None:
    project = _make(2000, subjects=2)
    for subject in Subject.objects.filter(project=project):
        counts = state_counts(subject)
        assert counts.total == 1000 == subject.last_number
        assert min(counts.by_outcome.values()) > 0
        assert [
            each.num_images
            for each in progress_of_batches(list(batches_of(subject).order_by("number")))
        ] == [100] * 9
    assert 0 < Batch.objects.filter(closed_at=None).count() < Batch.objects.count()
    assert Vote.objects.count() == VoteEvent.objects.count() > 2000
    assert batches_held_by(User.objects.get(username="scale-1"))


def test_it_adds_to_its_own_project() -> None:
    assert _make(100) == _make(100)
    assert Subject.objects.count() == 2


def test_it_leaves_a_project_alone_that_it_did_not_make() -> None:
    Project.objects.create(slug="scale", name="Somebody's scales")
    with pytest.raises(NotItsOwn):
        _make(100)
    assert not Subject.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_scale_data", images=100)
    assert "/projects/scale/" in capsys.readouterr().out
    Project.objects.update(slug="moved")
    Project.objects.create(slug="scale", name="Somebody else's")
    with pytest.raises(CommandError, match="not made by this command"):
        call_command("make_scale_data", images=100)
