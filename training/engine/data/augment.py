"""Data augmentation on the training device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from training.engine.data.augmentation_parameters import BASICS, WARP_NODES, AugmentationSettings
from training.engine.data.colour import (
    contrast_curves,
    equalise,
    lightness_of,
    nudge,
    to_lab,
    to_rgb,
)
from training.engine.data.warping import spread

Both = tuple[Tensor, Tensor]
"""Of person A and of person B."""

USUAL_VIEW = 0.6
"""Share of the stored side that a model sees with centring "face" at a coverage of 0.8."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Training examples of one side in a step; float32, 0 to 1."""

    inputs: Tensor
    """(N, 3, input, input): the warped model inputs."""
    targets: Tensor
    """(N, 3, output, output): the unwarped targets."""
    masks: Tensor
    """(N, 3, output, output): masks of the face, the eyes and the mouth."""

    def part(self, which: slice) -> Examples:
        """Some of the examples."""
        return Examples(self.inputs[which], self.targets[which], self.masks[which])


@dataclass(frozen=True, slots=True)
class Sampled:
    """Examples before colour augmentation, and the sampling grids of their pixels."""

    examples: Examples
    seen: Tensor
    """(N, input, input, 2), x and y of the inputs' pixels, -1 to 1."""
    wanted: Tensor
    """(N, output, output, 2), the same of the targets'."""


def as_it_is(part: Callable[..., Any]) -> Callable[..., Any]:
    return part


class Augment:
    """Makes examples from stored faces, on the device they are on.

    Its three parts are compiled separately: compiled as one they took a GPU a quarter longer, by
    fused kernels that repeated the sampling.
    """

    def __init__(
        self,
        settings: AugmentationSettings,
        *,
        wrap: Callable[[Callable[..., Any]], Callable[..., Any]] = as_it_is,
    ) -> None:
        self._settings = settings
        self._sample, self._curves = wrap(sample), wrap(curves_of)
        self._recolour = wrap(recoloured_examples)

    def __call__(
        self, pixels: Tensor, views: Tensor, parameters: Tensor, nodes: Tensor | None = None
    ) -> Examples:
        """Examples of one person or more.

        `pixels` uint8 (N, S, S, 6): colours and three masks; `views` (N, 3): centre and half side
        of the square that is seen, where the stored crop spans -1 to 1; `parameters` (N,
        num_parameters); `nodes` (N, 2, K, K): the warp to landmarks, when `warp` is that.
        """
        sampled: Sampled = self._sample(pixels, views, parameters, nodes, self._settings)
        if not self._settings.colour:
            return sampled.examples
        made: Examples = self._recolour(sampled, parameters, self._curves(pixels, parameters))
        return made

    def both(
        self, pixels: Both, views: Both, parameters: Both, nodes: Both | None
    ) -> tuple[Examples, Examples]:
        """Examples of both people in one call: half as many kernels, each twice as large."""
        joined = None if nodes is None else torch.cat(nodes)
        together = self(torch.cat(pixels), torch.cat(views), torch.cat(parameters), joined)
        count = len(pixels[0])
        return together.part(slice(None, count)), together.part(slice(count, None))


def sample(
    pixels: Tensor,
    views: Tensor,
    parameters: Tensor,
    nodes: Tensor | None,
    settings: AugmentationSettings,
) -> Sampled:
    """Geometric augmentation alone; the arguments are as Augment takes them."""
    stored = as_pictures(pixels)
    if settings.warp == "grid":
        nodes = parameters[:, BASICS:].view(-1, 2, WARP_NODES, WARP_NODES)

    finer_in, finer_out = _finer(pixels, settings.input_size), _finer(pixels, settings.output_size)
    seen = _plain_grid(settings.input_size * finer_in, pixels.device)
    if nodes is not None:
        seen = seen + spread(nodes, settings.input_size * finer_in)
    seen = _place(seen, views, parameters, settings.coverage)
    wanted = _plain_grid(settings.output_size * finer_out, pixels.device)
    wanted = _place(wanted, views, parameters, settings.coverage)
    examples = Examples(
        inputs=_sample(stored[:, :3], seen, finer_in),
        targets=_sample(stored[:, :3], wanted, finer_out),
        masks=_sample(stored[:, 3:], wanted, finer_out),
    )
    return Sampled(examples, _coarser(seen, finer_in), _coarser(wanted, finer_out))


def recoloured_examples(sampled: Sampled, parameters: Tensor, curves: Tensor) -> Examples:
    """Examples with colour augmentation; masks are unchanged.

    Only the sampled pixels are recoloured, less than half of the stored ones.
    """
    plainly = sampled.examples
    return Examples(
        inputs=recolour(plainly.inputs, sampled.seen, parameters, curves),
        targets=recolour(plainly.targets, sampled.wanted, parameters, curves),
        masks=plainly.masks,
    )


def plain(pixels: Tensor, views: Tensor, *, coverage: float, size: int) -> Tensor:
    """Stored faces without augmentation: colours and masks, (N, 6, size, size), 0 to 1."""
    finer = _finer(pixels, size)
    grid = _plain_grid(size * finer, pixels.device) * coverage
    return _sample(as_pictures(pixels), _seen_in(grid, views), finer)


def as_pictures(stored: Tensor) -> Tensor:
    """uint8 (N, H, W, C) as float32 (N, C, H, W), 0 to 1."""
    return stored.permute(0, 3, 1, 2).float() / 255


def curves_of(pixels: Tensor, parameters: Tensor) -> Tensor:
    """The contrast curves of stored faces after the lightness shift, for `recolour`.

    From every second row and column, enough for a histogram.
    """
    counted = as_pictures(pixels[:, ::2, ::2, :3])
    light = nudge(lightness_of(counted)[:, None], parameters[:, 5:6])
    return contrast_curves(light[:, 0], _tiles(parameters))


def recolour(pictures: Tensor, places: Tensor, parameters: Tensor, curves: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) with shifted colours, and CLAHE on half of them.

    `places` (N, H, W, 2) is where their pixels lie in the stored faces that `curves` are of.
    """
    lab = nudge(to_lab(pictures), parameters[:, 5:8])
    lightness = equalise(lab[:, 0], curves, _tiles(parameters), places)
    return to_rgb(torch.cat([lightness[:, None], lab[:, 1:]], dim=1))


def _tiles(parameters: Tensor) -> Tensor:
    return parameters[:, 8].long()


def _finer(pixels: Tensor, size: int) -> int:
    """Supersampling factor per side, against aliasing.

    Stored pixels per sampled pixel at the usual coverage, at most 2.
    """
    return min(2, max(1, round(pixels.shape[1] * USUAL_VIEW / size)))


def _plain_grid(side: int, device: torch.device) -> Tensor:
    """Where each pixel of the square seen is, -1 to 1: (1, side, side, 2)."""
    line = (torch.arange(side, device=device) * 2 + 1) / side - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x, y], dim=-1)[None]


def _place(grid: Tensor, views: Tensor, parameters: Tensor, coverage: float) -> Tensor:
    """The grid mirrored, rotated, scaled and shifted per face, in its stored crop."""
    rotation, zoom, shift_x, shift_y, mirror = parameters[:, :5, None, None].unbind(1)
    x, y = grid[..., 0] * mirror, grid[..., 1]
    cos, sin = torch.cos(rotation) * zoom, torch.sin(rotation) * zoom
    moved = torch.stack([cos * x - sin * y + shift_x, sin * x + cos * y + shift_y], dim=-1)
    return _seen_in(moved * coverage, views)


def _seen_in(grid: Tensor, views: Tensor) -> Tensor:
    """Places in the square seen as places in the stored crop."""
    return views[:, None, None, :2] + views[:, None, None, 2:] * grid


def _sample(pictures: Tensor, grid: Tensor, finer: int) -> Tensor:
    fine = functional.grid_sample(
        pictures, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    return functional.avg_pool2d(fine, finer) if finer > 1 else fine


def _coarser(grid: Tensor, finer: int) -> Tensor:
    """The sampling grid at pixel resolution."""
    if finer == 1:
        return grid
    return functional.avg_pool2d(grid.permute(0, 3, 1, 2), finer).permute(0, 2, 3, 1)
