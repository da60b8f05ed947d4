"""Folders of pictures, and a source to bring them in from."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.sources.add_source import add_source
from curation.sources.asking import NOTHING_SAID, Answers
from curation.sources.kinds.opening import kind_of
from curation.sources.models import ImportRun, Source
from curation.sources.start_import import import_now
from curation.subjects.models import Subject
from tests.conftest import picture_bytes


def write_pictures(root: Path, seeds_by_path: dict[str, int]) -> Path:
    """A folder with a small real picture at every path; the same seed gives the same bytes."""
    for path, seed in seeds_by_path.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(picture_bytes(seed))
    return root


def bring_in_now(source: Source, path: Path, *, answers: Answers = NOTHING_SAID) -> ImportRun:
    """Bring in a folder or a pack at once."""
    return import_now(
        source=source,
        kind=kind_of(path),
        path=path,
        given_as=path.name,
        actor=None,
        on_progress=lambda _: None,
        answers=answers,
    )


@pytest.fixture
def weibo(subject: Subject) -> Source:
    return add_source(subject=subject, label="weibo", licence_note="fan use", actor=None)


@pytest.fixture
def scan(subject: Subject) -> Source:
    return add_source(subject=subject, label="scan", licence_note="our own scans", actor=None)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder of the test's own; the store lies beside it, not in it."""
    folder = tmp_path / "given"
    folder.mkdir()
    return folder
