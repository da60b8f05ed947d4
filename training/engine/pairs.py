"""Serves each step its faces of both people, ordered, augmented and on the right device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.engine.architectures import Architecture
from training.engine.augment import Chances, Examples, augment
from training.engine.config import RunConfig
from training.engine.faces import FaceSet
from training.engine.order import Order
from training.engine.world import World


class Shelf:
    """A face set where it can be taken from quickest: in the GPU's memory, or mapped from disk."""

    def __init__(self, faces: FaceSet, device: torch.device) -> None:
        self._device = device
        self._mapped = faces
        self._views = _tensor(faces.views["face"]).to(device)
        self._loaded: Tensor | None = None
        if device.type == "cuda":
            self._loaded = _tensor(faces.pixels).to(device)

    def take(self, places: list[int]) -> tuple[Tensor, Tensor, Tensor]:
        """Crops, uint8 (N, S, S, 3), masks, uint8 (N, S, S), and views (N, 3), on the device."""
        which = torch.tensor(places, device=self._device)
        if self._loaded is not None:
            pixels = self._loaded[which]
        else:
            pixels = _tensor(self._mapped.pixels[places])
        return pixels[..., :3], pixels[..., 3], self._views[which]


@dataclass(frozen=True, slots=True)
class Batch:
    """This process's part of a step's faces."""

    a: Examples
    b: Examples


class Pairs:
    """The endless stream of batches of a run, which can be put down and taken up again."""

    def __init__(
        self,
        config: RunConfig,
        *,
        architecture: Architecture,
        faces: tuple[FaceSet, FaceSet],
        world: World,
    ) -> None:
        self._config = config
        self._sizes = architecture.input_size, architecture.output_size
        self._world = world
        self._shelves = [Shelf(side, world.device) for side in faces]
        # The two orders must not be the same: it would always show the same faces together.
        self.orders = [
            Order(num_faces=len(side), seed=2 * config.seed + place)
            for place, side in enumerate(faces)
        ]
        self.generator = torch.Generator().manual_seed(config.seed)

    def next(self) -> Batch:
        """The next step's faces.

        Every process draws for the whole batch and keeps its share, so that a run does not
        depend on how many processes it has.
        """
        side_a, side_b = (
            self._examples(shelf, order)
            for shelf, order in zip(self._shelves, self.orders, strict=True)
        )
        return Batch(a=side_a, b=side_b)

    @torch.no_grad()
    def _examples(self, shelf: Shelf, order: Order) -> Examples:
        count, share = self._config.batch_size, self._world.share(self._config.batch_size)
        places = order.draw(count)
        chances = Chances.draw(count, self.generator, flip=self._config.flip)
        crops, masks, views = shelf.take(places[share])
        mine = chances.part(share).to(self._world.device)
        coverage = self._config.coverage
        return augment(crops, masks, mine, coverage=coverage, sizes=self._sizes, views=views)


def _tensor(mapped: NDArray[Any]) -> Tensor:
    # A copy, because torch warns of arrays that it must not write to.
    return torch.from_numpy(np.array(mapped))
