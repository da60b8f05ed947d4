"""Makes every face a little different each time it is seen, on the device that trains.

The chances are drawn on the CPU for the whole step, so the same generator gives the same
pictures on any device and however many processes share the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.engine.colour import MOST_TILES, equalise, nudge, to_lab, to_rgb
from training.engine.config import Warp

Both = tuple[Tensor, Tensor]
"""Of person A and of person B."""

ROTATION = 10.0
"""Degrees to either side."""
ZOOM = 0.05
SHIFT = 0.05
"""Share of the side, in x and in y."""
LIGHTER, TINTED = 0.30, 0.08
"""How far lightness and the two colour axes move towards their ends."""
EQUALISED = 0.5
"""Share of the faces whose contrast is equalised, in 2 to 6 tiles a side."""
WARP_NODES = 5
WARP = 5 / 256
"""Standard deviation of a warp node's shift, as a share of the side."""
JITTER = 2 / 256
"""The same of a landmark that the face is warped to."""
LANDMARK_NODES = 17
NUM_LANDMARKS = 68
USUAL_VIEW = 0.6
"""Share of the stored side that a model sees: a face at a coverage of 0.8."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a run makes examples from stored faces."""

    input_size: int
    output_size: int
    coverage: float
    """Share of the centred square's side that the model sees."""
    flip: bool = True
    colour: bool = True
    warp: Warp = "grid"

    @property
    def num_chances(self) -> int:
        """Numbers that chance decides for each face."""
        match self.warp:
            case "grid":
                return BASICS + 2 * WARP_NODES**2
            case "landmarks":
                return BASICS + 1 + 2 * NUM_LANDMARKS
            case "none":
                return BASICS


# rotation, zoom, shift in x and y, mirror, lightness, two colour axes, tiles
BASICS = 9


@dataclass(frozen=True, slots=True)
class Chances:
    """What chance decided for each of N faces; one tensor, so that one copy moves it."""

    values: Tensor
    """(N, recipe.num_chances)."""

    @classmethod
    def draw(cls, count: int, generator: torch.Generator, recipe: Recipe) -> Chances:
        """Chances for `count` faces; the generator moves on by the same amount every time."""
        even = torch.rand((count, BASICS), generator=generator) * 2 - 1
        normal = torch.randn((count, recipe.num_chances - BASICS), generator=generator)
        reach = torch.tensor(
            [torch.pi * ROTATION / 180, ZOOM, 2 * SHIFT, 2 * SHIFT, 1, LIGHTER, TINTED, TINTED, 1]
        )
        basics = even * reach
        basics[:, 1] += 1
        basics[:, 4] = torch.where((even[:, 4] < 0) & torch.tensor(recipe.flip), -1.0, 1.0)
        tiles = 2 + ((even[:, 8] + 1) / 2 / EQUALISED * (MOST_TILES - 1)).floor()
        basics[:, 8] = torch.where(even[:, 8] < 2 * EQUALISED - 1, tiles, 0.0)
        if recipe.warp == "grid":
            normal *= 2 * WARP
        return cls(torch.cat([basics, normal], dim=1))

    def part(self, which: slice) -> Chances:
        """The chances of some of the faces."""
        return Chances(self.values[which])

    @property
    def neighbour(self) -> Tensor:
        """(N,) normal: which of the faces nearest to it a face is warped to."""
        return self.values[:, BASICS]

    @property
    def jitter(self) -> Tensor:
        """(N, 68, 2): how far each landmark is moved besides, -1 to 1 being the whole side."""
        return self.values[:, BASICS + 1 :].view(-1, NUM_LANDMARKS, 2) * (2 * JITTER)


@dataclass(frozen=True, slots=True)
class Examples:
    """What one side learns from in a step; float32, 0 to 1."""

    inputs: Tensor
    """(N, 3, input, input): what the model sees, warped."""
    targets: Tensor
    """(N, 3, output, output): what it should answer, not warped."""
    masks: Tensor
    """(N, 3, output, output): where the face is, the eyes, and the mouth."""

    def part(self, which: slice) -> Examples:
        """Some of the examples."""
        return Examples(self.inputs[which], self.targets[which], self.masks[which])


def augment(
    pixels: Tensor, views: Tensor, chances: Tensor, nodes: Tensor | None, recipe: Recipe
) -> Examples:
    """Examples from stored faces, on the device they are on.

    `pixels` uint8 (N, S, S, 6): colours and three masks; `views` (N, 3): centre and half side of
    the square that is seen, where the stored crop spans -1 to 1; `chances` (N, num_chances);
    `nodes` (N, 2, K, K): the warp to landmarks, when the recipe asks for that.
    """
    stored = as_pictures(pixels)
    pictures = stored[:, :3]
    if recipe.colour:
        pictures = recolour(pictures, chances)
    if recipe.warp == "grid":
        nodes = chances[:, BASICS:].view(-1, 2, WARP_NODES, WARP_NODES)

    finer_in, finer_out = _finer(pixels, recipe.input_size), _finer(pixels, recipe.output_size)
    seen = _plain_grid(recipe.input_size * finer_in, pixels.device)
    if nodes is not None:
        seen = seen + _spread(nodes, recipe.input_size * finer_in)
    placed = _plain_grid(recipe.output_size * finer_out, pixels.device)
    inputs = _sample(pictures, _place(seen, views, chances, recipe.coverage), finer_in)
    unwarped = _place(placed, views, chances, recipe.coverage)
    # Each for itself: to put colours and masks into one tensor first would be to copy both.
    targets = _sample(pictures, unwarped, finer_out)
    masks = _sample(stored[:, 3:], unwarped, finer_out)
    return Examples(inputs=inputs, targets=targets, masks=masks)


def augment_both(
    pixels: Both, views: Both, chances: Both, nodes: Both | None, recipe: Recipe
) -> tuple[Examples, Examples]:
    """Examples of both people in one go: half as many kernels for a GPU, each twice as large.

    Every argument is as augment takes it, once for each person.
    """
    together = augment(
        torch.cat(pixels),
        torch.cat(views),
        torch.cat(chances),
        None if nodes is None else torch.cat(nodes),
        recipe,
    )
    count = len(pixels[0])
    return together.part(slice(None, count)), together.part(slice(count, None))


def plain(pixels: Tensor, views: Tensor, *, coverage: float, size: int) -> Tensor:
    """Stored faces without any chance: colours and masks, (N, 6, size, size), 0 to 1."""
    finer = _finer(pixels, size)
    grid = _plain_grid(size * finer, pixels.device) * coverage
    return _sample(as_pictures(pixels), _seen_in(grid, views), finer)


def as_pictures(stored: Tensor) -> Tensor:
    """uint8 (N, H, W, C) as float32 (N, C, H, W), 0 to 1."""
    return stored.permute(0, 3, 1, 2).float() / 255


def recolour(pictures: Tensor, chances: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in another light, and half of them with their contrast equalised."""
    lab = nudge(to_lab(pictures), chances[:, 5:8])
    lightness = equalise(lab[:, 0], chances[:, 8].long())
    return to_rgb(torch.cat([lightness[:, None], lab[:, 1:]], dim=1))


def in_view(landmarks: Tensor, views: Tensor, stored_side: int) -> Tensor:
    """Landmarks (N, 68, 2) in stored pixels, as places in the square seen, -1 to 1."""
    places = (landmarks * 2 + 1) / stored_side - 1
    return (places - views[:, None, :2]) / views[:, None, 2:]


def as_seen(landmarks: Tensor, chances: Chances, coverage: float) -> Tensor:
    """Landmarks in view (N, 68, 2) where the model sees them: in the part that is covered, and
    mirrored, turned, zoomed and shifted with their face. Again -1 to 1, from edge to edge.
    """
    rotation, zoom, shift_x, shift_y, mirror = chances.values[:, :5, None].unbind(1)
    x, y = (landmarks / coverage).unbind(2)
    x, y = (x - shift_x) / zoom, (y - shift_y) / zoom
    cos, sin = torch.cos(rotation), torch.sin(rotation)
    return torch.stack([(cos * x + sin * y) * mirror, cos * y - sin * x], dim=2)


def landmark_nodes(own: Tensor, wanted: Tensor) -> Tensor:
    """The warp that brings landmarks `own` (N, 68, 2) to `wanted`, both as seen, as nodes.

    Between the landmarks the shift is that of the nearest ones, weighed by nearness (Shepard
    1968); at the edge of what is seen nothing moves. (N, 2, K, K), -1 to 1 being the whole side.
    """
    # Made there, not copied there: a copy would stop the CPU until the GPU has come so far.
    thirds = torch.linspace(-1, 1, 3, device=own.device)
    edge = torch.cartesian_prod(thirds, thirds)
    edge = torch.cat([edge[:4], edge[5:]]).expand(len(own), -1, -1)
    anchors = torch.cat([wanted, edge], dim=1)
    shifts = torch.cat([own - wanted, torch.zeros_like(edge)], dim=1)
    line = torch.linspace(-1, 1, LANDMARK_NODES, device=own.device)
    y, x = torch.meshgrid(line, line, indexing="ij")
    places = torch.stack([x, y], dim=-1).view(1, -1, 2)
    weights = (torch.cdist(places.expand(len(own), -1, -1), anchors) + 0.02) ** -3
    moved = (weights / weights.sum(dim=-1, keepdim=True)) @ shifts
    return moved.transpose(1, 2).reshape(-1, 2, LANDMARK_NODES, LANDMARK_NODES)


def _finer(pixels: Tensor, size: int) -> int:
    """How many samples a side each pixel is averaged from, or fine lines would flicker.

    As many as there are stored pixels, in the usual view, for each that is seen.
    """
    return min(2, max(1, round(pixels.shape[1] * USUAL_VIEW / size)))


def _plain_grid(side: int, device: torch.device) -> Tensor:
    """Where each pixel of the square seen is, -1 to 1: (1, side, side, 2)."""
    line = (torch.arange(side, device=device) * 2 + 1) / side - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x, y], dim=-1)[None]


def _spread(nodes: Tensor, side: int) -> Tensor:
    """The nodes' shifts spread smoothly over a grid: (N, side, side, 2)."""
    spread = functional.interpolate(nodes, (side, side), mode="bicubic", align_corners=True)
    return spread.permute(0, 2, 3, 1)


def _place(grid: Tensor, views: Tensor, chances: Tensor, coverage: float) -> Tensor:
    """The grid mirrored, turned, zoomed and shifted, each face its own way, in its stored crop."""
    rotation, zoom, shift_x, shift_y, mirror = chances[:, :5, None, None].unbind(1)
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
