"""Swaps faces with known landmarks, batched on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from curation.vision.alignment import Centring, Points, Rgb, apply
from curation.vision.masks import draw_mask
from training.engine.convert.draw.alpha import (
    MASK_SIDE,
    erode_by,
    erosions,
    inset,
    soft_box,
    soften,
)
from training.engine.convert.draw.matching import match_colour, sharpen
from training.engine.convert.draw.placing import Patches, Placed, between, patches_around, place
from training.engine.convert.draw.sampling import look, look_back, look_finely, resized
from training.engine.convert.settings import ConvertSettings, MaskSource
from training.engine.data.segmentation import Segmenter
from training.engine.errors import ConversionRefused
from training.engine.models.face_model import Architecture, FaceModel, Prediction
from training.engine.run.folder import Side

HALVES = {"bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True, slots=True)
class TrainedView:
    """The crop and the mask that the model was trained with."""

    coverage: float
    centring: Centring
    mask: MaskSource


@dataclass(slots=True)
class Drawer:
    """A trained model on its device, ready to swap faces."""

    model: FaceModel
    architecture: Architecture
    into: Side
    view: TrainedView
    settings: ConvertSettings
    device: torch.device
    segmenters: Sequence[Segmenter] = ()
    _box: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self._box = soft_box(self.settings.blend.box / 100).to(self.device)
        if "predicted" in self._masks and self.predicts_no_mask():
            raise ConversionRefused(
                "This model predicts no mask, as it was trained without learn_mask; use "
                "--mask extended, or train with learn_mask."
            )

    @property
    def _masks(self) -> tuple[MaskSource, ...]:
        return self.settings.masks or (self.view.mask,)

    def predicts_no_mask(self) -> bool:
        """Whether the model predicts pictures alone."""
        side = self.architecture.input_size
        return self._predict(torch.zeros(1, 3, side, side, device=self.device)).masks is None

    def place(self, picture: int, landmarks: Points) -> Placed | None:
        """The placement of a face, or None when the landmarks form no face."""
        try:
            return place(
                picture,
                landmarks,
                coverage=self.view.coverage,
                centring=self.view.centring,
                with_head=bool(self.segmenters),
            )
        except ValueError:
            return None

    def draw_over(self, pictures: Sequence[Rgb], faces: Sequence[Placed]) -> None:
        """Swap faces of `pictures`, uint8 (H, W, 3) of one size, in place."""
        scale = 1 + self.settings.face_scale / 100
        for together in _apart(list(faces), self.settings.batch, scale):
            self._draw_over(pictures, together)

    @torch.inference_mode()
    def _draw_over(self, pictures: Sequence[Rgb], faces: list[Placed]) -> None:
        height, width = pictures[0].shape[:2]
        scale = 1 + self.settings.face_scale / 100
        patches = patches_around(faces, height=height, width=width, grown=scale)
        cut = np.stack([pictures[face.picture][patches.of(i)] for i, face in enumerate(faces)])
        before = self._on_device(cut).permute(0, 3, 1, 2).float() / 255

        pixels = [face.side for face in faces]
        to_patch = self._on_device(patches.from_unit([face.to_crop for face in faces]))
        fine = max(self.architecture.input_size, self.architecture.output_size)
        original = look_finely(before, to_patch, size=fine, pixels=max(pixels))
        prediction = self._predict(resized(original, self.architecture.input_size))
        mask = self._mask(faces, prediction, before, patches)
        face = self._face(prediction.pictures, original, mask)
        alpha = soften(mask, self.settings.blend, self._box)

        to_crop = self._on_device(patches.to_unit([each.to_crop for each in faces], scale=scale))
        area = {"height": patches.height, "width": patches.width}
        face = look_back(face, to_crop, **area, pixels=[each * scale for each in pixels])
        alpha = look(alpha, to_crop, **area, outside="zeros")
        blended = torch.lerp(before, face, alpha).mul_(255).round_().clamp_(0, 255)
        after = blended.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
        for i, each in enumerate(faces):
            # Outside its own area a patch may hold another face of this batch.
            own, in_patch = patches.covered(i, each.covers(scale))
            pictures[each.picture][own] = after[i][in_patch]

    def _face(self, drawn: Tensor, original: Tensor, mask: Tensor) -> Tensor:
        """The prediction, colour-matched to the original and sharpened."""
        size = drawn.shape[-1]
        matched = match_colour(
            drawn.float().clamp(0, 1),
            resized(original, size),
            resized(mask, size),
            self.settings.colour,
        )
        return sharpen(matched, self.settings.sharpen)

    def _mask(
        self, faces: list[Placed], prediction: Prediction, before: Tensor, patches: Patches
    ) -> Tensor:
        """The eroded hard masks: (N, 1, MASK_SIDE, MASK_SIDE)."""
        masks = [
            self._on_device(self._from_landmarks(faces, kind))
            for kind in self._masks
            if kind != "predicted"
        ]
        if "predicted" in self._masks and prediction.masks is not None:
            masks.append(resized(prediction.masks.float(), MASK_SIDE).clamp(0, 1))
        masks += [self._segmented(each, faces, before, patches) for each in self.segmenters]
        together = masks[0]
        for mask in masks[1:]:
            together = torch.minimum(together, mask)
        return erode_by(together, erosions([face.landmarks for face in faces], self.settings))

    def _from_landmarks(self, faces: list[Placed], kind: MaskSource) -> NDArray[np.float32]:
        # Raised by the later inset, or half a brow of each person would show.
        higher = inset(self.settings.blend)
        drawn = [
            draw_mask(
                apply(face.to_crop, face.landmarks) * MASK_SIDE - 0.5,
                height=MASK_SIDE,
                width=MASK_SIDE,
                kind="components" if kind == "components" else "extended",
                higher=higher,
            )
            for face in faces
        ]
        return np.stack(drawn)[:, None].astype(np.float32) / np.float32(255)

    def _segmented(
        self, segmenter: Segmenter, faces: list[Placed], before: Tensor, patches: Patches
    ) -> Tensor:
        """The masks of a segmentation model, which sees whole heads."""
        heads = [face.to_head for face in faces if face.to_head is not None]
        to_patch = self._on_device(patches.from_unit(heads))
        side = max(1 / np.sqrt(abs(np.linalg.det(head[:, :2]))) for head in heads)
        seen = look_finely(before, to_patch, size=MASK_SIDE, pixels=side)
        crops = (seen * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
        segmented = self._on_device(
            segmenter.masks(crops)[:, None].astype(np.float32) / np.float32(255)
        )
        into_head = np.stack(
            [between(face.to_crop, head) for face, head in zip(faces, heads, strict=True)]
        )
        maps = self._on_device(into_head)
        return look(segmented, maps, height=MASK_SIDE, width=MASK_SIDE, outside="zeros")

    @torch.inference_mode()
    def _predict(self, faces: Tensor) -> Prediction:
        with self._precision():
            return self.model.swap(faces, into=self.into)

    def _precision(self) -> AbstractContextManager[object]:
        wanted = self.settings.precision
        if wanted == "auto":
            wanted = "bf16" if self.device.type == "cuda" else "fp32"
        if wanted == "fp32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=HALVES[wanted])

    def _on_device(self, values: NDArray[np.uint8] | NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(values).to(self.device, non_blocking=True)


def _apart(faces: list[Placed], most: int, scale: float) -> Iterator[list[Placed]]:
    """Batches of faces of which no two overlap in one picture: the second must see the first's."""
    waiting = faces
    while waiting:
        together: list[Placed] = []
        later: list[Placed] = []
        for face in waiting:
            before = [*together, *later]
            free = len(together) < most and not any(_touch(face, each, scale) for each in before)
            (together if free else later).append(face)
        yield together
        waiting = later


def _touch(one: Placed, other: Placed, scale: float) -> bool:
    if one.picture != other.picture:
        return False
    mine, theirs = one.covers(scale), other.covers(scale)
    return bool((mine[:2] < theirs[2:]).all() and (theirs[:2] < mine[2:]).all())
