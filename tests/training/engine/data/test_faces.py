"""Faces are cut out once, kept whole and read again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from curation.vision.alignment import Centring
from curation.vision.faces import FaceFinder
from tests.training.engine.releases import ignore, release_of, scenery
from tests.training.engine.run_folders import PORTRAITS, varied
from training.engine.data.faces import FaceKey, faces_of, read_faces, stored_size
from training.engine.errors import ImageChanged, Stopped, TooFewFaces
from training.engine.run.config import load_config
from training.engine.run.release_folder import open_release


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def test_cut_out_faces_are_read_again_and_not_found_again(
    make_run: Callable[..., Path], finder: FaceFinder
) -> None:
    run_dir = make_run()
    side = load_config(run_dir).a
    release = open_release(run_dir, side)
    key = FaceKey(manifest_sha256=side.manifest_sha256, size=32, mask="extended")

    def nothing_is_prepared(done: int, total: int) -> None:
        pytest.fail("faces were cut out again")

    faces = faces_of(release, key, progress=nothing_is_prepared, finder=finder)
    assert len(faces) == 30
    assert faces.pixels.shape == (30, 32, 32, 6)
    assert isinstance(faces.pixels, np.memmap)
    assert faces.landmarks.shape == (30, 68, 2)
    assert {centring: view.shape for centring, view in faces.views.items()} == {
        "legacy": (30, 3),
        "face": (30, 3),
        "head": (30, 3),
    }
    some = faces.take([7, 2])
    assert some.numbers == (8, 3)
    assert np.array_equal(some.pixels, faces.pixels[[7, 2]])

    for changed in ({"mask": "components"}, {"size": 80}, {"version": 99}):
        other = dataclasses.replace(key, **changed)
        with pytest.raises(pytest.fail.Exception, match="cut out again"):
            faces_of(release, other, progress=nothing_is_prepared, finder=finder)


def test_giving_up_half_way_leaves_nothing_half_done(tmp_path: Path, finder: FaceFinder) -> None:
    release, key = release_of(tmp_path, [scenery()] * 3)

    def give_up(done: int, total: int) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        faces_of(release, key, progress=give_up, finder=finder)
    assert sorted(path.name for path in release.path.iterdir()) == ["images", "manifest.jsonl"]


def test_faces_left_by_a_kill_or_of_another_release_are_replaced(
    tmp_path: Path, finder: FaceFinder
) -> None:
    release, key = release_of(tmp_path, [varied(PORTRAITS / "ada_2.jpg", 0)])
    (release.path / ".faces.1234.partial").mkdir()
    (release.path / "faces").mkdir()
    (release.path / "faces" / "faces.json").write_text('{"key": "old"}')

    with pytest.raises(TooFewFaces, match="Only 1 faces were detected in the 1 pictures of ada"):
        faces_of(release, key, progress=ignore, finder=finder)
    assert sorted(path.name for path in release.path.glob("*aces*")) == ["faces"]
    assert list(release.path.glob(".*")) == []
    assert read_faces(release).numbers == (1,)


def test_a_changed_picture_is_found_out_before_its_face_is_used(
    tmp_path: Path, finder: FaceFinder
) -> None:
    release, key = release_of(tmp_path, [scenery(), scenery()])
    (release.path / "images" / release.images[1].file).write_bytes(scenery() + b"!")
    with pytest.raises(ImageChanged, match="Picture 2"):
        faces_of(release, key, progress=ignore, finder=finder)
    assert not (release.path / "faces").exists()


def test_faces_cut_out_before_reasons_were_kept_are_still_read(
    make_run: Callable[..., Path],
) -> None:
    run_dir = make_run()
    path = run_dir / "a" / "faces" / "faces.json"
    about = json.loads(path.read_text())
    del about["skipped"]
    path.write_text(json.dumps({**about, "num_skipped": 3}))
    faces = read_faces(open_release(run_dir, load_config(run_dir).a))
    assert (faces.num_skipped, faces.skipped) == (3, ())


@pytest.mark.parametrize(
    ("face_side", "centring", "coverage", "stored"),
    [
        (64, "face", 0.8, 112),
        (128, "face", 1.0, 176),
        (256, "face", 0.8, 432),
        (128, "head", 1.0, 128),
        (128, "legacy", 0.625, 352),
        (512, "face", 0.8, 640),
    ],
)
def test_the_stored_head_is_as_fine_as_what_the_model_sees_of_it(
    face_side: int, centring: Centring, coverage: float, stored: int
) -> None:
    assert stored_size(face_side, centring=centring, coverage=coverage) == stored
