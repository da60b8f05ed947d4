"""Face detection: boxes, 68 landmarks and identity descriptors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray

from curation.vision.boxes import Box, area, shared_part
from curation.vision.descriptor import CHIP_PADDING, CHIP_SIZE, DescriptorNetwork
from curation.vision.heads import HeadNetwork
from curation.vision.resize import in_gray, resized

_LONGEST_SIDE = 1280
"""Longest side of the copy in which small faces are detected."""
_HEAD_SIZE = 120
"""Pixels that a head is resized to before its face is framed."""
_MARGIN = 0.5
"""Margin around a head in which its face is framed, in heads."""
_HOWEVER_UNSURE = -2.0
"""Threshold of the frontal detector's score that every head passes; its default is 0."""


_of_thread = threading.local()


class ModelsMissing(Exception):
    """The trained models are not installed."""


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """A detected face, in pixels of its picture."""

    box: Box
    """left, top, right, bottom; may reach over the picture's edge."""
    landmarks: NDArray[np.float32]
    """(68, 2) x and y, in the usual order: jaw, brows, nose, eyes, mouth."""
    descriptor: NDArray[np.float32] | None
    """(128,), less than about 0.6 from another of the same person; None when not asked for."""


class FaceFinder:
    """Detects faces. The models are loaded when first needed, once per process."""

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool = True) -> list[DetectedFace]:
        """The faces in an (H, W, 3) picture, the largest first.

        Heads are detected from every side, down to a fifth of the longer side; smaller faces only
        where there are none. Landmarks are good up to 45 degrees of turn; beyond,
        they make a head look less turned than it is. Raises ModelsMissing.
        """
        boxes = list(_face_boxes(rgb)) or _small_face_boxes(rgb)
        boxes.sort(key=area, reverse=True)
        return [_described(rgb, box, descriptors=descriptors) for box in boxes]


def _face_boxes(rgb: NDArray[np.uint8]) -> Iterator[Box]:
    """Every head's face, as the frontal detector would frame it.

    The landmark model was trained on that detector's boxes. Within a head its best box is taken
    at any score: without this, landmarks of turned faces are far off.
    """
    for head in _heads().find(rgb):
        reach = _MARGIN * (head[2] - head[0])
        left, top = max(0, round(head[0] - reach)), max(0, round(head[1] - reach))
        part = rgb[top : round(head[3] + reach), left : round(head[2] + reach)]
        scale = _HEAD_SIZE / (head[2] - head[0])
        gray = resized(in_gray(part), scale)
        frames, _, _ = _frontal().run(gray, 0, _HOWEVER_UNSURE)
        boxes = (_box(frame, scale, left, top) for frame in frames)
        yield next((box for box in boxes if shared_part(box, head) > 0.5), head)


def _small_face_boxes(rgb: NDArray[np.uint8]) -> list[Box]:
    scale = min(1.0, _LONGEST_SIDE / max(rgb.shape))
    frames = _frontal()(resized(in_gray(rgb), scale), 0)
    return [_box(frame, scale) for frame in frames]


def _described(rgb: NDArray[np.uint8], box: Box, *, descriptors: bool) -> DetectedFace:
    shape = _landmarks()(rgb, dlib.rectangle(*(round(edge) for edge in box)))
    points = np.array([(point.x, point.y) for point in shape.parts()], np.float32)
    descriptor = None
    if descriptors:
        chip = dlib.get_face_chip(rgb, shape, size=CHIP_SIZE, padding=CHIP_PADDING)
        descriptor = _of_both_sides(chip)
    return DetectedFace(box=box, landmarks=points, descriptor=descriptor)


def _of_both_sides(chip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mean of the chip's descriptor and its mirror's, so that a mirrored copy has the same."""
    network = _descriptor()
    mirrored = np.ascontiguousarray(chip[:, ::-1])
    return (network.describe(chip) + network.describe(mirrored)) / np.float32(2)


def _box(frame: Any, scale: float, left: float = 0, top: float = 0) -> Box:
    return (
        frame.left() / scale + left,
        frame.top() / scale + top,
        frame.right() / scale + left,
        frame.bottom() / scale + top,
    )


def _frontal() -> Any:
    # One for each thread: it keeps the picture that it searches in itself.
    if not hasattr(_of_thread, "frontal"):
        _of_thread.frontal = dlib.get_frontal_face_detector()
    return _of_thread.frontal


@cache
def _landmarks() -> Any:
    return dlib.shape_predictor(str(_model("shape_predictor_68_face_landmarks.dat")))


@cache
def _heads() -> HeadNetwork:
    return HeadNetwork(_model("mmod_human_face_detector.dat"))


@cache
def _descriptor() -> DescriptorNetwork:
    return DescriptorNetwork(_model("dlib_face_recognition_resnet_model_v1.dat"))


def _model(name: str) -> Path:
    """A file of the package `face_recognition_models`, which is never imported.

    Importing it fails where setuptools is new: it asks for `pkg_resources`.
    """
    package = find_spec("face_recognition_models")
    if package is None or not package.submodule_search_locations:
        raise ModelsMissing("Install face_recognition_models: pip install -r requirements.txt")
    return Path(package.submodule_search_locations[0], "models", name)
