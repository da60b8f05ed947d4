"""How dlib itself finds faces, for whoever wants to compare ours with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray

from curation.vision import weights
from curation.vision.alignment import Rgb
from curation.vision.pose import Pose, estimate_pose

POINTS = "shape_predictor_68_face_landmarks.dat"
_DOUBLINGS = 1
"""How often the picture is doubled before, to find smaller faces: as `face_recognition` does."""


@dataclass(frozen=True, slots=True, eq=False)
class DlibFace:
    """A face as dlib sees it."""

    pose: Pose
    """Of a mean head that is laid on its 68 points: dlib itself tells none."""
    descriptor: NDArray[np.float32] | None
    """(128,), of the chip that dlib cuts; None when not asked for."""


class DlibFinder:
    """dlib's frontal detector and 68 points. The models are loaded when first needed."""

    def find(self, rgb: Rgb, *, descriptors: bool = True) -> list[DlibFace]:
        """The faces in an (H, W, 3) picture, the largest first. Raises WeightsMissing."""
        frames = self._detector(rgb, _DOUBLINGS)
        frames = sorted(frames, key=lambda frame: frame.area(), reverse=True)
        shapes = [self._points(rgb, frame) for frame in frames]
        return [self._face(rgb, shape, descriptors=descriptors) for shape in shapes]

    def _face(self, rgb: Rgb, shape: Any, *, descriptors: bool) -> DlibFace:
        points = np.array([(part.x, part.y) for part in shape.parts()], np.float32)
        described = self._network.compute_face_descriptor(rgb, shape) if descriptors else None
        return DlibFace(
            pose=estimate_pose(points),
            descriptor=None if described is None else np.array(described, np.float32),
        )

    @cached_property
    def _detector(self) -> Any:
        return dlib.get_frontal_face_detector()

    @cached_property
    def _points(self) -> Any:
        return dlib.shape_predictor(str(weights.dlib_model(POINTS)))

    @cached_property
    def _network(self) -> Any:
        return dlib.face_recognition_model_v1(str(weights.dlib_model(weights.DESCRIPTOR)))
