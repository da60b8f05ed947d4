"""Only the pictures that were released are trained on."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from curation.releases.manifest import decode, digest_of, encode
from tests.training.engine.run_folders import write_release
from training.engine.errors import (
    ImageChanged,
    ImageMissing,
    ManifestChanged,
    ManifestMissing,
    ManifestWrong,
)
from training.engine.run.config import SideConfig
from training.engine.run.release_folder import open_release


@pytest.fixture
def side(tmp_path: Path) -> SideConfig:
    """A release of two pictures in `a`."""
    digest = write_release(tmp_path / "a", "ada", [b"one", b"two"])
    return SideConfig(folder="a", manifest_sha256=digest)


def test_a_release_gives_the_pictures_it_names(tmp_path: Path, side: SideConfig) -> None:
    release = open_release(tmp_path, side)
    assert release.subject == "ada"
    assert [release.read_image(image) for image in release.images] == [b"one", b"two"]


def test_what_is_held_out_is_not_learnt_from(tmp_path: Path, side: SideConfig) -> None:
    path = tmp_path / "a" / "manifest.jsonl"
    listed = decode(path.read_bytes())
    first, second = listed.entries
    content = encode(replace(listed, entries=(first, replace(second, held_out=True))))
    path.write_bytes(content)
    side = SideConfig(folder="a", manifest_sha256=digest_of(content))
    assert open_release(tmp_path, side).images == (first,)


def test_another_manifest_than_the_runs_is_refused(tmp_path: Path, side: SideConfig) -> None:
    with (tmp_path / "a" / "manifest.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(ManifestChanged, match=side.manifest_sha256):
        open_release(tmp_path, side)


def test_a_missing_manifest_is_named(tmp_path: Path, side: SideConfig) -> None:
    (tmp_path / "a" / "manifest.jsonl").unlink()
    with pytest.raises(ManifestMissing, match=r"a/manifest\.jsonl"):
        open_release(tmp_path, side)


def test_a_missing_or_changed_picture_is_named(tmp_path: Path, side: SideConfig) -> None:
    first, second = open_release(tmp_path, side).images
    release = open_release(tmp_path, side)
    (tmp_path / "a" / "images" / first.file).unlink()
    (tmp_path / "a" / "images" / second.file).write_bytes(b"other")
    with pytest.raises(ImageMissing, match="Picture 1 "):
        release.read_image(first)
    with pytest.raises(ImageChanged, match="Picture 2 "):
        release.read_image(second)


def test_a_file_that_is_no_release_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    content = b'{"format":"other/1","project":"fans","rule":"1","subject":"ada"}\n'
    (tmp_path / "a" / "manifest.jsonl").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    with pytest.raises(ManifestWrong, match=r"does not read as a release: .*other/1"):
        open_release(tmp_path, SideConfig(folder="a", manifest_sha256=digest))
