"""Faces are cut out upright, by one process or several; what gives none is named."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

from curation.vision.alignment import FRAMES, MEAN_FACE
from curation.vision.faces import FaceFinder
from tests.training.engine.releases import (
    SIZE,
    NeverAsked,
    as_file,
    cutter_of,
    give_landmarks,
    ignore,
    release_of,
    scenery,
)
from tests.training.engine.run_folders import (
    PORTRAITS,
    ROOT,
    known_landmarks,
    varied,
)
from tests.training.engine.segmentation_weights import write_onnx
from training.engine.data.cutting import CutOut, cut_out_all
from training.engine.data.faces import FaceKey, faces_of
from training.engine.data.segmentation import Segmenter, open_segmenter
from training.engine.data.skipped import Skipped
from training.engine.errors import ImageMissing, LandmarksWrong, TooFewFaces


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.mark.slow
def test_a_tilted_face_comes_out_upright_and_a_picture_of_nobody_does_not(
    tmp_path: Path, finder: FaceFinder
) -> None:
    straight = Image.open(PORTRAITS / "ada_1.jpg").resize((360, 450))
    buffer = BytesIO()
    straight.rotate(20, expand=True, resample=Image.Resampling.BICUBIC).save(buffer, "PNG")
    pictures = [varied(PORTRAITS / "ada_1.jpg", 0), buffer.getvalue(), scenery(), b"no picture"]
    release, _ = release_of(tmp_path, pictures)
    counts: list[tuple[int, int]] = []

    upright, tilted, *nobody = cut_out_all(
        cutter_of(release, finder), progress=lambda done, total: counts.append((done, total))
    )
    assert nobody == [
        Skipped(3, "00003_图 3.jpg", "no_face"),
        Skipped(4, "00004_图 4.jpg", "unreadable"),
    ]
    assert counts == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert isinstance(upright, CutOut)
    assert isinstance(tilted, CutOut)
    for face in (upright, tilted):
        crop = Image.fromarray(face.pixels[..., :3])
        (face_again,) = finder.find(np.asarray(crop.resize((400, 400))))
        placed = face_again.landmarks / 400 * 2 - 1
        assert np.abs(placed - (face.landmarks + 0.5) / SIZE * 2 + 1).mean() < 0.05
        # In the legacy view, the features fill the middle 1 / 1.6 of the square.
        x, y, half = face.views["legacy"]
        assert np.abs((placed[17:] - (x, y)) / half - (2 * MEAN_FACE - 1) / 1.6).mean() < 0.08
        mask = face.pixels[..., 3]
        assert 0.08 < (mask > 127).mean() < 0.3
        assert mask[tuple(face.landmarks[30, ::-1].astype(int))] == 255


@pytest.mark.slow
def test_several_processes_cut_out_the_very_same_faces(tmp_path: Path, finder: FaceFinder) -> None:
    pictures = [varied(PORTRAITS / f"bob_{number}.jpg", 0) for number in (1, 2, 3)]
    release, _ = release_of(tmp_path, [*pictures, scenery(), b"no picture", *pictures])
    cutter = cutter_of(release, finder)
    alone, together = (
        list(cut_out_all(cutter, progress=ignore, processes=count)) for count in (1, 2)
    )
    assert [isinstance(face, CutOut) for face in together] == [True] * 3 + [False] * 2 + [True] * 3
    for one, other in zip(alone, together, strict=True):
        if isinstance(one, Skipped) or isinstance(other, Skipped):
            assert one == other
        else:
            assert one.number == other.number
            assert np.array_equal(one.pixels, other.pixels)
            assert np.array_equal(one.landmarks, other.landmarks)
            assert one.views == other.views


@pytest.mark.slow
def test_what_several_processes_find_wrong_is_told_as_by_one(
    tmp_path: Path, finder: FaceFinder
) -> None:
    release, key = release_of(tmp_path, [scenery(), scenery()])
    (release.path / "images" / release.images[1].file).unlink()
    with pytest.raises(ImageMissing, match="Picture 2") as caught:
        faces_of(release, key, progress=ignore, finder=finder, processes=2)
    assert caught.value.context["number"] == 2
    assert not (release.path / "faces").exists()


KILLED = """
import sys
from pathlib import Path
from training.engine.run.config import SideConfig
from training.engine.data.faces import FaceKey, faces_of
from training.engine.data.finder import SiteFinder
from training.engine.run.release_folder import open_release

if __name__ == "__main__":
    folder, digest = Path(sys.argv[1]), sys.argv[2]
    release = open_release(folder, SideConfig(folder="a", manifest_sha256=digest))
    key = FaceKey(manifest_sha256=digest, size=80, mask="extended")
    tell = lambda done, total: print(done, flush=True)
    faces_of(release, key, progress=tell, finder=SiteFinder(), processes=2)
"""


@pytest.mark.slow
def test_a_killed_preparation_leaves_no_half_cache_and_no_helpers(tmp_path: Path) -> None:
    release, key = release_of(tmp_path, [varied(PORTRAITS / "ada_1.jpg", 0)] * 40)
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    started = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path), key.manifest_sha256],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    while started.stdout.readline().strip() != "3":
        assert started.poll() is None
    helpers = psutil.Process(started.pid).children(recursive=True)
    assert len(helpers) >= 2
    started.kill()
    started.communicate()
    _, alive = psutil.wait_procs(helpers, timeout=30)
    assert alive == []
    assert not (release.path / "faces").exists()


def test_known_landmarks_are_used_and_nothing_is_looked_for(tmp_path: Path) -> None:
    release, _ = release_of(tmp_path, [varied(PORTRAITS / "ada_1.jpg", 0)] * 27)
    points = known_landmarks(27)
    points[3] += 5000
    points[4, :, 1] = 150
    release = give_landmarks(tmp_path, [image.file for image in release.images], points)
    key = FaceKey(manifest_sha256=release.manifest_sha256, size=SIZE, mask="extended")
    faces = faces_of(release, key, progress=ignore, finder=NeverAsked())
    # The fourth face lies outside of its picture, the fifth like nobody's.
    assert [(each.number, each.why) for each in faces.skipped] == [
        (4, "landmarks"),
        (5, "landmarks"),
    ]
    assert faces.num_skipped == 2
    assert faces.numbers == (1, 2, 3, *range(6, 28))
    core = FRAMES["head"].side
    wanted = MEAN_FACE[[0, 9]][:, 0] / core
    placed = (faces.landmarks[0, [17, 26], 0] + 0.5) / SIZE
    assert placed[1] - placed[0] == pytest.approx(wanted[1] - wanted[0], abs=1e-3)


def test_landmarks_that_are_missing_or_changed_are_named(tmp_path: Path) -> None:
    release, _ = release_of(tmp_path, [scenery()])
    release = give_landmarks(tmp_path, [release.images[0].file], known_landmarks(1))
    key = FaceKey(manifest_sha256=release.manifest_sha256, size=SIZE, mask="extended")
    path = release.path / "landmarks.npz"
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(LandmarksWrong, match="SHA-256 differs"):
        faces_of(release, key, progress=ignore, finder=NeverAsked())
    path.unlink()
    with pytest.raises(LandmarksWrong, match="cannot be read"):
        faces_of(release, key, progress=ignore, finder=NeverAsked())


def test_pictures_of_one_colour_or_without_numbers_are_named_also_with_landmarks(
    tmp_path: Path,
) -> None:
    plain = as_file(Image.new("RGB", (240, 300), (90, 80, 70)), "PNG")
    not_numbers = as_file(Image.fromarray(np.full((300, 240), np.nan, np.float32)), "TIFF")
    release, _ = release_of(tmp_path, [plain] * 27 + [not_numbers, not_numbers, plain[:200]])
    files = [image.file for image in release.images]
    release = give_landmarks(tmp_path, files, known_landmarks(30))
    key = FaceKey(manifest_sha256=release.manifest_sha256, size=SIZE, mask="extended")
    with pytest.raises(
        TooFewFaces, match="Only 0 faces were detected in the 30 pictures"
    ) as refusal:
        faces_of(release, key, progress=ignore, finder=NeverAsked())
    for sentence in (
        "27 of one colour (00001_图 1.jpg, 00002_图 2.jpg, 00003_图 3.jpg and 24 more)",
        "2 with NaN pixels (00028_图 28.jpg, 00029_图 29.jpg)",
        "1 unreadable (00030_图 30.jpg)",
    ):
        assert sentence in refusal.value.message
    assert "from the front" not in refusal.value.message


def test_a_picture_of_one_colour_is_told_from_one_of_nobody(
    tmp_path: Path, finder: FaceFinder
) -> None:
    release, key = release_of(tmp_path, [as_file(Image.new("RGB", (240, 300)), "PNG"), scenery()])
    with pytest.raises(TooFewFaces, match=r"1 of one colour .*; 1 without a detected face"):
        faces_of(release, key, progress=ignore, finder=finder)


def test_the_face_mask_can_come_from_the_users_own_weights(tmp_path: Path) -> None:
    release, _ = release_of(tmp_path, [varied(PORTRAITS / "ada_1.jpg", 0)] * 25)
    files = [image.file for image in release.images]
    release = give_landmarks(tmp_path, files, known_landmarks(25))
    key = FaceKey(manifest_sha256=release.manifest_sha256, size=SIZE, mask="extended")
    counts: list[int] = []

    def masks(segmenter: Segmenter | None) -> NDArray[np.uint8]:
        counts.clear()
        faces = faces_of(
            release,
            key,
            progress=lambda *numbers: counts.append(numbers[0]),
            finder=NeverAsked(),
            segmenter=segmenter,
        )
        return faces.pixels[..., 3]

    drawn = masks(None)
    # Weights that take everything for the face, and others that take nothing for a cover.
    everything = np.array([[-200] * 3, [200] * 3], np.float32)
    whole = open_segmenter(write_onnx(tmp_path / "whole.onnx", everything))
    clear = open_segmenter(
        write_onnx(tmp_path / "clear.onnx", -everything, face=[], obstruction=[1])
    )
    assert (masks(whole)[:, 20:60, 20:60] > 250).all()
    assert len(counts) == 26
    masks(whole)
    assert counts == []
    covered = masks(clear)
    assert (covered <= drawn).all()
    assert (covered.astype(int) - drawn).min() >= -3
