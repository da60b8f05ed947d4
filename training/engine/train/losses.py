"""Per-pixel losses and their weighted mean over the face."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

WINDOW, SIGMA = 11, 1.5
TILE, MARGIN = 64, 8
"""Rows of a tile of a blur, and columns besides that it needs: half a window, filled up to 8."""
C1, C2 = 0.01**2, 0.03**2
SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of MS-SSIM's scales, from full resolution down (Wang et al. 2003)."""


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of a face's loss."""

    losses: tuple[tuple[str, float], ...] = (("ssim", 1.0), ("mse", 1.0))
    """Names of LOSSES and their weights."""
    outside: float = 0.1
    """Weight of pixels outside the face mask; inside it is 1."""
    eyes: float = 3.0
    """Eye loss weight: factor for pixels in the eyes."""
    mouth: float = 2.0


def face_loss(picture: Tensor, truth: Tensor, masks: Tensor, weights: LossWeights) -> Tensor:
    """The weighted sum of the chosen losses: one number for the whole batch.

    `picture` and `truth` (N, 3, H, W) and `masks` (N, 3, H, W) of face, eyes and mouth, all 0 to
    1. Each face is normalised by its own weights, however much of its picture it fills.
    """
    weighted = sum(weight * LOSSES[name](picture, truth) for name, weight in weights.losses)
    pixel_loss = torch.as_tensor(weighted).mean(dim=1)
    face, eyes, mouth = masks.unbind(1)
    pixel_weights = weights.outside + (1 - weights.outside) * face
    pixel_weights = pixel_weights * (1 + (weights.eyes - 1) * eyes)
    pixel_weights = pixel_weights * (1 + (weights.mouth - 1) * mouth)
    # An empty mask gives 0 instead of a division by 0.
    weight_sums = pixel_weights.sum(dim=(1, 2)).clamp(min=1e-6)
    return ((pixel_loss * pixel_weights).sum(dim=(1, 2)) / weight_sums).mean()


def mask_loss(predicted: Tensor | None, masks: Tensor) -> Tensor:
    """Mean squared error of the predicted masks; 0 for a model without masks."""
    if predicted is None:
        return masks.new_zeros(())
    return functional.mse_loss(predicted[:, 0], masks[:, 0])


def ssim_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Structural similarity of each pixel and channel, -1 to 1; 1 where both are the same.

    Both are (N, C, H, W), 0 to 1. After Wang et al. (2004): an 11 x 11 gaussian window of
    sigma 1.5; the edges are mirrored, so the map is as large as the picture.
    """
    luminance, structure = _ssim_parts(picture, truth)
    return luminance * structure


def ms_ssim_map(picture: Tensor, truth: Tensor) -> Tensor:
    """SSIM over up to five scales, each half the side of the one before, as a map.

    Scales smaller than the window are dropped and the exponents renormalised.
    """
    side = min(picture.shape[-2:])
    exponents = [exponent for scale, exponent in enumerate(SCALES) if side >> scale >= WINDOW]
    similarity = torch.ones_like(picture)
    for scale, exponent in enumerate(exponents):
        luminance, structure = _ssim_parts(picture, truth)
        # Fractional powers of negative numbers are NaN: there, nothing is similar.
        part = luminance * structure if scale == len(exponents) - 1 else structure
        part = part.clamp(min=1e-4) ** (exponent / sum(exponents))
        similarity = similarity * functional.interpolate(part, similarity.shape[-2:])
        picture, truth = functional.avg_pool2d(picture, 2), functional.avg_pool2d(truth, 2)
    return similarity


def mse_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Squared difference of each pixel and channel."""
    return (picture - truth) ** 2


def mae_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Absolute difference of each pixel and channel."""
    return (picture - truth).abs()


def log_cosh_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Like the squared difference where it is small, like the absolute one where it is large."""
    difference = (picture - truth).abs()
    return difference + functional.softplus(-2 * difference) - 0.6931471805599453


def gradient_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Absolute difference of the horizontal and vertical gradients."""
    apart = functional.pad(picture - truth, (0, 1, 0, 1), mode="replicate")
    across = apart[..., :-1, 1:] - apart[..., :-1, :-1]
    down = apart[..., 1:, :-1] - apart[..., :-1, :-1]
    return across.abs() + down.abs()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ssim": lambda picture, truth: 1 - ssim_map(picture, truth),
    "ms_ssim": lambda picture, truth: 1 - ms_ssim_map(picture, truth),
    "mse": mse_map,
    "mae": mae_map,
    "log_cosh": log_cosh_map,
    "gradient": gradient_map,
}
"""Losses by name: from (N, C, H, W) twice to a map of the same shape, 0 where both are alike."""


def _ssim_parts(picture: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    mean, truth_mean = _blur(picture), _blur(truth)
    # Only the sum of both variances is asked for: one blur instead of two.
    variances = _blur(picture * picture + truth * truth) - mean**2 - truth_mean**2
    covariance = _blur(picture * truth) - mean * truth_mean
    luminance = (2 * mean * truth_mean + C1) / (mean**2 + truth_mean**2 + C1)
    structure = (2 * covariance + C2) / (variances + C2)
    return luminance, structure


def _blur(pictures: Tensor) -> Tensor:
    """The gaussian mean around each pixel, as a product with a banded matrix from either side.

    On a GPU quicker than convolving each channel for itself, and its gradient is a product too.
    """
    down, across = (_band(side, pictures) for side in pictures.shape[-2:])
    high = torch.cat([rows @ pictures[..., seen, :] for rows, seen in _tiles(down)], dim=-2)
    return torch.cat([high[..., seen] @ rows.T for rows, seen in _tiles(across)], dim=-1)


def _tiles(band: Tensor) -> Iterator[tuple[Tensor, slice]]:
    """Some rows of a band after another, without the columns that hold only zeros, and which
    those are: of 256 columns a row needs 11. A band of a small picture stays whole.
    """
    side = len(band)
    step = TILE if side >= 4 * TILE else side
    for first in range(0, side, step):
        seen = slice(max(0, first - MARGIN), min(side, first + step + MARGIN))
        yield band[first : first + step, seen], seen


def _band(side: int, like: Tensor) -> Tensor:
    """(side, side): each row holds the weights around its pixel, mirrored at the ends."""
    apart = torch.arange(WINDOW, device=like.device) - WINDOW // 2
    columns = (torch.arange(side, device=like.device)[:, None] + apart).abs()
    columns = torch.minimum(columns, 2 * (side - 1) - columns)
    bell = torch.exp(-(apart**2) / (2 * SIGMA**2)).to(like.dtype)
    band = torch.zeros(side, side, device=like.device, dtype=like.dtype)
    return band.scatter_add(1, columns, (bell / bell.sum()).expand(side, -1))
