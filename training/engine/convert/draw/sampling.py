"""Pictures looked at through affine maps, in batches, on any device."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def look(pictures: Tensor, maps: Tensor, *, height: int, width: int, outside: str) -> Tensor:
    """(N, C, height, width) of pictures (N, C, H, W); `maps` (N, 2, 3) say where each pixel is.

    `outside` is `border`, which repeats the edge, or `zeros`.
    """
    shape = [len(pictures), pictures.shape[1], height, width]
    grid = functional.affine_grid(maps, shape, align_corners=False)
    seen: Tensor = functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode=outside, align_corners=False
    )
    return seen


def look_finely(pictures: Tensor, maps: Tensor, *, size: int, pixels: float) -> Tensor:
    """(N, C, size, size) crops, each pixel averaged from all that it covers, at least 2 x 2.

    `pixels` is the side of the largest crop in pixels of its picture.
    """
    finer = max(2, min(16, math.ceil(pixels / size)))
    fine = look(pictures, maps, height=size * finer, width=size * finer, outside="border")
    return functional.avg_pool2d(fine, finer)


def look_back(
    drawn: Tensor, maps: Tensor, *, height: int, width: int, pixels: Sequence[float]
) -> Tensor:
    """Crops (N, C, S, S) laid into patches, each `pixels` wide there.

    A crop that is finer than its patch is averaged first, so that it does not shimmer.
    """
    sizes = [_fitting(drawn.shape[-1], each) for each in pixels]
    laid = drawn.new_empty(len(drawn), drawn.shape[1], height, width)
    for size in sorted(set(sizes)):
        alike = [place for place, each in enumerate(sizes) if each == size]
        fitted = _fitted(drawn[alike], size)
        laid[alike] = look(fitted, maps[alike], height=height, width=width, outside="border")
    return laid


def _fitting(side: int, pixels: float) -> float:
    """How many times as large a crop is sampled from best."""
    if pixels > 1.5 * side:
        return min(4, round(pixels / side) + 1)
    return 1 / max(1, int(side / max(pixels, 1.0)))


def _fitted(drawn: Tensor, times: float) -> Tensor:
    if times > 1:
        # A smooth curve through the pixels; straight lines between them show as a net.
        finer: Tensor = functional.interpolate(
            drawn, scale_factor=times, mode="bicubic", align_corners=False
        )
        return finer.clamp(0, 1)
    return drawn if times == 1 else resized(drawn, max(1, round(drawn.shape[-1] * times)))


def resized(pictures: Tensor, size: int) -> Tensor:
    """Square pictures of another side, averaged when smaller."""
    if pictures.shape[-1] == size:
        return pictures
    if pictures.shape[-1] > size:
        smaller: Tensor = functional.interpolate(
            pictures, (size, size), mode="bilinear", antialias=True, align_corners=False
        )
        return smaller
    return functional.interpolate(pictures, (size, size), mode="bilinear", align_corners=False)


def blurred(pictures: Tensor, sigma: float) -> Tensor:
    """Softened by a gaussian; beyond the edge the edge repeats."""
    reach = max(1, math.ceil(3 * sigma))
    steps = torch.arange(-reach, reach + 1, device=pictures.device, dtype=pictures.dtype)
    weights = torch.exp(-(steps**2) / (2 * sigma**2))
    return _along_both(pictures, weights / weights.sum())


def averaged(pictures: Tensor, reach: int) -> Tensor:
    """Each pixel the plain mean of those up to `reach` away."""
    count = 2 * reach + 1
    weights = torch.full((count,), 1 / count, device=pictures.device, dtype=pictures.dtype)
    return _along_both(pictures, weights)


def _along_both(pictures: Tensor, weights: Tensor) -> Tensor:
    channels, reach = pictures.shape[1], len(weights) // 2
    padded = functional.pad(pictures, (reach, reach, reach, reach), mode="replicate")
    across = weights.expand(channels, 1, 1, -1)
    return functional.conv2d(
        functional.conv2d(padded, across, groups=channels),
        across.transpose(2, 3),
        groups=channels,
    )
