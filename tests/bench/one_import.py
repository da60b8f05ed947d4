"""One import in a database of its own, beside decoding the same files alone; told as JSON.

python -m tests.bench.one_import NUMBER_OF_FILES
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from curation.decoding.client import in_child  # noqa: E402
from curation.decoding.limits import Limits  # noqa: E402
from curation.images.models import Image  # noqa: E402
from curation.projects.models import Project, User  # noqa: E402
from curation.sources.add_source import add_source  # noqa: E402
from curation.sources.models import SourceKind  # noqa: E402
from curation.sources.start_import import import_now  # noqa: E402
from curation.subjects.models import Subject  # noqa: E402
from curation.vision.decode import measure  # noqa: E402
from tests.conftest import make_consent  # noqa: E402

LIMITS = Limits(seconds=10, megabytes=2000)
SIDES = (800, 600)


def write_photos(folder: Path, number: int) -> list[Path]:
    """So many JPEGs of 800 x 600 with EXIF, each different."""
    noise = np.random.default_rng(1)
    exif = Picture.Exif()
    exif[0x010F] = "A phone"
    exif[0x0132] = "2026:11:29 12:00:00"
    paths = []
    for position in range(number):
        coarse = noise.integers(0, 255, (30, 40, 3), dtype=np.uint8)
        photo = Picture.fromarray(coarse).resize(SIDES, Picture.Resampling.BICUBIC)
        buffer = BytesIO()
        photo.save(buffer, "JPEG", quality=90, exif=exif)
        path = folder / f"IMG_{position:05d}.jpg"
        path.write_bytes(buffer.getvalue())
        paths.append(path)
    return paths


def decode_alone(paths: list[Path]) -> float:
    """Seconds to read the files and have the child decode them, which no import can do without."""
    start = time.perf_counter()
    for path in paths:
        in_child(measure, path.read_bytes(), limits=LIMITS)
    return time.perf_counter() - start


class Counter:
    """Counts statements, and those that end a transaction are none."""

    def __init__(self) -> None:
        self.num = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.num += 1
        return execute(*arguments)


def main() -> None:
    number = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    anna = User.objects.create_user("anna")
    project = Project.objects.create(slug="fans", name="Fans")
    subject = Subject.objects.create(project=project, slug="ada", name="Ada")
    make_consent(subject, anna)
    counter = Counter()
    with tempfile.TemporaryDirectory(dir=os.environ["DATA_DIR"]) as folder:
        paths = write_photos(Path(folder), number)
        in_child(measure, paths[0].read_bytes(), limits=LIMITS)  # starts the child
        alone = [decode_alone(paths)]
        start = time.perf_counter()
        with connection.execute_wrapper(counter):
            run = import_now(
                source=add_source(subject=subject, label="w", licence_note="made here", actor=None),
                kind=SourceKind.FOLDER,
                path=Path(folder),
                given_as="w",
                actor=None,
                on_progress=lambda _: None,
            )
        seconds = time.perf_counter() - start
        alone.append(decode_alone(paths))
    numbers = list(Image.objects.order_by("number").values_list("number", flat=True))
    assert (run.state, numbers) == ("done", list(range(1, number + 1))), run.problem
    told = {
        "files": number,
        "per_second": number / seconds,
        "alone_per_second": number / min(alone),
        "queries": counter.num / number,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
