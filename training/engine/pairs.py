"""Serves each step its faces of both people, ordered, augmented and on the right device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.engine.architectures import Architecture
from training.engine.augment import (
    Chances,
    Examples,
    Recipe,
    as_seen,
    augment_both,
    landmark_nodes,
)
from training.engine.compiling import compiled
from training.engine.config import RunConfig
from training.engine.faces import FaceSet
from training.engine.order import Order
from training.engine.shelf import Shelf
from training.engine.world import World

NEAREST = 10
"""A face is warped to one of so many faces of the other person that lie most like it."""


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
        self.batch_size = config.batch_size
        """Faces of each person per step, over all processes; may be changed between steps."""
        self.recipe = recipe_of(config, architecture)
        self._world = world
        self._shelves = [Shelf(side, centring=config.centring, world=world) for side in faces]
        # The two orders must not be the same: it would always show the same faces together.
        self.orders = [
            Order(num_faces=len(side), seed=2 * config.seed + place)
            for place, side in enumerate(faces)
        ]
        self.generator = torch.Generator().manual_seed(config.seed)
        self._nearest = self._nearest_faces() if config.warp == "landmarks" else []
        self._augment = compiled(augment_both, when=config.compile, device=world.device)

    @torch.no_grad()
    def next(self) -> Batch:
        """The next step's faces.

        Every process draws for the whole batch and keeps its share, so that a run does not
        depend on how many processes it has.
        """
        (pixels_a, which_a, chances_a), (pixels_b, which_b, chances_b) = (
            self._drawn(side) for side in (0, 1)
        )
        nodes = None
        if self._nearest:
            nodes = self._nodes(0, which_a, chances_a), self._nodes(1, which_b, chances_b)
        a, b = self._augment(
            (pixels_a, pixels_b),
            (self._shelves[0].views[which_a], self._shelves[1].views[which_b]),
            (chances_a.values, chances_b.values),
            nodes,
            self.recipe,
        )
        return Batch(a=a, b=b)

    def _drawn(self, side: int) -> tuple[Tensor, Tensor, Chances]:
        """One person's stored faces of this step, their places, and what chance does to them."""
        shelf, order = self._shelves[side], self.orders[side]
        share = self._world.share(self.batch_size)
        places = order.draw(self.batch_size)[share]
        chances = Chances.draw(self.batch_size, self.generator, self.recipe).part(share)
        pixels = shelf.take(places)
        if shelf.reads_ahead:
            shelf.expect(order.look_ahead(self.batch_size)[share])
        send = self._world.send
        return pixels, send(torch.tensor(places)), Chances(send(chances.values))

    def _nodes(self, side: int, which: Tensor, chances: Chances) -> Tensor:
        """The warp of each face to the landmarks of one of the other person's like it."""
        own, other = self._shelves[side].landmarks, self._shelves[1 - side].landmarks
        nearest = self._nearest[side][which]
        # A normal number's place among all, 0 to 1, picks each neighbour equally often.
        share = torch.special.ndtr(chances.neighbour)
        picked = (share * nearest.shape[1]).long().clamp(max=nearest.shape[1] - 1)
        wanted = other[nearest.gather(1, picked[:, None])[:, 0]]
        seen, wanted = (
            as_seen(each, chances, self.recipe.coverage) for each in (own[which], wanted)
        )
        return landmark_nodes(seen, wanted + chances.jitter)

    def _nearest_faces(self) -> list[Tensor]:
        """For each side the places, (N, NEAREST), of the other person's faces most like each."""
        a, b = (shelf.landmarks.flatten(1) for shelf in self._shelves)
        distances = torch.cdist(a, b)
        return [
            table.topk(min(NEAREST, table.shape[1]), largest=False).indices
            for table in (distances, distances.T)
        ]


def recipe_of(config: RunConfig, architecture: Architecture) -> Recipe:
    """How this run makes examples."""
    return Recipe(
        input_size=architecture.input_size,
        output_size=architecture.output_size,
        coverage=config.coverage,
        flip=config.flip,
        colour=config.colour,
        warp=config.warp,
    )
