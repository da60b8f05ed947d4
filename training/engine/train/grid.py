"""The preview grid: the same faces each time, original, reconstructed and swapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from curation.vision.alignment import Centring, Rgb
from training.engine.compute.distributed import DistributedContext
from training.engine.data.augment import plain
from training.engine.data.faces import FaceSet
from training.engine.models.face_model import Architecture, FaceModel
from training.engine.run.folder import SIDES, Side

COLUMNS = ("A", "A>A", "A>B", "B", "B>B", "B>A")
"""Columns from left to right; X>Y is a face of X through Y's decoder."""
ROWS = 6
SMALLEST_CELL, LARGEST_CELL = 128, 256
"""Side of one cell in pixels: the model's output size, clamped to these."""
VEIL = 0.3
"""Opacity of the red overlay outside the mask."""


@dataclass(frozen=True, slots=True)
class FixedFaces:
    """Fixed faces of one person: model inputs and targets, 0 to 1."""

    inputs: Tensor
    """(N, 3, input, input)"""
    pictures: Tensor
    """(N, 3, output, output)"""
    masks: Tensor
    """(N, 1, output, output): the face mask from the landmarks."""

    def first(self, count: int) -> FixedFaces:
        return FixedFaces(self.inputs[:count], self.pictures[:count], self.masks[:count])

    def to(self, device: torch.device) -> FixedFaces:
        return FixedFaces(self.inputs.to(device), self.pictures.to(device), self.masks.to(device))


class GridPictures(NamedTuple):
    """A grid, uint8 (rows * cell, columns * cell, 3), and the same with the masks overlaid."""

    plain: Rgb
    masked: Rgb


def fixed_faces(
    faces: FaceSet, *, architecture: Architecture, centring: Centring, coverage: float
) -> FixedFaces:
    """ROWS faces spread over the set, as the model sees them; always the same."""
    few = faces.take(np.linspace(0, len(faces) - 1, ROWS).round().astype(int).tolist())
    pixels, views = torch.from_numpy(few.pixels), torch.from_numpy(few.views[centring])
    seen = plain(pixels, views, coverage=coverage, size=architecture.input_size)
    wanted = plain(pixels, views, coverage=coverage, size=architecture.output_size)
    return FixedFaces(inputs=seen[:, :3], pictures=wanted[:, :3], masks=wanted[:, 3:4])


class Grid:
    """The fixed faces of both people, on the device."""

    def __init__(
        self, faces: tuple[FixedFaces, FixedFaces], *, context: DistributedContext
    ) -> None:
        rows = min(len(side.inputs) for side in faces)
        self._a, self._b = (side.first(rows).to(context.device) for side in faces)
        self._context = context

    @torch.inference_mode()
    def draw(self, model: FaceModel) -> GridPictures:
        """The grid with `model`'s current weights; its training mode is restored."""
        was_training = model.training
        model.eval()
        try:
            with self._context.autocast():
                columns = [
                    *_columns(model, self._a, SIDES),
                    *_columns(model, self._b, ("b", "a")),
                ]
        finally:
            model.train(was_training)
        pictures = torch.cat([_in_cells(shown) for shown, _ in columns], dim=3)
        masks = torch.cat([_in_cells(mask) for _, mask in columns], dim=3)
        return GridPictures(_as_picture(pictures), _as_picture(_veiled(pictures, masks)))


def _columns(
    model: FaceModel, faces: FixedFaces, sides: tuple[Side, Side]
) -> list[tuple[Tensor, Tensor]]:
    """One person's originals, reconstructions and swaps; each with its masks."""
    columns = [(faces.pictures, faces.masks)]
    for side in sides:
        prediction = model.swap(faces.inputs, into=side)
        # Without a learnt mask, the mask from the landmarks is shown.
        columns.append(
            (prediction.pictures, faces.masks if prediction.masks is None else prediction.masks)
        )
    return columns


def _in_cells(faces: Tensor) -> Tensor:
    """Faces (N, C, h, w), 0 to 1, as cells stacked vertically: (1, C, N * cell, cell)."""
    cell = min(max(faces.shape[-1], SMALLEST_CELL), LARGEST_CELL)
    sized = functional.interpolate(faces.float(), (cell, cell), mode="bicubic", antialias=True)
    return torch.cat(sized.clamp(0, 1).tensor_split(len(sized)), dim=2)


def _veiled(pictures: Tensor, masks: Tensor) -> Tensor:
    """Pictures (1, 3, H, W) with a red overlay outside the masks (1, 1, H, W)."""
    red = torch.tensor([1.0, 0.0, 0.0], device=pictures.device)[:, None, None]
    return torch.lerp(pictures, red.expand_as(pictures), VEIL * (1 - masks))


def _as_picture(values: Tensor) -> Rgb:
    pixels = (values[0] * 255).round().byte().permute(1, 2, 0)
    picture: Rgb = pixels.cpu().numpy()
    return picture
