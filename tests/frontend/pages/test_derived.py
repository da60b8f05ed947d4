"""When a consent is withdrawn, everything that was made from the pictures is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.projects.models import User
from curation.releases.models import Release
from curation.subjects.models import Subject
from frontend.addresses import address
from tests.stories.runs import put_checkpoint
from training.conversions.begin_conversion import begin_conversion
from training.conversions.models import Into
from training.engine.run.checkpoint_files import SavedCheckpoint
from training.runs.models import Run
from training.runs.run_folder import folder_of

PAGE = "/projects/fans/subjects/ada/derived/"


def convert_with(run: Run, source: Path, by: User) -> None:
    """Put a conversion on record, as the command line begins one."""
    source.touch()
    path = folder_of(run) / "checkpoints" / "step-00000040"
    path.parent.mkdir(parents=True, exist_ok=True)
    put_checkpoint(path, 40)
    checkpoint = SavedCheckpoint(
        step=40, saved_at=run.created_at, path=path.with_suffix(".safetensors")
    )
    begin_conversion(
        run=run,
        checkpoint=checkpoint,
        into=Into.B,
        source=source,
        target=source.parent / "演唱会.mp4",
        actor=by,
    )


def test_withdrawing_leads_to_the_list_of_all_that_was_made(
    client: Client, make_run: Callable[..., Run], subject: Subject, admin: User, tmp_path: Path
) -> None:
    run = make_run()
    convert_with(run, tmp_path / "concert.mp4", admin)
    client.force_login(admin)
    withdrawal = address("withdraw_consent", subject, consent_id=subject.consents.get().pk)
    answer = client.post(withdrawal, {"sure": "on"}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    said = answer.content.decode()
    assert "No consent in force covers: curate · train · publish" in said.replace("\n", " ")
    assert "/subjects/ada/releases/1/" in said
    assert "/projects/fans/runs/1/" in said
    assert "演唱会.mp4" in said
    assert str(tmp_path) in said
    assert "Bob" in said, "whose face was put in"


def test_organisers_see_what_was_made_but_not_where_it_lies_on_the_server(
    client: Client, make_run: Callable[..., Run], admin: User, organiser: User, tmp_path: Path
) -> None:
    convert_with(make_run(), tmp_path / "concert.mp4", admin)
    client.force_login(organiser)
    said = client.get(PAGE).content.decode()
    assert "演唱会.mp4" in said
    assert str(tmp_path) not in said
    assert "No consent in force covers" not in said
    assert PAGE in client.get("/projects/fans/subjects/ada/consents/").content.decode()
    assert PAGE in client.get("/projects/fans/subjects/ada/").content.decode()


def test_what_was_made_of_others_is_not_named(
    client: Client, project: object, releases: tuple[Release, Release], organiser: User
) -> None:
    client.force_login(organiser)
    said = client.get(PAGE).content.decode()
    assert "/subjects/ada/releases/1/" in said
    assert "/subjects/bob/releases/1/" not in said
    assert "No run was trained on these pictures." in said
    assert "Nothing was converted." in said


@pytest.mark.parametrize("num", [1, 20])
def test_the_list_costs_the_same_whatever_was_made(
    client: Client,
    make_run: Callable[..., Run],
    organiser: User,
    admin: User,
    tmp_path: Path,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(num):
        convert_with(make_run(), tmp_path / "concert.mp4", admin)
    client.force_login(organiser)
    with django_assert_num_queries(11):
        assert client.get(PAGE).status_code == 200
