"""Only the pictures that were released are trained on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.training.engine.run_folders import write_release
from training.engine.errors import (
    ImageChanged,
    ImageMissing,
    ManifestChanged,
    ManifestMissing,
    ManifestWrong,
)
from training.engine.run.config import SideConfig
from training.engine.run.manifest import load_manifest


@pytest.fixture
def side(tmp_path: Path) -> SideConfig:
    """A release of two pictures in `a`."""
    digest = write_release(tmp_path / "a", "ada", [b"one", b"two"])
    return SideConfig(folder="a", manifest_sha256=digest)


def test_a_release_gives_the_pictures_it_names(tmp_path: Path, side: SideConfig) -> None:
    manifest = load_manifest(tmp_path, side)
    assert manifest.subject == "ada"
    assert [manifest.read_image(image) for image in manifest.images] == [b"one", b"two"]


def test_another_manifest_than_the_runs_is_refused(tmp_path: Path, side: SideConfig) -> None:
    with (tmp_path / "a" / "manifest.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(ManifestChanged, match=side.manifest_sha256):
        load_manifest(tmp_path, side)


def test_a_missing_manifest_is_named(tmp_path: Path, side: SideConfig) -> None:
    (tmp_path / "a" / "manifest.jsonl").unlink()
    with pytest.raises(ManifestMissing, match=r"a/manifest\.jsonl"):
        load_manifest(tmp_path, side)


def test_a_missing_or_changed_picture_is_named(tmp_path: Path, side: SideConfig) -> None:
    first, second = load_manifest(tmp_path, side).images
    manifest = load_manifest(tmp_path, side)
    (tmp_path / "a" / "images" / first.file).unlink()
    (tmp_path / "a" / "images" / second.file).write_bytes(b"other")
    with pytest.raises(ImageMissing, match="Picture 1 "):
        manifest.read_image(first)
    with pytest.raises(ImageChanged, match="Picture 2 "):
        manifest.read_image(second)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"format": "other/1", "subject": "ada"}],
        [{"format": "winnow-release/1", "subject": "ada"}, {"number": 1}],
        [
            {"format": "winnow-release/1", "subject": "ada"},
            {"number": 1, "file": "../../secret", "sha256": "0", "bytes": 1},
        ],
    ],
)
def test_a_file_that_is_no_release_is_refused(tmp_path: Path, lines: list[object]) -> None:
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ManifestWrong, match="does not read as a release"):
        load_manifest(tmp_path, SideConfig(folder="a", manifest_sha256=digest))
