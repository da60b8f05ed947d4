"""What killed processes left goes by age, a shelf a minute; what is in use stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from config.tidy import Tidying, shelves
from curation import store
from curation.sources.kinds.upload import new_upload


def make(path: Path, *, hours: float) -> Path:
    """A file that was written to so many hours ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


@pytest.mark.django_db
def test_old_leftovers_go_and_nothing_else(data_dir: Path, objects: Path) -> None:
    digest = store.put(b"kept")
    kept = objects / "sha256" / digest[:2] / digest
    os.utime(kept, (0, 0))
    shelf = kept.parent
    old = [
        make(shelf / ".abc.12ab34cd.partial", hours=25),
        make(objects / "derived" / "ab" / "abcd" / ".thumb.12ab34cd.partial.webp", hours=25),
        make(data_dir / "runs" / "7" / "checkpoints" / ".s.1.partial.safetensors", hours=25),
        make(data_dir / ".secret_key.1.partial", hours=25),
        make(data_dir / "runs" / "7" / ".a.99.partial" / "images" / "1.png", hours=25),
    ]
    os.utime(old[-1].parent, (0, 0))
    os.utime(old[-1].parent.parent, (0, 0))
    new = [
        make(shelf / ".def.12ab34cd.partial", hours=1),
        make(data_dir / "runs" / "7" / ".b.99.partial" / "images" / "1.png", hours=1),
        make(data_dir / "runs" / "7" / "events.jsonl", hours=2500),
    ]
    half_upload, fresh_upload = new_upload(), new_upload()
    os.utime(half_upload.folder, (0, 0))

    for tidy in shelves():
        tidy()

    assert not [path for path in old if path.exists()]
    assert not old[-1].parent.parent.exists()
    assert all(path.exists() for path in (kept, *new))
    assert not half_upload.folder.exists()
    assert fresh_upload.folder.exists()


@pytest.mark.django_db
def test_a_shelf_a_minute_reaches_all_of_them(data_dir: Path, objects: Path) -> None:
    left = [make(objects / "sha256" / f"{n:02x}" / ".x.partial", hours=25) for n in range(5)]
    now = 1_000_000_000.0
    tidying = Tidying(clock=lambda: now)
    tidying()
    tidying()
    assert sum(path.exists() for path in left) >= 4
    for _ in range(len(shelves())):
        now += 60
        tidying()
    assert not [path for path in left if path.exists()]
