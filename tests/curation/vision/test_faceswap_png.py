"""Faces that faceswap cut out can be used, and what their files say is never believed blindly."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from curation.vision.alignment import Matrix, apply, crop_matrix, extract
from curation.vision.expression import Expression
from curation.vision.faces import DetectedFace
from curation.vision.faceswap_png import place_in_crop, read_faceswap
from curation.vision.pose import Pose
from tests.training.engine.run_folders import PORTRAITS, write_release
from training.engine.data.cutting import CutOut, Cutter
from training.engine.data.finder import SiteFinder
from training.engine.run.config import SideConfig
from training.engine.run.release_folder import open_release

SIDE = 512


class Scene:
    """A portrait with a face, and the crop of its head as another program would lay it."""

    def __init__(self) -> None:
        with Image.open(PORTRAITS / "ada_1.jpg") as portrait:
            self.frame = np.asarray(portrait.convert("RGB").resize((720, 900)))
        (face,) = SiteFinder().find(self.frame, descriptors=False)
        self.landmarks = np.asarray(face.landmarks, dtype=np.float64)
        matrix = crop_matrix(self.landmarks, size=SIDE, coverage=1.0, centring="head")
        # Its mean face is not ours: the crop is a little larger and lies elsewhere.
        self.matrix: Matrix = matrix * 1.04 - [[0, 0, 14], [0, 0, -5]]
        self.crop = extract(self.frame, self.matrix, size=SIDE)

    def alignments(self, **changed: object) -> dict[str, object]:
        return {"x": 1, "y": 2, "w": 3, "h": 4, "landmarks_xy": self.landmarks.tolist(), **changed}

    def png(self, text: str | None = None, **changed: object) -> bytes:
        """A faceswap PNG of the crop; its text can be replaced, or single values of it."""
        about = {"alignments": self.alignments(**changed), "source": {"face_index": 0}}
        info = PngInfo()
        info.add_itxt("faceswap", text or repr(about))
        buffer = BytesIO()
        Image.fromarray(self.crop).save(buffer, "PNG", pnginfo=info)
        return buffer.getvalue()

    def stored_mask(self, centring: str) -> dict[str, Any]:
        """A mask of 128 pixels that lies exactly as the crop does."""
        matrix = (self.matrix * (128 / SIDE)).tolist()
        return {
            "mask": b"x\x9c\x03\x00\x00\x00\x00\x01",
            "affine_matrix": matrix,
            "interpolator": 2,
            "stored_size": 128,
            "stored_centering": centring,
        }


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


class NeverAsked:
    """Where the file says enough, nothing is looked for."""

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> list[DetectedFace]:
        pytest.fail("a face was looked for")


class Astray:
    """Finds a face, but each of its points a few pixels beside."""

    def __init__(self, truth: Matrix) -> None:
        self._truth = truth

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> list[DetectedFace]:
        beside = np.random.default_rng(1).normal(0, 6, (68, 2))
        points = (self._truth + beside).astype(np.float32)
        return [
            DetectedFace(
                box=(0, 0, 1, 1),
                landmarks=points,
                pose=Pose(yaw=0, pitch=0, roll=0),
                expression=Expression(mouth_open=0, mouth_wide=0, eyes_open=0),
                score=1,
                occlusion=0,
                descriptor=None,
            )
        ]


def test_what_faceswap_wrote_is_read(scene: Scene) -> None:
    face = read_faceswap(scene.png())
    assert face is not None
    assert np.array_equal(face.landmarks, scene.landmarks)
    assert face.to_crop is None
    assert place_in_crop(face, SIDE) is None


def test_a_mask_stored_for_the_head_tells_where_the_landmarks_are(scene: Scene) -> None:
    masks = {name: scene.stored_mask(name) for name in ("face", "head")}
    face = read_faceswap(scene.png(mask=masks))
    assert face is not None
    placed = place_in_crop(face, SIDE)
    assert placed is not None
    assert np.allclose(placed, apply(scene.matrix, scene.landmarks), atol=1e-6)
    other = read_faceswap(scene.png(mask={"face": scene.stored_mask("face")}))
    assert other is not None
    assert other.to_crop is None


def test_a_matrix_that_leads_out_of_the_crop_is_not_believed(scene: Scene) -> None:
    aside = scene.matrix.copy()
    aside[0, 2] += 400
    for spoilt in (scene.matrix * 0.1, aside, scene.matrix * 0):
        mask = {**scene.stored_mask("head"), "affine_matrix": spoilt.tolist(), "stored_size": SIDE}
        face = read_faceswap(scene.png(mask={"head": mask}))
        assert face is not None
        assert place_in_crop(face, SIDE) is None


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch hacked')",
        "{'alignments': open('/etc/passwd')}",
        "[" * 5000,
        "-" * 500_000 + "1",
        "1" + "-1" * 200_000,
        "{'alignments': 7}",
        "{'alignments': {'landmarks_xy': [[1, 2]] * 68}}",
        repr({"alignments": {"landmarks_xy": [[1, 2]] * 98}}),
        repr({"alignments": {"landmarks_xy": [[1, 2]] * 67 + [[1]]}}),
        repr({"alignments": {"landmarks_xy": [[1e300, 2]] * 68}}),
        repr({"alignments": {"landmarks_xy": [["nan", 2]] * 68}}),
        repr({"alignments": {"landmarks_xy": [[1, 2]] * 68, "mask": {"head": 3}}}),
        "{'alignments': {'landmarks_xy': [" + "[10, 20], " * 200_000 + "]}}",
        "é\0\0é",
    ],
)
def test_nonsense_and_malice_make_a_plain_picture(scene: Scene, text: str) -> None:
    assert read_faceswap(scene.png(text)) is None


def test_other_files_are_plain_pictures(scene: Scene) -> None:
    buffer = BytesIO()
    Image.fromarray(scene.crop).save(buffer, "JPEG")
    png = scene.png()
    for content in (b"", b"no picture", buffer.getvalue(), png[:60], png.replace(b"iTXt", b"tEXt")):
        assert read_faceswap(content) is None


def cut(tmp_path: Path, content: bytes, finder: Any) -> CutOut:
    """The face of a picture as it is stored for training."""
    digest = write_release(tmp_path / "a", "ada", [content])
    release = open_release(tmp_path, SideConfig(folder="a", manifest_sha256=digest))
    cutter = Cutter(release=release, size=256, mask="extended", finder=finder)
    face = cutter.cut(release.images[0])
    assert isinstance(face, CutOut)
    return face


def unlike(face: CutOut, scene: Scene, *, shift: float = 0.0) -> float:
    """How far a stored crop differs from one cut from the frame, in shades, inside the face."""
    matrix = crop_matrix(scene.landmarks, size=256, coverage=1.0, centring="head")
    matrix[:, 2] += shift
    wanted = extract(scene.frame, matrix, size=256).astype(int)
    inside = face.pixels[..., 3] > 127
    return float(np.abs(face.pixels[..., :3] - wanted)[inside].mean())


def test_a_faceswap_face_is_cut_out_as_from_its_frame(scene: Scene, tmp_path: Path) -> None:
    head = scene.png(mask={"head": scene.stored_mask("head")})
    by_header = cut(tmp_path / "by_header", head, NeverAsked())
    truth = apply(scene.matrix, scene.landmarks)
    by_search = cut(tmp_path / "by_search", scene.png(), Astray(truth))
    # Resampled twice, it is a little softer; but it lies nowhere else, to a fraction of a pixel.
    assert (
        unlike(by_header, scene)
        < unlike(by_header, scene, shift=0.5)
        < unlike(by_header, scene, shift=1)
    )
    assert unlike(by_search, scene) < unlike(by_header, scene, shift=1)
    wanted = crop_matrix(scene.landmarks, size=256, coverage=1.0, centring="head")
    for face in (by_header, by_search):
        assert np.abs(face.landmarks - apply(wanted, scene.landmarks)).max() < 0.1


def test_a_file_that_speaks_of_another_face_is_not_believed(scene: Scene, tmp_path: Path) -> None:
    flat = (scene.landmarks * [1, 0.2]).tolist()
    truth = apply(scene.matrix, scene.landmarks)
    believed = cut(tmp_path / "flat", scene.png(landmarks_xy=flat), Astray(truth))
    plain = cut(tmp_path / "plain", scene.png("nonsense"), Astray(truth))
    assert np.array_equal(believed.pixels, plain.pixels)


@pytest.mark.slow
def test_landmarks_that_are_looked_for_lay_the_face_where_its_frame_would(
    scene: Scene, tmp_path: Path
) -> None:
    face = cut(tmp_path, scene.png(), SiteFinder())
    assert unlike(face, scene) < unlike(face, scene, shift=1.5)
