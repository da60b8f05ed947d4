"""Faces are found, laid upright and cut out once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from curation.vision.faces import FaceFinder
from tests.training.engine.run_folders import PORTRAITS, varied, write_release
from training.engine.alignment import MEAN_FACE
from training.engine.config import SideConfig, load_config
from training.engine.errors import ImageChanged, Stopped, TooFewFaces
from training.engine.faces import CutOut, FaceKey, cut_out_all, faces_of, read_faces
from training.engine.manifest import Manifest, load_manifest

SIZE = 80


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def release_of(folder: Path, pictures: list[bytes]) -> tuple[Manifest, FaceKey]:
    digest = write_release(folder / "a", "ada", pictures)
    manifest = load_manifest(folder, SideConfig(folder="a", manifest_sha256=digest))
    return manifest, FaceKey(manifest_sha256=digest, size=SIZE, mask="extended")


def ignore(done: int, total: int) -> None:
    """Nobody watches."""


def scenery() -> bytes:
    """A picture of nobody."""
    buffer = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((240, 300)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.slow
def test_a_tilted_face_comes_out_upright_and_a_picture_of_nobody_does_not(
    tmp_path: Path, finder: FaceFinder
) -> None:
    straight = Image.open(PORTRAITS / "ada_1.jpg").resize((360, 450))
    buffer = BytesIO()
    straight.rotate(20, expand=True, resample=Image.Resampling.BICUBIC).save(buffer, "PNG")
    pictures = [varied(PORTRAITS / "ada_1.jpg", 0), buffer.getvalue(), scenery(), b"no picture"]
    manifest, key = release_of(tmp_path, pictures)
    told: list[tuple[int, int]] = []

    upright, tilted, *nobody = cut_out_all(
        manifest, key, progress=lambda done, total: told.append((done, total)), finder=finder
    )
    assert nobody == [None, None]
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert isinstance(upright, CutOut)
    assert isinstance(tilted, CutOut)
    for face in (upright, tilted):
        (found,) = finder.find(np.asarray(Image.fromarray(face.crop).resize((400, 400))))
        # At full coverage the features fill the middle half of the crop.
        placed = found.landmarks[17:] / 400
        wanted = MEAN_FACE / 2 + 0.25
        assert np.abs(placed - wanted).mean() < 0.04
        assert 0.15 < (face.mask > 127).mean() < 0.5
        assert face.mask[SIZE // 2, SIZE // 2] == 255


def test_cut_out_faces_are_read_again_and_not_found_again(
    make_run: Callable[..., Path], finder: FaceFinder
) -> None:
    run_dir = make_run()
    side = load_config(run_dir).a
    manifest = load_manifest(run_dir, side)
    key = FaceKey(manifest_sha256=side.manifest_sha256, size=40, mask="extended")

    def nothing_is_prepared(done: int, total: int) -> None:
        pytest.fail("faces were cut out again")

    faces = faces_of(manifest, key, progress=nothing_is_prepared, finder=finder)
    assert len(faces) == 30
    assert faces.crops.shape == (30, 40, 40, 3)
    assert isinstance(faces.crops, np.memmap)

    for changed in ({"mask": "components"}, {"size": 80}, {"version": 99}):
        other = dataclasses.replace(key, **changed)
        with pytest.raises(pytest.fail.Exception, match="cut out again"):
            faces_of(manifest, other, progress=nothing_is_prepared, finder=finder)


def test_giving_up_half_way_leaves_nothing_half_done(tmp_path: Path, finder: FaceFinder) -> None:
    manifest, key = release_of(tmp_path, [scenery()] * 3)

    def give_up(done: int, total: int) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        faces_of(manifest, key, progress=give_up, finder=finder)
    assert sorted(path.name for path in manifest.folder.iterdir()) == ["images", "manifest.jsonl"]


def test_faces_left_by_a_kill_or_of_another_release_are_replaced(
    tmp_path: Path, finder: FaceFinder
) -> None:
    manifest, key = release_of(tmp_path, [varied(PORTRAITS / "ada_2.jpg", 0)])
    (manifest.folder / ".faces.1234.partial").mkdir()
    (manifest.folder / "faces").mkdir()
    (manifest.folder / "faces" / "faces.json").write_text('{"key": "old"}')

    with pytest.raises(TooFewFaces, match="Only 1 faces were found in the 1 pictures of ada"):
        faces_of(manifest, key, progress=ignore, finder=finder)
    assert sorted(path.name for path in manifest.folder.glob("*aces*")) == ["faces"]
    assert list(manifest.folder.glob(".*")) == []
    assert read_faces(manifest).numbers == (1,)


def test_a_changed_picture_is_found_out_before_its_face_is_used(
    tmp_path: Path, finder: FaceFinder
) -> None:
    manifest, key = release_of(tmp_path, [scenery(), scenery()])
    (manifest.folder / "images" / manifest.images[1].file).write_bytes(scenery() + b"!")
    with pytest.raises(ImageChanged, match="Picture 2"):
        faces_of(manifest, key, progress=ignore, finder=finder)
    assert not (manifest.folder / "faces").exists()
