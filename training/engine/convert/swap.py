"""Finds the faces in a picture and draws the other person into them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from curation.vision.decode import Unreadable, decode
from curation.vision.faces import Face, FaceFinder
from training.engine.alignment import Rgb, crop_matrix, extract
from training.engine.architectures import Side, architecture_named
from training.engine.checkpoint import Checkpoint
from training.engine.convert.blend import put_back
from training.engine.errors import ConversionRefused

FINER = 2
"""Each pixel that the model sees is averaged from so many squared."""
SAME_PERSON = 0.6
"""Two dlib descriptors nearer than this are taken for the same person."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """A picture after the swap."""

    rgb: Rgb
    num_faces: int
    """How many faces were drawn over."""


class FaceSwapper:
    """A trained model, ready to swap faces."""

    def __init__(
        self, checkpoint: Checkpoint, *, into: Side, only_like: Path | None = None
    ) -> None:
        """Raises CheckpointWrong, ModelUnknown, or ConversionRefused for a useless portrait."""
        self._config = checkpoint.config
        self._architecture = architecture_named(checkpoint.about["model"])
        self._into: Side = into
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model = self._architecture.build()
        checkpoint.load_model(self._model, ema=True)
        self._model.to(self._device).eval()
        self._finder = FaceFinder()
        self._wanted = None if only_like is None else self._descriptor_in(only_like)

    def swap(self, picture: Rgb) -> Swapped:
        """A copy of the picture, uint8 (H, W, 3), with every wanted face drawn over."""
        found = self._finder.find(picture, descriptors=self._wanted is not None)
        faces = [face for face in found if self._is_wanted(face) and lies_like_a_face(face)]
        result = picture.copy()
        if not faces:
            return Swapped(result, 0)
        output = self._architecture.output_size
        drawn = self._draw([self._seen(picture, face) for face in faces])
        for face, pixels in zip(faces, drawn, strict=True):
            matrix = self._matrix(face, output)
            put_back(
                result,
                pixels,
                extract(picture, matrix, size=output),
                landmarks=face.landmarks,
                matrix=matrix,
                mask=self._config.mask,
            )
        return Swapped(result, len(faces))

    def _seen(self, picture: Rgb, face: Face) -> Rgb:
        """The face as the model is used to it: cut out finer, then averaged."""
        size = self._architecture.input_size
        fine = extract(picture, self._matrix(face, size * FINER), size=size * FINER)
        return cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8)

    def _matrix(self, face: Face, size: int) -> NDArray[np.float64]:
        return crop_matrix(face.landmarks, size=size, coverage=self._config.coverage)

    @torch.inference_mode()
    def _draw(self, seen: list[Rgb]) -> NDArray[np.float32]:
        """All faces of a picture through the model at once: float32 (N, S, S, 3), 0 to 255."""
        faces = torch.from_numpy(np.stack(seen)).to(self._device).permute(0, 3, 1, 2).float() / 255
        drawn = self._model.swap(faces, into=self._into).pictures.float() * 255
        pixels: NDArray[np.float32] = drawn.permute(0, 2, 3, 1).contiguous().cpu().numpy()
        return pixels

    def _is_wanted(self, face: Face) -> bool:
        if self._wanted is None or face.descriptor is None:
            return self._wanted is None
        distance = float(np.linalg.norm(face.descriptor - self._wanted))
        return distance < SAME_PERSON

    def _descriptor_in(self, portrait: Path) -> NDArray[np.float32]:
        try:
            faces = self._finder.find(decode(portrait.read_bytes()).rgb, descriptors=True)
        except (OSError, Unreadable) as error:
            reason = error.message if isinstance(error, Unreadable) else error
            raise ConversionRefused(f"The portrait {portrait} cannot be read. {reason}") from error
        if not faces or faces[0].descriptor is None:
            raise ConversionRefused(
                f"No face was found in the portrait {portrait}; take one seen from the front."
            )
        return faces[0].descriptor


def lies_like_a_face(face: Face) -> bool:
    """Whether the landmarks can be aligned at all; of a false alarm's they may not."""
    try:
        crop_matrix(face.landmarks, size=1, coverage=1.0)
    except ValueError:
        return False
    return True
