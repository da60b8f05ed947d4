"""How wrong a picture is, pixel by pixel, and what that comes to inside the face."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2


def ssim_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Structural similarity of each pixel and channel, -1 to 1; 1 where both are the same.

    Both are (N, C, H, W), 0 to 1. After Wang et al. (2004): an 11 x 11 gaussian window of
    sigma 1.5; the edges are mirrored, so the map is as large as the picture.
    """
    channels = picture.shape[1]
    # One blur of five stacked pictures is quicker than five blurs.
    stacked = [picture, truth, picture * picture, truth * truth, picture * truth]
    blurred = _blur(torch.cat(stacked, dim=1))
    mean, truth_mean, square, truth_square, product = torch.split(blurred, channels, dim=1)
    variance, truth_variance = square - mean**2, truth_square - truth_mean**2
    covariance = product - mean * truth_mean
    luminance = (2 * mean * truth_mean + C1) / (mean**2 + truth_mean**2 + C1)
    structure = (2 * covariance + C2) / (variance + truth_variance + C2)
    similarity: Tensor = luminance * structure
    return similarity


def mse_map(picture: Tensor, truth: Tensor) -> Tensor:
    """Squared difference of each pixel and channel."""
    return (picture - truth) ** 2


def face_loss(picture: Tensor, truth: Tensor, mask: Tensor, *, outside_weight: float) -> Tensor:
    """(1 - SSIM) + MSE, weighed by where the face is: one number for the whole batch.

    `picture` and `truth` (N, 3, H, W) and `mask` (N, 1, H, W), all 0 to 1. Each face counts the
    same, however much of its picture it fills.
    """
    wrong = (1 - ssim_map(picture, truth) + mse_map(picture, truth)).mean(dim=1, keepdim=True)
    weights = outside_weight + (1 - outside_weight) * mask
    # A face without any mask pixel weighs nothing instead of dividing by nothing.
    weight_sums = weights.sum(dim=(1, 2, 3)).clamp(min=1e-6)
    return ((wrong * weights).sum(dim=(1, 2, 3)) / weight_sums).mean()


def _blur(pictures: Tensor) -> Tensor:
    channels = pictures.shape[1]
    offsets = torch.arange(WINDOW, device=pictures.device, dtype=pictures.dtype) - WINDOW // 2
    line = torch.exp(-(offsets**2) / (2 * SIGMA**2))
    line = (line / line.sum()).expand(channels, 1, 1, WINDOW)
    margin = WINDOW // 2
    padded = functional.pad(pictures, (margin, margin, margin, margin), mode="reflect")
    across = functional.conv2d(padded, line, groups=channels)
    return functional.conv2d(across, line.transpose(2, 3), groups=channels)
