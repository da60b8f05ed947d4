"""Metrics between two pictures of a face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from curation.vision.alignment import Points, Rgb
from curation.vision.masks import Mask
from training.engine.train.losses import mse_map, ssim_map

LARGEST_PSNR = 100.0
"""Cap in decibels, for identical pictures."""
RIGHT_EYE, LEFT_EYE = 36, 45
"""The outer corners of the eyes."""
Descriptor = NDArray[np.float32]


def ssim_inside(picture: Rgb, truth: Rgb, mask: Mask) -> float:
    """Mean structural similarity inside a mask, -1 to 1: 1 for the same picture."""
    return _mean_inside(ssim_map(_as_tensor(picture), _as_tensor(truth)), mask)


def psnr_inside(picture: Rgb, truth: Rgb, mask: Mask) -> float:
    """Peak signal to noise inside a mask, in decibels, LARGEST_PSNR for the same picture."""
    wrong = _mean_inside(mse_map(_as_tensor(picture), _as_tensor(truth)), mask)
    return min(float(-10 * np.log10(max(wrong, 1e-30))), LARGEST_PSNR)


def landmark_distance(landmarks: Points, truth: Points) -> float:
    """Mean landmark error, normalised by the true distance between the eyes.

    Without the jaw, which the detector locates poorly.
    """
    eyes = float(np.linalg.norm(truth[LEFT_EYE] - truth[RIGHT_EYE]))
    apart = np.linalg.norm(np.asarray(landmarks[17:] - truth[17:], np.float64), axis=1)
    return float(apart.mean()) / max(eyes, 1e-6)


def identity_distance(descriptor: Descriptor, references: Sequence[Descriptor]) -> float:
    """Mean distance of a descriptor to those of a person; below 0.6 is the same person."""
    return float(np.linalg.norm(np.stack(references) - descriptor, axis=1).mean())


def _as_tensor(picture: Rgb) -> Tensor:
    return torch.from_numpy(picture.astype(np.float64)).permute(2, 0, 1)[None] / 255


def _mean_inside(values: Tensor, mask: Mask) -> float:
    counts = torch.from_numpy(mask.astype(np.float64)) / 255
    return float((values.mean(dim=1)[0] * counts).sum() / counts.sum().clamp(min=1e-6))
