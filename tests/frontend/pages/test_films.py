"""The sources page asks what to keep of films; an import says what became of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.images.models import Image
from curation.projects.models import User
from curation.sources.models import Film, ImportRun, Source
from curation.sources.run_import import run_import
from curation.subjects.models import Subject
from tests.curation.sources.test_films import bring_in, episode

SOURCES = "/projects/fans/subjects/ada/sources/"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def signed_in(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


@pytest.fixture
def film_file(tmp_path: Path) -> SimpleUploadedFile:
    path = episode(tmp_path / "第三集.mp4", length=40)
    return SimpleUploadedFile("第三集.mp4", path.read_bytes(), "video/mp4")


def test_what_is_said_of_films_is_kept_with_the_import(
    signed_in: Client, weibo: Source, film_file: SimpleUploadedFile
) -> None:
    said = {"label": "weibo", "every": "20", "min_face": "100", "files": [film_file]}
    answer = signed_in.post(SOURCES, said)
    assert answer.status_code == 302
    run = ImportRun.objects.get()
    assert (run.film_every, run.film_min_face, run.film_subject_only) == (20, 100, False)
    run_import(import_run_id=run.pk)
    assert Image.objects.count() == 2
    page = signed_in.get(answer["Location"]).content.decode()
    assert "第三集.mp4" in page
    assert "00:00:01 / 00:00:02" in page
    assert "20" in page


@pytest.mark.parametrize(("every", "min_face"), [("0", "256"), ("40", "9"), ("x", "256")])
def test_what_cannot_be_said_of_films_is_refused_beside_its_field(
    signed_in: Client, weibo: Source, film_file: SimpleUploadedFile, every: str, min_face: str
) -> None:
    said = {"label": "weibo", "every": every, "min_face": min_face, "files": [film_file]}
    answer = signed_in.post(SOURCES, said)
    assert answer.status_code == 200
    assert "<details open" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_the_page_of_a_picture_says_when_it_is_shown(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    episode(given / "film.mp4", length=40)
    bring_in(weibo, given)
    page = signed_in.get("/projects/fans/subjects/ada/images/1/").content.decode()
    assert "film.mp4" in page
    assert Image.objects.get(number=1).provenances.get().time_code in page


def test_an_import_without_films_speaks_of_none(
    signed_in: Client, weibo: Source, given: Path
) -> None:
    (given / "a.txt").write_text("no film")
    run = bring_in(weibo, given)
    page = signed_in.get(f"/projects/fans/subjects/ada/imports/{run.pk}/").content.decode()
    assert not Film.objects.exists()
    assert "Films</h2>" not in page
