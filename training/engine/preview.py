"""Shows how far the model is: a grid of the same faces every time, as they are and swapped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from curation.vision.thumbnails import encode_webp
from training.engine.architectures import Architecture, FaceModel
from training.engine.augment import plain
from training.engine.durable import write_bytes
from training.engine.faces import FaceSet
from training.engine.world import World

FOLDER = "previews"
NEWEST = "preview.webp"
COLUMNS = ("A", "A>A", "A>B", "B", "B>B", "B>A")
"""What the grid shows from left to right; X>Y is a face of X drawn by Y's decoder."""
ROWS = 6
CELL = 128
"""Side of one face in the picture, in pixels."""


class Preview:
    """The fixed faces of a run and the folder that their pictures go to."""

    def __init__(
        self,
        run_dir: Path,
        *,
        architecture: Architecture,
        faces: tuple[FaceSet, FaceSet],
        coverage: float,
        world: World,
    ) -> None:
        self._folder = run_dir / FOLDER
        self._folder.mkdir(exist_ok=True)
        size = architecture.input_size
        self._world = world
        self._a, self._b = (
            _seen(_spread(side), coverage=coverage, size=size).to(world.device) for side in faces
        )

    def write(self, model: FaceModel, step: int) -> str:
        """Draw the grid at this step; gives its path inside the run folder."""
        picture = encode_webp(self._grid(model), longest_side=len(COLUMNS) * CELL, quality=85)
        name = f"{step:08d}.webp"
        write_bytes(self._folder / name, picture)
        write_bytes(self._folder / NEWEST, picture)
        return f"{FOLDER}/{name}"

    @torch.inference_mode()
    def _grid(self, model: FaceModel) -> NDArray[np.uint8]:
        was_training = model.training
        model.eval()
        with self._world.autocast():
            columns = [
                self._a,
                model.swap(self._a, into="a").pictures,
                model.swap(self._a, into="b").pictures,
                self._b,
                model.swap(self._b, into="b").pictures,
                model.swap(self._b, into="a").pictures,
            ]
        model.train(was_training)
        return np.concatenate([_column(faces) for faces in columns], axis=1)


def _column(faces: Tensor) -> NDArray[np.uint8]:
    """Faces (N, 3, h, w) one above the other, uint8 (N * CELL, CELL, 3)."""
    large = torch.nn.functional.interpolate(faces.float(), (CELL, CELL), mode="bicubic")
    pixels = (large.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1)
    column: NDArray[np.uint8] = pixels.reshape(-1, CELL, 3).cpu().numpy()
    return column


def _seen(faces: FaceSet, *, coverage: float, size: int) -> Tensor:
    pixels, views = torch.from_numpy(faces.pixels), torch.from_numpy(faces.views["face"])
    return plain(pixels, views, coverage=coverage, size=size)[:, :3]


def _spread(faces: FaceSet) -> FaceSet:
    """ROWS faces from all over the set, the same every time."""
    return faces.take(np.linspace(0, len(faces) - 1, ROWS).round().astype(int).tolist())
