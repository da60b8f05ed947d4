"""Random augmentation parameters of every face in a step.

They are sampled on the CPU for the whole batch, so the same seed gives the same pictures on any
device and with any number of processes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.engine.data.colour import MOST_TILES
from training.engine.run.config import Warp

ROTATION = 10.0
"""Degrees to either side."""
ZOOM = 0.05
SHIFT = 0.05
"""Share of the side, in x and in y."""
LIGHTER, TINTED = 0.30, 0.08
"""Largest shift of lightness and of the two colour axes, as a share of the way to their ends."""
EQUALISED = 0.5
"""Probability of CLAHE, with 2 to 6 tiles a side."""
WARP_NODES = 5
WARP = 5 / 256
"""Standard deviation of a warp node's offset, as a share of the side."""
JITTER = 2 / 256
"""The same of a landmark that the face is warped to."""
NUM_LANDMARKS = 68


@dataclass(frozen=True, slots=True)
class AugmentationSettings:
    """Augmentation settings of a run."""

    input_size: int
    output_size: int
    coverage: float
    """Share of the centred square's side that the model sees."""
    flip: bool = True
    colour: bool = True
    warp: Warp = "grid"

    @property
    def num_parameters(self) -> int:
        """Random numbers per face."""
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
class AugmentationParameters:
    """Augmentation parameters of N faces in one tensor, so that one copy moves them."""

    values: Tensor
    """(N, settings.num_parameters)."""

    @classmethod
    def sample(
        cls, count: int, generator: torch.Generator, settings: AugmentationSettings
    ) -> AugmentationParameters:
        """For `count` faces; the generator advances by the same amount every time."""
        even = torch.rand((count, BASICS), generator=generator) * 2 - 1
        normal = torch.randn((count, settings.num_parameters - BASICS), generator=generator)
        reach = torch.tensor(
            [torch.pi * ROTATION / 180, ZOOM, 2 * SHIFT, 2 * SHIFT, 1, LIGHTER, TINTED, TINTED, 1]
        )
        basics = even * reach
        basics[:, 1] += 1
        basics[:, 4] = torch.where((even[:, 4] < 0) & torch.tensor(settings.flip), -1.0, 1.0)
        tiles = 2 + ((even[:, 8] + 1) / 2 / EQUALISED * (MOST_TILES - 1)).floor()
        basics[:, 8] = torch.where(even[:, 8] < 2 * EQUALISED - 1, tiles, 0.0)
        if settings.warp == "grid":
            normal *= 2 * WARP
        return cls(torch.cat([basics, normal], dim=1))

    def part(self, which: slice) -> AugmentationParameters:
        """The parameters of some of the faces."""
        return AugmentationParameters(self.values[which])

    @property
    def neighbour(self) -> Tensor:
        """(N,) standard normal: selects the nearest neighbour to warp to."""
        return self.values[:, BASICS]

    @property
    def jitter(self) -> Tensor:
        """(N, 68, 2): random offset of each landmark; -1 to 1 is the whole side."""
        return self.values[:, BASICS + 1 :].view(-1, NUM_LANDMARKS, 2) * (2 * JITTER)
