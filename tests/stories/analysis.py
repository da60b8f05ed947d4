"""Images with real faces, from the demo set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from curation.analysis.models import Analysis
from curation.images.models import Image
from curation.sources.add_source import add_source
from curation.sources.models import SourceKind
from curation.sources.start_import import import_now
from curation.subjects.models import Subject
from tests.conftest import DEMO

AddPicture = Callable[[str], Image]


@pytest.fixture
def add_picture(subject: Subject, tmp_path: Path) -> AddPicture:
    """Takes a picture of the demo set into the subject's collection, as an import does."""

    def add(path: str) -> Image:
        folder = tmp_path / path.replace("/", "_")
        folder.mkdir()
        name = Path(path).name
        (folder / name).write_bytes((DEMO / path).read_bytes())
        import_now(
            source=add_source(subject=subject, label="demo", licence_note="MIT", actor=None),
            kind=SourceKind.FOLDER,
            path=folder,
            given_as=path,
            actor=None,
            on_progress=lambda _: None,
        )
        return Image.objects.get(subject=subject, name=name)

    return add


def analysis_of(image: Image) -> Analysis:
    """A waiting analysis of the image, without a task."""
    return Analysis.objects.create(image=image, subject=image.subject)
