"""Colour matching of the swapped face to the original, and sharpening.

Pictures are (N, 3, S, S), 0 to 1; masks (N, 1, S, S).
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor

from training.engine.convert.draw.sampling import blurred
from training.engine.convert.drawing_settings import Colour, Sharpen
from training.engine.data.colour import to_lab, to_rgb

PASSES = 2
"""Passes of mean matching, as clipping shifts the means a little."""
SHADES = 256
MOST_STRETCH = 2.0
"""Limit of the contrast gain."""
GREY = (0.299, 0.587, 0.114)


def match_colour(drawn: Tensor, original: Tensor, mask: Tensor, settings: Colour) -> Tensor:
    """`drawn` matched to the colours of `original` inside the mask, then adjusted manually."""
    weight = (mask > 0.5).to(drawn.dtype)
    match settings.match:
        case "avg":
            for _ in range(PASSES):
                drawn = (drawn + _mean(original, weight) - _mean(drawn, weight)).clamp(0, 1)
        case "reinhard":
            drawn = _reinhard(drawn, original, weight)
        case "histogram":
            drawn = _histogram(drawn, original, weight)
        case "seamless":
            drawn = _seamless(drawn, original, weight)
        case "none":
            pass
    return _adjusted(drawn, settings)


def sharpen(drawn: Tensor, settings: Sharpen) -> Tensor:
    """`drawn`, sharpened."""
    if settings.kind == "none":
        return drawn
    sigma = max(0.5, settings.radius / 100 * drawn.shape[-1])
    difference = drawn - blurred(drawn, sigma)
    if settings.kind == "unsharp":
        difference = difference * (difference.abs() >= settings.threshold / 100)
    return (drawn + difference * settings.amount / 100).clamp(0, 1)


def _mean(pictures: Tensor, weight: Tensor) -> Tensor:
    """(N, 3, 1, 1); 0 where the mask is empty."""
    total = weight.sum(dim=(2, 3), keepdim=True).clamp(min=1e-6)
    return (pictures * weight).sum(dim=(2, 3), keepdim=True) / total


def _reinhard(drawn: Tensor, original: Tensor, weight: Tensor) -> Tensor:
    """Mean and spread of each Lab axis (Reinhard et al. 2001)."""
    ours, theirs = to_lab(drawn), to_lab(original)
    our_mean, their_mean = _mean(ours, weight), _mean(theirs, weight)
    our_spread = _mean((ours - our_mean) ** 2, weight).sqrt().clamp(min=1e-4)
    their_spread = _mean((theirs - their_mean) ** 2, weight).sqrt()
    stretch = (their_spread / our_spread).clamp(1 / MOST_STRETCH, MOST_STRETCH)
    moved = to_rgb((ours - our_mean) * stretch + their_mean).clamp(0, 1)
    return torch.where(weight.sum(dim=(1, 2, 3), keepdim=True) > 0, moved, drawn)


def _histogram(drawn: Tensor, original: Tensor, weight: Tensor) -> Tensor:
    """Histogram matching per channel."""
    ours, theirs = _ranks(drawn, weight), _ranks(original, weight)
    # For each of our shades the first of theirs with the same rank.
    curve = torch.searchsorted(theirs, ours).clamp(max=SHADES - 1).to(drawn.dtype)
    count, channels, height, width = drawn.shape
    exact = drawn.flatten(2) * (SHADES - 1)
    lower = exact.floor().clamp(0, SHADES - 2).long()
    share = exact - lower
    shade = torch.lerp(curve.gather(2, lower), curve.gather(2, lower + 1), share)
    moved = (shade / (SHADES - 1)).view(count, channels, height, width).clamp(0, 1)
    return torch.where(weight.sum(dim=(1, 2, 3), keepdim=True) > 0, moved, drawn)


def _ranks(pictures: Tensor, weight: Tensor) -> Tensor:
    """(N, 3, 256): the share of pixels inside the mask that are no lighter than each shade."""
    shades = (pictures * (SHADES - 1)).round().long().flatten(2)
    counts = torch.zeros(*shades.shape[:2], SHADES, device=pictures.device)
    counts = counts.scatter_add(2, shades, weight.float().flatten(2).expand(shades.shape))
    ranks = counts.cumsum(dim=2)
    return (ranks / ranks[..., -1:].clamp(min=1e-6)).contiguous()


def _seamless(drawn: Tensor, original: Tensor, weight: Tensor) -> Tensor:
    """Poisson cloning by OpenCV, on the CPU."""

    def as_bytes(pictures: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        whole = (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
        return whole.contiguous().cpu().numpy()

    cloned = []
    for face, behind, inside in zip(
        as_bytes(drawn), as_bytes(original), as_bytes(weight), strict=True
    ):
        mask = inside[..., 0].copy()
        # Cloning needs a border of the original around the mask.
        mask[[0, 1, -2, -1]], mask[:, [0, 1, -2, -1]] = 0, 0
        columns, rows, width, height = cv2.boundingRect(mask)
        if width < 3 or height < 3:
            cloned.append(face)
            continue
        middle = (columns + width // 2, rows + height // 2)
        cloned.append(cv2.seamlessClone(face, behind, mask, middle, cv2.NORMAL_CLONE))
    ready = torch.from_numpy(np.stack(cloned)).to(drawn.device).permute(0, 3, 1, 2)
    return ready.to(drawn.dtype) / 255


def _adjusted(drawn: Tensor, settings: Colour) -> Tensor:
    if settings.saturation:
        grey = (drawn * drawn.new_tensor(GREY)[:, None, None]).sum(dim=1, keepdim=True)
        drawn = grey + (drawn - grey) * (1 + settings.saturation / 100)
    if settings.contrast:
        drawn = 0.5 + (drawn - 0.5) * (1 + settings.contrast / 100)
    added = [settings.brightness + each for each in (settings.red, settings.green, settings.blue)]
    if any(added):
        drawn = drawn + drawn.new_tensor(added)[:, None, None] / 200
    return drawn.clamp(0, 1)
