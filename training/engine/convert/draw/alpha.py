"""Alpha masks for blending the swapped face.

Masks are (N, 1, MASK_SIDE, MASK_SIDE), 0 to 1, of upright crops, whatever size the model draws.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from curation.vision.alignment import Points
from curation.vision.pose import estimate_pose
from training.engine.convert.draw.sampling import averaged, blurred
from training.engine.convert.drawing_settings import Blend
from training.engine.convert.settings import ConvertSettings

MASK_SIDE = 256
DIAGONAL = math.sqrt(0.5)
STRAIGHT = ((1, 0), (-1, 0), (0, 1), (0, -1))
SLANTED = ((1, 1), (-1, -1), (1, -1), (-1, 1))
OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "whole": "whole"}


def softness(blend: Blend) -> float:
    """Standard deviation of all blur passes together, in mask pixels."""
    return blend.kernel / 100 * MASK_SIDE / 2 * math.sqrt(blend.passes)


def inset(blend: Blend) -> int:
    """Pixels that a mask is eroded by before blurring, so that the soft edge stays inside."""
    return 0 if blend.kind == "none" else max(1, math.ceil(1.5 * softness(blend)))


def soften(mask: Tensor, blend: Blend, box: Tensor) -> Tensor:
    """The mask with a blurred edge inside it, limited by the box."""
    if blend.kind != "none":
        mask = erode(mask, {"whole": torch.full((len(mask),), float(inset(blend)))})
        sigma = max(0.6, blend.kernel / 100 * MASK_SIDE / 2)
        for _ in range(blend.passes):
            if blend.kind == "gaussian":
                mask = blurred(mask, sigma)
            else:
                # A box filter of this length has the same standard deviation.
                mask = averaged(mask, max(1, round(math.sqrt(3) * sigma)))
    if blend.threshold:
        mask = mask * (mask >= blend.threshold / 100)
        mask = torch.where(mask > 1 - blend.threshold / 100, 1, mask)
    return torch.minimum(mask, box)


def soft_box(share: float) -> Tensor:
    """1 in the middle of a crop, fading to 0 at its border over a share of its side."""
    line = torch.arange(MASK_SIDE, dtype=torch.float32)
    from_edge = torch.minimum(line, line.flip(0)) / max(1.0, MASK_SIDE * share)
    line = from_edge.clamp(0, 1)
    # Smooth at both ends, so that neither shows as a line.
    smooth = line * line * (3 - 2 * line)
    return torch.outer(smooth, smooth)[None, None]


def erosions(landmarks: list[Points], settings: ConvertSettings) -> dict[str, Tensor]:
    """Erosion in % per face, for the whole mask and for each side."""
    wanted = settings.erosion
    usual = {side: getattr(wanted, side) for side in ("whole", "left", "top", "right", "bottom")}
    percents = {side: np.full(len(landmarks), value) for side, value in usual.items()}
    for place, points in enumerate(landmarks if settings.erosion_by_yaw else []):
        yaw = estimate_pose(np.asarray(points, np.float32)).yaw
        far, near = ("right", "left") if yaw > 0 else ("left", "right")
        for grown in settings.erosion_by_yaw:
            share = (abs(yaw) - grown.from_yaw) / (grown.to_yaw - grown.from_yaw)
            share = float(np.clip(share, 0, 1))
            percents[far][place] += share * grown.far
            percents[near][place] += share * grown.near
            for side in ("whole", "top", "bottom"):
                percents[side][place] += share * getattr(grown, side)
    return {side: torch.from_numpy(each).float() for side, each in percents.items() if each.any()}


def erode_by(mask: Tensor, percents: dict[str, Tensor]) -> Tensor:
    """The mask eroded by % of half the face's size; dilated if negative."""
    if not percents:
        return mask
    half = mask.sum(dim=(1, 2, 3)).clamp(min=1).sqrt().cpu() / 2
    return erode(mask, {side: (half * each / 100) for side, each in percents.items()})


def erode(mask: Tensor, pixels: dict[str, Tensor]) -> Tensor:
    """The mask eroded by a number of pixels per face and side; dilated if negative."""
    for side, lengths in pixels.items():
        whole = lengths.round().long()
        if (whole > 0).any():
            mask = _shrunk(mask, side, whole.clamp(min=0))
        if (whole < 0).any():
            # Dilation is erosion of the background from the other side.
            mask = 1 - _shrunk(1 - mask, OPPOSITE[side], (-whole).clamp(min=0))
    return mask


def _shrunk(mask: Tensor, side: str, lengths: Tensor) -> Tensor:
    match side:
        case "left":
            # Erosion from the left takes the minimum over pixels to the left.
            return _least_along(mask, (-1, 0), lengths)
        case "right":
            return _least_along(mask, (1, 0), lengths)
        case "top":
            return _least_along(mask, (0, -1), lengths)
        case "bottom":
            return _least_along(mask, (0, 1), lengths)
    # Lines in eight directions make an octagon, nearly a disc.
    straight = (lengths * 0.42).round().long()
    slanted = ((lengths - straight) * DIAGONAL).round().long()
    for direction in STRAIGHT:
        mask = _least_along(mask, direction, straight)
    for direction in SLANTED:
        # Two diagonal lines together also reach along the axes.
        mask = _least_along(mask, direction, (slanted * DIAGONAL).round().long())
    return mask


def _least_along(mask: Tensor, direction: tuple[int, int], lengths: Tensor) -> Tensor:
    """The minimum of each pixel and the next `lengths` (N,) pixels in a direction.

    In doubling steps per face: logarithmically many passes.
    """
    # Counted on the CPU, to avoid a synchronisation per pass.
    left, step, farthest = lengths.to(mask.device), 1, int(lengths.max())
    while farthest > 0:
        now = left.clamp(max=step)
        mask = torch.minimum(mask, _moved(mask, direction, now))
        left = left - now
        farthest -= step
        step *= 2
    return mask


def _moved(mask: Tensor, direction: tuple[int, int], steps: Tensor) -> Tensor:
    """Pixels shifted by a number of steps per face, with replicated edges."""
    moved = mask
    for dimension, sign in ((3, direction[0]), (2, direction[1])):
        if sign == 0:
            continue
        size = mask.shape[dimension]
        place = torch.arange(size, device=mask.device)[None, :] + sign * steps[:, None]
        shape = [len(mask), 1, 1, 1]
        shape[dimension] = size
        index = place.clamp(0, size - 1).view(shape).expand(mask.shape)
        moved = moved.gather(dimension, index)
    return moved
