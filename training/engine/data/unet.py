"""The small U-Net whose segmentation weights can be given as a safetensors file.

Level i has two 3x3 convolutions, each with a ReLU: `down.i.0` and `down.i.1`; between levels the
picture is halved (max). On the way up it is doubled (nearest), joined with the level beside it
(the doubled first) and goes through `up.i.0` and `up.i.1`. `out` is a 1x1 convolution to the
classes. Every convolution has `.weight` and `.bias`; how wide each is follows from its weights.
"""

from __future__ import annotations

import itertools
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

LEVELS_AT_MOST = 8


class UNet(nn.Module):
    """Gives each pixel of (N, 3, H, W) pictures a score for each class: (N, classes, H, W).

    H and W must be multiples of `step`.
    """

    def __init__(self, widths: tuple[int, ...], *, num_classes: int) -> None:
        super().__init__()
        self.step = 2 ** (len(widths) - 1)
        self.down = nn.ModuleList(
            _two_convolutions(before, width) for before, width in itertools.pairwise((3, *widths))
        )
        self.up = nn.ModuleList(
            _two_convolutions(below + width, width) for width, below in itertools.pairwise(widths)
        )
        self.out = nn.Conv2d(widths[0], num_classes, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        levels: list[Tensor] = []
        x = pictures
        for level, convolutions in enumerate(self.down):
            x = _through(convolutions, functional.max_pool2d(x, 2) if level else x)
            levels.append(x)
        for beside, convolutions in zip(levels[-2::-1], reversed(self.up), strict=True):
            doubled = functional.interpolate(x, scale_factor=2, mode="nearest")
            x = _through(convolutions, torch.cat([doubled, beside], dim=1))
        scores: Tensor = self.out(x)
        return scores

    @classmethod
    def from_weights(cls, weights: dict[str, Tensor]) -> Self:
        """The net that these weights are of. Raises ValueError when they are of another one."""
        widths = []
        for level in range(LEVELS_AT_MOST):
            if f"down.{level}.0.weight" not in weights:
                break
            widths.append(weights[f"down.{level}.0.weight"].shape[0])
        if not widths or "out.weight" not in weights:
            raise ValueError("it has no down.0.0.weight or no out.weight")
        with torch.device("meta"):
            net = cls(tuple(widths), num_classes=weights["out.weight"].shape[0])
        try:
            net.load_state_dict({n: w.float() for n, w in weights.items()}, assign=True)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        return net


def _two_convolutions(before: int, width: int) -> nn.ModuleList:
    first, second = nn.Conv2d(before, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
    return nn.ModuleList([first, second])


def _through(convolutions: nn.Module, x: Tensor) -> Tensor:
    for convolution in convolutions.children():
        x = functional.relu(convolution(x))
    return x
