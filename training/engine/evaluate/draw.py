"""Swaps the faces of pictures with known ground truth, and stores the results for measuring.

Drawing needs the model, and preferably a GPU; measuring needs what finds faces. They can run on
two machines, with the swaps in a folder in between.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from curation.files import write_bytes, write_json
from curation.vision.alignment import Centring, Matrix, Points, Rgb, crop_matrix, extract
from curation.vision.masks import MaskKind
from training.engine.checkpoints.checkpoint import Checkpoint
from training.engine.checkpoints.trained import open_trained
from training.engine.errors import TruthWrong
from training.engine.evaluate.truth import SwapCase, Truth, read_picture
from training.engine.marks.sheet import encode_unlabelled
from training.engine.models.face_model import FaceModel
from training.engine.run.folder import Side
from training.engine.run.landmarks import read_landmarks

FORMAT = "winnow-drawings/1"
ABOUT, LANDMARKS = "drawings.json", "landmarks.npz"
MEASURED_SIZE = 256
"""Side in pixels at which every model is measured, whatever its output size."""
FINER = 2
"""Supersampling factor per side of the model input."""


@dataclass(frozen=True, slots=True)
class CropView:
    """How faces are cropped, as in training."""

    coverage: float
    centring: Centring
    mask: MaskKind

    def matrix(self, landmarks: Points, size: int) -> Matrix:
        """From a picture's pixels to those of a face's crop. Raises TruthWrong."""
        try:
            return crop_matrix(landmarks, size=size, coverage=self.coverage, centring=self.centring)
        except ValueError as error:
            raise TruthWrong(f"A face cannot be aligned: {error}.") from error


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A model's swap of one picture."""

    case: SwapCase
    pixels: Rgb
    """The swapped crop, at the model's output size but at most MEASURED_SIZE."""
    landmarks: Points
    """(68, 2): the landmarks that the source was aligned by, in its pixels."""


@dataclass(frozen=True, slots=True)
class Drawings:
    """All swaps of one model, with what is needed to measure them."""

    about: dict[str, Any]
    """The model's name, step and digest, and whether averaged weights were used."""
    view: CropView
    each: list[Drawing]


def draw(checkpoint: Checkpoint, truth: Truth, cases: Sequence[SwapCase]) -> Drawings:
    """Swap the face of every case's source.

    Raises CheckpointWrong, ModelUnknown, TruthWrong or FinderMissing.
    """
    config = checkpoint.config
    view = CropView(config.coverage, config.centring, config.mask)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    architecture, model = open_trained(checkpoint, device)
    drawings = []
    for case in cases:
        seen, landmarks = _seen(truth, case, view, architecture.input_size)
        drawings.append(Drawing(case, _swapped(model, seen, case.into, device), landmarks))
    about = {
        "model": architecture.name,
        "step": checkpoint.step,
        "output": architecture.output_size,
    }
    about |= {"digest": checkpoint.about.get("digest"), "averaged": config.ema_decay > 0}
    return Drawings(about, view, drawings)


def write_drawings(folder: Path, drawings: Drawings) -> None:
    """Write drawings for read_drawings. Raises DiskFull."""
    folder.mkdir(parents=True, exist_ok=True)
    for drawing in drawings.each:
        # Lossless: the metrics must not depend on where they are measured.
        content = encode_unlabelled(drawing.pixels, quality=100)
        write_bytes(folder / f"{drawing.case.name}.webp", content)
    names = np.array([drawing.case.name for drawing in drawings.each])
    points = np.stack([drawing.landmarks for drawing in drawings.each]).astype(np.float32)
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, files=names, lm=points)
    write_bytes(folder / LANDMARKS, buffer.getvalue())
    cases = [asdict(drawing.case) for drawing in drawings.each]
    about = {"format": FORMAT, "about": drawings.about, "view": asdict(drawings.view)}
    write_json(folder / ABOUT, {**about, "cases": cases})


def read_drawings(folder: Path) -> Drawings:
    """What write_drawings wrote. Raises TruthWrong or LandmarksWrong."""
    try:
        stored = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise ValueError(f"its format is {stored['format']!r}, not {FORMAT!r}")
        points = read_landmarks(folder / LANDMARKS, (folder / LANDMARKS).read_bytes())
        cases = [SwapCase(**case) for case in stored["cases"]]
        return Drawings(
            stored["about"],
            CropView(**stored["view"]),
            [
                Drawing(case, read_picture(folder / f"{case.name}.webp"), points[case.name])
                for case in cases
            ],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TruthWrong(
            f"{folder} holds no swaps to measure: {error!r}. Write them with --draw-only."
        ) from error


def _seen(truth: Truth, case: SwapCase, view: CropView, size: int) -> tuple[Rgb, Points]:
    """A source's face as model input: cropped at twice the size, then averaged."""
    picture = truth.picture(case.source)
    landmarks = truth.landmarks(case.source, picture)
    fine = extract(picture, view.matrix(landmarks, size * FINER), size=size * FINER)
    return resized(fine, size), landmarks


@torch.inference_mode()
def _swapped(model: FaceModel, seen: Rgb, into: Side, device: torch.device) -> Rgb:
    """A face (input, input, 3) drawn as the person of a side."""
    face = torch.from_numpy(seen).to(device).permute(2, 0, 1)[None].float() / 255
    picture = model.swap(face, into=into).pictures[0].float().clamp(0, 1) * 255
    pixels = picture.round().byte().permute(1, 2, 0).cpu().numpy()
    return resized(pixels, min(len(pixels), MEASURED_SIZE))


def resized(pixels: Rgb, size: int) -> Rgb:
    """A square picture at another size, averaged down or smoothly enlarged."""
    if len(pixels) == size:
        return np.ascontiguousarray(pixels)
    how = cv2.INTER_AREA if len(pixels) > size else cv2.INTER_CUBIC
    return cv2.resize(pixels, (size, size), interpolation=how).astype(np.uint8, copy=False)
