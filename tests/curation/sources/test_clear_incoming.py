"""No second copy of anybody's pictures is left lying about."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.clear_incoming import STALE_SECONDS, clear_incoming
from curation.sources.kinds.upload import Upload, new_upload
from curation.sources.models import ImportRun
from curation.sources.start_upload import start_upload
from curation.subjects.models import Subject
from tests.conftest import picture_bytes


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "var"


def sent() -> Upload:
    upload = new_upload()
    with upload.add("1.png") as file:
        file.write(picture_bytes(1))
    return upload


def long_ago(upload: Upload) -> None:
    past = time.time() - STALE_SECONDS - 60
    os.utime(upload.folder, (past, past))


@pytest.mark.parametrize(
    ("state", "is_kept"),
    [
        (JobState.WAITING, True),
        (JobState.RUNNING, True),
        (JobState.DONE, False),
        (JobState.FAILED, False),
    ],
)
def test_an_upload_is_kept_exactly_as_long_as_its_import_needs_it(
    *, subject: Subject, organiser: User, state: JobState, is_kept: bool
) -> None:
    upload = sent()
    start_upload(
        subject=subject, label="weibo", licence_note="fan use", upload=upload, actor=organiser
    )
    long_ago(upload)
    ImportRun.objects.update(state=state)
    clear_incoming()
    assert upload.folder.exists() == is_kept


def test_an_upload_that_is_still_arriving_is_left_alone_for_a_day(db: None) -> None:
    arriving, forgotten = sent(), sent()
    long_ago(forgotten)
    clear_incoming()
    assert arriving.folder.exists()
    assert not forgotten.folder.exists()
