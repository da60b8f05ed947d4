"""Makes every face a little different each time it is seen, on the device that trains.

The chances are drawn on the CPU for the whole step, so the same generator gives the same
pictures on any device and however many processes share the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional

ROTATION = 10.0
"""Degrees to either side."""
ZOOM = 0.05
SHIFT = 0.05
"""Share of the side, in x and in y."""
BRIGHTER, TINTED = 0.30, 0.08
"""How far brightness and the two colour axes move towards their ends."""
WARP_NODES = 5
WARP = 5 / 256
"""Standard deviation of a warp node's shift, as a share of the side."""
FINER = 2
"""Each pixel is averaged from so many squared, or fine lines would flicker."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What chance decided for each of N faces."""

    rotation: Tensor
    """(N,) radians."""
    zoom: Tensor
    """(N,) factors around 1."""
    shift: Tensor
    """(N, 2), in shares of the side."""
    flipped: Tensor
    """(N,) 1 or -1."""
    colour: Tensor
    """(N, 3): brightness, then the two colour axes; -1 to 1 times their reach."""
    nodes: Tensor
    """(N, 2, 5, 5): shift of the warp's nodes, in shares of the side."""

    @classmethod
    def draw(cls, count: int, generator: torch.Generator, *, flip: bool) -> Self:
        """Chances for `count` faces; the generator moves on by the same amount every time."""

        def around(*shape: int) -> Tensor:
            return torch.rand(shape, generator=generator) * 2 - 1

        rotation, zoom, shift = around(count), around(count), around(count, 2)
        mirrored = (around(count) < 0) & flip
        reach = torch.tensor([BRIGHTER, TINTED, TINTED])
        colour = around(count, 3) * reach
        nodes = torch.randn((count, 2, WARP_NODES, WARP_NODES), generator=generator)
        return cls(
            rotation=torch.deg2rad(rotation * ROTATION),
            zoom=1 + zoom * ZOOM,
            shift=shift * SHIFT,
            flipped=1.0 - 2.0 * mirrored.float(),
            colour=colour,
            nodes=nodes * WARP,
        )

    def part(self, which: slice) -> Self:
        """The chances of some of the faces."""
        return self._each(lambda values: values[which])

    def to(self, device: torch.device) -> Self:
        return self._each(lambda values: values.to(device, non_blocking=True))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Self:
        return type(self)(**{each.name: change(getattr(self, each.name)) for each in fields(self)})


@dataclass(frozen=True, slots=True)
class Examples:
    """What one side learns from in a step; float32, 0 to 1."""

    inputs: Tensor
    """(N, 3, input, input): what the model sees, warped."""
    targets: Tensor
    """(N, 3, output, output): what it should answer, not warped."""
    masks: Tensor
    """(N, 1, output, output): where the face is."""


def augment(
    crops: Tensor,
    masks: Tensor,
    chances: Chances,
    *,
    coverage: float,
    sizes: tuple[int, int],
    views: Tensor | None = None,
) -> Examples:
    """Examples from stored faces.

    `crops` uint8 (N, S, S, 3) and `masks` uint8 (N, S, S) on the device that trains; `sizes`
    are the model's input and output side. `views` (N, 3) are the centre and half side of each
    face's square inside its crop; without them it is the whole crop.
    """
    pictures = recolour(as_pictures(crops), chances.colour)
    stacked = torch.cat([pictures, as_pictures(masks[..., None])], dim=1)
    input_size, output_size = sizes
    seen = _plain_grid(len(crops), input_size, crops.device)
    warped = _place(seen + _warp(chances.nodes, seen.shape[1]), chances)
    placed = _place(_plain_grid(len(crops), output_size, crops.device), chances)
    targets = _sample(stacked, _in_view(placed * coverage, views))
    return Examples(
        inputs=_sample(pictures, _in_view(warped * coverage, views)),
        targets=targets[:, :3],
        masks=targets[:, 3:],
    )


def plain(crops: Tensor, *, coverage: float, size: int, views: Tensor | None = None) -> Tensor:
    """Stored faces as the model sees them without any chance: (N, C, size, size), 0 to 1."""
    grid = _plain_grid(len(crops), size, crops.device)
    return _sample(as_pictures(crops), _in_view(grid * coverage, views))


def _in_view(grid: Tensor, views: Tensor | None) -> Tensor:
    """A grid over each face's square, as one over its stored crop."""
    if views is None:
        return grid
    return grid * views[:, None, None, 2:] + views[:, None, None, :2]


def as_pictures(stored: Tensor) -> Tensor:
    """uint8 (N, H, W, C) as float32 (N, C, H, W), 0 to 1."""
    return stored.permute(0, 3, 1, 2).float() / 255


def recolour(pictures: Tensor, colour: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) with brightness and both colour axes moved, each by (N, 3).

    The axes are luma, orange and green (YCgCo): as good as Lab for a nudge, and one matrix.
    """
    red, green, blue = pictures.unbind(1)
    luma = red / 4 + green / 2 + blue / 4
    green_axis = green / 2 - red / 4 - blue / 4
    orange_axis = red / 2 - blue / 2
    bright, tint_green, tint_orange = colour[:, :, None, None].unbind(1)
    # Brighter means towards white, darker towards black: nothing is cut off at either end.
    luma = luma + bright * torch.where(bright > 0, 1 - luma, luma)
    green_axis = green_axis + tint_green / 2
    orange_axis = orange_axis + tint_orange / 2
    rest = luma - green_axis
    mixed = torch.stack([rest + orange_axis, luma + green_axis, rest - orange_axis], dim=1)
    return mixed.clamp(0, 1)


def _plain_grid(count: int, size: int, device: torch.device) -> Tensor:
    """Where each pixel is: (N, size * FINER, size * FINER, 2); what is seen spans -1 to 1."""
    side = size * FINER
    line = (torch.arange(side, device=device) * 2 + 1) / side - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x, y], dim=-1).expand(count, side, side, 2)


def _warp(nodes: Tensor, side: int) -> Tensor:
    """The nodes' shifts spread smoothly over a grid: (N, side, side, 2)."""
    spread = functional.interpolate(nodes * 2, (side, side), mode="bicubic", align_corners=True)
    return spread.permute(0, 2, 3, 1)


def _place(grid: Tensor, chances: Chances) -> Tensor:
    """The grid mirrored, turned, zoomed and shifted, each face its own way."""
    cos, sin = torch.cos(chances.rotation), torch.sin(chances.rotation)
    turn = torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)
    mirror = torch.stack([chances.flipped, torch.ones_like(chances.flipped)], -1)
    matrix = turn * chances.zoom[:, None, None] * mirror[:, None, :]
    moved = torch.einsum("nij,nhwj->nhwi", matrix, grid)
    return moved + 2 * chances.shift[:, None, None, :]


def _sample(pictures: Tensor, grid: Tensor) -> Tensor:
    fine = functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return functional.avg_pool2d(fine, FINER)
